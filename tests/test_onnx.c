/* Ops of ONNX files against plain arithmetic. Each graph is made with open sizes and for one size,
 * with what follows from it as constants, and both are run at two sizes. */
#include "support/ndarray.h"
#include "support/onnx_data.h"
#include "support/scratch.h"
#include "support/upscaled.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

TestSuite(onnx, .init = scratch_init, .fini = scratch_fini);

#define SHAPE(...) ((const int64_t[]){ __VA_ARGS__ })
#define LIST(...) (int)(sizeof SHAPE(__VA_ARGS__) / sizeof(int64_t)), SHAPE(__VA_ARGS__)

enum { HEIGHT = 12, WIDTH = 18 }; /* that files are made for */

/* ---------------------------------------------------------------- pictures */

typedef struct {
    int channels, height, width;
    ndarray array;
} picture;

static picture make_picture(int channels, int height, int width)
{
    const int shape[4] = { 1, channels, height, width };
    return (picture){ channels, height, width, ndarray_make("f4", 4, shape) };
}

static size_t place(const picture *p, int c, int y, int x)
{
    return ((size_t)c * (size_t)p->height + (size_t)y) * (size_t)p->width + (size_t)x;
}

static double at(const picture *p, int c, int y, int x)
{
    return y < 0 || x < 0 || y >= p->height || x >= p->width
               ? 0
               : ndarray_get(&p->array, place(p, c, y, x));
}

static double mean(const picture *p, int c)
{
    double sum = 0;
    for (int y = 0; y < p->height; y++)
        for (int x = 0; x < p->width; x++)
            sum += at(p, c, y, x);
    return sum / (p->height * p->width);
}

/* ---------------------------------------------------------------- weights */

static float weight(int i)
{
    return (float)(0.4 * sin(1.7 * i + 0.3));
}

static void put_weights(onnx_model *m, const char *name, int rank, const int64_t *shape)
{
    float values[4096];
    int64_t count = 1;
    for (int d = 0; d < rank; d++)
        count *= shape[d];
    for (int i = 0; i < count; i++)
        values[i] = weight(i);
    onnx_floats(m, name, rank, shape, values);
}

/* ---------------------------------------------------------------- cases */

typedef struct {
    const char *name;
    int opset, channels;
    /* `fixed`: for HEIGHT x WIDTH, without Shape. Input x, output y. */
    void (*build)(onnx_model *m, bool fixed);
    int out_channels;
    int scale, divisor, extra; /* of rows and columns */
    double (*expected)(const picture *p, int c, int y, int x);
} onnx_case;

/* "h" and "w", or lists that are made of them: name = times * size / over + more. */
static void put_sizes(onnx_model *m)
{
    onnx_indices(m, "two_", 1, SHAPE(2));
    onnx_indices(m, "three_", 1, SHAPE(3));
    onnx_node(m, "Shape", "x", "shape_");
    onnx_node(m, "Gather", "shape_ two_", "h");
    onnx_node(m, "Gather", "shape_ three_", "w");
}

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

/* Twice the size of the input, which Shape tells or a constant. */
static void build_nearest(onnx_model *m, bool fixed)
{
    onnx_indices(m, "fixed", 4, SHAPE(1, 2, 2 * HEIGHT, 2 * WIDTH));
    onnx_indices(m, "first", 2, SHAPE(1, 2));
    if (!fixed) {
        put_sizes(m);
        onnx_node(m, "Mul", "h two_", "h2");
        onnx_node(m, "Mul", "w two_", "w2");
        onnx_node(m, "Concat", "first h2 w2", "sizes");
        onnx_whole(m, "axis", 0);
    }
    onnx_node(m, "Resize", fixed ? "x - - fixed" : "x - - sizes", "y");
    onnx_text(m, "mode", "nearest");
    onnx_text(m, "coordinate_transformation_mode", "asymmetric");
    onnx_text(m, "nearest_mode", "floor");
}

static double expect_nearest(const picture *p, int c, int y, int x)
{
    return at(p, c, y / 2, x / 2);
}

