/* SPDX-License-Identifier: MIT */
/* Graphs of ONNX against plain arithmetic, at several sizes. */
#ifndef SUPPORT_ONNX_CASE_H
#define SUPPORT_ONNX_CASE_H

#include "support/reference/ndarray.h"
#include "support/weights/onnx_data.h"

#include <stdbool.h>

#define SHAPE(...) ((const int64_t[]){ __VA_ARGS__ })
#define LIST(...) (int)(sizeof SHAPE(__VA_ARGS__) / sizeof(int64_t)), SHAPE(__VA_ARGS__)

enum { HEIGHT = 12, WIDTH = 18 }; /* that files are made for */

typedef struct {
    int channels, height, width;
    ndarray array;
} picture;

/* A sample; 0 around it. */
double at(const picture *p, int c, int y, int x);
double mean(const picture *p, int c);

/* What put_weights() fills a tensor with. */
float weight(int i);
void put_weights(onnx_model *m, const char *name, int rank, const int64_t *shape);

/* Values "h" and "w" of the input x, and lists "two_" and "three_". */
void put_sizes(onnx_model *m);

typedef struct {
    const char *name;
    int opset, channels;
    /* `fixed`: for HEIGHT x WIDTH, without Shape. Input x, output y. */
    void (*build)(onnx_model *m, bool fixed);
    int out_channels;
    int scale, divisor, extra; /* of rows and columns */
    double (*expected)(const picture *p, int c, int y, int x);
} onnx_case;

/* Through the program: with open sizes, and made for one size with what follows from it as
 * constants, at that size and at another. */
void onnx_case_run(const onnx_case *test);

#endif
