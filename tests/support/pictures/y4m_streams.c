/* SPDX-License-Identifier: MIT */
#include "support/pictures/y4m_streams.h"

#include "io/y4m/y4m_header.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- making streams */

static void put_planes(stream *s, const up_yuv *yuv, int width, int height, int frame,
                       level_of *level)
{
    for (int p = 0; p < yuv->planes; p++)
        for (int y = 0; y < up_plane_side(yuv, p, 0, height); y++)
            for (int x = 0; x < up_plane_side(yuv, p, 1, width); x++) {
                const int value = level(frame, p, x, y);
                s->bytes[s->size++] = (char)value;
                if (yuv->depth > 8)
                    s->bytes[s->size++] = (char)(value >> 8);
            }
}

static up_video video_of(const char *kind)
{
    char line[128];
    up_video video;
    up_reader *reader;
    up_error error;
    int width, height;
    const int size = snprintf(line, sizeof line, "YUV4MPEG2 W8 H8 C%s\n", kind);
    cr_assert_eq(up_reader_open_memory(&reader, line, (size_t)size, "header", &error), UP_OK);
    cr_assert_eq(up_y4m_read_header(&video, &width, &height, reader, &error), UP_OK, "%s",
                 error.message);
    up_reader_close(&reader);
    return video;
}

stream *y4m_make(const char *kind, const char *tags, int width, int height, int frames,
                 level_of *level)
{
    stream *s = calloc(1, sizeof *s);
    const up_video video = video_of(kind);
    s->size = (size_t)snprintf(s->bytes, Y4M_MOST, "YUV4MPEG2 W%d H%d C%s%s\n", width, height, kind,
                               tags);
    for (int f = 0; f < frames; f++) {
        memcpy(s->bytes + s->size, "FRAME\n", 6);
        s->size += 6;
        put_planes(s, &video.yuv, width, height, f, level);
    }
    return s;
}

int y4m_ramp(int frame, int plane, int x, int y)
{
    return 30 + (x * 37 + y * 53 + plane * 71 + frame * 11 + x * y * 5) % 190;
}

int y4m_wide_ramp(int frame, int plane, int x, int y)
{
    return 4 * y4m_ramp(frame, plane, x, y) + 3;
}

/* ---- taking them apart */

taken y4m_take(const up_bytes *made)
{
    taken t = { .made = *made };
    up_reader *reader;
    up_error error;
    bool there = true;
    cr_assert_eq(up_reader_open_memory(&reader, made->data, made->size, "made", &error), UP_OK);
    cr_assert_eq(up_y4m_read_header(&t.video, &t.width, &t.height, reader, &error), UP_OK, "%s",
                 error.message);
    size_t bytes = 0;
    for (int p = 0; p < t.video.yuv.planes; p++)
        bytes += (size_t)up_plane_side(&t.video.yuv, p, 0, t.height) *
                 (size_t)up_plane_side(&t.video.yuv, p, 1, t.width) *
                 (t.video.yuv.depth > 8 ? 2 : 1);
    while (there) {
        bool cut;
        cr_assert_eq(up_y4m_read_frame(reader, &there, &cut, &error), UP_OK, "%s", error.message);
        cr_assert_not(cut);
        if (!there)
            break;
        const int64_t at = up_reader_position(reader);
        cr_assert_leq((size_t)at + bytes, made->size, "a frame is whole");
        cr_assert_lt(t.frames, Y4M_MOST_FRAMES);
        t.frame[t.frames++] = (const uint8_t *)made->data + at;
        cr_assert_eq(up_reader_seek(reader, at + (int64_t)bytes, &error), UP_OK);
    }
    up_reader_close(&reader);
    return t;
}

int y4m_sample(const taken *t, int frame, int plane, int x, int y)
{
    const up_yuv *yuv = &t->video.yuv;
    size_t at = 0;
    for (int p = 0; p < plane; p++)
        at += (size_t)up_plane_side(yuv, p, 0, t->height) *
              (size_t)up_plane_side(yuv, p, 1, t->width);
    at += (size_t)y * (size_t)up_plane_side(yuv, plane, 1, t->width) + (size_t)x;
    const uint8_t *bytes = t->frame[frame];
    return yuv->depth > 8 ? bytes[2 * at] | bytes[2 * at + 1] << 8 : bytes[at];
}

up_options y4m_options(const char *method, double scale)
{
    up_options options;
    up_options_init(&options);
    options.method = method;
    options.scale.rows = options.scale.columns = scale;
    options.output_format = "y4m";
    return options;
}

taken y4m_upscale(stream *s, const up_options *options)
{
    up_error error;
    up_bytes made;
    cr_assert_eq(up_upscale_memory(s->bytes, s->size, &made, options, &error), UP_OK, "%s",
                 error.message);
    free(s);
    return y4m_take(&made);
}
