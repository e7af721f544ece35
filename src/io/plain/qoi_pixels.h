/* SPDX-License-Identifier: MIT */
/* What both ways of QOI share: https://qoiformat.org/qoi-specification.pdf */
#ifndef UP_IO_QOI_PIXELS_H
#define UP_IO_QOI_PIXELS_H

#include <stdint.h>

enum { UP_QOI_HEAD = 14, UP_QOI_END = 8, UP_QOI_SEEN = 64, UP_QOI_MOST_RUN = 62 };

/* The two high bits of a byte tell what it is, but for two whole ones. */
enum {
    UP_QOI_INDEX = 0x00,
    UP_QOI_DIFF = 0x40,
    UP_QOI_LUMA = 0x80,
    UP_QOI_RUN = 0xc0,
    UP_QOI_RGB = 0xfe,
    UP_QOI_RGBA = 0xff,
};

typedef union {
    uint8_t c[4]; /* red, green, blue, alpha */
    uint32_t all;
} up_qoi_pixel;

typedef struct {
    up_qoi_pixel before, seen[UP_QOI_SEEN];
    int run; /* how often `before` is still to come, or has come and is not written */
} up_qoi_state;

static inline void up_qoi_begin(up_qoi_state *state)
{
    *state = (up_qoi_state){ .before = { { 0, 0, 0, UINT8_MAX } } };
}

static inline unsigned up_qoi_place(up_qoi_pixel p)
{
    return (p.c[0] * 3u + p.c[1] * 5u + p.c[2] * 7u + p.c[3] * 11u) % UP_QOI_SEEN;
}

#endif
