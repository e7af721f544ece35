/* SPDX-License-Identifier: MIT */
/* Layers of ncnn with weights or windows, against plain C. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/scratch.h"
#include "support/weights/ncnn_file.h"

TestSuite(ncnn_weights, .init = scratch_init, .fini = scratch_fini);

/* ---------------------------------------------------------------- convolutions */

/* Rows, columns; padding top, left, bottom, right. */
typedef struct {
    int outputs, groups, kernel[2], stride[2], dilation[2], padding[4], extra[2];
    double around; /* the value of the padding */
} geometry;

static int span(const geometry *g, int axis)
{
    return g->dilation[axis] * (g->kernel[axis] - 1) + 1;
}

/* Weights [out][in / groups][rows][columns]. */
static double weight_at(const geometry *g, const double *weight, int in, int o, int i, int tap)
{
    const int taps = g->kernel[0] * g->kernel[1];
    return weight[(o * (in / g->groups) + i) * taps + tap];
}

static double padded_at(const picture *x, const geometry *g, int c, int y, int column)
{
    const bool inside = y >= 0 && y < x->height && column >= 0 && column < x->width;
    return inside ? picture_at(x, c, y, column) : g->around;
}

static double convolve_at(const picture *x, const geometry *g, const double *weight, int o, int y,
                          int column)
{
    const int each = x->channels / g->groups, first = o / (g->outputs / g->groups) * each;
    double sum = 0;
    for (int i = 0; i < each; i++)
        for (int r = 0; r < g->kernel[0]; r++)
            for (int k = 0; k < g->kernel[1]; k++)
                sum += weight_at(g, weight, x->channels, o, i, r * g->kernel[1] + k) *
                       padded_at(x, g, first + i,
                                 y * g->stride[0] + r * g->dilation[0] - g->padding[0],
                                 column * g->stride[1] + k * g->dilation[1] - g->padding[1]);
    return sum;
}

static picture convolve(const picture *x, const geometry *g, const double *weight,
                        const double *bias)
{
    const int height = (x->height + g->padding[0] + g->padding[2] - span(g, 0)) / g->stride[0] + 1;
    const int width = (x->width + g->padding[1] + g->padding[3] - span(g, 1)) / g->stride[1] + 1;
    picture y = picture_make(g->outputs, height, width);
    for (int o = 0; o < g->outputs; o++)
        for (int row = 0; row < height; row++)
            for (int column = 0; column < width; column++)
                *picture_put(&y, o, row, column) =
                    convolve_at(x, g, weight, o, row, column) + (bias ? bias[o] : 0);
    return y;
}

/* What a sample of the input spreads over the output. */
static void spread(const picture *x, const geometry *g, const double *weight, int c, int row,
                   int column, picture *y)
{
    const int each = x->channels / g->groups, outputs = g->outputs / g->groups;
    for (int o = c / each * outputs; o < (c / each + 1) * outputs; o++)
        for (int r = 0; r < g->kernel[0]; r++)
            for (int k = 0; k < g->kernel[1]; k++) {
                const int to = row * g->stride[0] + r * g->dilation[0] - g->padding[0];
                const int at = column * g->stride[1] + k * g->dilation[1] - g->padding[1];
                if (to >= 0 && to < y->height && at >= 0 && at < y->width)
                    *picture_put(y, o, to, at) +=
                        picture_at(x, c, row, column) *
                        weight_at(g, weight, x->channels, o, c % each, r * g->kernel[1] + k);
            }
}

static picture deconvolve(const picture *x, const geometry *g, const double *weight,
                          const double *bias)
{
    int size[2] = { x->height, x->width };
    for (int axis = 0; axis < 2; axis++)
        size[axis] = (size[axis] - 1) * g->stride[axis] + span(g, axis) + g->extra[axis] -
                     g->padding[axis] - g->padding[2 + axis];
    picture y = picture_make(g->outputs, size[0], size[1]);
    for (int o = 0; o < g->outputs; o++)
        for (int i = 0; i < size[0] * size[1]; i++)
            y.data[o * size[0] * size[1] + i] = bias ? bias[o] : 0;
    for (int c = 0; c < x->channels; c++)
        for (int row = 0; row < x->height; row++)
            for (int column = 0; column < x->width; column++)
                spread(x, g, weight, c, row, column, &y);
    return y;
}

