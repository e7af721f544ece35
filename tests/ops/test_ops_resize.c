/* SPDX-License-Identifier: MIT */
/* Resizing, nearest and by filters, against the definition of ONNX's Resize, and through the
 * validator. */
#include "base/memory.h"
#include "ops/arrange/planes.h"
#include "ops/resample/replicate.h"
#include "ops/resample/resample.h"
#include "support/ops/op_validator.h"
#include "support/reference/conv_check.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>

static const int lengths[] = { 1, 2, 5, 9, 37, 64, 200 };
static const up_ratio steps[] = { { 1, 1 }, { 1, 2 },   { 1, 3 }, { 1, 4 }, { 1, 8 },
                                  { 2, 3 }, { 10, 23 }, { 2, 1 }, { 7, 3 }, { 3, 1 } };
enum { LENGTHS = sizeof lengths / sizeof *lengths, STEPS = sizeof steps / sizeof *steps };

static const up_coordinates modes[] = { UP_HALF_PIXEL,         UP_HALF_PIXEL_SYMMETRIC,
                                        UP_HALF_PIXEL_PYTORCH, UP_HALF_PIXEL_NEAREST,
                                        UP_ALIGN_CORNERS,      UP_ASYMMETRIC };

static int length_of(int in, up_ratio step)
{
    return up_max(1, (int)(in * step.den / step.num));
}

/* The formulas of ONNX, one division each: exact wherever a whole number or a half comes out. */
static long double position(up_coordinates mode, int in, int out, up_ratio step, int o)
{
    const long double num = (long double)step.num, den = (long double)step.den;
    const long double half = ((2 * o + 1) * num - den) / (2 * den);
    switch (mode) {
    case UP_HALF_PIXEL:
        return half;
    case UP_HALF_PIXEL_SYMMETRIC:
        return ((2 * o + 1) * num - den + in * den - out * num) / (2 * den);
    case UP_HALF_PIXEL_PYTORCH:
        return out > 1 ? half : 0;
    case UP_HALF_PIXEL_NEAREST:
        return (2 * o + 1) * num / (2 * den);
    case UP_ALIGN_CORNERS:
        return out == 1 ? 0 : (long double)o * (in - 1) / (out - 1);
    default:
        return o * num / den;
    }
}

static int rounded(long double at, up_rounding rounding, int in)
{
    const long double index = rounding == UP_ROUND_FLOOR       ? floorl(at)
                              : rounding == UP_ROUND_CEIL      ? ceill(at)
                              : rounding == UP_ROUND_HALF_DOWN ? ceill(at - 0.5L)
                                                               : floorl(at + 0.5L);
    return up_clamp((int)index, 0, in - 1);
}

Test(ops_resize, nearest_positions)
{
    for (int l = 0; l < LENGTHS; l++)
        for (int s = 0; s < STEPS; s++)
            for (size_t m = 0; m < sizeof modes / sizeof *modes; m++) {
                const int in = lengths[l], out = length_of(in, steps[s]);
                const up_positions at = up_positions_make(in, out, steps[s], modes[m]);
                for (int o = 0; o < out; o++) {
                    const long double exact = position(modes[m], in, out, steps[s], o);
                    for (int r = UP_ROUND_FLOOR; r <= UP_ROUND_HALF_UP; r++)
                        cr_assert_eq(up_positions_round(&at, o, (up_rounding)r),
                                     rounded(exact, (up_rounding)r, in),
                                     "mode %zu, rounding %d, %d to %d, output %d", m, r, in, out,
                                     o);
                }
            }
}

static void check_nearest(int width, int height, int bytes, up_ratio rows, up_ratio columns,
                          up_coordinates mode, up_rounding rounding)
{
    char label[80];
    const up_shape in = { width, height, 1 + bytes % 3, bytes, bytes != sizeof(float) };
    const up_positions at[2] = { up_positions_make(height, length_of(height, rows), rows, mode),
                                 up_positions_make(width, length_of(width, columns), columns,
                                                   mode) };
    up_op *op;
    snprintf(label, sizeof label, "nearest %dx%d to %dx%d, %d bytes", width, height, at[1].out,
             at[0].out, bytes);
    cr_assert_eq(up_nearest_plan(&op, &in, at, rounding, NULL), UP_OK);
    validate_op(op, label);
}

