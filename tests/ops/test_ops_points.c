/* SPDX-License-Identifier: MIT */
/* Activations and arithmetic of tensors: their values, and through the validator. */
#include "ops/arrange/planes.h"
#include "ops/point/activation.h"
#include "ops/point/arithmetic.h"
#include "support/ops/op_validator.h"
#include "support/reference/conv_check.h"

#include <criterion/criterion.h>
#include <math.h>

typedef struct {
    const up_point *point;
    double (*exact)(double v, const float *p);
    bool any; /* numbers that are not above 0 do, too */
} function;

#define EXACT(name, value)                                                                         \
    static double name(double v, const float *p)                                                   \
    {                                                                                              \
        (void)p;                                                                                   \
        return value;                                                                              \
    }
EXACT(exact_prelu, v > 0 ? v : v * p[1])
EXACT(exact_tanh, tanh(v))
EXACT(exact_sigmoid, 1 / (1 + exp(-v)))
EXACT(exact_silu, v / (1 + exp(-v)))
EXACT(exact_mish, v *tanh(log1p(exp(v))))
EXACT(exact_gelu, v / 2 * erfc(-v / sqrt(2)))
EXACT(exact_gelu_tanh, v / 2 * (1 + tanh(sqrt(2 / M_PI) * (v + 0.044715 * pow(v, 3)))))
EXACT(exact_elu, v > 0 ? v : p[0] * expm1(v))
EXACT(exact_softplus, log1p(exp(v)))
EXACT(exact_exp, exp(v))
EXACT(exact_log, log(v))
EXACT(exact_erf, erf(v))
EXACT(exact_hard_sigmoid, fmin(fmax(v *p[0] + p[1], 0), 1))
EXACT(exact_hard_swish, v *fmin(fmax(v *p[0] + p[1], 0), 1))
EXACT(exact_softsign, v / (1 + fabs(v)))
EXACT(exact_sqrt, sqrt(v))
EXACT(exact_abs, fabs(v))
EXACT(exact_reciprocal, 1 / v)
EXACT(exact_power, pow(v, p[0]))
EXACT(exact_floor, floor(v))
EXACT(exact_ceil, ceil(v))
EXACT(exact_round_even, nearbyint(v))
#undef EXACT

static const function functions[] = {
    { &up_point_prelu, exact_prelu, true },
    { &up_point_tanh, exact_tanh, true },
    { &up_point_sigmoid, exact_sigmoid, true },
    { &up_point_silu, exact_silu, true },
    { &up_point_mish, exact_mish, true },
    { &up_point_gelu, exact_gelu, true },
    { &up_point_gelu_tanh, exact_gelu_tanh, true },
    { &up_point_elu, exact_elu, true },
    { &up_point_softplus, exact_softplus, true },
    { &up_point_exp, exact_exp, true },
    { &up_point_log, exact_log, false },
    { &up_point_erf, exact_erf, true },
    { &up_point_hard_sigmoid, exact_hard_sigmoid, true },
    { &up_point_hard_swish, exact_hard_swish, true },
    { &up_point_softsign, exact_softsign, true },
    { &up_point_sqrt, exact_sqrt, false },
    { &up_point_abs, exact_abs, true },
    { &up_point_reciprocal, exact_reciprocal, true },
    { &up_point_power, exact_power, false },
    { &up_point_floor, exact_floor, true },
    { &up_point_ceil, exact_ceil, true },
    { &up_point_round_even, exact_round_even, true },
};

static const int sizes[][2] = { { 1, 1 }, { 7, 5 }, { 65, 3 }, { 200, 9 } };
#define FOR_SIZES(i) for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)

static tensor filled(int channels, const int size[2], float low, float high, uint32_t seed)
{
    tensor t = tensor_make(channels, size[1], size[0]);
    tensor_fill(t.data, tensor_size(&t), false, &seed);
    for (size_t i = 0; i < tensor_size(&t); i++)
        t.data[i] = low + (high - low) * (t.data[i] + 1) / 2;
    return t;
}

static void check_function(const function *f, const int size[2])
{
    const float parameter[3] = { 0.4375f, 0.4375f, 0.4375f };
    tensor in = filled(3, size, f->any ? -6 : 0.01f, 6, 3);
    const up_shape shape = up_float_shape(size[0], size[1], 3);
    up_op *op;
    cr_assert_eq(up_point_plan(&op, &shape, f->point, parameter, 3, NULL), UP_OK);
    tensor out = run_op(op, &in);
    for (size_t i = 0; i < tensor_size(&in); i++) {
        const double want = f->exact((double)in.data[i], parameter);
        cr_expect_leq(fabs(out.data[i] - want), 2e-6 * fabs(want) + 1e-7, "%s of %g: %g, not %g",
                      f->point->name, in.data[i], out.data[i], want);
    }
    tensor_free(&in);
    tensor_free(&out);
    if (f->any)
        validate_op(op, f->point->name);
    else
        up_op_destroy(&op);
}

Test(ops_points, functions)
{
    FOR_SIZES(i)
    {
        for (size_t f = 0; f < sizeof functions / sizeof *functions; f++)
            check_function(&functions[f], sizes[i]);
    }
}

