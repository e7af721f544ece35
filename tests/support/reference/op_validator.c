/* SPDX-License-Identifier: MIT */
#include "support/reference/op_validator.h"

#include "base/memory.h"
#include "pipeline/ring.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define GUARD 64 /* bytes before and after every row */
#define GUARD_BYTE 0x5a

/* All rows of a tensor, each with poison or guards around it. */
typedef struct {
    up_shape shape;
    size_t row_bytes, pitch;
    int side; /* columns before column 0 */
    unsigned char *block;
} plane_rows;

static size_t exact_bytes(const up_shape *s)
{
    return (size_t)s->width * s->bytes;
}

static plane_rows make_rows(const up_shape *shape, int side, int fill)
{
    plane_rows r = { .shape = *shape, .side = shape->raw ? 0 : side };
    r.row_bytes = shape->raw ? exact_bytes(shape) : up_round_up(shape->width, UP_LANES) * 4;
    r.pitch = up_round_up(r.row_bytes + 2 * (GUARD + (size_t)r.side * 4) + UP_ALIGN, UP_ALIGN);
    size_t total = r.pitch * shape->height * shape->channels + UP_ALIGN;
    r.block = up_alloc(total, 1);
    memset(r.block, fill, total);
    return r;
}

static unsigned char *row_at(const plane_rows *r, int c, int y)
{
    size_t left = up_round_up(GUARD + (size_t)r->side * 4, UP_ALIGN);
    return r->block + ((size_t)c * r->shape.height + y) * r->pitch + left;
}

static float random_value(void)
{
    return (float)(rand() % 20001 - 10000) / 64;
}

static void fill_row(const plane_rows *r, unsigned char *row, int reach, up_edge edge)
{
    if (r->shape.raw) {
        for (size_t i = 0; i < exact_bytes(&r->shape); i++)
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

static plane_rows make_input(const up_op *op, int i)
{
    int reach = up_op_reach(op, i);
    plane_rows r = make_rows(&op->in[i], reach + 2 * UP_LANES, 0xff);
    for (int c = 0; c < r.shape.channels; c++)
        for (int y = 0; y < r.shape.height; y++)
            fill_row(&r, row_at(&r, c, y), reach, op->edge[i]);
    return r;
}

typedef struct {
    const void **pointer;
    float *zero_block, *zero; /* column 0 */
    void *scratch;
} workspace;

static void call(const up_op *op, const plane_rows *in, const plane_rows *out, workspace *w, int y,
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
                *p++ = real < 0 ? (void *)w->zero : row_at(&in[i], c, real);
            }
        }
    }
    void *const *to = (void *const *)p;
    for (int c = 0; c < op->out.channels; c++)
        for (int r = y; r < y + rows; r++)
            *p++ = row_at(out, c, op->running ? 0 : r);
    memset(w->scratch, 0xff, op->scratch);
    up_target target = { to, y, rows, x0, x1, 0, w->scratch };
    op->run(op, window, &target);
}

static void check_guards(const plane_rows *r, const char *label)
{
    for (int c = 0; c < r->shape.channels; c++) {
        for (int y = 0; y < r->shape.height; y++) {
            const unsigned char *row = row_at(r, c, y);
            for (int g = 1; g <= GUARD; g++) {
                cr_assert_eq(row[-g], GUARD_BYTE, "%s: wrote before row %d", label, y);
                cr_assert_eq(row[r->row_bytes + g - 1], GUARD_BYTE, "%s: wrote behind row %d",
                             label, y);
            }
        }
    }
}

static void check_same(const plane_rows *a, const plane_rows *b, const char *label, int slice)
{
    for (int c = 0; c < a->shape.channels; c++)
        for (int y = 0; y < a->shape.height; y++)
            cr_assert_eq(memcmp(row_at(a, c, y), row_at(b, c, y), exact_bytes(&a->shape)), 0,
                         "%s: row %d of channel %d differs in slices of %d", label, y, c, slice);
}

static void check_no_poison(const plane_rows *r, const char *label)
{
    if (r->shape.raw)
        return;
    for (int c = 0; c < r->shape.channels; c++)
        for (int y = 0; y < r->shape.height; y++)
            for (int x = 0; x < r->shape.width; x++)
                cr_assert(!isnan(((float *)row_at(r, c, y))[x]),
                          "%s: poison at %d,%d of channel %d", label, x, y, c);
}

