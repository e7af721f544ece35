/* SPDX-License-Identifier: MIT */
#include "support/weights/onnx_case.h"

#include "support/pictures/upscaled.h"
#include "support/scratch.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static picture make_picture(int channels, int height, int width)
{
    const int shape[4] = { 1, channels, height, width };
    return (picture){ channels, height, width, ndarray_make("f4", 4, shape) };
}

static size_t place(const picture *p, int c, int y, int x)
{
    return ((size_t)c * (size_t)p->height + (size_t)y) * (size_t)p->width + (size_t)x;
}

double at(const picture *p, int c, int y, int x)
{
    return y < 0 || x < 0 || y >= p->height || x >= p->width
               ? 0
               : ndarray_get(&p->array, place(p, c, y, x));
}

double mean(const picture *p, int c)
{
    double sum = 0;
    for (int y = 0; y < p->height; y++)
        for (int x = 0; x < p->width; x++)
            sum += at(p, c, y, x);
    return sum / (p->height * p->width);
}

/* ---------------------------------------------------------------- weights */

float weight(int i)
{
    return (float)(0.4 * sin(1.7 * i + 0.3));
}

void put_weights(onnx_model *m, const char *name, int rank, const int64_t *shape)
{
    float values[4096];
    int64_t count = 1;
    for (int d = 0; d < rank; d++)
        count *= shape[d];
    for (int i = 0; i < count; i++)
        values[i] = weight(i);
    onnx_floats(m, name, rank, shape, values);
}

void put_sizes(onnx_model *m)
{
    onnx_indices(m, "two_", 1, SHAPE(2));
    onnx_indices(m, "three_", 1, SHAPE(3));
    onnx_node(m, "Shape", "x", "shape_");
    onnx_node(m, "Gather", "shape_ two_", "h");
    onnx_node(m, "Gather", "shape_ three_", "w");
}

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

void onnx_case_run(const onnx_case *test)
{
    run(test, false, 14, 16);
    run(test, true, HEIGHT, WIDTH);
    run(test, true, 16, 24);
}