/* In order: no activation, ReLU, leaky, clip, sigmoid, mish, hard swish. */
static const char *const activations[] = {
    "", "9=1", "9=2 -23310=1,0.25", "9=3 -23310=2,-0.25,0.5", "9=4", "9=5", "9=6 -23310=2,0.25,0.5",
};

static double activate(int kind, double x)
{
    switch (kind) {
    case 1:
        return x > 0 ? x : 0;
    case 2:
        return x > 0 ? x : 0.25 * x;
    case 3:
        return fmin(fmax(x, -0.25), 0.5);
    case 4:
        return 1 / (1 + exp(-x));
    case 5:
        return x * tanh(log1p(exp(x)));
    case 6:
        return x * fmin(fmax(0.25 * x + 0.5, 0), 1);
    default:
        return x;
    }
}

static const struct {
    const char *layer, *parameters;
    geometry g;
    int channels;
    ncnn_form form;
    bool bias;
} convolutions[] = {
    { "Convolution",
      "0=5 1=3 4=1",
      { 5, 1, { 3, 3 }, { 1, 1 }, { 1, 1 }, { 1, 1, 1, 1 }, { 0 }, 0 },
      4,
      NCNN_FLOAT32,
      true },
    { "Convolution",
      "0=5 1=3 4=1",
      { 5, 1, { 3, 3 }, { 1, 1 }, { 1, 1 }, { 1, 1, 1, 1 }, { 0 }, 0 },
      3,
      NCNN_FLOAT16,
      false },
    { "Convolution",
      "0=3 1=2 11=3 2=2 12=1 3=2 13=1 4=3 14=2 15=1 16=0 18=0.5",
      { 3, 1, { 3, 2 }, { 1, 2 }, { 1, 2 }, { 2, 3, 0, 1 }, { 0 }, 0.5 },
      4,
      NCNN_FLOAT32,
      true },
    { "Convolution",
      "0=3 1=4 11=3 4=-233",
      { 3, 1, { 3, 4 }, { 1, 1 }, { 1, 1 }, { 1, 1, 1, 2 }, { 0 }, 0 },
      2,
      NCNN_FLOAT32,
      true },
    { "Convolution",
      "0=3 1=4 4=-234 18=1.5",
      { 3, 1, { 4, 4 }, { 1, 1 }, { 1, 1 }, { 2, 2, 1, 1 }, { 0 }, 1.5 },
      2,
      NCNN_FLOAT32,
      true },
    { "Convolution",
      "0=3 1=5 3=2 4=-233",
      { 3, 1, { 5, 5 }, { 2, 2 }, { 1, 1 }, { 1, 1, 2, 2 }, { 0 }, 0 },
      2,
      NCNN_FLOAT32,
      true },
    { "ConvolutionDepthWise",
      "0=4 1=3 4=1 7=4",
      { 4, 4, { 3, 3 }, { 1, 1 }, { 1, 1 }, { 1, 1, 1, 1 }, { 0 }, 0 },
      4,
      NCNN_FLOAT32,
      true },
    { "ConvolutionDepthWise",
      "0=6 1=3 7=2",
      { 6, 2, { 3, 3 }, { 1, 1 }, { 1, 1 }, { 0 }, { 0 }, 0 },
      4,
      NCNN_FLOAT16,
      true },
    { "Deconvolution",
      "0=5 1=4 3=2 4=1",
      { 5, 1, { 4, 4 }, { 2, 2 }, { 1, 1 }, { 1, 1, 1, 1 }, { 0 }, 0 },
      3,
      NCNN_FLOAT32,
      true },
    { "Deconvolution",
      "0=3 1=3 11=5 3=2 13=3 2=2 12=1 4=1 14=2 15=0 16=1 18=1 19=2",
      { 3, 1, { 5, 3 }, { 3, 2 }, { 1, 2 }, { 2, 1, 1, 0 }, { 2, 1 }, 0 },
      4,
      NCNN_FLOAT16,
      true },
    { "DeconvolutionDepthWise",
      "0=4 1=4 3=2 4=1 7=4",
      { 4, 4, { 4, 4 }, { 2, 2 }, { 1, 1 }, { 1, 1, 1, 1 }, { 0 }, 0 },
      4,
      NCNN_FLOAT32,
      false },
    { "DeconvolutionDepthWise",
      "0=6 1=3 3=2 7=2",
      { 6, 2, { 3, 3 }, { 2, 2 }, { 1, 1 }, { 0 }, { 0 }, 0 },
      4,
      NCNN_FLOAT32,
      true },
};

