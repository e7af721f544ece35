/* SPDX-License-Identifier: MIT */
/* How a video has its samples: planes of luma and chroma, as they lie in its frames. */
#ifndef UP_IO_FRAMES_VIDEO_H
#define UP_IO_FRAMES_VIDEO_H

#include "base/status.h"

enum { UP_VIDEO_PLANES = 3, UP_VIDEO_TAGS = 512 };

/* Axes: rows, columns. */
typedef struct {
    int planes;      /* 1: luma alone; 3: Y, Cb, Cr */
    int depth;       /* bits of a sample, 8 .. 16; more than 8 in two bytes, the low one first */
    int factor[2];   /* samples of luma for one of chroma: 1, 2 or 4 */
    int siting[2];   /* the centre of a sample of chroma lies at 1 / siting of its height or width:
                        2 in the middle, twice the factor where that of the first of luma lies */
    bool full_range; /* black and white are the least and the largest sample; else 16 and 235 of 8
                        bits, chroma 16 .. 240 */
    bool bt709;      /* else the matrix of BT.601 */
} up_yuv;

typedef struct {
    up_yuv yuv;
    const char *name;         /* of the layout: "420jpeg" */
    int rate[2];              /* frames per second: rate[0] / rate[1]; 0, 0: not said */
    int aspect[2];            /* width / height of a pixel, likewise */
    char interlacing;         /* 'p', or '?' where nobody knows */
    char tags[UP_VIDEO_TAGS]; /* further ones, each behind a space: " XYSCSS=420JPEG" */
} up_video;

/* The size of a plane of a picture of height x width. */
static inline int up_plane_side(const up_yuv *yuv, int plane, int axis, int side)
{
    return plane == 0 ? side : side / yuv->factor[axis] + (side % yuv->factor[axis] > 0);
}

/* Samples that are black and white in the plane of luma; of chroma as far from the middle as those
 * that are -0.5 and 0.5, which of a full range lie half a sample beside it. */
static inline void up_yuv_levels(const up_yuv *yuv, int plane, float levels[2])
{
    const float unit = (float)(1 << (yuv->depth - 8)), most = 256 * unit - 1;
    const float reach = yuv->full_range ? most : (plane ? 224 : 219) * unit;
    levels[0] = plane ? 128 * unit - reach / 2 : yuv->full_range ? 0 : 16 * unit;
    levels[1] = levels[0] + reach;
}

#endif
