/* SPDX-License-Identifier: MIT */
#include "support/ops/op_validator.h"

#include "base/memory.h"
#include "support/ops/op_rows.h"

#include <criterion/criterion.h>
#include <limits.h>
#include <math.h>
#include <string.h>

static void check_guards(const op_rows *r, const char *label)
{
    for (int c = 0; c < r->shape.channels; c++) {
        for (int y = 0; y < r->shape.height; y++) {
            const unsigned char *row = op_row_at(r, c, y);
            int before = 0, behind = 0;
            for (int g = 1; g <= OP_GUARD; g++) {
                before |= row[-g] ^ OP_GUARD_BYTE;
                behind |= row[r->row_bytes + g - 1] ^ OP_GUARD_BYTE;
            }
            cr_assert_eq(before, 0, "%s: wrote before row %d", label, y);
            cr_assert_eq(behind, 0, "%s: wrote behind row %d", label, y);
        }
    }
}

static void check_same(const op_rows *a, const op_rows *b, const char *label, int slice)
{
    for (int c = 0; c < a->shape.channels; c++)
        for (int y = 0; y < a->shape.height; y++)
            cr_assert_eq(memcmp(op_row_at(a, c, y), op_row_at(b, c, y), op_row_bytes(&a->shape)), 0,
                         "%s: row %d of channel %d differs in slices of %d", label, y, c, slice);
}

static void check_no_poison(const op_rows *r, const char *label)
{
    if (r->shape.raw)
        return;
    for (int c = 0; c < r->shape.channels; c++)
        for (int y = 0; y < r->shape.height; y++)
            for (int x = 0; x < r->shape.width; x++)
                if (isnan(((float *)op_row_at(r, c, y))[x]))
                    cr_assert_fail("%s: poison at %d,%d of channel %d", label, x, y, c);
}

/* The whole output in slices of `slice` columns and calls of at most `rows` rows. */
static op_rows run_all(const up_op *op, const op_rows *in, op_workspace *w, int slice)
{
    op_rows out = op_rows_make(&op->out, 0, OP_GUARD_BYTE);
    op_rows narrow[UP_MAX_INPUTS];
    int rows;
    for (int x0 = 0; x0 < op->out.width; x0 += slice) {
        int x1 = up_min(x0 + slice, op->out.width);
        for (int i = 0; i < op->inputs; i++)
            narrow[i] = op_rows_narrow(op, i, &in[i], x0, x1);
        for (int y = 0; y < op->out.height; y += rows) {
            rows = up_min(op->step, op->out.height - y);
            op_call(op, narrow, &out, w, y, rows, x0, x1);
        }
        for (int i = 0; i < op->inputs; i++)
            up_free(narrow[i].block);
    }
    return out;
}

/* repeat() keeps its word where nothing lies beyond the input, or all. */
static void check_repeat(const up_op *op, const char *label)
{
    for (int i = 0; i < op->inputs; i++) {
        int rows = 0, advance = 0, first[2], end[2];
        if (op->repeat)
            op->repeat(op, i, &rows, &advance);
        for (int y = 0; rows > 0 && y + rows < op->out.height; y++) {
            op->span(op, i, y, &first[0], &end[0]);
            op->span(op, i, y + rows, &first[1], &end[1]);
            if ((first[0] > 0 && end[1] < op->in[i].height) || end[1] <= 0 ||
                first[0] >= op->in[i].height)
                cr_assert(first[1] - first[0] == advance && end[1] - end[0] == advance,
                          "%s: row %d reads %d, row %d reads %d", label, y, first[0], y + rows,
                          first[1]);
        }
    }
}

/* Neither end of what is read ever turns back, over the rows or columns of the output. */
static void check_monotonic(const up_op *op, const char *label)
{
    for (int i = 0; i < op->inputs; i++)
        for (int axis = 0; axis < 2; axis++) {
            int low = INT_MIN, high = INT_MIN;
            for (int at = 0; at < (axis ? op->out.width : op->out.height); at++) {
                int first, end;
                (axis ? op->columns : op->span)(op, i, at, &first, &end);
                cr_assert(first >= low && end >= high,
                          "%s: %s %d reads %d to %d, the one before %d to %d", label,
                          axis ? "column" : "row", at, first, end, low, high);
                low = first;
                high = end;
            }
        }
}

static bool are_alike(const up_op *op, int i)
{
    return i > 0 && memcmp(&op->in[i], &op->in[0], sizeof op->in[i]) == 0 &&
           op->edge[i] == op->edge[0] && up_op_reach(op, i) == up_op_reach(op, 0);
}

