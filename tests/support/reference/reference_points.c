/* SPDX-License-Identifier: MIT */
/* Layers that make each pixel of one pixel, by definition. */
#include "support/reference/double_planes.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

/* ---------------------------------------------------------------- functions of a sample */

typedef double point(const up_network_node *node, int c, double v);

static double prelu(const up_network_node *node, int c, double v)
{
    const size_t slope = node->weight.count > 1 ? (size_t)c : 0;
    return v < 0 ? v * (double)node->weight.value[slope] : v;
}

static double leaky_relu(const up_network_node *node, int c, double v)
{
    (void)c;
    return v < 0 ? v * (double)((const up_leaky_relu *)node->fields)->slope : v;
}

static double gelu(const up_network_node *node, int c, double v)
{
    (void)c;
    if (((const up_gelu *)node->fields)->tanh)
        return v / 2 * (1 + tanh(sqrt(2 / M_PI) * (v + 0.044715 * v * v * v)));
    return v / 2 * erfc(-v / sqrt(2));
}

static double elu(const up_network_node *node, int c, double v)
{
    (void)c;
    return v < 0 ? (double)((const up_elu *)node->fields)->alpha * expm1(v) : v;
}

static double hard_sigmoid(const up_network_node *node, int c, double v)
{
    const up_hard_sigmoid *hard = node->fields;
    (void)c;
    return fmin(fmax((double)hard->alpha * v + (double)hard->beta, 0), 1);
}

static double hard_swish(const up_network_node *node, int c, double v)
{
    return v * hard_sigmoid(node, c, v);
}

static double power(const up_network_node *node, int c, double v)
{
    (void)c;
    return pow(v, (double)((const up_power *)node->fields)->exponent);
}

static double softplus_of(double v)
{
    return fmax(v, 0) + log1p(exp(-fabs(v)));
}

/* A function that is told nothing. */
#define POINT(name, value)                                                                         \
    static double name##_point(const up_network_node *node, int c, double v)                       \
    {                                                                                              \
        (void)node;                                                                                \
        (void)c;                                                                                   \
        return value;                                                                              \
    }
POINT(relu, v < 0 ? 0 : v)
POINT(tanh, tanh(v))
POINT(sigmoid, 1 / (1 + exp(-v)))
POINT(silu, v / (1 + exp(-v)))
POINT(mish, v *tanh(softplus_of(v)))
POINT(softplus, softplus_of(v))
POINT(exp, exp(v))
POINT(log, log(v))
POINT(sqrt, sqrt(v))
POINT(abs, fabs(v))
POINT(erf, erf(v))
POINT(reciprocal, 1 / v)
#undef POINT

static const struct {
    const char *kind;
    point *of;
} points[] = {
    { "prelu", prelu },
    { "leaky_relu", leaky_relu },
    { "relu", relu_point },
    { "tanh", tanh_point },
    { "sigmoid", sigmoid_point },
    { "silu", silu_point },
    { "mish", mish_point },
    { "gelu", gelu },
    { "elu", elu },
    { "softplus", softplus_point },
    { "hard_sigmoid", hard_sigmoid },
    { "hard_swish", hard_swish },
    { "exp", exp_point },
    { "log", log_point },
    { "sqrt", sqrt_point },
    { "abs", abs_point },
    { "erf", erf_point },
    { "reciprocal", reciprocal_point },
    { "power", power },
};

static double bounded(const up_network_node *node, int c, double v)
{
    if (!node->bounds)
        return v;
    return fmin(fmax(v, (double)node->bounds[c]), (double)node->bounds[node->channels + c]);
}

static planes map(const up_network_node *node, const planes *in, point *of)
{
    planes out = planes_make(in->channels, in->height, in->width);
    for (int c = 0; c < out.channels; c++)
        for (int y = 0; y < out.height; y++)
            for (int x = 0; x < out.width; x++)
                *planes_at(&out, c, y, x) = bounded(node, c, of(node, c, *planes_at(in, c, y, x)));
    return out;
}

planes reference_point(const up_network_node *node, const planes *in)
{
    size_t i = 0;
    while (i < sizeof points / sizeof *points && strcmp(points[i].kind, node->kind->name) != 0)
        i++;
    cr_assert_lt(i, sizeof points / sizeof *points, "no such point: %s", node->kind->name);
    return map(node, in, points[i].of);
}

/* ---------------------------------------------------------------- others */

static double clip(const up_network_node *node, int c, double v)
{
    const up_clip *clip = node->fields;
    (void)c;
    return fmin(fmax(v, (double)clip->low), (double)clip->high);
}

static double affine(const up_network_node *node, int c, double v)
{
    return v * (double)node->weight.value[c] + (double)node->bias.value[c];
}

planes reference_clip(const up_network_node *node, const planes *in)
{
    return map(node, in, clip);
}

planes reference_affine(const up_network_node *node, const planes *in)
{
    return map(node, in, affine);
}

/* Of one pixel over its channels. */
static void softmax_pixel(const planes *in, const up_network_node *node, planes *out, int y, int x)
{
    double most = *planes_at(in, 0, y, x), sum = 0;
    for (int c = 1; c < in->channels; c++)
        most = fmax(most, *planes_at(in, c, y, x));
    for (int c = 0; c < in->channels; c++)
        sum += exp(*planes_at(in, c, y, x) - most);
    for (int c = 0; c < in->channels; c++)
        *planes_at(out, c, y, x) = bounded(node, c, exp(*planes_at(in, c, y, x) - most) / sum);
}

planes reference_softmax(const up_network_node *node, const planes *in)
{
    planes out = planes_make(in->channels, in->height, in->width);
    for (int y = 0; y < out.height; y++)
        for (int x = 0; x < out.width; x++)
            softmax_pixel(in, node, &out, y, x);
    return out;
}