/* A copy of an input in which only the columns that columns x0 .. x1 - 1 ask for are right. */
static plane_rows make_narrow(const up_op *op, int i, const plane_rows *in, int x0, int x1)
{
    int first, end, unused, bytes = op->in[i].bytes;
    op->columns(op, i, x0, &first, &unused);
    op->columns(op, i, x1 - 1, &unused, &end);
    int left = in->side, width = in->shape.width;
    plane_rows r = make_rows(&in->shape, left, 0xff);
    for (int c = 0; c < r.shape.channels; c++) {
        for (int y = 0; y < r.shape.height; y++) {
            int from = up_max(first, -left), to = up_min(end, width + left);
            memcpy(row_at(&r, c, y) + (ptrdiff_t)from * bytes,
                   row_at(in, c, y) + (ptrdiff_t)from * bytes,
                   (size_t)up_max(0, to - from) * bytes);
        }
    }
    return r;
}

/* The whole output in slices of `slice` columns and calls of at most `rows` rows. */
static plane_rows run_all(const up_op *op, const plane_rows *in, workspace *w, int slice)
{
    plane_rows out = make_rows(&op->out, 0, GUARD_BYTE);
    plane_rows narrow[UP_MAX_INPUTS];
    int rows;
    for (int x0 = 0; x0 < op->out.width; x0 += slice) {
        int x1 = up_min(x0 + slice, op->out.width);
        for (int i = 0; i < op->inputs; i++)
            narrow[i] = make_narrow(op, i, &in[i], x0, x1);
        for (int y = 0; y < op->out.height; y += rows) {
            rows = up_min(op->step, op->out.height - y);
            call(op, narrow, &out, w, y, rows, x0, x1);
        }
        for (int i = 0; i < op->inputs; i++)
            up_free(narrow[i].block);
    }
    return out;
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

static workspace make_workspace(const up_op *op)
{
    size_t side = 0, width = 0;
    for (int i = 0; i < op->inputs; i++) {
        side = up_max((int)side, (int)up_round_up(up_op_reach(op, i) + 4 * UP_LANES, UP_LANES));
        width = up_max((int)width, op->in[i].width);
    }
    workspace w = { .pointer = up_alloc(count_pointers(op) + 1, sizeof(void *)),
                    .zero_block = up_alloc_zero(width + 2 * side, sizeof(float)),
                    .scratch = up_alloc(op->scratch + 1, 1) };
    w.zero = w.zero_block + side;
    return w;
}

/* repeat() keeps its word where nothing lies beyond the input. */
static void check_repeat(const up_op *op, const char *label)
{
    for (int i = 0; i < op->inputs; i++) {
        int rows = 0, advance = 0, first[2], end[2];
        if (op->repeat)
            op->repeat(op, i, &rows, &advance);
        for (int y = 0; rows > 0 && y + rows < op->out.height; y++) {
            op->span(op, i, y, &first[0], &end[0]);
            op->span(op, i, y + rows, &first[1], &end[1]);
            if (first[0] > 0 && end[1] < op->in[i].height)
                cr_assert(first[1] - first[0] == advance && end[1] - end[0] == advance,
                          "%s: row %d reads %d, row %d reads %d", label, y, first[0], y + rows,
                          first[1]);
        }
    }
}

void validate_op(up_op *op, const char *label)
{
    check_repeat(op, label);
    plane_rows in[UP_MAX_INPUTS];
    for (int i = 0; i < op->inputs; i++)
        in[i] = make_input(op, i);
    workspace w = make_workspace(op);
    plane_rows whole = run_all(op, in, &w, op->out.width);
    check_guards(&whole, label);
    check_no_poison(&whole, label);
    for (int slice = UP_LANES; slice <= 8 * UP_LANES; slice *= 2) {
        plane_rows sliced = run_all(op, in, &w, slice);
        check_guards(&sliced, label);
        check_same(&whole, &sliced, label, slice);
        up_free(sliced.block);
    }
    up_free(whole.block);
    up_free(w.pointer);
    up_free(w.zero_block);
    up_free(w.scratch);
    for (int i = 0; i < op->inputs; i++)
        up_free(in[i].block);
    up_op_destroy(&op);
}