/* Back to the size of the input, after a pool of windows that do not fill it. */
static void build_like(onnx_model *m, bool fixed)
{
    onnx_indices(m, "fixed", 4, SHAPE(1, 2, HEIGHT, WIDTH));
    onnx_indices(m, "first", 2, SHAPE(1, 2));
    onnx_node(m, "MaxPool", "x", "a");
    onnx_wholes(m, "kernel_shape", LIST(5, 5));
    onnx_wholes(m, "strides", LIST(5, 5));
    if (!fixed) {
        put_sizes(m);
        onnx_node(m, "Concat", "first h w", "sizes");
        onnx_whole(m, "axis", 0);
    }
    onnx_node(m, "Resize", fixed ? "a - - fixed" : "a - - sizes", "y");
    onnx_text(m, "mode", "nearest");
    onnx_text(m, "coordinate_transformation_mode", "asymmetric");
    onnx_text(m, "nearest_mode", "floor");
}

static double expect_like(const picture *p, int c, int y, int x)
{
    const int top = y * (p->height / 5) / p->height * 5, left = x * (p->width / 5) / p->width * 5;
    double most = -INFINITY;
    for (int i = 0; i < 25; i++)
        most = fmax(most, at(p, c, top + i / 5, left + i % 5));
    return most;
}

static void reshape(onnx_model *m, const char *from, const char *list, const char *to)
{
    char inputs[64];
    snprintf(inputs, sizeof inputs, "%s %s", from, list);
    onnx_node(m, "Reshape", inputs, to);
}

static void build_shuffle(onnx_model *m, bool fixed)
{
    onnx_indices(m, "apart", 6, SHAPE(1, 2, 2, 3, HEIGHT, WIDTH));
    onnx_indices(m, "together", 4, SHAPE(1, 3, 2 * HEIGHT, 2 * WIDTH));
    onnx_indices(m, "front", 4, SHAPE(-1, 2, 2, 3));
    onnx_indices(m, "front2", 2, SHAPE(-1, 3));
    if (!fixed) {
        put_sizes(m);
        onnx_node(m, "Mul", "h two_", "h2");
        onnx_node(m, "Mul", "w two_", "w2");
        onnx_node(m, "Concat", "front h w", "a1");
        onnx_whole(m, "axis", 0);
        onnx_node(m, "Concat", "front2 h2 w2", "a2");
        onnx_whole(m, "axis", 0);
    }
    reshape(m, "x", fixed ? "apart" : "a1", "a");
    onnx_node(m, "Transpose", "a", "b"); /* DCR: blocks before channels */
    onnx_wholes(m, "perm", LIST(0, 3, 4, 1, 5, 2));
    reshape(m, "b", fixed ? "together" : "a2", "y");
}

static double expect_shuffle(const picture *p, int c, int y, int x)
{
    return at(p, (y % 2 * 2 + x % 2) * 3 + c, y / 2, x / 2);
}

static void build_unshuffle(onnx_model *m, bool fixed)
{
    onnx_indices(m, "apart", 6, SHAPE(1, 2, HEIGHT / 2, 2, WIDTH / 2, 2));
    onnx_indices(m, "together", 4, SHAPE(1, 8, HEIGHT / 2, WIDTH / 2));
    onnx_indices(m, "front", 2, SHAPE(1, 2));
    onnx_indices(m, "front2", 2, SHAPE(1, 8));
    if (!fixed) {
        put_sizes(m);
        onnx_node(m, "Div", "h two_", "h2");
        onnx_node(m, "Div", "w two_", "w2");
        onnx_node(m, "Concat", "front h2 two_ w2 two_", "a1");
        onnx_whole(m, "axis", 0);
        onnx_node(m, "Concat", "front2 h2 w2", "a2");
        onnx_whole(m, "axis", 0);
    }
    reshape(m, "x", fixed ? "apart" : "a1", "a");
    onnx_node(m, "Transpose", "a", "b");
    onnx_wholes(m, "perm", LIST(0, 1, 3, 5, 2, 4));
    reshape(m, "b", fixed ? "together" : "a2", "y");
}

static double expect_unshuffle(const picture *p, int c, int y, int x)
{
    return at(p, c / 4, 2 * y + c / 2 % 2, 2 * x + c % 2);
}

/* Channels of two groups in turn. */
static void build_groups(onnx_model *m, bool fixed)
{
    (void)fixed;
    onnx_indices(m, "apart", 5, SHAPE(0, 2, 3, -1, WIDTH));
    onnx_indices(m, "open", 4, SHAPE(0, 2, 3, -1));
    onnx_indices(m, "together", 4, SHAPE(0, 6, HEIGHT, WIDTH));
    if (fixed) {
        reshape(m, "x", "apart", "a");
        onnx_node(m, "Transpose", "a", "b");
        onnx_wholes(m, "perm", LIST(0, 2, 1, 3, 4));
        reshape(m, "b", "together", "y");
        return;
    }
    onnx_node(m, "Shape", "x", "all");
    reshape(m, "x", "open", "a"); /* rows and columns as one */
    onnx_node(m, "Transpose", "a", "b");
    onnx_wholes(m, "perm", LIST(0, 2, 1, 3));
    reshape(m, "b", "all", "y");
}

