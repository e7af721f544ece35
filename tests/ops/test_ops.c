/* SPDX-License-Identifier: MIT */
/* Every op through the validator. */
#include "base/memory.h"
#include "ops/arrange/arrange.h"
#include "ops/arrange/planes.h"
#include "ops/limit.h"
#include "ops/point/pointwise.h"
#include "ops/pool/pool.h"
#include "ops/pool/reduce.h"
#include "ops/resample/replicate.h"
#include "support/ops/op_validator.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

static const int sizes[][2] = { { 1, 1 }, { 7, 5 }, { 64, 3 }, { 65, 9 }, { 200, 17 } };
#define FOR_SIZES(i) for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)

static up_format picture(int width, int height, int channels, up_sample sample, bool planar)
{
    return (up_format){ .width = width,
                        .height = height,
                        .channels = channels,
                        .frames = 1,
                        .sample = sample,
                        .planar = planar };
}

Test(ops, planes)
{
    char label[80];
    FOR_SIZES(i)
    {
        for (int channels = 1; channels <= 5; channels++) {
            for (int sample = UP_SAMPLE_U8; sample <= UP_SAMPLE_F32; sample++) {
                for (int planar = 0; planar < 2; planar++) {
                    up_format f =
                        picture(sizes[i][0], sizes[i][1], channels, (up_sample)sample, planar);
                    up_op *op;
                    snprintf(label, sizeof label, "%dx%d, %d channels, sample %d, planar %d",
                             f.width, f.height, channels, sample, planar);
                    for (int past = 0; past < 2; past++) {
                        cr_assert_eq(up_pack_plan(&op, &f, past, NULL), UP_OK);
                        validate_op(op, label);
                    }
                    if (sample == UP_SAMPLE_F32)
                        continue; /* random bytes are no numbers */
                    cr_assert_eq(up_unpack_plan(&op, &f, NULL), UP_OK);
                    validate_op(op, label);
                }
            }
        }
    }
}

Test(ops, nails)
{
    FOR_SIZES(i)
    {
        for (int bytes = 1; bytes <= 12; bytes++) {
            up_shape in = { sizes[i][0], sizes[i][1], 2, bytes, true };
            up_op *op;
            cr_assert_eq(up_nails_plan(&op, &in, (int[2]){ 1 + bytes % 3, 1 + bytes % 4 }, NULL),
                         UP_OK);
            validate_op(op, "nails");
        }
    }
}

Test(ops, points)
{
    const up_point *points[] = { &up_point_affine,      &up_point_clip,          &up_point_round,
                                 &up_point_premultiply, &up_point_unpremultiply, &up_point_over,
                                 &up_point_hide,        &up_point_bleed };
    FOR_SIZES(i)
    {
        for (size_t p = 0; p < sizeof points / sizeof *points; p++) {
            for (int channels = 1; channels <= 4; channels++) {
                up_shape in = up_float_shape(sizes[i][0], sizes[i][1], channels);
                up_op *op;
                cr_assert_eq(
                    up_point_plan(&op, &in, points[p], (float[4]){ 255, 20, 30, 40 }, 4, NULL),
                    UP_OK);
                validate_op(op, points[p]->name);
            }
        }
        up_shape in = up_float_shape(sizes[i][0], sizes[i][1], 4), one = in;
        one.channels = 1;
        up_op *op;
        cr_assert_eq(up_select_plan(&op, &in, 1, 2, NULL), UP_OK);
        validate_op(op, "select");
        cr_assert_eq(up_concat_plan(&op, (up_shape[]){ in, one, in }, 3, NULL), UP_OK);
        validate_op(op, "concat");
        cr_assert_eq(up_copy_plan(&op, &in, NULL), UP_OK);
        validate_op(op, "copy");
    }
}

Test(ops, reductions)
{
    static const up_reduction kinds[] = { UP_REDUCE_MEAN, UP_REDUCE_MAX, UP_REDUCE_MEAN_VARIANCE,
                                          UP_REDUCE_MEAN_DEVIATION, UP_REDUCE_CONTRAST };
    FOR_SIZES(i)
    {
        const up_shape in = up_float_shape(sizes[i][0], sizes[i][1], 3);
        up_op *op;
        for (int k = 0; k < 5; k++) {
            cr_assert_eq(up_reduce_plan(&op, &in, kinds[k], NULL), UP_OK);
            validate_op(op, "reduce");
        }
        for (int channels = 1; channels <= 3; channels += 2) {
            const up_shape one = up_float_shape(1, 1, channels);
            cr_assert_eq(up_scale_plan(&op, &in, &one, NULL), UP_OK);
            validate_op(op, "scale");
            cr_assert_eq(up_shift_plan(&op, &in, &one, NULL), UP_OK);
            validate_op(op, "shift");
        }
    }
}

