/* SPDX-License-Identifier: MIT */
/* Convolution and transposed convolution against their definitions, for parameters of all kinds,
 * on every instruction set this machine has. */
#include "base/memory.h"
#include "ops/conv/conv_split.h"
#include "support/ops/op_validator.h"
#include "support/reference/conv_check.h"
#include "support/reference/kernel_check.h"
#include "support/sanitized.h"

#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *describe(const up_conv *c, int height, int width)
{
    static char text[256];
    snprintf(
        text, sizeof text,
        "%s %d->%d groups %d, %dx%d, kernel %d,%d stride %d,%d padding %d,%d,%d,%d+%d,%d dilation "
        "%d,%d edge %d, %s",
        c->transposed ? "tconv" : "conv", c->in_channels, c->out_channels, c->groups, height, width,
        c->kernel[0], c->kernel[1], c->stride[0], c->stride[1], c->pad_before[0], c->pad_before[1],
        c->pad_after[0], c->pad_after[1], c->output_padding[0], c->output_padding[1],
        c->dilation[0], c->dilation[1], c->edge, up_cpu_name());
    return text;
}

/* What the definition says, once for all ops that make it. */
typedef struct {
    double *sum, *magnitude;
    bool whole; /* all numbers are, and sums exact */
} definition;

static void expect_values(const up_conv *conv, const tensor *in, const tensor *out,
                          const definition *wanted)
{
    for (size_t i = 0; i < tensor_size(out); i++) {
        double allowed = wanted->whole ? 0 : wanted->magnitude[i] * FLT_EPSILON * 8;
        if (!(fabs(out->data[i] - wanted->sum[i]) <= allowed)) {
            cr_expect(false, "%s: %a instead of %a at %zu", describe(conv, in->height, in->width),
                      out->data[i], wanted->sum[i], i);
            break;
        }
    }
}

/* Weights are the caller's until this returns: the op must have copied them. */
static up_op *plan(up_conv conv, const tensor *in)
{
    up_op *op = NULL;
    up_error error = { 0 };
    float *weight = exact_copy(conv.weight, conv_weights(&conv) * sizeof(float));
    float *bias = conv.bias ? exact_copy(conv.bias, conv.out_channels * sizeof(float)) : NULL;
    conv.weight = weight;
    conv.bias = bias;
    up_shape shape = { in->width, in->height, in->channels, sizeof(float), false };
    up_status status = up_conv_plan(&op, &shape, &conv, &error);
    cr_assert_eq(status, UP_OK, "%s: %s", describe(&conv, in->height, in->width), error.message);
    free(weight);
    free(bias);
    return op;
}

/* The same in two ops. */
static void check_split(const up_conv *conv, const tensor *in, const definition *wanted)
{
    up_op *columns, *rows;
    up_error error = { 0 };
    up_shape shape = { in->width, in->height, in->channels, sizeof(float), false };
    const char *label = describe(conv, in->height, in->width);
    cr_assert_eq(up_conv_columns_plan(&columns, &shape, conv, &error), UP_OK, "%s", error.message);
    cr_assert_eq(up_conv_rows_plan(&rows, &columns->out, conv, &error), UP_OK, "%s", error.message);
    tensor between = run_op(columns, in), out = run_op(rows, &between);
    cr_assert_eq(out.channels, conv->out_channels);
    cr_assert_eq(out.height, conv_size(conv, 0, in->height));
    cr_assert_eq(out.width, conv_size(conv, 1, in->width));
    expect_values(conv, in, &out, wanted);
    validate_op(columns, label);
    validate_op(rows, label);
    tensor_free(&between);
    tensor_free(&out);
}

static void check(up_conv conv, int height, int width, bool whole, uint32_t *state)
{
    tensor in = tensor_make(conv.in_channels, height, width);
    float *weight = malloc(conv_weights(&conv) * sizeof(float));
    float *bias = malloc(conv.out_channels * sizeof(float));
    tensor_fill(in.data, tensor_size(&in), whole, state);
    tensor_fill(weight, conv_weights(&conv), whole, state);
    tensor_fill(bias, conv.out_channels, whole, state);
    conv.weight = weight;
    conv.bias = random_below(state, 3) ? bias : NULL;
    up_op *op = plan(conv, &in);
    cr_assert_eq(op->out.height, conv_size(&conv, 0, height));
    cr_assert_eq(op->out.width, conv_size(&conv, 1, width));
    tensor out = run_op(op, &in);
    definition wanted = { .whole = whole };
    wanted.sum = conv_plainly(&conv, &in, &wanted.magnitude);
    expect_values(&conv, &in, &out, &wanted);
    validate_op(op, describe(&conv, height, width));
    if (conv.transposed)
        check_split(&conv, &in, &wanted);
    free(wanted.sum);
    free(wanted.magnitude);
    tensor_free(&in);
    tensor_free(&out);
    free(weight);
    free(bias);
}