/* Inputs that are the same rows, as of a picture added to itself. */
static void check_shared_rows(const up_op *op, const op_rows *in, op_workspace *w,
                              const char *label)
{
    op_rows once[UP_MAX_INPUTS], twice[UP_MAX_INPUTS];
    bool any = false;
    for (int i = 0; i < op->inputs; i++) {
        once[i] = twice[i] = in[i];
        if (!are_alike(op, i))
            continue;
        any = true;
        once[i] = in[0];
        const size_t bytes = in[0].pitch * in[0].shape.height * in[0].shape.channels + UP_ALIGN;
        twice[i].block = memcpy(up_alloc(bytes, 1), in[0].block, bytes);
    }
    if (!any)
        return;
    op_rows a = run_all(op, once, w, op->out.width), b = run_all(op, twice, w, op->out.width);
    check_same(&a, &b, label, op->out.width);
    up_free(a.block);
    up_free(b.block);
    for (int i = 0; i < op->inputs; i++)
        if (twice[i].block != in[i].block)
            up_free(twice[i].block);
}

/* Copies columns x0 .. x1 - 1 of row y of all channels into a block, and nothing behind them. */
static void fill_block(const op_rows *in, float *block, size_t room, const void **pointer, int y,
                       int x0, int x1)
{
    for (int c = 0; c < in->shape.channels; c++, block += room) {
        memset(block, 0xff, room * sizeof *block);
        memcpy(block, (float *)op_row_at(in, c, y) + x0, (size_t)(x1 - x0) * sizeof *block);
        pointer[c] = block - x0;
    }
}

static bool is_of_its_size(const up_op *op, int i)
{
    return op->in[i].width == op->out.width && op->in[i].height == op->out.height;
}

/* A pointwise op is given blocks of rows, and no more of them than it is to make. */
static void check_blocks(const up_op *op, const op_rows *in, const op_rows *whole, op_workspace *w,
                         const char *label)
{
    enum { BLOCK = 3 * UP_LANES };
    size_t planes = op->out.channels;
    for (int i = 0; i < op->inputs; i++)
        planes += op->in[i].channels;
    float *block = up_alloc(planes * BLOCK, sizeof *block);
    for (int x0 = 0, x1; x0 < op->out.width; x0 = x1) {
        x1 = up_min(x0 + BLOCK, op->out.width);
        for (int y = 0; y < op->out.height; y++) {
            up_window window[UP_MAX_INPUTS];
            const void **pointer = w->pointer;
            float *at = block;
            for (int i = 0; i < op->inputs; i++) {
                int first = y, end;
                if (is_of_its_size(op, i))
                    fill_block(&in[i], at, BLOCK, pointer, y, x0, x1);
                else
                    op->span(op, i, y, &first, &end);
                for (int c = 0; c < op->in[i].channels && !is_of_its_size(op, i); c++)
                    pointer[c] = op_row_at(&in[i], c, first);
                window[i] = (up_window){ pointer, first, 1 };
                pointer += op->in[i].channels;
                at += (size_t)op->in[i].channels * BLOCK;
            }
            for (int c = 0; c < op->out.channels; c++)
                pointer[c] = at + (size_t)c * BLOCK - x0;
            op->run(op, window,
                    &(up_target){ (void *const *)pointer, y, 1, x0, x1, 0, w->scratch });
            for (int c = 0; c < op->out.channels; c++)
                cr_assert_eq(memcmp(at + (size_t)c * BLOCK, (float *)op_row_at(whole, c, y) + x0,
                                    (size_t)(x1 - x0) * sizeof *at),
                             0, "%s: row %d of channel %d differs in a block", label, y, c);
        }
    }
    up_free(block);
}

static bool is_all_float(const up_op *op)
{
    bool raw = op->out.raw;
    for (int i = 0; i < op->inputs; i++)
        raw = raw || op->in[i].raw;
    return !raw;
}

void validate_op(up_op *op, const char *label)
{
    check_repeat(op, label);
    check_monotonic(op, label);
    op_rows in[UP_MAX_INPUTS];
    for (int i = 0; i < op->inputs; i++)
        in[i] = op_rows_input(op, i);
    op_workspace w = op_workspace_make(op);
    op_rows whole = run_all(op, in, &w, op->out.width);
    check_guards(&whole, label);
    check_no_poison(&whole, label);
    for (int slice = UP_LANES; slice <= 8 * UP_LANES; slice *= 2) {
        op_rows sliced = run_all(op, in, &w, slice);
        check_guards(&sliced, label);
        check_same(&whole, &sliced, label, slice);
        up_free(sliced.block);
    }
    check_shared_rows(op, in, &w, label);
    if (op->pointwise && op->step == 1 && is_all_float(op))
        check_blocks(op, in, &whole, &w, label);
    up_free(whole.block);
    op_workspace_free(&w);
    for (int i = 0; i < op->inputs; i++)
        up_free(in[i].block);
    up_op_destroy(&op);
}