static void check_convolution(size_t i, int activation)
{
    static ncnn_bin bin;
    char line[256];
    const geometry *g = &convolutions[i].g;
    const int weights =
        g->outputs * (convolutions[i].channels / g->groups) * g->kernel[0] * g->kernel[1];
    bin.size = (size_t)(bin.numbers = 0);
    const double *weight = ncnn_bin_add(&bin, convolutions[i].form, weights, -0.5, 0.5);
    const double *bias =
        convolutions[i].bias ? ncnn_bin_add(&bin, NCNN_RAW, g->outputs, -1, 1) : NULL;
    picture x = picture_noise(convolutions[i].channels, 8, 10, -1, 1);
    picture y = (strncmp(convolutions[i].layer, "Conv", 4) == 0 ? convolve
                                                                : deconvolve)(&x, g, weight, bias);
    for (int n = 0; n < y.channels * y.height * y.width; n++)
        y.data[n] = activate(activation, y.data[n]);
    snprintf(line, sizeof line, "%s c 1 1 x out %s 5=%d 6=%d %s", convolutions[i].layer,
             convolutions[i].parameters, bias != NULL, weights, activations[activation]);
    ncnn_write(x.channels, line, &bin);
    ncnn_expect(&x, &y, line);
    picture_free(&x);
    picture_free(&y);
}

Test(ncnn_weights, convolutions)
{
    for (size_t i = 0; i < sizeof convolutions / sizeof *convolutions; i++)
        check_convolution(i, 0);
    for (int activation = 1; activation < 7; activation++) {
        check_convolution(0, activation);
        check_convolution(8, activation);
    }
}

/* ---------------------------------------------------------------- channels */

/* factor[c] * x + offset[c], negatives times slope[c]. */
static void check_channels(const char *lines, const ncnn_bin *bin, const double factor[3],
                           const double offset[3], const double slope[3])
{
    picture x = picture_noise(3, 4, 5, -1, 1), y = picture_make(3, 4, 5);
    for (int i = 0; i < 60; i++) {
        const double value = factor[i / 20] * x.data[i] + offset[i / 20];
        y.data[i] = value < 0 ? value * slope[i / 20] : value;
    }
    ncnn_write(3, lines, bin);
    ncnn_expect(&x, &y, lines);
    picture_free(&x);
    picture_free(&y);
}

static const double ones[3] = { 1, 1, 1 }, zeros[3];

