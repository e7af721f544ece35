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

/* Bytes before column 0 of a float row; the same room, and a vector more, follows the last. */
static size_t side_bytes(const up_ring *ring)
{
    return up_round_up((size_t)ring->reach * sizeof(float), UP_ALIGN);
}

bool up_ring_layout(up_ring *ring)
{
    size_t row;
    if (!up_mul(ring->shape.width, ring->shape.bytes, &row) || row > PTRDIFF_MAX / 4)
        return false;
    row = up_round_up(row, UP_ALIGN);
    if (!ring->shape.raw)
        row += 2 * side_bytes(ring) + UP_ALIGN;
    /* An odd number of cache lines, so that the rows of a window do not share a cache set. */
    row |= UP_ALIGN;
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
    ring->zero = (unsigned char *)block + side_bytes(ring);
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

static void pad_row(float *row, int width, int reach, up_edge edge)
{
    for (int i = 1; i <= reach; i++) {
        int left = up_edge_row(edge, -i, width), right = up_edge_row(edge, width - 1 + i, width);
        row[-i] = left < 0 ? 0 : row[left];
        row[width - 1 + i] = right < 0 ? 0 : row[right];
    }
}

void up_ring_pad(const up_ring *ring, int first, int end)
{
    if (ring->reach == 0)
        return;
    for (int c = 0; c < ring->shape.channels; c++)
        for (int y = first; y < end; y++)
            pad_row((float *)up_ring_row(ring, c, y), ring->shape.width, ring->reach, ring->edge);
}
