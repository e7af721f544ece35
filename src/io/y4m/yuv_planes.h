/* SPDX-License-Identifier: MIT */
/* Planes of luma and chroma made of the rows of a picture as they come. */
#ifndef UP_IO_YUV_PLANES_H
#define UP_IO_YUV_PLANES_H

#include "io/y4m/yuv_colours.h"

typedef struct {
    up_yuv yuv;
    up_yuv_scale scale;
    up_format format;     /* RGB or grey, of 8 or 16 bits */
    int height, width;    /* of a plane of chroma */
    int y;                /* the next row */
    float *chroma[2];     /* sums of Cb and Cr, row by row of their planes */
    float *row[2];        /* of each pixel of a row */
    up_yuv_taps *columns; /* of each column of chroma */
    up_yuv_taps *rows;    /* of each row of it */
    uint8_t *packed;      /* a row of chroma on its way out */
} up_yuv_planes;

/* SIZE_MAX: too many. */
size_t up_yuv_planes_bytes(const up_yuv *yuv, const up_format *format);

up_status up_yuv_planes_open(up_yuv_planes *planes, const up_yuv *yuv, const up_format *format,
                             up_error *error);
void up_yuv_planes_free(up_yuv_planes *planes);

/* A new frame. */
void up_yuv_planes_begin(up_yuv_planes *planes);

/* Takes the next row of pixels; writes its luma to `to`, and returns how many bytes that is. */
size_t up_yuv_planes_add(up_yuv_planes *planes, uint8_t *to, const void *row);

/* Row y of plane 1 or 2 behind the last row of pixels; stays until the next call. */
const uint8_t *up_yuv_planes_chroma(up_yuv_planes *planes, int plane, int y, size_t *bytes);

#endif
