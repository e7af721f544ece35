/* SPDX-License-Identifier: MIT */
/*
 * What a network's result is added to, and so what is left for it to make. Pictures hold what
 * bicubic enlargement leaves of them (training_picture.h); a network that adds another enlargement
 * of its input, or none, is to make the difference of the two as well.
 */
#ifndef UP_TRAIN_RESIDUAL_H
#define UP_TRAIN_RESIDUAL_H

#include "network/layers.h"
#include "train/data/training_picture.h"

enum { UP_RESIDUAL_REACH = 2, UP_RESIDUAL_TAPS = 2 * UP_RESIDUAL_REACH + 1 };

typedef struct {
    int scale;
    /* [scale * scale] times rows, columns of low-resolution pixels around a pixel; NULL: it is
     * bicubic's enlargement that is added */
    float (*difference)[UP_RESIDUAL_TAPS][UP_RESIDUAL_TAPS];
    float (
        *added)[UP_RESIDUAL_TAPS][UP_RESIDUAL_TAPS]; /* likewise, of what is added; NULL: nothing */
} up_residual;

/* `resize` makes what is added, of one input; NULL: nothing is. */
up_status up_residual_make(up_residual *residual, const up_resize *resize, int scale,
                           up_error *error);
void up_residual_free(up_residual *residual);

/* Whether what this makes can be told here. */
bool up_residual_knows(const up_resize *resize);

/* Takes what is added to phase `phase` (row * scale + column) of n pixels of a row away; `around`
 * are the rows from UP_RESIDUAL_REACH above it to as many below, of which that many columns more
 * are read at both ends. */
void up_residual_take(const up_residual *residual, int phase,
                      const float *const around[UP_RESIDUAL_TAPS], float *to, int n);

/* Bicubic's enlargement less what is added, at element `at` of the picture's residual. */
float up_residual_difference(const up_residual *residual, const up_train_picture *picture,
                             ptrdiff_t at);

/* What is left there, white being 1. */
static inline float up_residual_at(const up_residual *residual, const up_train_picture *picture,
                                   ptrdiff_t at)
{
    const float left = picture->residual[at] * (1.0f / (255 * UP_RESIDUAL_UNITS));
    return residual->difference ? left + up_residual_difference(residual, picture, at) : left;
}

#endif