static void choose_axis(up_conv *conv, int a, uint32_t *state)
{
    conv->kernel[a] = 1 + random_below(state, random_below(state, 4) ? 5 : 11);
    conv->stride[a] = 1 + random_below(state, random_below(state, 4) ? 4 : 9);
    conv->dilation[a] = random_below(state, 3) ? 1 : 1 + random_below(state, 4);
    conv->pad_before[a] = random_below(state, 6);
    conv->pad_after[a] = random_below(state, 3) ? conv->pad_before[a] : random_below(state, 6);
    int most = up_max(conv->stride[a], conv->dilation[a]);
    conv->output_padding[a] = conv->transposed ? random_below(state, most) : 0;
}

static up_conv choose(bool transposed, uint32_t *state)
{
    static const int channels[][3] = { { 1, 1, 1 },  { 3, 3, 1 },  { 2, 1, 1 },  { 4, 4, 4 },
                                       { 4, 2, 2 },  { 6, 12, 3 }, { 1, 9, 1 },  { 12, 12, 1 },
                                       { 5, 13, 1 }, { 20, 1, 1 }, { 17, 2, 1 }, { 24, 20, 2 },
                                       { 3, 4, 1 },  { 1, 2, 1 },  { 2, 7, 1 },  { 40, 17, 1 } };
    const int *c = channels[random_below(state, sizeof channels / sizeof *channels)];
    up_conv conv = { .transposed = transposed,
                     .in_channels = c[0],
                     .out_channels = c[1],
                     .groups = c[2],
                     .edge = transposed ? UP_EDGE_ZERO : (up_edge)random_below(state, 3) };
    choose_axis(&conv, 0, state);
    choose_axis(&conv, 1, state);
    return conv;
}

static void check_random(bool transposed, int cases, uint32_t state)
{
    while (cases > 0) {
        up_conv conv = choose(transposed, &state);
        if (!transposed && cases % 3 == 0)
            conv.stride[0] = conv.stride[1] = 1;
        int height = 1 + random_below(&state, 9);
        int width = 1 + random_below(&state, random_below(&state, 3) ? 40 : 300);
        bool fits = conv_size(&conv, 0, height) > 0 && conv_size(&conv, 1, width) > 0;
        if (!fits || (conv.edge == UP_EDGE_REFLECT &&
                      (up_max(conv.pad_before[0], conv.pad_after[0]) >= height ||
                       up_max(conv.pad_before[1], conv.pad_after[1]) >= width)))
            continue;
        check(conv, height, width, cases % 2, &state);
        cases--;
    }
}

/* A process of its own for each variant: the choice is made once. */
static void use_variant(int i)
{
    const up_kernels *kernels = kernel_variant(i);
    if (!kernels)
        cr_skip_test("this machine has no more instruction sets");
    setenv("UPSCALE_CPU", kernels->name, 1);
}

ParameterizedTestParameters(conv, random_convolutions)
{
    static int variant[] = { 0, 1, 2, 3 };
    return cr_make_param_array(int, variant, 4);
}

ParameterizedTest(int *variant, conv, random_convolutions)
{
    use_variant(*variant);
    check_random(false, MANY_OR_FEW(100, 10), 11 + (uint32_t)*variant);
}

ParameterizedTestParameters(conv, random_transposed)
{
    static int variant[] = { 0, 1, 2, 3 };
    return cr_make_param_array(int, variant, 4);
}

ParameterizedTest(int *variant, conv, random_transposed)
{
    use_variant(*variant);
    check_random(true, MANY_OR_FEW(200, 12), 23 + (uint32_t)*variant);
}

