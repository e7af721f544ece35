/* SPDX-License-Identifier: MIT */
/* Ops of ONNX files that move samples, against plain arithmetic. */
#include "support/scratch.h"
#include "support/weights/onnx_case.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

/* One and a half times, between the pixels. */
static void build_linear(onnx_model *m, bool fixed)
{
    (void)fixed;
    onnx_floats(m, "scales", 1, SHAPE(2), (const float[]){ 1.5f, 1.5f });
    onnx_node(m, "Resize", "x - scales", "y");
    onnx_wholes(m, "axes", LIST(2, 3));
    onnx_text(m, "mode", "linear");
}

static double along(const picture *p, int c, int y, double column)
{
    const int left = (int)floor(column);
    const double part = column - left;
    return (1 - part) * at(p, c, y, left < 0 ? 0 : left) +
           part * at(p, c, y, left + 1 < p->width ? left + 1 : p->width - 1);
}

static double expect_linear(const picture *p, int c, int y, int x)
{
    const double row = (y + 0.5) / 1.5 - 0.5, column = (x + 0.5) / 1.5 - 0.5;
    const int top = (int)floor(row), below = top + 1 < p->height ? top + 1 : p->height - 1;
    const double part = row - top;
    return (1 - part) * along(p, c, top < 0 ? 0 : top, column) + part * along(p, c, below, column);
}

/* To a multiple of 4 and back, as programs do that wrap a network of such sizes. */
static void build_multiple(onnx_model *m, bool fixed)
{
    (void)fixed;
    onnx_indices(m, "four", 1, SHAPE(4));
    onnx_indices(m, "zeros", 6, SHAPE(0, 0, 0, 0, 0, 0));
    onnx_indices(m, "start", 2, SHAPE(0, 0));
    onnx_indices(m, "axes", 2, SHAPE(2, 3));
    put_sizes(m);
    onnx_node(m, "Concat", "h w", "hw");
    onnx_whole(m, "axis", 0);
    onnx_node(m, "Mod", "hw four", "rest");
    onnx_node(m, "Sub", "four rest", "more");
    onnx_node(m, "Mod", "more four", "pad");
    onnx_node(m, "Concat", "zeros pad", "pads");
    onnx_whole(m, "axis", 0);
    onnx_node(m, "Pad", "x pads", "a");
    onnx_text(m, "mode", "reflect");
    onnx_node(m, "SpaceToDepth", "a", "b");
    onnx_whole(m, "blocksize", 4);
    onnx_node(m, "Relu", "b", "c");
    onnx_node(m, "DepthToSpace", "c", "d");
    onnx_whole(m, "blocksize", 4);
    onnx_node(m, "Slice", "d start hw axes", "y");
}

static double expect_multiple(const picture *p, int c, int y, int x)
{
    return fmax(at(p, c, y, x), 0);
}

static const onnx_case cases[] = {
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
    { "linear", 18, 2, build_linear, 2, 3, 2, 0, expect_linear },
    { "multiple", 13, 2, build_multiple, 2, 1, 1, 0, expect_multiple },
};

Test(onnx_layout, ops, .init = scratch_init, .fini = scratch_fini)
{
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        onnx_case_run(&cases[i]);
}
