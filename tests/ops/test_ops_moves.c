/* SPDX-License-Identifier: MIT */
/* Ops that move samples without changing them: shuffles, slices and padding. */
#include "base/memory.h"
#include "ops/arrange/planes.h"
#include "ops/arrange/shuffle.h"
#include "ops/arrange/slice.h"
#include "pipeline/ring.h"
#include "support/ops/op_validator.h"
#include "support/reference/conv_check.h"

#include <criterion/criterion.h>
#include <stdio.h>

static const int sizes[][2] = { { 1, 1 }, { 7, 5 }, { 65, 3 }, { 200, 7 } };
#define FOR_SIZES(i) for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)

static float at(const tensor *t, int c, int y, int x)
{
    return t->data[((size_t)c * t->height + y) * t->width + x];
}

/* A number of its own for every sample. */
static tensor numbered(int channels, int height, int width)
{
    tensor t = tensor_make(channels, height, width);
    for (size_t i = 0; i < tensor_size(&t); i++)
        t.data[i] = (float)i + 1;
    return t;
}

static int channel_of(up_cell_order order, int channels, int factor, int c, int i, int j)
{
    return order == UP_CELLS_INSIDE ? c * factor * factor + i * factor + j
                                    : (i * factor + j) * channels + c;
}

/* What the shuffle makes of channels, and the inverse of that. */
static void check_shuffle(const int size[2], int factor, up_cell_order order)
{
    enum { CHANNELS = 3 };
    char label[64];
    snprintf(label, sizeof label, "shuffle of %dx%d by %d, order %d", size[0], size[1], factor,
             order);
    tensor in = numbered(CHANNELS * factor * factor, size[1], size[0]);
    const up_shape shape = up_float_shape(in.width, in.height, in.channels);
    up_op *op, *back;
    cr_assert_eq(up_shuffle_plan(&op, &shape, factor, order, NULL), UP_OK);
    cr_assert_eq(up_unshuffle_plan(&back, &op->out, factor, order, NULL), UP_OK);
    tensor out = run_op(op, &in), again = run_op(back, &out);
    cr_assert_eq(out.channels, CHANNELS);
    for (int c = 0; c < CHANNELS; c++)
        for (int y = 0; y < out.height; y++)
            for (int x = 0; x < out.width; x++) {
                int from = channel_of(order, CHANNELS, factor, c, y % factor, x % factor);
                cr_assert_eq(at(&out, c, y, x), at(&in, from, y / factor, x / factor), "%s", label);
            }
    cr_expect_arr_eq(again.data, in.data, tensor_size(&in) * sizeof(float), "un%s", label);
    validate_op(op, label);
    validate_op(back, label);
    tensor_free(&in);
    tensor_free(&out);
    tensor_free(&again);
}

Test(ops_moves, shuffles)
{
    FOR_SIZES(i)
    {
        for (int factor = 1; factor <= 5; factor++) {
            check_shuffle(sizes[i], factor, UP_CELLS_INSIDE);
            check_shuffle(sizes[i], factor, UP_CELLS_OUTSIDE);
        }
    }
}

Test(ops_moves, shuffles_refused)
{
    const up_shape in = up_float_shape(9, 6, 8), tall = up_float_shape(9, INT32_MAX, 4);
    up_op *op = NULL;
    cr_expect_eq(up_shuffle_plan(&op, &in, 3, UP_CELLS_INSIDE, NULL), UP_ERROR_ARGUMENT);
    cr_expect_eq(up_shuffle_plan(&op, &in, 0, UP_CELLS_INSIDE, NULL), UP_ERROR_ARGUMENT);
    cr_expect_eq(up_shuffle_plan(&op, &in, 65536, UP_CELLS_INSIDE, NULL), UP_ERROR_ARGUMENT);
    cr_expect_eq(up_shuffle_plan(&op, &tall, 2, UP_CELLS_INSIDE, NULL), UP_ERROR_LIMIT);
    cr_expect_eq(up_unshuffle_plan(&op, &in, 2, UP_CELLS_INSIDE, NULL), UP_ERROR_ARGUMENT);
    cr_expect_eq(up_unshuffle_plan(&op, &in, -3, UP_CELLS_INSIDE, NULL), UP_ERROR_ARGUMENT);
    cr_expect_null(op);
}

static void check_slice(const int size[2], const int step[2])
{
    tensor in = numbered(2, size[1], size[0]);
    const up_shape shape = up_float_shape(in.width, in.height, in.channels);
    const int first[2] = { in.height / 3, in.width / 3 };
    const int count[2] = { (in.height - first[0] - 1) / step[0] + 1,
                           (in.width - first[1] - 1) / step[1] + 1 };
    up_op *op;
    cr_assert_eq(up_slice_plan(&op, &shape, first, step, count, NULL), UP_OK);
    tensor out = run_op(op, &in);
    for (int c = 0; c < 2; c++)
        for (int y = 0; y < out.height; y++)
            for (int x = 0; x < out.width; x++)
                cr_assert_eq(at(&out, c, y, x),
                             at(&in, c, first[0] + y * step[0], first[1] + x * step[1]));
    validate_op(op, "slice");
    tensor_free(&in);
    tensor_free(&out);
}

