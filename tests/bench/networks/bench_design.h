/* SPDX-License-Identifier: MIT */
/*
 * Networks written down as ncnn has them, which upscale and ncnn both read: NAME.param and
 * NAME.bin. Blobs are told by numbers. Weights are noise that keeps signals about as large as they
 * are: what matters is the shape.
 */
#ifndef BENCH_DESIGN_H
#define BENCH_DESIGN_H

#include <stdio.h>

enum { BENCH_MOST_LAYERS = 64, BENCH_MOST_BLOBS = 512 };

typedef struct {
    FILE *text, *weights;
    char *lines;  /* of the text */
    size_t bytes; /* of them */
    int layers, blobs;
    double multiply_adds;              /* per input pixel */
    double cells[BENCH_MOST_BLOBS];    /* pixels of a blob per input pixel */
    char layer[BENCH_MOST_LAYERS][32]; /* the convolutions, and their part of it */
    double layer_work[BENCH_MOST_LAYERS];
    int convolutions;
} bench_design;

/* Returns the network's input. */
int bench_design_begin(bench_design *d, const char *bin_path);
/* The last blob is the network's result. */
void bench_design_end(bench_design *d, const char *param_path);

/* Each returns the blob it makes. A slope: of a leaky ReLU behind it; 1: none. */
int bench_add_conv(bench_design *d, int blob, int in, int out, int kernel, float slope);
int bench_add_tconv(bench_design *d, int blob, int in, int out, int kernel, int stride);
int bench_add_prelu(bench_design *d, int blob, int channels);
int bench_add_shuffle(bench_design *d, int blob, int factor);
int bench_add_resize(bench_design *d, int blob, int factor); /* nearest */
int bench_add_scale(bench_design *d, int blob, float by);
int bench_add_sum(bench_design *d, int a, int b);
int bench_add_concat(bench_design *d, const int *blobs, int count);

/* A blob for each of `count` readers. */
void bench_add_split(bench_design *d, int blob, int *blobs, int count);

#endif
