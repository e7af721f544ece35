/* SPDX-License-Identifier: MIT */
#include "io/formats.h"
#include "io/pixels.h"
#include "io/source_open.h"
#include "support/pictures/image_io.h"
#include "support/sanitized.h"
#include "support/scratch.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void set_up(void)
{
    scratch_init();
    if (up_format_left_out("tiff"))
        cr_skip_test("this build has no TIFF");
}

TestSuite(tiff, .init = set_up, .fini = scratch_fini, .timeout = 120);

static void expect_refusal(const char *path, up_status status, const char *words)
{
    image loaded;
    up_error error = { 0 };
    cr_expect_eq(image_load(&loaded, path, 3, &error), status, "%s", error.message);
    cr_expect(strstr(error.message, words), "%s", error.message);
}

/* ---- out and in again */

enum { WIDTH = 301, HEIGHT = 67 };

static void *noise(const up_format *format)
{
    const size_t count = (size_t)format->width * format->height * format->channels;
    uint8_t *data = malloc(count * up_sample_size(format->sample));
    uint32_t state = 3;
    for (size_t i = 0; i < count; i++) {
        const uint32_t v = next_random(&state);
        if (format->sample == UP_SAMPLE_U8)
            data[i] = (uint8_t)v;
        else if (format->sample == UP_SAMPLE_U16)
            ((uint16_t *)(void *)data)[i] = (uint16_t)v;
        else
            ((float *)(void *)data)[i] = (float)v / 1e7f - 0.2f;
    }
    return data;
}

static void expect_kept(const up_format *format, const up_encoding *how, int rows)
{
    up_error error = { 0 };
    uint8_t *data = noise(format);
    const char *path = scratch_path("a.tif");
    remove(path);
    cr_assert_eq(image_save(path, format, data, how, 3, rows, &error), UP_OK, "%s", error.message);
    image i = image_load_whole(path);
    cr_assert(i.format.color == format->color && i.format.sample == format->sample);
    cr_assert_eq(i.size, (size_t)format->width * format->height * format->channels *
                             up_sample_size(format->sample));
    cr_expect(memcmp(i.data, data, i.size) == 0, "%d channels, %d rows", format->channels, rows);
    image_free(&i);
    free(data);
}

/* Groups of rows of all sizes make the same strips. */
Test(tiff, samples_come_back_exactly)
{
    static const up_sample samples[] = { UP_SAMPLE_U8, UP_SAMPLE_U16, UP_SAMPLE_F32 };
    for (int s = 0; s < 3; s++)
        for (int channels = 1; channels <= 5; channels++) {
            const bool cmyk = channels == 5;
            up_format format = picture_format(WIDTH, HEIGHT, cmyk ? 4 : channels, samples[s]);
            format.depth = 8 << s;
            if (cmyk)
                format.color = UP_COLOR_CMYK;
            up_encoding how = plain_encoding();
            how.effort = 1 + s;
            expect_kept(&format, &how, (s + channels) % 2 ? 4 : 40);
        }
}

/* A directory of EXIF with a text that lies outside of it, in both byte orders. */
Test(tiff, metadata_come_back)
{
    static const char little[] =
        "II*\0\x08\0\0\0\x02\0\x0f\x01\2\0\4\0\0\0abc\0\x69\x87\4\0\1\0\0\0"
        "\x26\0\0\0\0\0\0\0\1\0\x01\x90\2\0\6\0\0\0\x38\0\0\0\0\0\0\0hello\0";
    static const char big[] = "MM\0*\0\0\0\x08\0\x02\x01\x0f\0\2\0\0\0\4abc\0\x87\x69\0\4\0\0\0\1"
                              "\0\0\0\x26\0\0\0\0\0\1\x90\x01\0\2\0\0\0\6\0\0\0\x38\0\0\0\0hello\0";
    static const char xmp[] = "<x:xmpmeta xmlns:x='adobe:ns:meta/'/>";
    uint8_t icc[140] = { 0, 0, 0, 140 };
    memcpy(icc + 36, "acsp", 4);
    for (int b = 0; b < 2; b++) {
        up_encoding how = plain_encoding();
        up_format format = picture_format(9, 7, 3, UP_SAMPLE_U16);
        format.depth = 16;
        up_blob_set(&how.metadata.icc, icc, sizeof icc, NULL);
        up_blob_set(&how.metadata.exif, b ? big : little, sizeof little - 1, NULL);
        up_blob_set(&how.metadata.xmp, xmp, sizeof xmp, NULL);
        how.metadata.dpi_x = 300;
        how.metadata.dpi_y = 150;
        expect_kept(&format, &how, 3);
        image i = image_load_whole(scratch_path("a.tif"));
        const up_metadata *m = &i.metadata;
        cr_assert(m->icc.size == sizeof icc && memcmp(m->icc.data, icc, sizeof icc) == 0);
        cr_assert(m->xmp.size == sizeof xmp && memcmp(m->xmp.data, xmp, sizeof xmp) == 0);
        cr_expect(m->dpi_x == 300 && m->dpi_y == 150, "%g %g", m->dpi_x, m->dpi_y);
        cr_assert(m->exif.data && m->exif.data[0] == (b ? 'M' : 'I'));
        bool maker = false, text = false;
        for (size_t at = 0; at + 6 <= m->exif.size; at++) {
            maker |= memcmp(m->exif.data + at, "abc", 4) == 0;
            text |= memcmp(m->exif.data + at, "hello", 6) == 0;
        }
        cr_expect(maker && text);
        image_free(&i);
        up_metadata_clear(&how.metadata);
    }
}

