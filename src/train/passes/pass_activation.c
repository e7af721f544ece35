/* Activations of two slopes, one of them 1. */
#include "train/passes/passes.h"

static void forward(const up_pass *pass, const float *slope, int step)
{
    const size_t size = pass->conv->patch.size;
    for (int c = 0; c < pass->node->channels; c++)
        pass->conv->kernels->prelu(pass->out + c * size, pass->in[0] + c * size, slope[c * step],
                                   up_pass_points(pass));
}

/* `gradient`, of the slopes, may be NULL. */
static void backward(const up_pass *pass, const float *slope, int step, float *gradient)
{
    const size_t size = pass->conv->patch.size;
    for (int c = 0; c < pass->node->channels; c++) {
        const float by_slope = pass->conv->kernels->prelu_gradient(
            pass->out_gradient + c * size, pass->in[0] + c * size, slope[c * step],
            up_pass_points(pass));
        if (gradient)
            gradient[c] += by_slope;
    }
}

static void prelu_forward(const up_pass *pass)
{
    forward(pass, pass->parameter, 1);
}

static void prelu_backward(const up_pass *pass)
{
    backward(pass, pass->parameter, 1, pass->gradient);
}

const up_pass_kind up_pass_prelu = {
    .kind = &up_layer_prelu,
    .beginning = 0.25f,
    .forward = prelu_forward,
    .backward = prelu_backward,
};

static void leaky_forward(const up_pass *pass)
{
    forward(pass, &((const up_leaky_relu *)pass->node->fields)->slope, 0);
}

static void leaky_backward(const up_pass *pass)
{
    backward(pass, &((const up_leaky_relu *)pass->node->fields)->slope, 0, NULL);
}

const up_pass_kind up_pass_leaky_relu = {
    .kind = &up_layer_leaky_relu,
    .forward = leaky_forward,
    .backward = leaky_backward,
};

static const float none;

static void relu_forward(const up_pass *pass)
{
    forward(pass, &none, 0);
}

static void relu_backward(const up_pass *pass)
{
    backward(pass, &none, 0, NULL);
}

const up_pass_kind up_pass_relu = {
    .kind = &up_layer_relu,
    .forward = relu_forward,
    .backward = relu_backward,
};
