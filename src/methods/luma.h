/* SPDX-License-Identifier: MIT */
/* Between RGB and the colours that a network wants: BT.601 luma and chroma. */
#ifndef UP_METHODS_LUMA_H
#define UP_METHODS_LUMA_H

#include "pipeline/graph.h"

/* What BT.601 puts upon 16 for studio luma: 0 .. 219 of R, G, B in 0 .. 255. */
static inline double up_luma_studio(double r, double g, double b)
{
    return (65.481 * r + 128.553 * g + 24.966 * b) / 255;
}

typedef struct {
    float matrix[12]; /* Y, Cb, Cr: three factors and an offset each */
} up_luma;

/*
 * RGB in 0 .. white to Y, Cb, Cr in 0 .. range, and back.
 *   full:   ITU-R BT.601 with the whole range, as JPEG has it; chroma around range / 2
 *   studio: Y in 16 .. 235, Cb and Cr in 16 .. 240 of 255 (MATLAB rgb2ycbcr)
 */
void up_luma_from_rgb(up_luma *luma, bool studio, float white, float range);
void up_luma_to_rgb(up_luma *luma, bool studio, float white, float range);

/* Grey in 0 .. white to Y, and back, as factor and offset. */
void up_luma_from_grey(float affine[2], bool studio, float white, float range);
void up_luma_to_grey(float affine[2], bool studio, float white, float range);

#endif
