/* SPDX-License-Identifier: MIT */
/* What spoils 8-bit samples in their place. Pictures are interleaved, with strides filled in. */
#ifndef UP_DEGRADE_SAMPLES_H
#define UP_DEGRADE_SAMPLES_H

#include "base/random.h"
#include "base/status.h"

/* Normal noise of this standard deviation, in levels, on each sample by itself. */
void up_degrade_noise(const up_pixels *pixels, double deviation, up_random *random);

/* A Gaussian of this sigma, cut off at 4 sigma; edges are repeated. */
up_status up_degrade_blur(const up_pixels *pixels, double sigma, up_error *error);

/* sample + amount * (sample - what a Gaussian of sigma 1 makes of it). */
up_status up_degrade_unsharp(const up_pixels *pixels, double amount, up_error *error);

/* Means of scale x scale pixels; `to` is 1/scale as large. linear: of light, by sRGB's curve. */
void up_degrade_box(const up_pixels *from, const up_pixels *to, int scale, bool linear);

#endif
