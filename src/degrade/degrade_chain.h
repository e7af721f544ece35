/* SPDX-License-Identifier: MIT */
/*
 * What pictures go through before people have them, as a chain of steps joined by "+", in order:
 *   bicubic         reduced to 1/scale as MATLAB's imresize does it; first, where none is named
 *   lanczos bilinear  the same with these filters, as wide as the reduction asks for
 *   box             means of scale x scale pixels, as cameras bin them
 *   nearest         the pixel at the top left of each scale x scale
 *   linear          before one of these: of light instead of samples, by sRGB's curve (nearest: the
 *                   same)
 *   blur:SIGMA      a Gaussian
 *   unsharp:AMOUNT  what a Gaussian of sigma 1 takes away, so many times on top: sharpened
 *   noise:SIGMA     normal, on each sample by itself, in levels of 255
 *   jpeg:QUALITY    libjpeg's, with 4:2:0 chroma; jpeg:QUALITY:444 and :422 with theirs
 * After each step samples are rounded to 8 bits. "linear+box+unsharp:0.5+jpeg:85", "noise:5".
 */
#ifndef UP_DEGRADE_CHAIN_H
#define UP_DEGRADE_CHAIN_H

#include "base/status.h"

#include <stdint.h>

enum { UP_DEGRADE_MOST = 16 };

typedef struct up_degrade_kind up_degrade_kind;

typedef struct {
    const up_degrade_kind *kind;
    double amount;
    up_subsampling chroma; /* jpeg */
} up_degrade_step;

typedef struct {
    up_degrade_step step[UP_DEGRADE_MOST]; /* one of them reduces */
    int steps;
    bool linear;
    int jpeg_quality; /* of the last step, whose tables a file of it would have; 0: it is no JPEG */
} up_degrade_chain;

/* UP_ERROR_ARGUMENT says what the grammar is. */
up_status up_degrade_parse(up_degrade_chain *chain, const char *spec, up_error *error);

/* From 8-bit grey or RGB, whose sides are multiples of the scale (>= 1), to new memory for
 * up_pixels_free(). The same seed gives the same noise. Of the options those that say how to run
 * count. */
up_status up_degrade_run(up_pixels *degraded, const up_pixels *original, int scale,
                         const up_degrade_chain *chain, uint64_t seed, const up_options *options,
                         up_error *error);

#endif
