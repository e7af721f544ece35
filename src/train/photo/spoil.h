/* SPDX-License-Identifier: MIT */
/* What cameras and programs do to a small picture: sharpening, noise, JPEG. */
#ifndef UP_TRAIN_SPOIL_H
#define UP_TRAIN_SPOIL_H

#include "base/random.h"
#include "train/photo/recipe.h"

#include <stdbool.h>

/* What is drawn for one patch. Where a part does not happen it is 0. */
typedef struct {
    up_reducer_kind reduction;
    bool linear_light;
    double blur, unsharp;
    double noise;
    bool sensor;
    int quality, quality_before; /* of the JPEG, and of one before it */
    up_subsampling chroma;
    int shift[2]; /* of its blocks against those of the one before */
    double strength;
} up_spoiling;

up_spoiling up_spoiling_draw(const up_recipe *recipe, up_random *random);

/* Interleaved RGB, size x size, of samples 0..255: adds so much of what a blur of 1 pixel takes.
 * `room`: as many floats. */
void up_unsharp(float *pixels, int size, double amount, float *room);

/* To 8 bits with noise, then JPEG: to[size][size][3]. */
up_status up_spoil(const up_spoiling *spoiling, const float *from, int size, uint8_t *to,
                   up_random *random, up_error *error);

#endif