/* ---- files made by hand */

typedef struct {
    uint16_t tag;
    uint32_t count, value; /* a short where count is 1; else where `count` shorts lie */
} entry;

typedef struct {
    uint8_t bytes[2048];
    size_t size;
    bool big_endian;
} made;

static void put(made *m, size_t at, int bytes, uint32_t value)
{
    for (int i = 0; i < bytes; i++, value >>= 8)
        m->bytes[at + (size_t)(m->big_endian ? bytes - 1 - i : i)] = (uint8_t)value;
}

enum { PIXELS_AT = 512, ARRAY_AT = 256 };

/* One directory behind the header; pixels at PIXELS_AT, an array of shorts at ARRAY_AT. */
static const char *make(made *m, const entry *entries, const void *pixels, size_t size)
{
    int count = 0;
    memcpy(m->bytes, m->big_endian ? "MM" : "II", 2);
    put(m, 2, 2, 42);
    put(m, 4, 4, 8);
    for (size_t at = 10; entries[count].tag; count++, at += 12) {
        put(m, at, 2, entries[count].tag);
        put(m, at + 2, 2, entries[count].value > 65535 ? 4 : 3);
        put(m, at + 4, 4, entries[count].count);
        put(m, at + 8, entries[count].count == 1 && entries[count].value < 65536 ? 2 : 4,
            entries[count].value);
    }
    put(m, 8, 2, (uint32_t)count);
    memcpy(m->bytes + PIXELS_AT, pixels, size);
    const char *path = scratch_path("made.tif");
    file_write(path, m->bytes, PIXELS_AT + size);
    return path;
}

#define EXPECT_PIXELS(i, ...)                                                                      \
    do {                                                                                           \
        static const uint8_t wanted[] = { __VA_ARGS__ };                                           \
        cr_assert_eq((i).size, sizeof wanted);                                                     \
        cr_expect_arr_eq((i).data, wanted, sizeof wanted);                                         \
        image_free(&(i));                                                                          \
    } while (0)

#define COMMON(width, height, bits, photometric, size)                                             \
    { 256, 1, width }, { 257, 1, height }, { 258, 1, bits }, { 259, 1, 1 },                        \
        { 262, 1, photometric }, { 273, 1, PIXELS_AT }, { 277, 1, 1 }, { 278, 1, height },         \
    {                                                                                              \
        279, 1, size                                                                               \
    }

Test(tiff, bits_and_polarity)
{
    static const entry bits[] = { COMMON(10, 2, 1, 0, 4), { 0 } };
    static const entry nibbles[] = { COMMON(3, 2, 4, 1, 4), { 0 } };
    static const entry odd[] = { COMMON(3, 1, 3, 1, 2), { 0 } };
    for (int b = 0; b < 2; b++) {
        made m = { .big_endian = b };
        image i = image_load_whole(make(&m, bits, "\xaa\x80\x55\x40", 4));
        cr_expect_eq(i.format.depth, 1);
        EXPECT_PIXELS(i, 0, 255, 0, 255, 0, 255, 0, 255, 0, 255, 255, 0, 255, 0, 255, 0, 255, 0,
                      255, 0);
        i = image_load_whole(make(&m, nibbles, "\x0f\x10\x23\x40", 4));
        EXPECT_PIXELS(i, 0, 255, 17, 34, 51, 68);
        i = image_load_whole(make(&m, odd, "\x1d\x00", 2)); /* 0, 7, 2 */
        EXPECT_PIXELS(i, 0, 255, 73);
    }
}

