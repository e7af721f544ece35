/* SPDX-License-Identifier: MIT */
/* BMP, QOI and TGA: what goes out comes back, and files made by hand. */
#include "support/pictures/image_io.h"
#include "support/sanitized.h"
#include "support/scratch.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

TestSuite(plain_formats, .init = scratch_init, .fini = scratch_fini, .timeout = 120);

/* Runs, small steps, colours seen before, and noise, so that QOI uses all it has. */
static uint8_t *picture(const up_format *f)
{
    const int channels = f->channels, count = f->width * f->height;
    uint8_t *data = malloc((size_t)count * (size_t)channels);
    uint32_t state = 9;
    for (int p = 0; p < count; p++)
        for (int c = 0; c < channels; c++) {
            const int kind = p / 90 % 5, before = p ? data[(p - 1) * channels + c] : 0;
            const int noise = (int)next_random(&state);
            data[p * channels + c] = (uint8_t)(kind == 0   ? before
                                               : kind == 1 ? before + noise % 3 - 1
                                               : kind == 2 ? before + noise % 13 - 6
                                               : kind == 3 ? 60 * (p % 3) + 50 * c
                                                           : noise);
        }
    return data;
}

static void save(const char *path, const up_format *format, const void *data, int rows)
{
    up_error error = { 0 };
    const up_encoding how = plain_encoding();
    remove(path);
    cr_assert_eq(image_save(path, format, data, &how, 2, rows, &error), UP_OK, "%s", error.message);
}

/* Grey becomes RGB in QOI, and grey with alpha RGBA in both. */
static void expect_kept(const char *path, const up_format *format, const uint8_t *data)
{
    image i = image_load_whole(path);
    const int n = i.format.channels, channels = format->channels;
    const int alpha = channels % 2 == 0, colours = channels - alpha;
    cr_assert(i.format.width == format->width && i.format.height == format->height);
    cr_assert(n == channels || n == 3 + alpha);
    for (int p = 0; p < format->width * format->height; p++)
        for (int c = 0; c < n; c++) {
            const int from = alpha && c == n - 1 ? channels - 1 : c % colours;
            cr_assert_eq(i.data[p * n + c], data[p * channels + from], "%s: %d, %d", path, p, c);
        }
    image_free(&i);
}

Test(plain_formats, samples_come_back_exactly)
{
    static const char *const names[] = { "a.bmp", "a.qoi" };
    for (int channels = 1; channels <= 4; channels++)
        for (int n = 0; n < 2; n++) {
            const up_format format = picture_format(37 + channels, 29, channels, UP_SAMPLE_U8);
            uint8_t *data = picture(&format);
            save(scratch_path("%s", names[n]), &format, data, n ? 4 : 7);
            expect_kept(scratch_path("%s", names[n]), &format, data);
            free(data);
        }
}

/* ---- by hand */

#define EXPECT_PIXELS(bytes, size, colours, ...)                                                   \
    do {                                                                                           \
        static const uint8_t wanted[] = { __VA_ARGS__ };                                           \
        file_write(scratch_path("made"), bytes, size);                                             \
        image i_ = image_load_whole(scratch_path("made"));                                         \
        cr_assert_eq(i_.format.color, colours);                                                    \
        cr_assert_eq(i_.size, sizeof wanted);                                                      \
        cr_expect_arr_eq(i_.data, wanted, sizeof wanted);                                          \
        image_free(&i_);                                                                           \
    } while (0)

/* The header of a BMP file of `bits` with `colours` in its palette, behind which all follows. */
static size_t bmp(uint8_t *to, int width, int height, int bits, int packing, const void *palette,
                  int colours, const void *pixels, size_t size)
{
    const size_t at = 54 + 4 * (size_t)colours;
    memset(to, 0, at);
    memcpy(to, "BM", 2);
    to[10] = (uint8_t)at;
    to[14] = 40;
    to[18] = (uint8_t)width;
    memcpy(to + 22, &(int32_t){ height }, 4);
    to[26] = 1;
    to[28] = (uint8_t)bits;
    to[30] = (uint8_t)packing;
    to[46] = (uint8_t)colours;
    memcpy(to + 54, palette, 4 * (size_t)colours);
    memcpy(to + at, pixels, size);
    return at + size;
}

Test(plain_formats, bmp_of_all_kinds)
{
    uint8_t b[256];
    static const char two[] = "\x03\x02\x01\0\x06\x05\x04";
    size_t size = bmp(b, 3, 2, 1, 0, two, 2, "\x40\0\0\0\xa0\0\0", 8);
    EXPECT_PIXELS(b, size, UP_COLOR_RGB, 4, 5, 6, 1, 2, 3, 4, 5, 6, 1, 2, 3, 4, 5, 6, 1, 2, 3);
    size = bmp(b, 2, -1, 16, 0, "", 0, "\x1f\x00\x00\x7c", 4);
    EXPECT_PIXELS(b, size, UP_COLOR_RGB, 0, 0, 255, 255, 0, 0);
    size = bmp(b, 2, 1, 16, 3, "\0\xf8\0\0\xe0\x07\0\0\x1f\0\0", 3, "\xe0\x07\x1f\x00", 4);
    EXPECT_PIXELS(b, size, UP_COLOR_RGB, 0, 255, 0, 0, 0, 255);
    size = bmp(b, 1, -2, 24, 0, "", 0, "\1\2\3\0\4\5\6\0", 8);
    EXPECT_PIXELS(b, size, UP_COLOR_RGB, 3, 2, 1, 6, 5, 4);
}