static double expect_groups(const picture *p, int c, int y, int x)
{
    return at(p, c % 2 * 3 + c / 2, y, x);
}

static void build_slices(onnx_model *m, bool fixed)
{
    onnx_indices(m, "start", 2, SHAPE(1, 2));
    onnx_indices(m, "ends", 2, SHAPE(HEIGHT - 2, WIDTH - 1));
    onnx_indices(m, "axes", 2, SHAPE(2, 3));
    onnx_indices(m, "less", 2, SHAPE(2, 1));
    onnx_indices(m, "last", 1, SHAPE(-1));
    onnx_indices(m, "past", 1, SHAPE(INT64_MIN + 1));
    onnx_indices(m, "one", 1, SHAPE(1));
    onnx_indices(m, "parts", 2, SHAPE(1, 2));
    if (!fixed) {
        put_sizes(m);
        onnx_node(m, "Concat", "h w", "hw");
        onnx_whole(m, "axis", 0);
        onnx_node(m, "Sub", "hw less", "ends2");
    }
    onnx_node(m, "Slice", fixed ? "x start ends axes" : "x start ends2 axes", "a");
    onnx_node(m, "Slice", "a last past one last", "b"); /* the channels turned around */
    onnx_node(m, "Split", "b parts", "c d");
    onnx_whole(m, "axis", 1);
    onnx_node(m, "Gather", "d parts0", "e");
    onnx_whole(m, "axis", 1);
    onnx_indices(m, "parts0", 2, SHAPE(1, 1));
    onnx_node(m, "Concat", "e c", "y");
    onnx_whole(m, "axis", 1);
}

static double expect_slices(const picture *p, int c, int y, int x)
{
    return at(p, c < 2 ? 0 : 2, y + 1, x + 2); /* 2 | 1 0 -> 0 0 2 */
}

static void build_pads(onnx_model *m, bool fixed)
{
    (void)fixed;
    onnx_indices(m, "p", 8, SHAPE(0, 0, 2, -1, 0, 0, 1, 4));
    onnx_node(m, "Pad", "x p", "y");
    onnx_text(m, "mode", "reflect");
}

static double expect_pads(const picture *p, int c, int y, int x)
{
    int row = abs(y - 2), column = x + 1;
    row = row < p->height ? row : 2 * p->height - 2 - row;
    column = column < p->width ? column : 2 * p->width - 2 - column;
    return at(p, c, row, column);
}

/* Copies of an input's channel as a graph that was traced makes them, and of all. */
static void build_copies(onnx_model *m, bool fixed)
{
    onnx_indices(m, "axis2", 1, SHAPE(2));
    onnx_indices(m, "expanded", 5, SHAPE(1, 2, 3, HEIGHT, WIDTH));
    onnx_indices(m, "any", 5, SHAPE(1, 1, 3, 1, 1));
    onnx_indices(m, "flat", 4, SHAPE(0, -1, HEIGHT, WIDTH));
    onnx_indices(m, "six", 2, SHAPE(1, 6));
    onnx_indices(m, "twice", 4, SHAPE(1, 2, 1, 1));
    onnx_node(m, "Unsqueeze", "x axis2", "a");
    onnx_node(m, "Expand", fixed ? "a expanded" : "a any", "b");
    if (!fixed) {
        put_sizes(m);
        onnx_node(m, "Concat", "six h w", "list");
        onnx_whole(m, "axis", 0);
    }
    reshape(m, "b", fixed ? "flat" : "list", "c");
    onnx_node(m, "Tile", "c twice", "y");
}

static double expect_copies(const picture *p, int c, int y, int x)
{
    return at(p, c % 6 / 3, y, x);
}

