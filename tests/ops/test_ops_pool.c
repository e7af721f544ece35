/* SPDX-License-Identifier: MIT */
/* Pooling against its definition, and through the validator. */
#include "base/memory.h"
#include "ops/arrange/planes.h"
#include "ops/pool/pool.h"
#include "support/ops/op_validator.h"
#include "support/reference/conv_check.h"
#include "support/reference/kernel_check.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>

static const char *describe(const up_pool *p, const tensor *in)
{
    static char text[200];
    snprintf(text, sizeof text,
             "%s%s of %dx%d, kernel %d,%d stride %d,%d dilation %d,%d padding %d,%d and %d,%d%s",
             p->average ? "average" : "max", p->count_padding ? " with padding" : "", in->width,
             in->height, p->kernel[0], p->kernel[1], p->stride[0], p->stride[1], p->dilation[0],
             p->dilation[1], p->pad_before[0], p->pad_before[1], p->pad_after[0], p->pad_after[1],
             p->ceil_mode ? ", ceil" : "");
    return text;
}

/* The size by the definition: windows that fit, or start before the input ends. */
static int size_of(const up_pool *p, int a, int in)
{
    int reach = p->dilation[a] * (p->kernel[a] - 1) + 1, count = 0;
    for (int start = -p->pad_before[a];; start += p->stride[a], count++) {
        bool fits = start + reach <= in + p->pad_after[a];
        bool cut =
            p->ceil_mode && start < in && start + reach - p->stride[a] < in + p->pad_after[a];
        if (!fits && !cut)
            return count;
    }
}

static double pooled(const up_pool *p, const tensor *in, int c, int oy, int ox)
{
    double most = -INFINITY, sum = 0;
    int inside = 0, padded = 0;
    for (int i = 0; i < p->kernel[0]; i++)
        for (int j = 0; j < p->kernel[1]; j++) {
            int y = oy * p->stride[0] - p->pad_before[0] + i * p->dilation[0];
            int x = ox * p->stride[1] - p->pad_before[1] + j * p->dilation[1];
            padded += y < in->height + p->pad_after[0] && x < in->width + p->pad_after[1];
            if (y < 0 || x < 0 || y >= in->height || x >= in->width)
                continue;
            double v = in->data[((size_t)c * in->height + y) * in->width + x];
            most = fmax(most, v);
            sum += v;
            inside++;
        }
    return p->average ? sum / (p->count_padding ? padded : inside) : most;
}

static void check(const up_pool *p, const tensor *in)
{
    const char *label = describe(p, in);
    const up_shape shape = up_float_shape(in->width, in->height, in->channels);
    up_op *op;
    up_error error = { 0 };
    cr_assert_eq(up_pool_plan(&op, &shape, p, &error), UP_OK, "%s: %s", label, error.message);
    tensor out = run_op(op, in);
    cr_assert_eq(out.height, size_of(p, 0, in->height), "%s: %d rows", label, out.height);
    cr_assert_eq(out.width, size_of(p, 1, in->width), "%s: %d columns", label, out.width);
    for (int c = 0; c < out.channels; c++)
        for (int y = 0; y < out.height; y++)
            for (int x = 0; x < out.width; x++) {
                double want = pooled(p, in, c, y, x);
                float got = out.data[((size_t)c * out.height + y) * out.width + x];
                cr_assert(got == want || fabs(got - want) <= (p->average ? 1e-6 : 0),
                          "%s: %g instead of %g at %d,%d", label, got, want, x, y);
            }
    validate_op(op, label);
    tensor_free(&out);
    if (p->average)
        return;
    cr_assert_eq(up_pool_indices_plan(&op, &shape, p, &error), UP_OK);
    validate_op(op, label);
}

Test(ops_pool, values)
{
    uint32_t state = 17;
    for (int cases = 0; cases < 400;) {
        up_pool p = { .ceil_mode = random_below(&state, 2), .average = random_below(&state, 2) };
        p.count_padding = p.average && random_below(&state, 2);
        int size[2], sizes[2] = { 1 + random_below(&state, 12), 1 + random_below(&state, 80) };
        for (int a = 0; a < 2; a++) {
            p.kernel[a] = 1 + random_below(&state, 7);
            p.stride[a] = 1 + random_below(&state, 4);
            p.dilation[a] = p.average || random_below(&state, 3) ? 1 : 2;
            p.pad_before[a] = random_below(&state, p.kernel[a]);
            p.pad_after[a] = random_below(&state, p.kernel[a]);
        }
        if (up_pool_size(&p, sizes[0], sizes[1], size, NULL) != UP_OK)
            continue;
        tensor in = tensor_make(2, sizes[0], sizes[1]);
        tensor_fill(in.data, tensor_size(&in), false, &state);
        if (p.dilation[0] == 1 && p.dilation[1] == 1) /* else a window may have nothing inside */
            check(&p, &in), cases++;
        else if (p.pad_before[0] + p.pad_after[0] + p.pad_before[1] + p.pad_after[1] == 0)
            check(&p, &in), cases++;
        tensor_free(&in);
    }
}

Test(ops_pool, nan_wins)
{
    const up_shape shape = up_float_shape(4, 1, 1);
    const up_pool p = { .kernel = { 1, 2 }, .stride = { 1, 2 }, .dilation = { 1, 1 } };
    float data[] = { NAN, 1, 2, NAN };
    const tensor in = { 1, 1, 4, data };
    up_op *op;
    cr_assert_eq(up_pool_plan(&op, &shape, &p, NULL), UP_OK);
    tensor out = run_op(op, &in);
    cr_expect(isnan(out.data[0]) && isnan(out.data[1]));
    tensor_free(&out);
    up_op_destroy(&op);
}

Test(ops_pool, refused)
{
    const up_pool plain = { .kernel = { 2, 2 }, .stride = { 2, 2 }, .dilation = { 1, 1 } };
    int size[2];
#define REFUSED(status, ...)                                                                       \
    do {                                                                                           \
        up_pool p = plain;                                                                         \
        __VA_ARGS__;                                                                               \
        cr_expect_eq(up_pool_size(&p, 5, 5, size, NULL), status, #__VA_ARGS__);                    \
    } while (0)
    REFUSED(UP_OK, p.pad_before[0] = 1);
    REFUSED(UP_ERROR_ARGUMENT, p.kernel[0] = 0);
    REFUSED(UP_ERROR_ARGUMENT, p.stride[1] = 0);
    REFUSED(UP_ERROR_ARGUMENT, p.pad_after[1] = 2);
    REFUSED(UP_ERROR_ARGUMENT, p.pad_before[1] = -1);
    REFUSED(UP_ERROR_ARGUMENT, p.kernel[0] = 6);
    REFUSED(UP_ERROR_UNSUPPORTED, p.dilation[0] = INT32_MAX);
    REFUSED(UP_ERROR_UNSUPPORTED, p.average = true, p.dilation[0] = 2);
#undef REFUSED
}