Test(tiff, twelve_bits)
{
    static const entry twelve[] = { COMMON(2, 1, 12, 1, 3), { 0 } };
    made m = { 0 };
    image i = image_load_whole(make(&m, twelve, "\xff\xf8\x00", 3));
    const uint16_t *v = (const uint16_t *)(const void *)i.data;
    cr_expect(i.format.sample == UP_SAMPLE_U16 && v[0] == 65535 && v[1] == 32776, "%d", v[1]);
    image_free(&i);
}

Test(tiff, palette)
{
    static const entry palette[] = { COMMON(2, 1, 2, 3, 1), { 320, 12, ARRAY_AT }, { 0 } };
    made m = { 0 };
    for (int c = 0; c < 3; c++)
        for (int k = 0; k < 4; k++)
            put(&m, ARRAY_AT + 2 * (size_t)(4 * c + k), 2, (uint32_t)(257 * (60 * c + k)));
    image i = image_load_whole(make(&m, palette, "\x70", 1));
    EXPECT_PIXELS(i, 1, 61, 121, 3, 63, 123);
}

Test(tiff, palette_with_alpha)
{
    static const entry palette[] = { { 256, 1, 2 }, { 257, 1, 1 },         { 258, 1, 4 },
                                     { 259, 1, 1 }, { 262, 1, 3 },         { 273, 1, PIXELS_AT },
                                     { 277, 1, 2 }, { 278, 1, 1 },         { 279, 1, 2 },
                                     { 338, 1, 2 }, { 320, 48, ARRAY_AT }, { 0 } };
    made m = { 0 };
    for (int c = 0; c < 3; c++)
        for (int k = 0; k < 16; k++)
            put(&m, ARRAY_AT + 2 * (size_t)(16 * c + k), 2, (uint32_t)(257 * (60 * c + k)));
    image i = image_load_whole(make(&m, palette, "\x1f\x93", 2));
    cr_expect_eq(i.format.color, UP_COLOR_RGBA);
    EXPECT_PIXELS(i, 1, 61, 121, 255, 9, 69, 129, 51);
}

enum { LAB_PIXELS = 8 };

/* L* of 0 to 255, a* and b*. */
static const int lab_pixels[LAB_PIXELS][3] = { { 255, 0, 0 },   { 0, 0, 0 },      { 128, 0, 0 },
                                               { 138, 81, 70 }, { 100, -40, 30 }, { 200, 10, -20 },
                                               { 60, 20, -50 }, { 180, -5, 60 } };

/* As Little CMS 2.14 makes them of its Lab profile and sRGB, relative colorimetric. */
static const uint8_t lab_colours[LAB_PIXELS * 3] = { 255, 255, 255, 0,  0,   0,   119, 119,
                                                     119, 255, 0,   0,  0,   108, 38,  199,
                                                     189, 231, 38,  48, 133, 187, 174, 53 };

/* CIE's (8) and ICC's (9), 8 and 16 bits, together and in planes. */
Test(tiff, lab)
{
    for (int n = 0; n < 8; n++) {
        const int bits = n & 1 ? 16 : 8;
        const bool offset = n & 2, planes = n & 4;
        const uint32_t plane = LAB_PIXELS * (uint32_t)bits / 8;
        entry lab[] = { { 256, 1, LAB_PIXELS },
                        { 257, 1, 1 },
                        { 258, 1, (uint32_t)bits },
                        { 259, 1, 1 },
                        { 262, 1, offset ? 9 : 8 },
                        { 273, planes ? 3 : 1, planes ? ARRAY_AT : PIXELS_AT },
                        { 277, 1, 3 },
                        { 278, 1, 1 },
                        { 279, planes ? 3 : 1, planes ? ARRAY_AT + 6 : 3 * plane },
                        { 284, 1, planes ? 2 : 1 },
                        { 0 } };
        made m = { 0 }, pixels = { 0 };
        for (int i = 0; i < 3 * LAB_PIXELS; i++) {
            const int p = i / 3, c = i % 3, v = lab_pixels[p][c];
            const int eight = c > 0 && offset ? v + 128 : v;
            const int wide = c > 0 ? eight * 256 : offset ? v * 256 : v * 257;
            put(&pixels, (size_t)((planes ? c * LAB_PIXELS + p : i) * bits / 8), bits / 8,
                (uint32_t)(bits == 8 ? eight : wide));
        }
        for (uint32_t c = 0; c < 3; c++) {
            put(&m, ARRAY_AT + 2 * c, 2, PIXELS_AT + c * plane);
            put(&m, ARRAY_AT + 6 + 2 * c, 2, plane);
        }
        image i = image_load_whole(make(&m, lab, pixels.bytes, 3 * plane));
        cr_assert(i.format.channels == 3 && i.format.depth == bits);
        for (int s = 0; s < 3 * LAB_PIXELS; s++) {
            const double made_of = bits == 8 ? i.data[s] : ((uint16_t *)(void *)i.data)[s] / 257.0;
            cr_expect_float_eq(made_of, lab_colours[s], 1, "%d: %d: %g", n, s, made_of);
        }
        image_free(&i);
    }
}

