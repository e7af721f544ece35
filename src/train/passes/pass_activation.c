/* SPDX-License-Identifier: MIT */
/* Activations of two slopes, one of them 1. */
#include "train/passes/passes.h"

static float slope_of(const up_pass *pass, int c)
{
    const up_leaky_relu *leaky = pass->node->fields;
    return pass->node->kind == &up_layer_prelu ? pass->parameter[c] : leaky ? leaky->slope : 0;
}

static void forward(const up_pass *pass)
{
    const size_t size = pass->work->patch.size;
    for (int c = 0; c < pass->node->channels; c++)
        pass->work->kernels->prelu(pass->out + c * size, pass->in[0] + c * size, slope_of(pass, c),
                                   up_pass_points(pass));
}

static void backward(const up_pass *pass)
{
    const size_t size = pass->work->patch.size;
    for (int c = 0; c < pass->node->channels; c++) {
        const float by_slope = pass->work->kernels->prelu_gradient(
            pass->out_gradient + c * size, pass->in[0] + c * size, slope_of(pass, c),
            up_pass_points(pass));
        if (pass->node->kind == &up_layer_prelu)
            pass->gradient[c] += by_slope;
    }
}

const up_pass_kind up_pass_prelu = {
    .kind = &up_layer_prelu, .beginning = 0.25f, .forward = forward, .backward = backward
};

const up_pass_kind up_pass_leaky_relu = { .kind = &up_layer_leaky_relu,
                                          .forward = forward,
                                          .backward = backward };

const up_pass_kind up_pass_relu = { .kind = &up_layer_relu,
                                    .forward = forward,
                                    .backward = backward };
