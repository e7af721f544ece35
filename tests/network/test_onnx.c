/* SPDX-License-Identifier: MIT */
/* Ops of ONNX files that compute, against plain arithmetic. */
#include "support/scratch.h"
#include "support/weights/onnx_case.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void build_conv(onnx_model *m, bool fixed)
{
    (void)fixed;
    put_weights(m, "w", 4, SHAPE(4, 3, 3, 2));
    put_weights(m, "b", 1, SHAPE(4));
    onnx_node(m, "Conv", "x w b", "y");
    onnx_wholes(m, "pads", LIST(0, 1, 2, 1));
    onnx_wholes(m, "dilations", LIST(1, 2));
}

static double expect_conv(const picture *p, int c, int y, int x)
{
    double sum = (double)weight(c);
    for (int k = 0; k < 3; k++)
        for (int i = 0; i < 3; i++)
            for (int j = 0; j < 2; j++)
                sum +=
                    (double)weight(((c * 3 + k) * 3 + i) * 2 + j) * at(p, k, y + i, x + 2 * j - 1);
    return sum;
}

static void build_same(onnx_model *m, bool fixed)
{
    (void)fixed;
    put_weights(m, "w", 4, SHAPE(2, 1, 4, 4));
    onnx_node(m, "Conv", "x w", "y");
    onnx_text(m, "auto_pad", "SAME_LOWER");
    onnx_whole(m, "group", 2);
}

static double expect_same(const picture *p, int c, int y, int x)
{
    double sum = 0;
    for (int i = 0; i < 4; i++)
        for (int j = 0; j < 4; j++)
            sum += (double)weight((c * 4 + i) * 4 + j) * at(p, c, y + i - 2, x + j - 2);
    return sum;
}

static void build_transposed(onnx_model *m, bool fixed)
{
    (void)fixed;
    put_weights(m, "w", 4, SHAPE(2, 3, 3, 3));
    onnx_node(m, "ConvTranspose", "x w", "y");
    onnx_wholes(m, "strides", LIST(2, 2));
    onnx_wholes(m, "pads", LIST(1, 1, 1, 1));
    onnx_wholes(m, "output_padding", LIST(1, 1));
}

static double expect_transposed(const picture *p, int c, int y, int x)
{
    double sum = 0;
    for (int k = 0; k < 2; k++)
        for (int i = 0; i < 3; i++)
            for (int j = 0; j < 3; j++)
                if ((y + 1 - i) % 2 == 0 && (x + 1 - j) % 2 == 0)
                    sum += (double)weight(((k * 3 + c) * 3 + i) * 3 + j) *
                           at(p, k, (y + 1 - i) / 2, (x + 1 - j) / 2);
    return sum;
}

static void build_activations(onnx_model *m, bool fixed)
{
    (void)fixed;
    put_weights(m, "s", 3, SHAPE(3, 1, 1));
    onnx_floats(m, "low", 0, NULL, (const float[]){ -0.3f });
    onnx_node(m, "PRelu", "x s", "a");
    onnx_node(m, "LeakyRelu", "a", "b");
    onnx_real(m, "alpha", 0.5f);
    onnx_node(m, "Elu", "b", "c");
    onnx_node(m, "HardSigmoid", "c", "d");
    onnx_node(m, "Sigmoid", "d", "e");
    onnx_node(m, "Tanh", "e", "f");
    onnx_node(m, "Mul", "f c", "g");
    onnx_node(m, "Clip", "g low", "h");
    onnx_node(m, "Softplus", "h", "y");
}

static double expect_activations(const picture *p, int c, int y, int x)
{
    double v = at(p, c, y, x);
    v = v < 0 ? v * (double)weight(c) : v;
    v = v < 0 ? v * 0.5 : v;
    v = v < 0 ? expm1(v) : v;
    const double gate = tanh(1 / (1 + exp(-fmin(fmax(0.2 * v + 0.5, 0), 1))));
    return log1p(exp(fmax(v * gate, (double)-0.3f)));
}

/* GELU as it is written out, with the constants of a graph. */
static void build_gelu(onnx_model *m, bool fixed)
{
    (void)fixed;
    onnx_floats(m, "root", 0, NULL, (const float[]){ 1.41421356f });
    onnx_floats(m, "one", 0, NULL, (const float[]){ 1 });
    onnx_floats(m, "half", 0, NULL, (const float[]){ 0.5f });
    onnx_node(m, "Div", "x root", "a");
    onnx_node(m, "Erf", "a", "b");
    onnx_node(m, "Add", "b one", "c");
    onnx_node(m, "Mul", "x c", "d");
    onnx_node(m, "Mul", "d half", "y");
}

static double expect_gelu(const picture *p, int c, int y, int x)
{
    const double v = at(p, c, y, x);
    return 0.5 * v * (1 + erf(v / sqrt(2)));
}

static void build_constants(onnx_model *m, bool fixed)
{
    (void)fixed;
    put_weights(m, "k", 4, SHAPE(1, 3, 1, 1));
    onnx_floats(m, "n", 1, SHAPE(1), (const float[]){ 3 });
    onnx_floats(m, "half", 0, NULL, (const float[]){ 0.5f });
    onnx_node(m, "Mul", "k n", "kn");
    onnx_node(m, "Sub", "n x", "a");
    onnx_node(m, "Mul", "a kn", "b");
    onnx_node(m, "Div", "b n", "c");
    onnx_node(m, "Neg", "c", "d");
    onnx_node(m, "Pow", "d n", "e");
    onnx_node(m, "Max", "e half", "f");
    onnx_node(m, "Sum", "f x d", "y");
}