/* Layers as networks have them, wide enough for every kind of tile and chunk. */
Test(conv, layers)
{
    static const struct {
        int transposed, in, out, kernel, stride, padding, output_padding;
    } layers[] = {
        { 1, 3, 3, 4, 2, 1, 0 },   { 1, 24, 20, 4, 2, 1, 0 }, { 1, 56, 1, 9, 2, 4, 1 },
        { 1, 56, 1, 9, 3, 4, 2 },  { 1, 56, 1, 9, 4, 4, 3 },  { 1, 3, 3, 8, 4, 2, 0 },
        { 1, 2, 2, 6, 3, 1, 0 },   { 0, 12, 12, 3, 1, 1, 0 }, { 0, 1, 56, 5, 1, 2, 0 },
        { 0, 56, 12, 1, 1, 0, 0 }, { 0, 12, 1, 3, 1, 1, 0 },  { 0, 3, 24, 3, 2, 1, 0 },
        { 0, 64, 24, 3, 2, 1, 0 }, { 0, 40, 20, 2, 2, 0, 0 }, { 0, 12, 12, 7, 4, 3, 0 }
    };
    uint32_t state = 5;
    for (size_t i = 0; i < sizeof layers / sizeof *layers; i++) {
        for (int width = 250; width < MANY_OR_FEW(430, 300); width += 89) {
            int k = layers[i].kernel, s = layers[i].stride, p = layers[i].padding;
            int op = layers[i].output_padding;
            up_conv conv = { .transposed = layers[i].transposed,
                             .in_channels = layers[i].in,
                             .out_channels = layers[i].out,
                             .groups = 1,
                             .kernel = { k, k },
                             .stride = { s, s },
                             .pad_before = { p, p },
                             .pad_after = { p, p },
                             .output_padding = { op, op },
                             .dilation = { 1, 1 } };
            check(conv, 5, width, width % 2, &state);
        }
    }
}

/* <conv(x), y> = <x, tconv(y)> with the same weights. */
static void check_adjoint(up_conv tconv, int height, int width, uint32_t *state)
{
    up_conv conv = tconv;
    conv.transposed = false;
    conv.in_channels = tconv.out_channels;
    conv.out_channels = tconv.in_channels;
    tensor y = tensor_make(tconv.in_channels, height, width);
    float *weight = malloc(conv_weights(&tconv) * sizeof(float));
    tensor_fill(y.data, tensor_size(&y), false, state);
    tensor_fill(weight, conv_weights(&tconv), false, state);
    conv.weight = tconv.weight = weight;
    up_op *op = plan(tconv, &y);
    tensor back = run_op(op, &y);
    tensor x = tensor_make(back.channels, back.height, back.width);
    tensor_fill(x.data, tensor_size(&x), false, state);
    double *forth = conv_plainly(&conv, &x, NULL), left = 0, right = 0, magnitude = 0;
    for (size_t i = 0; i < tensor_size(&y); i++)
        left += forth[i] * y.data[i], magnitude += fabs(forth[i] * y.data[i]);
    for (size_t i = 0; i < tensor_size(&x); i++)
        right += (double)x.data[i] * back.data[i];
    cr_expect_float_eq(left, right, 1e-5 * magnitude + 1e-5, "%s", describe(&tconv, height, width));
    free(forth);
    free(weight);
    tensor_free(&x);
    tensor_free(&y);
    tensor_free(&back);
    up_op_destroy(&op);
}

Test(conv, adjoint)
{
    uint32_t state = 31;
    for (int cases = 0; cases < MANY_OR_FEW(200, 40);) {
        up_conv conv = choose(true, &state);
        int height = 1 + random_below(&state, 7), width = 1 + random_below(&state, 50);
        /* The convolution gives the size back if what is left over is less than a stride. */
        bool fits = true;
        for (int a = 0; a < 2; a++) {
            conv.output_padding[a] %= conv.stride[a];
            fits &= conv_size(&conv, a, a ? width : height) > 0;
        }
        if (!fits)
            continue;
        check_adjoint(conv, height, width, &state);
        cases++;
    }
}

static const up_conv plain = { .transposed = true,
                               .in_channels = 2,
                               .out_channels = 2,
                               .groups = 1,
                               .kernel = { 3, 3 },
                               .stride = { 2, 2 },
                               .pad_before = { 1, 1 },
                               .pad_after = { 1, 1 },
                               .dilation = { 1, 1 } };

