/* SPDX-License-Identifier: MIT */
#include "pipeline/ring.h"

#include "base/memory.h"

int up_edge_row(up_edge edge, int y, int height)
{
    if (y >= 0 && y < height)
        return y;
    switch (edge) {
    case UP_EDGE_ZERO:
        return -1;
    case UP_EDGE_CLAMP:
        return up_clamp(y, 0, height - 1);
    default:
        if (height == 1)
            return 0;
        y %= 2 * (height - 1);
        if (y < 0)
            y += 2 * (height - 1);
        return y < height ? y : 2 * (height - 1) - y;
    }
}

void up_edge_reads(up_edge edge, int first, int end, int height, int *low, int *high)
{
    *low = up_clamp(first, 0, height);
    *high = up_clamp(end, 0, height);
    if (end <= first)
        return;
    if (edge != UP_EDGE_ZERO) {
        *low = up_min(*low, height - 1);
        *high = up_max(*high, 1);
    }
    if (edge == UP_EDGE_REFLECT) {
        for (int y = first; y < 0 && y < end; y++)
            *high = up_max(*high, up_edge_row(edge, y, height) + 1);
        for (int y = end - 1; y >= height && y >= first; y--)
            *low = up_min(*low, up_edge_row(edge, y, height));
    }
}

static int round_down(int x)
{
    return x >= 0 ? x / UP_LANES * UP_LANES : -(int)up_round_up((size_t) - (int64_t)x, UP_LANES);
}

void up_ring_extend(up_ring *ring, int x0, int x1, int low, int high)
{
    ring->low = round_down(up_min(x0, low));
    ring->high = up_max(x1, high);
    if (ring->shape.raw) {
        ring->low = up_max(ring->low, 0);
        ring->high = up_min(ring->high, ring->shape.width);
        return;
    }
    ring->low -= UP_LANES;
    ring->high = (int)up_round_up((size_t)ring->high, UP_LANES) + UP_LANES;
}

bool up_ring_layout(up_ring *ring)
{
    size_t row;
    if (!up_mul(ring->high - ring->low, ring->shape.bytes, &row) || row > PTRDIFF_MAX / 4)
        return false;
    /* An odd number of cache lines, so that the rows of a window do not share a cache set. */
    row = up_round_up(row, UP_ALIGN) | UP_ALIGN;
    ring->row_bytes = row;
    size_t total;
    /* The same for the channels. */
    if (!up_mul(row, ring->rows, &ring->plane_bytes))
        return false;
    ring->plane_bytes |= UP_ALIGN;
    return up_mul(ring->plane_bytes, ring->shape.channels, &total) &&
           up_add(total, row + UP_ALIGN, &total);
}

size_t up_ring_bytes(const up_ring *ring)
{
    return ring->plane_bytes * ring->shape.channels + ring->row_bytes + UP_ALIGN;
}

void up_ring_place(up_ring *ring, void *block)
{
    ring->zero = (unsigned char *)block - (ptrdiff_t)ring->low * ring->shape.bytes;
    ring->data = ring->zero + ring->row_bytes;
}

void up_ring_bind(up_ring *ring, void *data, size_t row_bytes, size_t plane_bytes, int origin)
{
    ring->bound = true;
    ring->data = data;
    ring->row_bytes = row_bytes;
    ring->plane_bytes = plane_bytes;
    ring->origin = origin;
}

static void pad_column(float *row, int x, const up_ring *ring)
{
    int real = up_edge_row(ring->edge, x, ring->shape.width);
    row[x] = real < 0 ? 0 : row[real];
}

void up_ring_pad(const up_ring *ring, int y0, int y1)
{
    int width = ring->shape.width;
    if (ring->first >= 0 && ring->end <= width)
        return;
    for (int c = 0; c < ring->shape.channels; c++) {
        for (int y = y0; y < y1; y++) {
            float *row = (float *)up_ring_row(ring, c, y);
            for (int x = ring->first; x < 0 && x < ring->end; x++)
                pad_column(row, x, ring);
            for (int x = up_max(width, ring->first); x < ring->end; x++)
                pad_column(row, x, ring);
        }
    }
}