Test(ops_resize, nearest)
{
    static const int sizes[][2] = { { 1, 1 }, { 7, 5 }, { 65, 9 }, { 200, 7 } };
    int turn = 0;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        for (int bytes = 1; bytes <= 12; bytes++)
            for (int s = 0; s < STEPS; s++, turn++)
                check_nearest(sizes[i][0], sizes[i][1], bytes, steps[s], steps[(s + bytes) % STEPS],
                              modes[turn % 6], (up_rounding)(turn % 4));
}

Test(ops_resize, nearest_values)
{
    const up_ratio step = { 2, 3 };
    tensor in = tensor_make(1, 4, 8);
    for (size_t i = 0; i < tensor_size(&in); i++)
        in.data[i] = (float)i;
    const up_shape shape = up_float_shape(8, 4, 1);
    const up_positions at[2] = { up_positions_make(4, 6, step, UP_HALF_PIXEL),
                                 up_positions_make(8, 12, step, UP_HALF_PIXEL) };
    up_op *op;
    cr_assert_eq(up_nearest_plan(&op, &shape, at, UP_ROUND_HALF_DOWN, NULL), UP_OK);
    tensor out = run_op(op, &in);
    for (int y = 0; y < 6; y++)
        for (int x = 0; x < 12; x++)
            cr_assert_eq(out.data[y * 12 + x],
                         in.data[up_positions_round(&at[0], y, UP_ROUND_HALF_DOWN) * 8 +
                                 up_positions_round(&at[1], x, UP_ROUND_HALF_DOWN)]);
    up_op_destroy(&op);
    tensor_free(&in);
    tensor_free(&out);
}

typedef struct {
    const up_filter *filter;
    double a;
    up_coordinates mode;
    bool antialias, inside;
} resizing;

static double kernel(const resizing *r, double x)
{
    x = fabs(x);
    if (r->filter == &up_filter_triangle)
        return fmax(0, 1 - x);
    if (x <= 1)
        return (r->a + 2) * x * x * x - (r->a + 3) * x * x + 1;
    return x < 2 ? r->a * x * x * x - 5 * r->a * x * x + 8 * r->a * x - 4 * r->a : 0;
}

/* Of one row: the weights of a neighbourhood, normalised, on inputs that the ends are repeated
 * for. Where all of them are excluded, the end. */
static double interpolated(const resizing *r, const float *in, int n, double at, double scale)
{
    const double squeeze = r->antialias && scale < 1 ? scale : 1;
    const int reach = (int)ceil((r->filter == &up_filter_triangle ? 1 : 2) / squeeze) + 1;
    const int middle = (int)floor(at);
    double sum = 0, weights = 0;
    for (int i = middle - reach; i <= middle + reach; i++) {
        double weight = kernel(r, (i - at) * squeeze);
        if (r->inside && (i < 0 || i >= n))
            weight = 0;
        sum += weight * in[up_clamp(i, 0, n - 1)];
        weights += weight;
    }
    return weights == 0 ? in[up_clamp(middle, 0, n - 1)] : sum / weights;
}