static double expect_constants(const picture *p, int c, int y, int x)
{
    const double v = at(p, c, y, x), d = -(3 - v) * (double)weight(c);
    return fmax(d * d * d, 0.5) + v + d;
}

/* Planes of one channel and of one pixel, spread over others. */
static void build_attention(onnx_model *m, bool fixed)
{
    (void)fixed;
    onnx_indices(m, "axes", 2, SHAPE(2, 3));
    onnx_indices(m, "back", 2, SHAPE(-2, -1));
    onnx_indices(m, "channel", 1, SHAPE(1));
    onnx_node(m, "ReduceMean", "x axes", "a");
    onnx_whole(m, "keepdims", 0);
    onnx_node(m, "Unsqueeze", "a back", "b");
    onnx_node(m, "Sigmoid", "b", "c");
    onnx_node(m, "Mul", "x c", "d");
    onnx_node(m, "ReduceMean", "d channel", "e");
    onnx_node(m, "Sub", "d e", "y");
}

static double expect_attention(const picture *p, int c, int y, int x)
{
    double all = 0, own = 0;
    for (int k = 0; k < 3; k++) {
        const double v = at(p, k, y, x) / (1 + exp(-mean(p, k)));
        all += v;
        own = k == c ? v : own;
    }
    return own - all / 3;
}

static void build_norms(onnx_model *m, bool fixed)
{
    (void)fixed;
    put_weights(m, "s", 1, SHAPE(2));
    onnx_floats(m, "v", 1, SHAPE(2), (const float[]){ 0.5f, 2 });
    onnx_node(m, "BatchNormalization", "x s s s v", "y");
    onnx_real(m, "epsilon", 0.25f);
}

static double expect_norms(const picture *p, int c, int y, int x)
{
    const double s = (double)weight(c), v = c ? 2 : 0.5;
    return (at(p, c, y, x) - s) / sqrt(v + 0.25) * s + s;
}

static void build_pools(onnx_model *m, bool fixed)
{
    (void)fixed;
    onnx_node(m, "MaxPool", "x", "a");
    onnx_wholes(m, "kernel_shape", LIST(3, 3));
    onnx_wholes(m, "pads", LIST(1, 1, 1, 1));
    onnx_node(m, "AveragePool", "a", "y");
    onnx_wholes(m, "kernel_shape", LIST(2, 2));
    onnx_wholes(m, "strides", LIST(2, 2));
}

static double expect_pools(const picture *p, int c, int y, int x)
{
    double sum = 0;
    for (int k = 0; k < 4; k++) {
        double most = -INFINITY;
        for (int i = -1; i < 2; i++)
            for (int j = -1; j < 2; j++) {
                const int row = 2 * y + k / 2 + i, column = 2 * x + k % 2 + j;
                if (row >= 0 && column >= 0 && row < p->height && column < p->width)
                    most = fmax(most, at(p, c, row, column));
            }
        sum += most / 4;
    }
    return sum;
}

/* Squeeze and excitation of fully connected layers. */
static void build_matrices(onnx_model *m, bool fixed)
{
    (void)fixed;
    put_weights(m, "u", 2, SHAPE(2, 3));
    put_weights(m, "o", 1, SHAPE(2));
    put_weights(m, "v", 2, SHAPE(2, 3));
    onnx_indices(m, "back", 4, SHAPE(0, 3, 1, 1));
    onnx_node(m, "GlobalAveragePool", "x", "a");
    onnx_node(m, "Flatten", "a", "b");
    onnx_node(m, "Gemm", "b u o", "c");
    onnx_whole(m, "transB", 1);
    onnx_node(m, "MatMul", "c v", "d");
    onnx_node(m, "Reshape", "d back", "e");
    onnx_node(m, "Mul", "x e", "y");
}

static double expect_matrices(const picture *p, int c, int y, int x)
{
    double factor = 0;
    for (int k = 0; k < 2; k++) {
        double hidden = (double)weight(k);
        for (int i = 0; i < 3; i++)
            hidden += (double)weight(k * 3 + i) * mean(p, i);
        factor += hidden * (double)weight(k * 3 + c);
    }
    return at(p, c, y, x) * factor;
}

static const onnx_case cases[] = {
    { "conv", 13, 3, build_conv, 4, 1, 1, 0, expect_conv },
    { "conv same", 11, 2, build_same, 2, 1, 1, 0, expect_same },
    { "transposed", 11, 2, build_transposed, 3, 2, 1, 0, expect_transposed },
    { "activations", 16, 3, build_activations, 3, 1, 1, 0, expect_activations },
    { "gelu", 13, 2, build_gelu, 2, 1, 1, 0, expect_gelu },
    { "constants", 13, 3, build_constants, 3, 1, 1, 0, expect_constants },
    { "attention", 18, 3, build_attention, 3, 1, 1, 0, expect_attention },
    { "norms", 9, 2, build_norms, 2, 1, 1, 0, expect_norms },
    { "pools", 13, 2, build_pools, 2, 1, 2, 0, expect_pools },
    { "matrices", 13, 3, build_matrices, 3, 1, 1, 0, expect_matrices },
};

Test(onnx, ops, .init = scratch_init, .fini = scratch_fini)
{
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        onnx_case_run(&cases[i]);
}