Test(ops_points, extremes)
{
    float in[16] = { INFINITY, -INFINITY, 3e38f, -3e38f, 0, -0.0f, NAN }, out[16];
    const float *from = in;
    float *to = out, p[2] = { 1 / 6.0f, 0.5f };
    up_point_hard_swish.apply(&to, &from, 1, p, 16);
    cr_expect(out[0] == INFINITY && out[1] == 0 && out[2] > 2e38f && out[3] == 0 && isnan(out[6]));
    up_point_hard_sigmoid.apply(&to, &from, 1, p, 16);
    cr_expect(out[0] == 1 && out[1] == 0 && out[2] == 1 && out[3] == 0 && isnan(out[6]));
    up_point_softsign.apply(&to, &from, 1, NULL, 16);
    cr_expect(out[0] == 1 && out[1] == -1 && out[2] == 1 && out[3] == -1 && isnan(out[6]));
    p[0] = 2;
    up_point_power.apply(&to, &from, 1, p, 16);
    cr_expect(out[0] == INFINITY && out[1] == INFINITY && out[4] == 0 && isnan(out[6]));
    in[8] = 2.5f, in[9] = -3.5f;
    up_point_round_even.apply(&to, &from, 1, NULL, 16);
    cr_expect(out[8] == 2 && out[9] == -4);
}

Test(ops_points, softmax)
{
    FOR_SIZES(i)
    {
        for (int channels = 1; channels <= 5; channels += 2) {
            tensor in = filled(channels, sizes[i], -200, 200, 9);
            const up_shape shape = up_float_shape(sizes[i][0], sizes[i][1], channels);
            up_op *op;
            cr_assert_eq(up_point_plan(&op, &shape, &up_point_softmax, NULL, 0, NULL), UP_OK);
            tensor out = run_op(op, &in);
            const size_t plane = (size_t)in.width * in.height;
            for (size_t at = 0; at < plane; at++) {
                double most = -INFINITY, sum = 0;
                for (int c = 0; c < channels; c++)
                    most = fmax(most, in.data[c * plane + at]);
                for (int c = 0; c < channels; c++)
                    sum += exp(in.data[c * plane + at] - most);
                for (int c = 0; c < channels; c++)
                    cr_expect_float_eq(out.data[c * plane + at],
                                       exp(in.data[c * plane + at] - most) / sum, 3e-7);
            }
            tensor_free(&in);
            tensor_free(&out);
            validate_op(op, "softmax");
        }
    }
}

static double combined(const up_point *point, double a, double b)
{
    return point == &up_point_add        ? a + b
           : point == &up_point_subtract ? a - b
           : point == &up_point_multiply ? a * b
           : point == &up_point_divide   ? a / b
           : point == &up_point_minimum  ? fmin(a, b)
                                         : fmax(a, b);
}

/* Channels of either input; the numbers stay away from 0. */
static void check_pair(const up_point *point, const int size[2], int a, int b)
{
    tensor in[2] = { filled(a, size, -3, 5, 3), filled(b, size, 1, 4, 5) };
    const up_shape first = up_float_shape(size[0], size[1], a);
    const up_shape second = up_float_shape(size[0], size[1], b);
    const size_t plane = (size_t)size[0] * size[1];
    up_op *op;
    cr_assert_eq(up_point_pair_plan(&op, &first, &second, point, NULL, 0, NULL), UP_OK);
    tensor out = run_op(op, in);
    cr_assert_eq(out.channels, a > b ? a : b);
    for (size_t i = 0; i < tensor_size(&out); i++) {
        const float want = (float)combined(point, in[0].data[a == 1 ? i % plane : i],
                                           in[1].data[b == 1 ? i % plane : i]);
        cr_expect_eq(out.data[i], want, "%s: %g, not %g", point->name, out.data[i], want);
    }
    tensor_free(&in[0]);
    tensor_free(&in[1]);
    tensor_free(&out);
    if (point != &up_point_divide)
        validate_op(op, point->name);
    else
        up_op_destroy(&op);
}

Test(ops_points, pairs)
{
    const up_point *points[] = { &up_point_add,    &up_point_subtract, &up_point_multiply,
                                 &up_point_divide, &up_point_minimum,  &up_point_maximum };
    FOR_SIZES(i)
    {
        for (size_t p = 0; p < sizeof points / sizeof *points; p++) {
            check_pair(points[p], sizes[i], 4, 4);
            check_pair(points[p], sizes[i], 3, 1);
            check_pair(points[p], sizes[i], 1, 3);
        }
    }
}

Test(ops_points, pairs_refused)
{
    const up_shape a = up_float_shape(4, 4, 3), b = up_float_shape(4, 4, 2);
    const up_shape c = up_float_shape(4, 5, 3);
    up_op *op = NULL;
    up_error error = { 0 };
    cr_expect_eq(up_point_pair_plan(&op, &a, &b, &up_point_add, NULL, 0, &error),
                 UP_ERROR_ARGUMENT);
    cr_expect_eq(up_point_pair_plan(&op, &a, &c, &up_point_add, NULL, 0, &error),
                 UP_ERROR_ARGUMENT);
    cr_expect_null(op);
}

Test(ops_points, extremes_keep_nan)
{
    float a[16] = { NAN, 1, NAN }, b[16] = { 1, NAN, NAN }, out[16];
    const float *from[] = { a, b };
    float *to = out;
    up_point_minimum.apply(&to, from, 1, NULL, 16);
    cr_expect(isnan(out[0]) && isnan(out[1]) && isnan(out[2]) && out[3] == 0);
    up_point_maximum.apply(&to, from, 1, NULL, 16);
    cr_expect(isnan(out[0]) && isnan(out[1]) && isnan(out[2]) && out[3] == 0);
}