/* Rows and columns alike: the plane is square, but for its channels. */
static void check_resizing(const resizing *r, int length, up_ratio step)
{
    char label[160];
    const int out = length_of(length, step);
    const up_positions at = up_positions_make(length, out, step, r->mode);
    snprintf(label, sizeof label, "%s %d to %d, coordinates %d, a %g%s%s", r->filter->name, length,
             out, r->mode, r->a, r->antialias ? ", antialias" : "", r->inside ? ", inside" : "");
    uint32_t state = 3;
    tensor row = tensor_make(2, 1, length), column = tensor_make(2, length, 1);
    tensor_fill(row.data, tensor_size(&row), false, &state);
    memcpy(column.data, row.data, tensor_size(&row) * sizeof(float));
    const up_shape flat = up_float_shape(length, 1, 2), tall = up_float_shape(1, length, 2);
    up_axis axis;
    up_op *columns, *rows;
    up_axis_init(&axis, at, r->filter, r->a, r->antialias, r->inside);
    cr_assert_eq(up_resample_columns_plan(&columns, &flat, &axis, NULL), UP_OK);
    cr_assert_eq(up_resample_rows_plan(&rows, &tall, &axis, NULL), UP_OK);
    tensor wide = run_op(columns, &row), high = run_op(rows, &column);
    const double scale = r->mode == UP_ALIGN_CORNERS && out > 1 && length > 1
                             ? (double)(out - 1) / (length - 1)
                             : (double)step.den / (double)step.num;
    for (int i = 0; i < 2 * out; i++) {
        const double exact = (double)position(r->mode, length, out, step, i % out);
        const double want = interpolated(r, row.data + i / out * length, length, exact, scale);
        cr_assert(fabs(wide.data[i] - want) < 2e-6, "%s: %g, not %g, in column %d", label,
                  wide.data[i], want, i);
        cr_assert(fabs(high.data[i] - want) < 2e-6, "%s: %g, not %g, in row %d", label,
                  high.data[i], want, i);
    }
    validate_op(columns, label);
    validate_op(rows, label);
    tensor_free(&row);
    tensor_free(&column);
    tensor_free(&wide);
    tensor_free(&high);
}

Test(ops_resize, filters)
{
    static const up_coordinates filtered[] = { UP_HALF_PIXEL, UP_HALF_PIXEL_SYMMETRIC,
                                               UP_HALF_PIXEL_PYTORCH, UP_ALIGN_CORNERS,
                                               UP_ASYMMETRIC };
    for (int l = 0; l < LENGTHS; l++)
        for (int s = 0; s < STEPS; s++)
            for (int m = 0; m < 5; m++)
                for (int flags = 0; flags < 8; flags++) {
                    /* Corners of a single output are not antialiased. */
                    if (filtered[m] == UP_ALIGN_CORNERS && (flags & 1) &&
                        (lengths[l] == 1 || length_of(lengths[l], steps[s]) == 1))
                        continue;
                    const resizing r = { .filter =
                                             flags & 4 ? &up_filter_cubic : &up_filter_triangle,
                                         .a = l % 2 ? -0.75 : -0.5,
                                         .mode = filtered[m],
                                         .antialias = flags & 1,
                                         .inside = flags & 2 };
                    check_resizing(&r, lengths[l], steps[s]);
                }
}

static void validate_resample(const up_filter *filter, up_shape in, up_ratio step, int out,
                              bool antialias)
{
    char label[100];
    up_axis axis;
    up_op *op;
    snprintf(label, sizeof label, "%s %dx%d to %d", filter->name, in.width, in.height, out);
    up_axis_init(&axis, up_positions_make(in.height, out, step, UP_HALF_PIXEL), filter, -0.5,
                 antialias, false);
    cr_assert_eq(up_resample_rows_plan(&op, &in, &axis, NULL), UP_OK);
    validate_op(op, label);
    up_axis_init(&axis, up_positions_make(in.width, out, step, UP_HALF_PIXEL), filter, -0.5,
                 antialias, false);
    cr_assert_eq(up_resample_columns_plan(&op, &in, &axis, NULL), UP_OK);
    validate_op(op, label);
}

Test(ops_resize, planes)
{
    static const int sizes[][2] = { { 1, 1 }, { 7, 5 }, { 64, 3 }, { 65, 9 }, { 200, 17 } };
    const up_filter *filters[] = { &up_filter_triangle, &up_filter_cubic, &up_filter_lanczos3 };
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        for (int f = 0; f < 3; f++)
            for (int s = 0; s < STEPS; s++) {
                const up_shape in = up_float_shape(sizes[i][0], sizes[i][1], 2);
                const int out = (int)(in.width * steps[s].den / steps[s].num) + (s > 6);
                validate_resample(filters[f], in, steps[s], out, s % 3 > 0);
            }
}