Test(ops_moves, slices)
{
    FOR_SIZES(i)
    {
        for (int s = 0; s < 9; s++)
            check_slice(sizes[i], (int[2]){ 1 + s / 3, 1 + s % 3 });
    }
    const up_shape in = up_float_shape(9, 6, 2);
    up_op *op = NULL;
    const int zero[2] = { 0, 0 }, one[2] = { 1, 1 }, two[2] = { 2, 2 };
    cr_expect_eq(up_slice_plan(&op, &in, zero, two, (int[2]){ 4, 1 }, NULL), UP_ERROR_ARGUMENT);
    cr_expect_eq(up_slice_plan(&op, &in, zero, (int[2]){ 1, INT32_MAX }, two, NULL),
                 UP_ERROR_ARGUMENT);
    cr_expect_eq(up_slice_plan(&op, &in, zero, zero, one, NULL), UP_ERROR_ARGUMENT);
    cr_expect_eq(up_slice_plan(&op, &in, (int[2]){ 0, -1 }, one, one, NULL), UP_ERROR_ARGUMENT);
    cr_expect_null(op);
}

static void check_pad(const int size[2], const int before[2], const int after[2], up_edge edge,
                      float value)
{
    char label[80];
    snprintf(label, sizeof label, "pad of %dx%d by %d,%d and %d,%d, edge %d", size[0], size[1],
             before[0], before[1], after[0], after[1], edge);
    tensor in = numbered(2, size[1], size[0]);
    const up_shape shape = up_float_shape(in.width, in.height, in.channels);
    up_op *op;
    up_error error = { 0 };
    cr_assert_eq(up_pad_plan(&op, &shape, before, after, edge, value, &error), UP_OK, "%s: %s",
                 label, error.message);
    tensor out = run_op(op, &in);
    cr_assert_eq(out.height, in.height + before[0] + after[0]);
    cr_assert_eq(out.width, in.width + before[1] + after[1]);
    for (int c = 0; c < 2; c++)
        for (int y = 0; y < out.height; y++)
            for (int x = 0; x < out.width; x++) {
                int row = up_edge_row(edge, y - before[0], in.height);
                int column = up_edge_row(edge, x - before[1], in.width);
                float want = row < 0 || column < 0 ? value : at(&in, c, row, column);
                cr_assert_eq(at(&out, c, y, x), want, "%s: %d,%d", label, x, y);
            }
    validate_op(op, label);
    tensor_free(&in);
    tensor_free(&out);
}

Test(ops_moves, padding)
{
    FOR_SIZES(i)
    {
        const int before[2] = { 3, 19 }, after[2] = { 2, 5 };
        const int cut_before[2] = { sizes[i][1] > 2 ? -1 : 1, 2 };
        const int cut_after[2] = { 1, sizes[i][0] > 4 ? -3 : 3 };
        check_pad(sizes[i], before, after, UP_EDGE_ZERO, 0);
        check_pad(sizes[i], before, after, UP_EDGE_ZERO, -1.5f);
        check_pad(sizes[i], before, after, UP_EDGE_CLAMP, 0);
        check_pad(sizes[i], cut_before, cut_after, UP_EDGE_ZERO, 0.5f);
        check_pad(sizes[i], cut_before, cut_after, UP_EDGE_CLAMP, 0);
        const int most[2] = { sizes[i][1] - 1, sizes[i][0] - 1 };
        check_pad(sizes[i], most, most, UP_EDGE_REFLECT, 0);
    }
}

Test(ops_moves, padding_refused)
{
    const up_shape in = up_float_shape(9, 6, 2);
    const int none[2] = { 0, 0 };
    up_op *op = NULL;
    cr_expect_eq(up_pad_plan(&op, &in, none, (int[2]){ 0, 9 }, UP_EDGE_REFLECT, 0, NULL),
                 UP_ERROR_ARGUMENT);
    cr_expect_eq(up_pad_plan(&op, &in, (int[2]){ -6, 0 }, none, UP_EDGE_CLAMP, 0, NULL),
                 UP_ERROR_ARGUMENT);
    cr_expect_eq(up_pad_plan(&op, &in, (int[2]){ INT32_MAX, 0 }, none, UP_EDGE_ZERO, 1, NULL),
                 UP_ERROR_ARGUMENT);
    cr_expect_null(op);
}
