/* SPDX-License-Identifier: MIT */
/* Layers whose inputs get gradients of their own. */

#include "train/passes/passes.h"

/* to[i] += a[i] * b[i] */
static void add_products(float *restrict to, const float *restrict a, const float *restrict b,
                         int n)
{
    for (int i = 0; i < n; i++)
        to[i] += a[i] * b[i];
}

/* ---------------------------------------------------------------- mul */

static const char *refuse_mul(const up_network_node *node)
{
    return node->inputs == 2 ? NULL : "only a product of two has a way back";
}

/* Plane c of an input: one of a single plane counts for all. */
static size_t plane_of(const up_pass *pass, int input, int c)
{
    return up_pass_in_planes(pass, input) == 1 ? 0 : (size_t)c * pass->work->patch.size;
}

static void mul_forward(const up_pass *pass)
{
    const size_t size = pass->work->patch.size;
    for (int c = 0; c < pass->node->channels; c++)
        pass->work->kernels->multiply(pass->out + c * size, pass->in[0] + plane_of(pass, 0, c),
                                      pass->in[1] + plane_of(pass, 1, c), up_pass_points(pass));
}

static void mul_backward(const up_pass *pass)
{
    const size_t size = pass->work->patch.size;
    for (int c = 0; c < pass->node->channels; c++)
        for (int i = 0; i < 2; i++)
            if (pass->in_gradient[i])
                add_products(pass->in_gradient[i] + plane_of(pass, i, c),
                             pass->out_gradient + c * size,
                             pass->in[1 - i] + plane_of(pass, 1 - i, c), up_pass_points(pass));
}

const up_pass_kind up_pass_mul = { .kind = &up_layer_mul,
                                   .refuse = refuse_mul,
                                   .apart = true,
                                   .forward = mul_forward,
                                   .backward = mul_backward };

/* ---------------------------------------------------------------- sub */

static void sub_forward(const up_pass *pass)
{
    const size_t size = pass->work->patch.size;
    for (int c = 0; c < pass->node->channels; c++)
        pass->work->kernels->subtract(pass->out + c * size, pass->in[0] + plane_of(pass, 0, c),
                                      pass->in[1] + plane_of(pass, 1, c), up_pass_points(pass));
}

static void sub_backward(const up_pass *pass)
{
    const size_t size = pass->work->patch.size;
    const up_kernels *kernels = pass->work->kernels;
    for (int c = 0; c < pass->node->channels; c++)
        for (int i = 0; i < 2; i++) {
            float *to = pass->in_gradient[i] ? pass->in_gradient[i] + plane_of(pass, i, c) : NULL;
            if (to)
                (i ? kernels->subtract : kernels->add)(to, to, pass->out_gradient + c * size,
                                                       up_pass_points(pass));
        }
}

const up_pass_kind up_pass_sub = {
    .kind = &up_layer_sub, .apart = true, .forward = sub_forward, .backward = sub_backward
};

/* ---------------------------------------------------------------- channels */

static void concat_forward(const up_pass *pass)
{
    float *to = pass->out;
    for (int i = 0; i < pass->node->inputs; i++) {
        up_pass_copy_planes(pass, to, pass->in[i], up_pass_in_planes(pass, i));
        to += up_pass_in_planes(pass, i) * pass->work->patch.size;
    }
}

static void concat_backward(const up_pass *pass)
{
    const float *from = pass->out_gradient;
    for (int i = 0; i < pass->node->inputs; i++) {
        if (pass->in_gradient[i])
            up_pass_add_planes(pass, pass->in_gradient[i], from, up_pass_in_planes(pass, i));
        from += up_pass_in_planes(pass, i) * pass->work->patch.size;
    }
}

const up_pass_kind up_pass_concat = {
    .kind = &up_layer_concat, .apart = true, .forward = concat_forward, .backward = concat_backward
};

static size_t first_of(const up_pass *pass)
{
    return (size_t)((const up_channels *)pass->node->fields)->first * pass->work->patch.size;
}

static void channels_forward(const up_pass *pass)
{
    up_pass_copy_planes(pass, pass->out, pass->in[0] + first_of(pass), pass->node->channels);
}

static void channels_backward(const up_pass *pass)
{
    if (pass->in_gradient[0])
        up_pass_add_planes(pass, pass->in_gradient[0] + first_of(pass), pass->out_gradient,
                           pass->node->channels);
}

const up_pass_kind up_pass_channels = { .kind = &up_layer_channels,
                                        .apart = true,
                                        .forward = channels_forward,
                                        .backward = channels_backward };