/* Channels come last inside, with a constant for each of them. */
static void build_last(onnx_model *m, bool fixed)
{
    (void)fixed;
    put_weights(m, "k", 1, SHAPE(3));
    onnx_node(m, "Transpose", "x", "a");
    onnx_wholes(m, "perm", LIST(0, 2, 3, 1));
    onnx_node(m, "Add", "a k", "b");
    onnx_node(m, "Concat", "b a", "c");
    onnx_whole(m, "axis", -1);
    onnx_node(m, "Softmax", "c", "d");
    onnx_node(m, "Transpose", "d", "y");
    onnx_wholes(m, "perm", LIST(0, 3, 1, 2));
}

static double expect_last(const picture *p, int c, int y, int x)
{
    double all = 0;
    for (int k = 0; k < 3; k++)
        all += exp(at(p, k, y, x)) * (1 + exp((double)weight(k)));
    return exp(at(p, c % 3, y, x) + (c < 3 ? (double)weight(c) : 0)) / all;
}

static void build_blocks(onnx_model *m, bool fixed)
{
    (void)fixed;
    onnx_node(m, "SpaceToDepth", "x", "a");
    onnx_whole(m, "blocksize", 2);
    onnx_node(m, "Relu", "a", "b");
    onnx_node(m, "DepthToSpace", "b", "y");
    onnx_whole(m, "blocksize", 2);
    onnx_text(m, "mode", "CRD");
}

static double expect_blocks(const picture *p, int c, int y, int x)
{
    const int channel = c * 4 + y % 2 * 2 + x % 2; /* of (i * 2 + j) * 2 + c */
    return fmax(at(p, channel % 2, y / 2 * 2 + channel / 4, x / 2 * 2 + channel / 2 % 2), 0);
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
    { "nearest", 11, 2, build_nearest, 2, 2, 1, 0, expect_nearest },
    { "like another", 13, 2, build_like, 2, 1, 1, 0, expect_like },
    { "shuffle", 11, 12, build_shuffle, 3, 2, 1, 0, expect_shuffle },
    { "unshuffle", 13, 2, build_unshuffle, 8, 1, 2, 0, expect_unshuffle },
    { "groups", 13, 6, build_groups, 6, 1, 1, 0, expect_groups },
    { "slices", 13, 3, build_slices, 3, 1, 1, -3, expect_slices },
    { "pads", 11, 2, build_pads, 2, 1, 1, 3, expect_pads },
    { "copies", 13, 2, build_copies, 12, 1, 1, 0, expect_copies },
    { "channels last", 13, 3, build_last, 6, 1, 1, 0, expect_last },
    { "blocks", 13, 2, build_blocks, 2, 1, 1, 0, expect_blocks },
};

/* ---------------------------------------------------------------- running */

static void run(const onnx_case *test, bool fixed, int height, int width)
{
    onnx_model model = onnx_begin(test->opset);
    char what[64];
    snprintf(what, sizeof what, "%s, %s, %dx%d", test->name, fixed ? "fixed" : "open", width,
             height);
    onnx_input(&model, "x", 4, SHAPE(1, test->channels, fixed ? HEIGHT : 0, fixed ? WIDTH : 0));
    onnx_output(&model, "y");
    test->build(&model, fixed);
    onnx_bytes file = onnx_end(&model);
    file_write(scratch_path("m.onnx"), file.data, file.size);
    free(file.data);
    picture x = make_picture(test->channels, height, width);
    for (size_t i = 0; i < x.array.count; i++)
        ndarray_set(&x.array, i, sin(0.9 * (double)i) + 0.3 * cos(0.11 * (double)i));
    ndarray_save(&x.array, scratch_path("x.npy"));
    picture y = make_picture(test->out_channels, height * test->scale / test->divisor + test->extra,
                             width * test->scale / test->divisor + test->extra);
    for (int c = 0; c < y.channels; c++)
        for (int row = 0; row < y.height; row++)
            for (int column = 0; column < y.width; column++)
                ndarray_set(&y.array, place(&y, c, row, column),
                            test->expected(&x, c, row, column));
    process_args args = { 0 };
    args_split(&args, "-w");
    args_add(&args, "%s", scratch_path("m.onnx"));
    ndarray got = upscaled(scratch_path("x.npy"), &args, what);
    args_free(&args);
    if (got.data)
        ndarray_expect(&got, &y.array, 4e-6 * fmax(1, ndarray_max_abs(&y.array)), what);
    ndarray_free(&got);
    ndarray_free(&x.array);
    ndarray_free(&y.array);
}

Test(onnx, ops)
{
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        run(&cases[i], false, 14, 16);
        run(&cases[i], true, HEIGHT, WIDTH);
        run(&cases[i], true, 16, 24);
    }
}
