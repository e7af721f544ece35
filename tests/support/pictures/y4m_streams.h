/* SPDX-License-Identifier: MIT */
/* Small videos as Y4M, made in memory, upscaled, and taken apart. */
#ifndef SUPPORT_Y4M_STREAMS_H
#define SUPPORT_Y4M_STREAMS_H

#include "io/frames/video.h"
#include "upscale.h"

enum { Y4M_MOST = 1 << 20, Y4M_MOST_FRAMES = 16 };

typedef struct {
    char bytes[Y4M_MOST];
    size_t size;
} stream;

/* A sample of a plane. */
typedef int level_of(int frame, int plane, int x, int y);

int y4m_ramp(int frame, int plane, int x, int y);      /* 8 bits */
int y4m_wide_ramp(int frame, int plane, int x, int y); /* 10 */

/* Of the kind "420jpeg"; `tags` begin with a space. free() it. */
stream *y4m_make(const char *kind, const char *tags, int width, int height, int frames,
                 level_of *level);

typedef struct {
    up_bytes made; /* up_bytes_free() them */
    up_video video;
    int width, height, frames;
    const uint8_t *frame[Y4M_MOST_FRAMES];
} taken;

taken y4m_take(const up_bytes *made);
int y4m_sample(const taken *t, int frame, int plane, int x, int y);

up_options y4m_options(const char *method, double scale);

/* Frees the stream. */
taken y4m_upscale(stream *s, const up_options *options);

#endif