/* Two tiles of 16 x 16 side by side, of which 20 x 2 pixels are there. */
Test(tiff, tiles)
{
    static const entry tiles[] = { { 256, 1, 20 },         { 257, 1, 2 },  { 258, 1, 8 },
                                   { 259, 1, 1 },          { 262, 1, 1 },  { 277, 1, 1 },
                                   { 322, 1, 16 },         { 323, 1, 16 }, { 324, 2, 0 },
                                   { 325, 2, 0x01000100 }, { 0 } };
    entry own[sizeof tiles / sizeof *tiles];
    uint8_t pixels[512];
    memcpy(own, tiles, sizeof tiles);
    own[8].value = PIXELS_AT | (uint32_t)(PIXELS_AT + 256) << 16;
    for (int i = 0; i < 512; i++)
        pixels[i] = (uint8_t)(i % 16 + 16 * (i / 256) + 100 * (i / 16 % 16));
    made m = { 0 };
    make(&m, own, pixels, sizeof pixels);
    put(&m, 10 + 8 * 12 + 2, 2, 3);
    put(&m, 10 + 9 * 12 + 2, 2, 3);
    file_write(scratch_path("made.tif"), m.bytes, PIXELS_AT + sizeof pixels);
    image i = image_load_whole(scratch_path("made.tif"));
    cr_assert_eq(i.size, 40);
    for (int p = 0; p < 40; p++)
        cr_expect_eq(i.data[p], p % 20 + 100 * (p / 20), "%d", p);
    image_free(&i);
}

/* Of grey with alpha: 100 of 200 is 128 of 255. */
Test(tiff, associated_alpha_is_divided)
{
    static const entry alpha[] = { { 256, 1, 2 }, { 257, 1, 1 }, { 258, 1, 8 },
                                   { 259, 1, 1 }, { 262, 1, 1 }, { 273, 1, PIXELS_AT },
                                   { 277, 1, 2 }, { 278, 1, 1 }, { 279, 1, 4 },
                                   { 338, 1, 1 }, { 0 } };
    made m = { 0 };
    image i = image_load_whole(make(&m, alpha, "\x64\xc8\x00\x00", 4));
    cr_expect_eq(i.format.color, UP_COLOR_GREY_ALPHA);
    EXPECT_PIXELS(i, 128, 200, 0, 0);
}

Test(tiff, orientation_is_applied)
{
    static const entry turned[] = { { 256, 1, 3 }, { 257, 1, 1 }, { 258, 1, 8 },
                                    { 259, 1, 1 }, { 262, 1, 1 }, { 273, 1, PIXELS_AT },
                                    { 274, 1, 6 }, { 277, 1, 1 }, { 278, 1, 1 },
                                    { 279, 1, 3 }, { 0 } };
    made m = { 0 };
    image i = image_load_whole(make(&m, turned, "\1\2\3", 3));
    cr_expect(i.format.width == 1 && i.format.height == 3 && i.metadata.orientation == 6);
    EXPECT_PIXELS(i, 1, 2, 3);
}

/* Four rows of four pixels in two strips, behind their directory. */
static const char *two_strips(made *m, const char *pixels)
{
    static const entry strips[] = {
        { 256, 1, 4 }, { 257, 1, 4 }, { 258, 1, 8 },
        { 259, 1, 1 }, { 262, 1, 1 }, { 273, 2, PIXELS_AT | (PIXELS_AT + 8) << 16 },
        { 277, 1, 1 }, { 278, 1, 2 }, { 279, 2, 8 | 8 << 16 },
        { 0 }
    };
    make(m, strips, pixels, strlen(pixels));
    put(m, 10 + 5 * 12 + 2, 2, 3);
    put(m, 10 + 8 * 12 + 2, 2, 3);
    const char *path = scratch_path("made.tif");
    file_write(path, m->bytes, PIXELS_AT + strlen(pixels));
    return path;
}