/* The first row comes last; skipped pixels have the first colour. */
Test(plain_formats, bmp_of_runs)
{
    uint8_t b[256];
    static const char grey[] = "\0\0\0\0\1\1\1\0\2\2\2\0\3\3\3\0\4\4\4\0\5\5\5";
    size_t size = bmp(b, 4, 2, 8, 1, grey, 6, "\3\1\0\0\0\3\2\3\4\0\1\5\0\1", 14);
    EXPECT_PIXELS(b, size, UP_COLOR_RGB, 2, 2, 2, 3, 3, 3, 4, 4, 4, 5, 5, 5, 1, 1, 1, 1, 1, 1, 1, 1,
                  1, 0, 0, 0);
    size = bmp(b, 4, 1, 4, 2, grey, 6, "\3\x12\0\2\0\0\1\x50\0\1", 10);
    EXPECT_PIXELS(b, size, UP_COLOR_RGB, 1, 1, 1, 2, 2, 2, 1, 1, 1, 5, 5, 5);
}

static size_t tga(uint8_t *to, int kind, int width, int height, int bits, int flags,
                  const void *rest, size_t size)
{
    memset(to, 0, 18);
    to[2] = (uint8_t)kind;
    to[12] = (uint8_t)width;
    to[14] = (uint8_t)height;
    to[16] = (uint8_t)bits;
    to[17] = (uint8_t)flags;
    memcpy(to + 18, rest, size);
    return 18 + size;
}

Test(plain_formats, tga_of_all_kinds)
{
    uint8_t b[256];
    size_t size = tga(b, 3, 2, 2, 8, 0, "\1\2\3\4", 4);
    EXPECT_PIXELS(b, size, UP_COLOR_GREY, 3, 4, 1, 2);
    size = tga(b, 2, 1, 2, 24, 0x20, "\1\2\3\4\5\6", 6);
    EXPECT_PIXELS(b, size, UP_COLOR_RGB, 3, 2, 1, 6, 5, 4);
    size = tga(b, 2, 2, 1, 32, 0x38, "\1\2\3\4\5\6\7\x08", 8);
    EXPECT_PIXELS(b, size, UP_COLOR_RGBA, 7, 6, 5, 8, 3, 2, 1, 4);
    size = tga(b, 10, 3, 2, 24, 0, "\x83\1\2\3\1\4\5\6\7\x08\x09", 11);
    EXPECT_PIXELS(b, size, UP_COLOR_RGB, 3, 2, 1, 6, 5, 4, 9, 8, 7, 3, 2, 1, 3, 2, 1, 3, 2, 1);
    size = tga(b, 1, 2, 1, 8, 0x20, "\1\2\3\4\5\6\1\2", 8);
    b[1] = 1;
    b[3] = 1;
    b[5] = 2;
    b[7] = 24;
    EXPECT_PIXELS(b, size, UP_COLOR_RGB, 3, 2, 1, 6, 5, 4);
}

/* ---- harm */

Test(plain_formats, hostile_bmp_and_qoi)
{
    static const char *const names[] = { "a.bmp", "a.qoi" };
    for (int n = 0; n < 2; n++) {
        const up_format format = picture_format(9, 11, 4, UP_SAMPLE_U8);
        uint8_t *data = picture(&format);
        const char *path = scratch_path("%s", names[n]);
        save(path, &format, data, 3);
        size_t size;
        char *file = file_read(path, &size);
        expect_hostile_survived(scratch_path("h"), (uint8_t *)file, size, MANY_OR_FEW(1500, 200));
        free(file);
        free(data);
    }
}

Test(plain_formats, hostile_tga)
{
    uint8_t b[256], pixels[60];
    for (int i = 0; i < 60; i++)
        pixels[i] = (uint8_t)(i + 3);
    const size_t plain = tga(b, 2, 4, 5, 24, 0x20, pixels, sizeof pixels);
    expect_hostile_survived(scratch_path("h.tga"), b, plain, MANY_OR_FEW(1500, 200));
    const size_t runs = tga(b, 11, 4, 4, 8, 0x20, "\x83\1\3\2\3\4\5\x87\6", 9);
    expect_hostile_survived(scratch_path("h.tga"), b, runs, MANY_OR_FEW(1500, 200));
}

Test(plain_formats, headers_that_make_no_sense)
{
    static const struct {
        const char *bytes;
        size_t size;
        const char *words;
    } files[] = {
        { "qoif\0\0\0\0\0\0\0\1\3\0", 14, "header makes no sense" },
        { "qoif\0\0\0\1\0\0\0\1\5\0", 14, "header makes no sense" },
        { "BM\0\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0\0\0\0\0\1\0\0\0\1\0\x18\0\0\0\0\0\0\0\0\0\0\0\0\0"
          "\0\0\0\0"
          "\0\0\0\0\0\0\0\0",
          54, "make no sense" },
    };
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        image loaded;
        up_error error = { 0 };
        file_write(scratch_path("bad"), files[i].bytes, files[i].size);
        cr_assert_eq(image_load(&loaded, scratch_path("bad"), 1, &error), UP_ERROR_INPUT);
        cr_expect(strstr(error.message, files[i].words), "%s", error.message);
    }
}