Test(ncnn_weights, numbers_of_channels)
{
    static ncnn_bin slopes, one, scales, biases, memory;
    const double *slope = ncnn_bin_add(&slopes, NCNN_RAW, 3, 0, 1);
    check_channels("PReLU p 1 1 x out 0=3", &slopes, ones, zeros, slope);
    const double single = *ncnn_bin_add(&one, NCNN_RAW, 1, 0, 1);
    check_channels("PReLU p 1 1 x out 0=1", &one, ones, zeros,
                   (const double[]){ single, single, single });
    const double *scale = ncnn_bin_add(&scales, NCNN_RAW, 3, -1, 1);
    check_channels("Scale s 1 1 x out 0=3", &scales, scale, zeros, ones);
    const double *offset = ncnn_bin_add(&scales, NCNN_RAW, 3, -1, 1);
    check_channels("Scale s 1 1 x out 0=3 1=1", &scales, scale, offset, ones);
    const double *bias = ncnn_bin_add(&biases, NCNN_RAW, 3, -1, 1);
    check_channels("Bias b 1 1 x out 0=3", &biases, ones, bias, ones);
    const double *number = ncnn_bin_add(&memory, NCNN_RAW, 3, 0.25, 1);
    check_channels("MemoryData m 0 1 m 0=1 1=1 2=3\nBinaryOp o 2 1 x m out 0=0", &memory, ones,
                   number, ones);
    check_channels("MemoryData m 0 1 m 0=3\nSplit s 1 2 m m0 m1\nBinaryOp o 2 1 m0 x y 0=2\n"
                   "BinaryOp p 2 1 m1 y out 0=7",
                   &memory, number, (const double[]){ -number[0], -number[1], -number[2] }, ones);
}

Test(ncnn_weights, batch_norm)
{
    static ncnn_bin bin;
    const double *weight = ncnn_bin_add(&bin, NCNN_RAW, 3, -1, 1);
    const double *mean = ncnn_bin_add(&bin, NCNN_RAW, 3, -1, 1);
    const double *variance = ncnn_bin_add(&bin, NCNN_RAW, 3, 0.5, 2);
    const double *bias = ncnn_bin_add(&bin, NCNN_RAW, 3, -1, 1);
    double factor[3], offset[3];
    for (int c = 0; c < 3; c++) {
        factor[c] = weight[c] / sqrt(variance[c] + 0.125);
        offset[c] = bias[c] - mean[c] * factor[c];
    }
    check_channels("BatchNorm b 1 1 x out 0=3 1=1.250000e-01", &bin, factor, offset, ones);
}

/* ---------------------------------------------------------------- whole pictures */

static double mean_of(const picture *x, int c)
{
    double sum = 0;
    for (int i = 0; i < x->height * x->width; i++)
        sum += x->data[c * x->height * x->width + i];
    return sum / (x->height * x->width);
}

Test(ncnn_weights, instance_norm)
{
    static ncnn_bin bin;
    picture x = picture_noise(2, 6, 7, -1, 2), y = picture_make(2, 6, 7);
    for (int affine = 0; affine < 2; affine++) {
        const double *weight = affine ? ncnn_bin_add(&bin, NCNN_RAW, 4, -1, 1) : NULL;
        for (int c = 0; c < 2; c++) {
            const double mean = mean_of(&x, c);
            double variance = 0;
            for (int i = 0; i < 42; i++)
                variance += pow(x.data[c * 42 + i] - mean, 2) / 42;
            for (int i = 0; i < 42; i++)
                y.data[c * 42 + i] = (x.data[c * 42 + i] - mean) / sqrt(variance + 0.01f) *
                                         (affine ? weight[c] : 1) +
                                     (affine ? weight[2 + c] : 0);
        }
        ncnn_write(2,
                   affine ? "InstanceNorm n 1 1 x out 0=2 1=0.01"
                          : "InstanceNorm n 1 1 x out 0=2 1=0.01 2=0",
                   affine ? &bin : NULL);
        ncnn_expect(&x, &y, "instance norm");
    }
    picture_free(&x);
    picture_free(&y);
}

