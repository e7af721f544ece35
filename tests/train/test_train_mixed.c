/* SPDX-License-Identifier: MIT */
/* Mixed precision: rounding, and a whole pass against one in float. */
#include "base/memory.h"
#include "support/reference/kernel_check.h"
#include "train/passes/mixed_pass.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static uint32_t seed = 41;

Test(mixed, bfloat16_is_the_nearest_with_ties_to_even)
{
    cr_expect_eq(up_to_bfloat16(1.0f), 0x3f80);
    cr_expect_eq(up_to_bfloat16(1.0f + 0x1p-8f), 0x3f80);
    cr_expect_eq(up_to_bfloat16(1.0f + 3 * 0x1p-8f), 0x3f82);
    cr_expect_eq(up_to_bfloat16(1.0f + 0x1.1p-8f), 0x3f81);
    cr_expect_eq(up_to_bfloat16(-INFINITY), 0xff80);
    for (int i = 0; i < 1000; i++) {
        float v = random_between(&seed, -300, 300);
        cr_expect_float_eq(up_from_bfloat16(up_to_bfloat16(v)), v, fabsf(v) * 0x1p-8f);
    }
}

/* ---------------------------------------------------------------- a pass against one in float */

static void fill(float *to, const up_patch_shape *patch, int channels)
{
    for (int c = 0; c < channels; c++)
        for (int y = 0; y < patch->height; y++)
            for (int x = 0; x < patch->width; x++)
                to[c * patch->size + (size_t)y * patch->stride + x] = random_between(&seed, 0, 1);
}

typedef struct {
    up_trainable net;
    up_gradient_work work;
    float *parameter, *gradient;
    double loss;
} subject;

static void make(subject *s, const up_trainable_shape *shape, int width, int height)
{
    *s = (subject){ 0 };
    cr_assert_eq(up_trainable_new(&s->net, shape, 1, NULL), UP_OK);
    cr_assert(up_mixed_fits(&s->net));
    cr_assert_eq(up_gradient_work_make(&s->work, &s->net, width, height, true, NULL), UP_OK);
    s->parameter = calloc(s->net.parameters, sizeof(float));
    s->gradient = calloc(s->net.parameters, sizeof(float));
    for (size_t i = 0; i < s->net.parameters; i++)
        s->parameter[i] = random_between(&seed, -0.3f, 0.3f);
    fill(s->work.patch.input, &s->work.patch.shape, 1);
    fill(s->work.patch.target, &s->work.patch.shape, s->net.node[s->net.last].planes);
}

static void run_in_float(subject *s)
{
    up_packed_weights packed;
    cr_assert_eq(up_packed_weights_make(&packed, &s->net, NULL), UP_OK);
    for (int n = 0; n <= s->net.last; n++)
        up_packed_weights_pack(&packed, &s->net, n, s->parameter);
    up_gradient_forward(&s->work, &packed);
    s->loss = up_gradient_loss(&s->work, UP_LOSS_L2, 1);
    up_gradient_backward(&s->work, &packed, s->gradient);
    up_packed_weights_free(&packed);
}

/* Twice, to see that nothing stays behind. */
static double run_mixed(subject *s, const up_matrix_kernels *kernels, float *gradient)
{
    up_mixed_weights weights;
    up_mixed_pass pass;
    double loss = 0;
    const up_patch_shape *patch = &s->work.patch.shape;
    cr_assert_eq(up_mixed_weights_make(&weights, &s->net, NULL), UP_OK);
    cr_assert_eq(up_mixed_pass_make(&pass, &s->net, patch->width, patch->height, NULL), UP_OK);
    pass.kernels = kernels;
    for (int n = 0; n <= s->net.last; n++)
        up_mixed_weights_pack(&weights, &s->net, n, s->parameter);
    for (int again = 0; again < 2; again++) {
        memset(gradient, 0, s->net.parameters * sizeof *gradient);
        up_mixed_forward(&pass, &weights, &s->work);
        loss = up_gradient_loss(&s->work, UP_LOSS_L2, 1);
        up_mixed_backward(&pass, &weights, &s->work);
        up_mixed_collect(&pass, gradient);
    }
    up_mixed_pass_free(&pass);
    up_mixed_weights_free(&weights);
    return loss;
}

/* Of the gradients of node l, as a part of their length. */
static double distance(const up_trainable *net, int l, const float *a, const float *b)
{
    double error = 0, size = 1e-20;
    for (size_t i = net->node[l].first; i < up_trainable_end(net, l); i++) {
        error += pow(a[i] - b[i], 2);
        size += pow(b[i], 2);
    }
    return sqrt(error / size);
}

static void check_kernels(subject *s, const up_matrix_kernels *kernels)
{
    float *gradient = calloc(s->net.parameters, sizeof *gradient);
    double loss = run_mixed(s, kernels, gradient);
    cr_expect_float_eq(loss, s->loss, 1e-4 * s->loss, "%s: loss %g instead of %g", kernels->name,
                       loss, s->loss);
    for (int l = 0; l <= s->net.last; l++) {
        double off = distance(&s->net, l, gradient, s->gradient);
        cr_expect_lt(off, 0.01, "%s: scale %d, %d layers: gradients of layer %d are %.2f%% off",
                     kernels->name, s->net.scale, s->net.last + 1, l, 100 * off);
    }
    free(gradient);
}

static void check(const up_trainable_shape *shape)
{
    subject s;
    make(&s, shape, 32, 9);
    run_in_float(&s);
    const up_matrix_kernels *all[8];
    const int count = up_matrix_kernels_all(all, 8);
    for (int i = 0; i < count; i++)
        check_kernels(&s, all[i]);
    free(s.parameter);
    free(s.gradient);
    up_gradient_work_free(&s.work);
    up_trainable_free(&s.net);
}

Test(mixed, pass_agrees_with_one_in_float)
{
    static const up_trainable_shape shapes[] = {
        { 2, 1, 0, 1, 3, 1 },  { 2, 3, 1, 3, 3, 3 },  { 3, 12, 2, 5, 3, 1 }, { 2, 16, 3, 3, 3, 5 },
        { 4, 17, 2, 3, 1, 3 }, { 5, 32, 2, 3, 3, 3 }, { 2, 48, 2, 7, 3, 3 },
    };
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
        check(&shapes[i]);
}