Test(tiff, strips_behind_the_end_are_told)
{
    made m = { 0 };
    image i =
        expect_read_with_damage(two_strips(&m, "aaaabbbbccccd"), "its last 2 rows are missing");
    cr_expect(memcmp(i.data, "aaaabbbb", 8) == 0 && i.data[8] == 0x80);
    image_free(&i);
}

Test(tiff, what_is_not_read_is_said)
{
    static const entry wide[] = { COMMON(2, 1, 32, 1, 8), { 0 } };
    static const entry strange[] = { COMMON(2, 1, 8, 4, 2), { 0 } };
    static const entry huge[] = {
        { 256, 1, 0x7fffffff }, { 257, 1, 0x7fffffff }, { 258, 1, 8 }, { 259, 1, 1 }, { 262, 1, 1 },
        { 273, 1, PIXELS_AT },  { 278, 1, 1 },          { 279, 1, 4 }, { 0 }
    };
    made m = { 0 };
    expect_refusal(make(&m, wide, "12345678", 8), UP_ERROR_UNSUPPORTED, "in bits, 32");
    expect_refusal(make(&m, strange, "12", 2), UP_ERROR_UNSUPPORTED, "colours of kind 4");
    up_source *source;
    up_error error;
    up_status status = up_source_open(&source, make(&m, huge, "1234", 4), &error);
    if (status == UP_OK)
        up_source_close(&source); /* a plan then refuses it */
}

Test(tiff, truncated)
{
    made m = { 0 };
    two_strips(&m, "aaaabbbbccccdddd");
    expect_hostile_survived(scratch_path("h.tif"), m.bytes, PIXELS_AT + 16, MANY_OR_FEW(500, 100));
}

/* Random changes of files with strips that are packed. */
Test(tiff, hostile)
{
    static const up_sample samples[] = { UP_SAMPLE_U8, UP_SAMPLE_U16, UP_SAMPLE_F32 };
    uint32_t state = 5;
    for (int s = 0; s < 3; s++) {
        up_format format = picture_format(23, 11, 4, samples[s]);
        up_encoding how = plain_encoding();
        format.depth = 8 << s;
        void *data = noise(&format);
        const char *path = scratch_path("b%d.tif", s);
        cr_assert_eq(image_save(path, &format, data, &how, 1, 4, NULL), UP_OK);
        size_t size;
        char *file = file_read(path, &size);
        for (int i = 0; i < MANY_OR_FEW(400, 60); i++) {
            image loaded;
            const size_t at =
                i % 2 ? next_random(&state) % size : size - 1 - next_random(&state) % 200;
            const char was = file[at];
            file[at] = (char)next_random(&state);
            file_write(scratch_path("h.tif"), file, size);
            if (image_load(&loaded, scratch_path("h.tif"), 3, NULL) == UP_OK)
                image_free(&loaded);
            file[at] = was;
        }
        free(file);
        free(data);
    }
}

static int white(int x, int y, int c)
{
    (void)x, (void)y, (void)c;
    return 255;
}

/* Floats of a picture have white at 1, whatever the samples of the input were. */
Test(tiff, floats_of_whole_samples_have_white_at_one)
{
    static const struct {
        up_sample sample;
        const char *method;
    } cases[] = { { UP_SAMPLE_U8, "nearest" },
                  { UP_SAMPLE_U8, "bilinear" },
                  { UP_SAMPLE_U16, "nearest" },
                  { UP_SAMPLE_U16, "bilinear" } };
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        const up_format format = picture_format(9, 7, 3, cases[k].sample);
        const char *in = picture_save("white.ppm", &format, white);
        up_options options;
        up_error error = { 0 };
        up_options_init(&options);
        options.method = cases[k].method;
        options.depth = 32;
        options.linear = true;
        options.overwrite = true;
        options.threads = 1;
        cr_assert_eq(up_upscale_file(in, scratch_path("white.tif"), &options, &error), UP_OK, "%s",
                     error.message);
        image i = image_load_whole(scratch_path("white.tif"));
        cr_assert_eq(i.format.sample, UP_SAMPLE_F32);
        for (size_t n = 0; n < i.size / sizeof(float); n++) {
            const float v = ((const float *)(const void *)i.data)[n];
            cr_assert_float_eq(v, 1, 1e-5, "%s: %g", cases[k].method, (double)v);
        }
        image_free(&i);
    }
}