/* A gate for each channel: sigmoid(weights * ReLU(weights * mean)), however it is spelt. */
static const char *const gates[] = {
    "Split s 1 2 x a b\nPooling p 1 1 b m 0=1 4=1\nInnerProduct i 1 1 m h 0=2 1=1 2=6 9=1\n"
    "InnerProduct j 1 1 h g 0=3 1=1 2=6 9=4\nBinaryOp o 2 1 a g out 0=2",
    "Split s 1 2 x a b\nPooling p 1 1 b m 0=1 4=1\nInnerProduct i 1 1 m h 0=2 1=1 2=6 9=1\n"
    "InnerProduct j 1 1 h k 0=3 1=1 2=6\nSigmoid l 1 1 k g\nScale o 2 1 a g out 0=-233",
    "Split s 1 2 x a b\nReduction p 1 1 b m 0=3 1=0 -23303=2,1,2 4=1 5=1\n"
    "Convolution i 1 1 m h 0=2 1=1 5=1 6=6\nReLU r 1 1 h q\n"
    "Convolution j 1 1 q k 0=3 1=1 5=1 6=6\nSigmoid l 1 1 k g\nBinaryOp o 2 1 a g out 0=2",
    "Split s 1 2 x a b\nPooling p 1 1 b n 0=1 7=1 8=1\nFlatten f 1 1 n m\n"
    "InnerProduct i 1 1 m h 0=2 1=1 2=6 9=1\nInnerProduct j 1 1 h k 0=3 1=1 2=6 9=4\n"
    "Reshape t 1 1 k g 0=1 1=1 2=-1\nBinaryOp o 2 1 g a out 0=2",
};

Test(ncnn_weights, gates_of_whole_pictures)
{
    static ncnn_bin bin;
    const double *first = ncnn_bin_add(&bin, NCNN_FLOAT16, 6, -1, 1);
    const double *first_bias = ncnn_bin_add(&bin, NCNN_RAW, 2, -1, 1);
    const double *second = ncnn_bin_add(&bin, NCNN_FLOAT32, 6, -1, 1);
    const double *second_bias = ncnn_bin_add(&bin, NCNN_RAW, 3, -1, 1);
    picture x = picture_noise(3, 6, 7, -1, 2), y = picture_make(3, 6, 7);
    double hidden[2];
    for (int h = 0; h < 2; h++) {
        hidden[h] = first_bias[h];
        for (int c = 0; c < 3; c++)
            hidden[h] += first[h * 3 + c] * mean_of(&x, c);
        hidden[h] = fmax(hidden[h], 0);
    }
    for (int i = 0; i < 3 * 42; i++) {
        const int c = i / 42;
        const double z = second_bias[c] + second[c * 2] * hidden[0] + second[c * 2 + 1] * hidden[1];
        y.data[i] = x.data[i] / (1 + exp(-z));
    }
    for (size_t i = 0; i < sizeof gates / sizeof *gates; i++) {
        ncnn_write(3, gates[i], &bin);
        ncnn_expect(&x, &y, gates[i]);
    }
    picture_free(&x);
    picture_free(&y);
}

/* ---------------------------------------------------------------- windows */

typedef struct {
    const char *parameters;
    bool mean, counts; /* pixels that are padding, too */
    int kernel, stride, before, height, width;
} pooling;

static const pooling poolings[] = {
    { "0=0 1=3 2=2 5=1", false, false, 3, 2, 0, 3, 4 },
    { "0=0 1=3 2=2", false, false, 3, 2, 0, 4, 5 },
    { "0=0 1=3 3=1", false, false, 3, 1, 1, 8, 10 },
    { "0=1 1=3 3=1", true, false, 3, 1, 1, 8, 10 },
    { "0=1 1=3 3=1 6=1", true, true, 3, 1, 1, 8, 10 },
    { "0=1 1=2 2=2 5=1", true, false, 2, 2, 0, 4, 5 },
    { "0=1 1=3 2=2", true, false, 3, 2, 0, 4, 5 },
    { "0=0 1=3 5=2", false, false, 3, 1, 1, 8, 10 },
    { "0=1 1=2 5=3", true, true, 2, 1, 1, 8, 10 },
};

