/* SPDX-License-Identifier: MIT */
/* Between samples of luma and chroma and RGB, and between chroma and the places of luma. */
#ifndef UP_IO_YUV_COLOURS_H
#define UP_IO_YUV_COLOURS_H

#include "io/frames/video.h"

/* What one sample is made of: `count` samples from `first` on, the first and last standing for what
 * lies beyond. */
enum { UP_YUV_TAPS = 8 };

typedef struct {
    int first, count;
    float weight[UP_YUV_TAPS]; /* sum 1 */
} up_yuv_taps;

/* Of a sample of luma in a row or column (axis) of chroma, linearly between its neighbours; of one
 * of chroma in those of luma, by a triangle. */
up_yuv_taps up_yuv_taps_up(const up_yuv *yuv, int axis, int at);
up_yuv_taps up_yuv_taps_down(const up_yuv *yuv, int axis, int at);

/* Samples of 0 .. 1 of luma, -0.5 .. 0.5 of chroma. */
typedef struct {
    float black, unit;         /* luma: (sample - black) / unit */
    float middle, reach;       /* chroma likewise */
    float most;                /* the largest sample */
    float red, blue, green[2]; /* factors of Cr in red, of Cb in blue, of both in green: Cb, Cr */
    float luma[3];             /* of red, green, blue */
} up_yuv_scale;

up_yuv_scale up_yuv_scale_of(const up_yuv *yuv);

/* One pixel: whole samples of luma, any of chroma, to 0 .. 1, and back. */
void up_yuv_to_rgb(const up_yuv_scale *scale, float y, float cb, float cr, float rgb[3]);
void up_yuv_from_rgb(const up_yuv_scale *scale, const float rgb[3], float yuv[3]);

/* To the nearest sample of 0 .. most. */
static inline unsigned up_yuv_round(float value, float most)
{
    return value > 0 ? (unsigned)((value < most ? value : most) + 0.5f) : 0; /* NaN is 0 */
}

#endif
