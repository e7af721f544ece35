/* SPDX-License-Identifier: MIT */
#include "base/memory.h"
#include "io/orient.h"
#include "io/pixels.h"
#include "io/source_open.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Refusing an absurd allocation is what a test here is about. */
UP_API const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
    return "allocator_may_return_null=1";
}

/* A picture whose every sample tells where it lies. */
typedef struct {
    up_source base;
    int row, frame, reads;
    bool *closed;
} pattern;

static uint8_t sample_byte(int frame, int x, int y, int channel, size_t byte)
{
    return (uint8_t)(frame * 101 + x * 7 + y * 31 + channel * 3 + (int)byte * 57 + x * y);
}

/* Bytes of the samples of pixel (x, y): all channels, or one of them if planar. */
static void paint(uint8_t *at, const up_format *f, int frame, int x, int y, int plane)
{
    size_t size = up_sample_size(f->sample);
    int channels = f->planar ? 1 : f->channels;
    for (int c = 0; c < channels; c++)
        for (size_t b = 0; b < size; b++)
            at[(size_t)c * size + b] = sample_byte(frame, x, y, f->planar ? plane : c, b);
}

static up_status read_pattern(up_source *source, void *const *row, int count, up_error *error)
{
    (void)error;
    pattern *p = (pattern *)source;
    const up_format *f = &source->format;
    size_t pixel = up_sample_size(f->sample) * (size_t)(f->planar ? 1 : f->channels);
    p->reads++;
    cr_assert_leq(p->row + count, f->height);
    for (int plane = 0; plane < (f->planar ? f->channels : 1); plane++)
        for (int i = 0; i < count; i++)
            for (int x = 0; x < f->width; x++)
                paint((uint8_t *)row[plane * count + i] + (size_t)x * pixel, f, p->frame, x,
                      p->row + i, plane);
    p->row += count;
    if (p->row == f->height) {
        p->row = 0;
        p->frame++;
    }
    return UP_OK;
}

static void close_pattern(up_source *source)
{
    *((pattern *)source)->closed = true;
}

static up_source *make_pattern(up_format format, int orientation, bool *closed)
{
    pattern *p = up_alloc_zero(1, sizeof *p);
    p->base = (up_source){ .type = "pattern",
                           .format = format,
                           .held_bytes = 1000,
                           .read = read_pattern,
                           .close = close_pattern };
    up_metadata_init(&p->base.metadata);
    p->base.metadata.orientation = orientation;
    p->base.metadata.dpi_x = 100;
    p->base.metadata.dpi_y = 200;
    p->closed = closed;
    return &p->base;
}

/* EXIF's own words: where the first row and the first column of the file belong. */
static void file_position(int orientation, int width, int height, int x, int y, int *fx, int *fy)
{
    static const struct {
        bool transposed, from_right, from_bottom; /* of the file */
    } at[9] = {
        [2] = { false, true, false }, [3] = { false, true, true }, [4] = { false, false, true },
        [5] = { true, false, false }, [6] = { true, false, true }, [7] = { true, true, true },
        [8] = { true, true, false }
    };
    *fx = at[orientation].transposed ? y : x;
    *fy = at[orientation].transposed ? x : y;
    if (at[orientation].from_right)
        *fx = width - 1 - *fx;
    if (at[orientation].from_bottom)
        *fy = height - 1 - *fy;
}

static void check_rows(const up_source *source, const up_format *file, int orientation, int frame,
                       int y, int count, void *const *row)
{
    const up_format *f = &source->format;
    size_t pixel = up_sample_size(f->sample) * (size_t)(f->planar ? 1 : f->channels);
    uint8_t expected[64];
    for (int plane = 0; plane < (f->planar ? f->channels : 1); plane++)
        for (int i = 0; i < count; i++)
            for (int x = 0; x < f->width; x++) {
                int fx, fy;
                file_position(orientation, file->width, file->height, x, y + i, &fx, &fy);
                paint(expected, f, frame, fx, fy, plane);
                cr_assert_arr_eq((uint8_t *)row[plane * count + i] + (size_t)x * pixel, expected,
                                 pixel, "orientation %d, pixel %d,%d of frame %d", orientation, x,
                                 y + i, frame);
            }
}

static void check_orientation(up_format file, int orientation, int rows_per_read)
{
    bool closed = false;
    up_source *source = make_pattern(file, orientation, &closed);
    pattern *inner = (pattern *)source;
    cr_assert_eq(up_orient(&source, NULL), UP_OK);
    cr_assert_eq(inner->reads, 0);
    const up_format *f = &source->format;
    cr_assert_eq(f->width, orientation >= 5 ? file.height : file.width);
    cr_assert_eq(f->height, orientation >= 5 ? file.width : file.height);
    cr_assert_eq(source->metadata.dpi_x, orientation >= 5 ? 200 : 100);
    cr_assert_eq(source->metadata.orientation, orientation);
    size_t row_bytes, frame_bytes;
    cr_assert(up_row_size(f, &row_bytes) && up_frame_size(f, &frame_bytes));
    if (orientation <= 2)
        cr_assert_eq(source->held_bytes, 1000);
    else
        cr_assert_geq(source->held_bytes, 1000 + frame_bytes);
    int planes = f->planar ? f->channels : 1;
    void *row[256];
    for (int i = 0; i < planes * rows_per_read; i++)
        row[i] = malloc(row_bytes);
    for (int frame = 0; frame < f->frames; frame++)
        for (int y = 0; y < f->height; y += rows_per_read) {
            int count = up_min(rows_per_read, f->height - y);
            cr_assert_eq(source->read(source, row, count, NULL), UP_OK);
            check_rows(source, &file, orientation, frame, y, count, row);
        }
    for (int i = 0; i < planes * rows_per_read; i++)
        free(row[i]);
    up_source_close(&source);
    cr_assert(closed);
}