static double pool_at(const picture *x, const pooling *p, int c, int row, int column)
{
    double sum = 0, most = -INFINITY;
    int count = 0;
    for (int r = row * p->stride - p->before; r < row * p->stride - p->before + p->kernel; r++)
        for (int k = column * p->stride - p->before; k < column * p->stride - p->before + p->kernel;
             k++) {
            const bool inside = r >= 0 && r < x->height && k >= 0 && k < x->width;
            sum += picture_at(x, c, r, k);
            most = inside ? fmax(most, picture_at(x, c, r, k)) : most;
            count += inside || p->counts;
        }
    return p->mean ? sum / count : most;
}

Test(ncnn_weights, poolings)
{
    char line[256];
    picture x = picture_noise(2, 8, 10, -1, 1);
    for (size_t i = 0; i < sizeof poolings / sizeof *poolings; i++) {
        picture y = picture_make(2, poolings[i].height, poolings[i].width);
        for (int c = 0; c < 2; c++)
            for (int row = 0; row < y.height; row++)
                for (int column = 0; column < y.width; column++)
                    *picture_put(&y, c, row, column) = pool_at(&x, &poolings[i], c, row, column);
        snprintf(line, sizeof line, "Pooling p 1 1 x out %s", poolings[i].parameters);
        ncnn_write(2, line, NULL);
        ncnn_expect(&x, &y, line);
        picture_free(&y);
    }
    picture_free(&x);
}

/* ---------------------------------------------------------------- interpolation */

static double cubic(double t)
{
    t = fabs(t);
    return t < 1   ? 1.25 * t * t * t - 2.25 * t * t + 1
           : t < 2 ? -0.75 * (t * t * t - 5 * t * t + 8 * t - 4)
                   : 0;
}

static double filter(bool bicubic, double t)
{
    return bicubic ? cubic(t) : fmax(0, 1 - fabs(t));
}

static double place(int at, int from, int to, bool corners)
{
    return corners ? (double)at * (from - 1) / (to - 1) : (at + 0.5) * from / to - 0.5;
}

static double interpolate_at(const picture *x, bool bicubic, double row, double column, int c)
{
    double sum = 0;
    for (int r = (int)floor(row) - 1; r <= (int)floor(row) + 2; r++)
        for (int k = (int)floor(column) - 1; k <= (int)floor(column) + 2; k++) {
            const int y = r < 0 ? 0 : r >= x->height ? x->height - 1 : r;
            const int at = k < 0 ? 0 : k >= x->width ? x->width - 1 : k;
            sum += filter(bicubic, r - row) * filter(bicubic, k - column) * picture_at(x, c, y, at);
        }
    return sum;
}

Test(ncnn_weights, interpolations)
{
    static const struct {
        bool bicubic, corners;
        const char *scale;
        int height, width;
    } cases[] = {
        { false, false, "2.0", 12, 16 }, { false, true, "2.0", 12, 16 },
        { true, false, "2.0", 12, 16 },  { true, true, "2.0", 12, 16 },
        { false, false, "1.5", 9, 12 },  { true, false, "5.000000e-01", 3, 4 },
    };
    char line[256];
    picture x = picture_noise(2, 6, 8, -1, 1);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const bool bicubic = cases[i].bicubic, corners = cases[i].corners;
        picture y = picture_make(2, cases[i].height, cases[i].width);
        for (int c = 0; c < 2; c++)
            for (int row = 0; row < y.height; row++)
                for (int column = 0; column < y.width; column++)
                    *picture_put(&y, c, row, column) =
                        interpolate_at(&x, bicubic, place(row, 6, y.height, corners),
                                       place(column, 8, y.width, corners), c);
        snprintf(line, sizeof line, "Interp i 1 1 x out 0=%d 1=%s 2=%s 6=%d", bicubic ? 3 : 2,
                 cases[i].scale, cases[i].scale, corners);
        ncnn_write(2, line, NULL);
        ncnn_expect(&x, &y, line);
        picture_free(&y);
    }
    picture_free(&x);
}