static void expect_refused(up_conv conv, int height, int width, up_status status)
{
    float weight[64] = { 0 };
    up_op *op = NULL;
    up_error error = { 0 };
    up_shape shape = { width, height, 2, sizeof(float), false };
    conv.weight = weight;
    cr_expect_eq(up_conv_plan(&op, &shape, &conv, &error), status, "%s",
                 describe(&conv, height, width));
    cr_expect_gt(strlen(error.message), 20);
    cr_expect_null(op);
}

#define REFUSED(status, height, width, ...)                                                        \
    do {                                                                                           \
        up_conv conv = plain;                                                                      \
        __VA_ARGS__;                                                                               \
        expect_refused(conv, height, width, status);                                               \
    } while (0)

Test(conv, refused)
{
    REFUSED(UP_ERROR_ARGUMENT, 4, 4, conv.kernel[0] = 0);
    REFUSED(UP_ERROR_ARGUMENT, 4, 4, conv.stride[1] = 0);
    REFUSED(UP_ERROR_ARGUMENT, 4, 4, conv.dilation[0] = -1);
    REFUSED(UP_ERROR_ARGUMENT, 4, 4, conv.pad_before[1] = -1);
    REFUSED(UP_ERROR_ARGUMENT, 4, 4, conv.pad_after[0] = -1);
    REFUSED(UP_ERROR_ARGUMENT, 4, 4, conv.output_padding[0] = -1);
    REFUSED(UP_ERROR_ARGUMENT, 4, 4, conv.output_padding[0] = 2);
    REFUSED(UP_ERROR_ARGUMENT, 4, 4, conv.groups = 0);
    REFUSED(UP_ERROR_ARGUMENT, 4, 4, conv.groups = 3);
    REFUSED(UP_ERROR_ARGUMENT, 4, 4, conv.in_channels = 4);
    REFUSED(UP_ERROR_ARGUMENT, 1, 1, conv.pad_before[0] = 2);
    REFUSED(UP_ERROR_ARGUMENT, 1, 1, conv.transposed = false; conv.pad_before[0] = 0;
            conv.stride[0] = conv.stride[1] = 1);
    REFUSED(UP_ERROR_ARGUMENT, 3, 3, conv.transposed = false; conv.pad_after[0] = 3;
            conv.stride[0] = conv.stride[1] = 1; conv.edge = UP_EDGE_REFLECT);
    REFUSED(UP_ERROR_UNSUPPORTED, 4, 4, conv.pad_before[1] = INT32_MAX);
    REFUSED(UP_ERROR_UNSUPPORTED, 4, 4, conv.pad_after[1] = INT32_MAX);
    REFUSED(UP_ERROR_UNSUPPORTED, 4, 4, conv.dilation[1] = INT32_MAX);
    REFUSED(UP_ERROR_UNSUPPORTED, 4, 4, conv.kernel[0] = conv.kernel[1] = INT32_MAX);
    REFUSED(UP_ERROR_LIMIT, INT32_MAX, 4, conv.stride[0] = INT32_MAX);
    REFUSED(UP_ERROR_LIMIT, 4, INT32_MAX, conv.stride[1] = 3);
    REFUSED(UP_ERROR_LIMIT, 4, INT32_MAX, conv.transposed = false);
}

/* What costs nothing must not: a stride far above the kernel has very many phases without taps. */
Test(conv, far_apart)
{
    uint32_t state = 3;
    up_conv conv = plain;
    conv.stride[0] = 5000;
    conv.stride[1] = 70000;
    check(conv, 1, 2, true, &state);
    conv.pad_before[1] = conv.pad_after[1] = 30000;
    conv.kernel[1] = 4;
    check(conv, 1, 2, true, &state);
    conv.stride[0] = conv.stride[1] = 1;
    conv.dilation[1] = 20000;
    check(conv, 2, 3, true, &state);
    conv = plain;
    conv.transposed = false;
    conv.kernel[0] = conv.kernel[1] = 1;
    conv.stride[0] = conv.stride[1] = INT32_MAX;
    check(conv, 5, 40, true, &state);
    conv.kernel[1] = 3;
    conv.dilation[1] = 20000;
    conv.pad_before[1] = conv.pad_after[1] = 30000;
    conv.stride[1] = 7000;
    check(conv, 5, 40, true, &state);
}