Test(orient, every_orientation_of_every_layout_is_exact)
{
    static const int sizes[][2] = { { 1, 1 }, { 5, 3 }, { 33, 70 }, { 1, 40 }, { 67, 1 } };
    for (int orientation = 1; orientation <= 8; orientation++)
        for (int channels = 1; channels <= 4; channels++)
            for (up_sample sample = UP_SAMPLE_U8; sample <= UP_SAMPLE_F32; sample++)
                for (int planar = 0; planar <= 1; planar++)
                    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
                        check_orientation((up_format){ .width = sizes[i][0],
                                                       .height = sizes[i][1],
                                                       .channels = channels,
                                                       .frames = 1,
                                                       .sample = sample,
                                                       .planar = planar },
                                          orientation, 1 + (int)i * 11);
}

Test(orient, frames_follow_each_other)
{
    for (int orientation = 1; orientation <= 8; orientation++)
        check_orientation(
            (up_format){ .width = 9, .height = 35, .channels = 3, .frames = 3, .planar = true },
            orientation, 4);
}

Test(orient, metadata_moves_and_upright_is_left_alone)
{
    bool closed = false;
    up_format format = { .width = 4, .height = 2, .channels = 1, .frames = 1 };
    up_source *source = make_pattern(format, 1, &closed), *same = source;
    cr_assert_eq(up_orient(&source, NULL), UP_OK);
    cr_expect_eq(source, same);
    up_source_close(&source);
    source = make_pattern(format, 6, &closed);
    up_blob_set(&source->metadata.icc, "icc", 3, NULL);
    source->metadata.aspect = 2;
    source->subsampling = UP_SUBSAMPLING_422;
    cr_assert_eq(up_orient(&source, NULL), UP_OK);
    cr_expect_arr_eq(source->metadata.icc.data, "icc", 3);
    cr_expect_eq(source->metadata.aspect, 0.5);
    cr_expect_eq(source->subsampling, UP_SUBSAMPLING_AUTO);
    up_source_close(&source);
}

Test(orient, more_than_memory_can_address_is_refused)
{
    bool closed = false;
    up_format format = {
        .width = INT32_MAX, .height = INT32_MAX, .channels = 4, .frames = 1, .sample = UP_SAMPLE_F32
    };
    up_source *source = make_pattern(format, 6, &closed), *same = source;
    up_error error;
    cr_expect_eq(up_orient(&source, &error), UP_ERROR_LIMIT);
    cr_assert_eq(source, same);
    up_source_close(&source);
    format.height = 1 << 20; /* can be addressed, cannot be had: only reading says so */
    source = make_pattern(format, 6, &closed);
    cr_assert_eq(up_orient(&source, &error), UP_OK);
    cr_expect_gt(source->held_bytes, (size_t)1 << 50);
    uint8_t byte;
    void *row = &byte;
    cr_expect_eq(source->read(source, &row, 1, &error), UP_ERROR_MEMORY);
    up_source_close(&source);
}

/* ---- EXIF orientation through the JPEG reader */

static uint8_t *load_upright(const char *path, up_format *format)
{
    up_source *source;
    up_error error;
    cr_assert_eq(up_source_open(&source, path, &error), UP_OK, "%s", error.message);
    *format = source->format;
    size_t stride = (size_t)format->width * (size_t)format->channels;
    uint8_t *pixels = malloc(stride * (size_t)format->height);
    for (int y = 0; y < format->height; y++) {
        void *row = pixels + (size_t)y * stride;
        cr_assert_eq(source->read(source, &row, 1, &error), UP_OK, "%s", error.message);
    }
    up_source_close(&source);
    return pixels;
}

/* The same file eight times, but for the orientation in its EXIF block. */
Test(orient, all_eight_files_are_turned_as_exif_says)
{
    up_format file = { 0 };
    uint8_t *stored = NULL;
    for (int i = 1; i <= 8; i++) {
        char path[1024];
        snprintf(path, sizeof path, UP_SHARED_DIR "/images/orientation/gen__odd227x149_%d.jpg", i);
        if (access(path, R_OK))
            cr_skip("no shared images");
        up_format format;
        uint8_t *pixels = load_upright(path, &format);
        if (!stored) {
            stored = pixels;
            file = format;
            continue;
        }
        cr_assert_eq(format.width, i >= 5 ? file.height : file.width);
        for (int y = 0; y < format.height; y++)
            for (int x = 0; x < format.width; x++) {
                int fx, fy;
                file_position(i, file.width, file.height, x, y, &fx, &fy);
                cr_assert_arr_eq(pixels + (y * format.width + x) * 3,
                                 stored + (fy * file.width + fx) * 3, 3,
                                 "orientation %d, pixel %d,%d", i, x, y);
            }
        free(pixels);
    }
    free(stored);
}
