/* SPDX-License-Identifier: MIT */
/* Pictures, what known convolutions make of them, and how near results come. */
#ifndef SUPPORT_BLURRED_H
#define SUPPORT_BLURRED_H

#include "restore/blur/blur.h"

/* One plane of floats, tightly packed. */
typedef struct {
    int height, width;
    float *data;
} grey;

grey grey_make(int height, int width);
void grey_free(grey *g);

/* The green channel of a sample picture, from row and column 100 on. */
grey grey_sample(const char *name, int height, int width);

/* Edges, a ramp and waves of 0..255. */
grey grey_synthetic(int height, int width);

/* What the blur makes of it, plainly and in double; `seen` in size / stride. */
grey grey_blurred(const grey *sharp, const up_blur *blur);

/* Adds noise of that deviation and rounds to 0..255: sums of 12 numbers of a linear congruence,
 * (state * 1664525 + 1013904223) mod 2^32 from 1 on, each divided by 256 and cut to 24 bits. */
void grey_add_noise(grey *g, double deviation);

/* Against 255, without `border` samples at every edge. */
double grey_psnr(const grey *a, const grey *b, int border);

/* As a tensor of the caller's memory, or with whole samples as an 8-bit picture of new memory. */
up_pixels grey_tensor(const grey *g);
up_pixels grey_picture(const grey *g);
grey grey_of_picture(const up_pixels *picture);

/* Upscales a tensor; the options must make it succeed. */
grey grey_upscaled(const grey *in, const up_options *options);

/* A blur by its name. */
up_blur blur_named(const char *name, up_border border, int rows, int columns);

#endif
