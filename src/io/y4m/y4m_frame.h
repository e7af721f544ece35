/* SPDX-License-Identifier: MIT */
/* Frames of a video that are held as a whole, to be made RGB or grey, as pictures are. */
#ifndef UP_IO_Y4M_FRAME_H
#define UP_IO_Y4M_FRAME_H

#include "io/y4m/yuv_colours.h"

typedef struct {
    up_yuv yuv;
    up_yuv_scale scale;
    int size[2];                                            /* rows, columns */
    size_t row_bytes[UP_VIDEO_PLANES], at[UP_VIDEO_PLANES]; /* of the planes in `bytes` */
    size_t bytes_all;
    uint8_t *bytes;       /* owned; NULL until it is needed */
    up_yuv_taps *columns; /* of each column of luma in a row of chroma */
    float *chroma[2];     /* a row of Cb and one of Cr */
} up_y4m_frame;

/* Sizes only; false where they are too large. */
bool up_y4m_frame_size(up_y4m_frame *frame, const up_yuv *yuv, const int size[2]);
/* All that it takes, once it is held. */
size_t up_y4m_frame_bytes(const up_y4m_frame *frame);

up_status up_y4m_frame_hold(up_y4m_frame *frame, up_error *error);
void up_y4m_frame_free(up_y4m_frame *frame);

/* Mid-grey from byte `first` of the frame on. */
void up_y4m_frame_fill(const up_y4m_frame *frame, size_t first);

/* Row y as samples of 8 bits, or 16 where those of the video have more, of RGB or grey. */
void up_y4m_frame_row(const up_y4m_frame *frame, int y, void *row);

#endif