Test(ops, scale_refuses_other_shapes)
{
    static const int shapes[][3] = { { 1, 1, 2 }, { 2, 1, 3 }, { 1, 2, 1 } };
    const up_shape plane = up_float_shape(9, 9, 3);
    up_error error;
    up_op *op;
    for (int i = 0; i < 3; i++) {
        const up_shape one = up_float_shape(shapes[i][0], shapes[i][1], shapes[i][2]);
        cr_expect_eq(up_scale_plan(&op, &plane, &one, &error), UP_ERROR_WEIGHTS);
    }
}

Test(ops, joins_have_limits)
{
    up_shape in[UP_MAX_INPUTS + 1];
    up_error error;
    up_op *op;
    for (int i = 0; i <= UP_MAX_INPUTS; i++)
        in[i] = up_float_shape(9, 9, 1 << 30);
    cr_expect_eq(up_concat_plan(&op, in, 2, &error), UP_ERROR_LIMIT);
    cr_expect_eq(up_concat_plan(&op, in, UP_MAX_INPUTS + 1, &error), UP_ERROR_LIMIT);
}

Test(ops, network_points)
{
    const up_point *points[] = { &up_point_affine_channels, &up_point_matrix,
                                 &up_point_clip_channels, &up_point_settle, &up_point_outside };
    float parameter[5 * 6];
    for (int i = 0; i < 30; i++)
        parameter[i] = (float)i / 16;
    FOR_SIZES(i)
    {
        for (size_t p = 0; p < sizeof points / sizeof *points; p++) {
            up_shape in = up_float_shape(sizes[i][0], sizes[i][1], 5);
            up_op *op;
            cr_assert_eq(up_point_plan(&op, &in, points[p], parameter, 30, NULL), UP_OK);
            validate_op(op, points[p]->name);
        }
    }
}

Test(ops, limit)
{
    FOR_SIZES(i)
    {
        for (int factor = 1; factor <= 5; factor++) {
            const up_shape source = up_float_shape(sizes[i][0], sizes[i][1], 2);
            const up_shape in = up_float_shape(source.width * factor, source.height * factor, 2);
            up_op *op;
            cr_assert_eq(up_limit_plan(&op, &in, &source, 0.25, NULL), UP_OK);
            validate_op(op, "limit");
        }
    }
}

Test(ops, arrange)
{
    const up_edge edges[] = { UP_EDGE_ZERO, UP_EDGE_CLAMP, UP_EDGE_REFLECT };
    FOR_SIZES(i)
    {
        up_op *op;
        for (int e = 0; e < 3; e++) {
            up_shape in = up_float_shape(sizes[i][0], sizes[i][1], 2);
            cr_assert_eq(
                up_crop_plan(&op, &in, -3, -2, in.width + 5, in.height + 7, edges[e], NULL), UP_OK);
            validate_op(op, "pad");
            if (in.width < 5)
                continue;
            cr_assert_eq(up_crop_plan(&op, &in, 2, 1, in.width - 3, in.height - 1, edges[e], NULL),
                         UP_OK);
            validate_op(op, "crop");
        }
    }
}

Test(ops, unpool)
{
    up_shape in = up_float_shape(100, 11, 2);
    for (int spread = 0; spread < 2; spread++) {
        int64_t *index = up_alloc(in.width * in.height * in.channels, sizeof *index);
        for (int i = 0; i < in.width * in.height * in.channels; i++) {
            int x = i % in.width, y = i / in.width % in.height;
            index[i] = spread ? rand() % (200 * 23) : (2 * y + i % 2) * 200 + 2 * x;
        }
        up_op *op;
        cr_assert_eq(up_unpool_plan(&op, &in, 1, index, (int[2]){ 23, 200 }, NULL), UP_OK);
        validate_op(op, spread ? "unpool anywhere" : "unpool");
    }
}

Test(ops, unpool_refuses_positions_outside)
{
    up_shape in = up_float_shape(1, 1, 1);
    up_error error;
    const int64_t bad[] = { -1, 4, INT64_MAX, INT64_MIN };
    for (int i = 0; i < 4; i++) {
        int64_t *index = up_alloc(1, sizeof *index);
        *index = bad[i];
        up_op *op;
        cr_assert_eq(up_unpool_plan(&op, &in, 1, index, (int[2]){ 2, 2 }, &error),
                     UP_ERROR_WEIGHTS);
    }
}
