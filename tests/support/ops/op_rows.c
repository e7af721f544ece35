/* SPDX-License-Identifier: MIT */
#include "support/ops/op_rows.h"

#include "base/memory.h"
#include "pipeline/ring.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

size_t op_row_bytes(const up_shape *s)
{
    return (size_t)s->width * s->bytes;
}

op_rows op_rows_make(const up_shape *shape, int side, int fill)
{
    op_rows r = { .shape = *shape, .side = shape->raw ? 0 : side };
    r.row_bytes = shape->raw ? op_row_bytes(shape) : up_round_up(shape->width, UP_LANES) * 4;
    r.pitch = up_round_up(r.row_bytes + 2 * (OP_GUARD + (size_t)r.side * 4) + UP_ALIGN, UP_ALIGN);
    size_t total = r.pitch * shape->height * shape->channels + UP_ALIGN;
    r.block = up_alloc(total, 1);
    memset(r.block, fill, total);
    return r;
}

unsigned char *op_row_at(const op_rows *r, int c, int y)
{
    size_t left = up_round_up(OP_GUARD + (size_t)r->side * 4, UP_ALIGN);
    return r->block + ((size_t)c * r->shape.height + y) * r->pitch + left;
}

static float random_value(void)
{
    return (float)(rand() % 20001 - 10000) / 64;
}

static void fill_row(const op_rows *r, unsigned char *row, int reach, up_edge edge)
{
    if (r->shape.raw) {
        for (size_t i = 0; i < op_row_bytes(&r->shape); i++)
            row[i] = (unsigned char)rand();
        return;
    }
    float *v = (float *)row;
    int width = r->shape.width;
    for (int x = -r->side; x < width + r->side; x++)
        v[x] = NAN;
    for (int x = 0; x < width; x++)
        v[x] = random_value();
    for (int x = 1; x <= reach; x++) {
        int left = up_edge_row(edge, -x, width), right = up_edge_row(edge, width - 1 + x, width);
        v[-x] = left < 0 ? 0 : v[left];
        v[width - 1 + x] = right < 0 ? 0 : v[right];
    }
}

op_rows op_rows_input(const up_op *op, int i)
{
    int reach = up_op_reach(op, i);
    op_rows r = op_rows_make(&op->in[i], reach + 2 * UP_LANES, 0xff);
    for (int c = 0; c < r.shape.channels; c++)
        for (int y = 0; y < r.shape.height; y++)
            fill_row(&r, op_row_at(&r, c, y), reach, op->edge[i]);
    return r;
}

void op_call(const up_op *op, const op_rows *in, const op_rows *out, op_workspace *w, int y,
             int rows, int x0, int x1)
{
    const void **p = w->pointer;
    up_window window[UP_MAX_INPUTS];
    for (int i = 0; i < op->inputs; i++) {
        int first, end, unused;
        op->span(op, i, y, &first, &unused);
        op->span(op, i, y + rows - 1, &unused, &end);
        window[i] = (up_window){ p, first, up_max(0, end - first) };
        for (int c = 0; c < op->in[i].channels; c++) {
            for (int r = first; r < end; r++) {
                int real = up_edge_row(op->edge[i], r, op->in[i].height);
                *p++ = real < 0 ? (void *)w->zero : op_row_at(&in[i], c, real);
            }
        }
    }
    void *const *to = (void *const *)p;
    for (int c = 0; c < op->out.channels; c++)
        for (int r = y; r < y + rows; r++)
            *p++ = op_row_at(out, c, op->running ? 0 : r);
    memset(w->scratch, 0xff, op->scratch);
    up_target target = { to, y, rows, x0, x1, 0, w->scratch };
    op->run(op, window, &target);
}

op_rows op_rows_narrow(const up_op *op, int i, const op_rows *in, int x0, int x1)
{
    int first, end, unused, bytes = op->in[i].bytes;
    op->columns(op, i, x0, &first, &unused);
    op->columns(op, i, x1 - 1, &unused, &end);
    int left = in->side, width = in->shape.width;
    op_rows r = op_rows_make(&in->shape, left, 0xff);
    for (int c = 0; c < r.shape.channels; c++) {
        for (int y = 0; y < r.shape.height; y++) {
            int from = up_max(first, -left), to = up_min(end, width + left);
            memcpy(op_row_at(&r, c, y) + (ptrdiff_t)from * bytes,
                   op_row_at(in, c, y) + (ptrdiff_t)from * bytes,
                   (size_t)up_max(0, to - from) * bytes);
        }
    }
    return r;
}

/* Row pointers that the largest call needs. */
static size_t count_pointers(const up_op *op)
{
    size_t pointers = (size_t)op->out.channels * op->step;
    for (int i = 0; i < op->inputs; i++) {
        int most = 0;
        for (int y = 0; y < op->out.height; y++) {
            int first, end, last = up_min(y + op->step - 1, op->out.height - 1), unused;
            op->span(op, i, y, &first, &unused);
            op->span(op, i, last, &unused, &end);
            most = up_max(most, end - first);
        }
        pointers += (size_t)most * op->in[i].channels;
    }
    return pointers;
}

op_workspace op_workspace_make(const up_op *op)
{
    size_t side = 0, width = 0;
    for (int i = 0; i < op->inputs; i++) {
        side = up_max((int)side, (int)up_round_up(up_op_reach(op, i) + 4 * UP_LANES, UP_LANES));
        width = up_max((int)width, op->in[i].width);
    }
    op_workspace w = { .pointer = up_alloc(count_pointers(op) + 1, sizeof(void *)),
                       .zero_block = up_alloc_zero(width + 2 * side, sizeof(float)),
                       .scratch = up_alloc(op->scratch + 1, 1) };
    w.zero = w.zero_block + side;
    return w;
}

void op_workspace_free(op_workspace *w)
{
    up_free(w->pointer);
    up_free(w->zero_block);
    up_free(w->scratch);
}
