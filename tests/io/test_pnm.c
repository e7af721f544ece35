/* SPDX-License-Identifier: MIT */
#include "io/formats.h"
#include "support/pictures/image_io.h"
#include "support/scratch.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

TestSuite(pnm, .init = scratch_init, .fini = scratch_fini, .timeout = 300);

/* A file made of a header and binary samples. */
static const char *pnm_file(const char *header, const void *samples, size_t size)
{
    const char *path = scratch_path("in");
    size_t head = strlen(header);
    uint8_t *all = malloc(head + size);
    memcpy(all, header, head);
    memcpy(all + head, samples, size);
    file_write(path, all, head + size);
    free(all);
    return path;
}

static image load(const char *path)
{
    image loaded;
    up_error error = { 0 };
    cr_assert_eq(image_load(&loaded, path, 2, &error), UP_OK, "%s", error.message);
    cr_assert_eq(loaded.format.frames, 1);
    cr_assert_eq(loaded.held_bytes, 0);
    return loaded;
}

#define EXPECT(loaded, w, h, c, bits, type, ...)                                                   \
    do {                                                                                           \
        const type expected[] = { __VA_ARGS__ };                                                   \
        cr_assert_eq((loaded).format.width, w);                                                    \
        cr_assert_eq((loaded).format.height, h);                                                   \
        cr_assert_eq((loaded).format.color, c);                                                    \
        cr_assert_eq((loaded).format.depth, bits);                                                 \
        cr_assert_eq((loaded).size, sizeof expected);                                              \
        cr_assert_arr_eq((loaded).data, expected, sizeof expected);                                \
        image_free(&(loaded));                                                                     \
    } while (0)

static image load_text(const char *text)
{
    return load(pnm_file(text, "", 0));
}

Test(pnm, plain)
{
    image i = load_text("P1 # bits\n3 2\n1 0 1\n010");
    EXPECT(i, 3, 2, UP_COLOR_GREY, 1, uint8_t, 0, 255, 0, 255, 0, 255);
    i = load_text("P2\n2\t2 # size\n# maxval\n3\n0 1\n2 3\n");
    EXPECT(i, 2, 2, UP_COLOR_GREY, 2, uint8_t, 0, 85, 170, 255);
    i = load_text("P3 1 2 255 1 2 3 # a comment\n 253 254 255");
    EXPECT(i, 1, 2, UP_COLOR_RGB, 8, uint8_t, 1, 2, 3, 253, 254, 255);
    i = load_text("P2 3 1 1000 0 500 1000");
    EXPECT(i, 3, 1, UP_COLOR_GREY, 16, uint16_t, 0, 32768, 65535);
}

Test(pnm, binary)
{
    image i = load(pnm_file("P4\n10 2\n", "\xaa\x80\x55\x40", 4));
    EXPECT(i, 10, 2, UP_COLOR_GREY, 1, uint8_t, 0, 255, 0, 255, 0, 255, 0, 255, 0, 255, 255, 0, 255,
           0, 255, 0, 255, 0, 255, 0);
    i = load(pnm_file("P5 2 1 255\n", "\x00\xff", 2));
    EXPECT(i, 2, 1, UP_COLOR_GREY, 8, uint8_t, 0, 255);
    i = load(pnm_file("P5 2 1 65535\n", "\x01\x02\xff\xfe", 4));
    EXPECT(i, 2, 1, UP_COLOR_GREY, 16, uint16_t, 0x102, 0xfffe);
    i = load(pnm_file("P6 1 1 15\n", "\x00\x07\x0f", 3));
    EXPECT(i, 1, 1, UP_COLOR_RGB, 4, uint8_t, 0, 119, 255);
}

Test(pnm, pam)
{
    image i = load(pnm_file("P7\nWIDTH 1\nHEIGHT 1\nDEPTH 4\nMAXVAL 255\nTUPLTYPE RGB_ALPHA\n"
                            "ENDHDR\n",
                            "\n# 0", 4));
    EXPECT(i, 1, 1, UP_COLOR_RGBA, 8, uint8_t, '\n', '#', ' ', '0');
    i = load(pnm_file("P7\n# any order\nMAXVAL 65535\nDEPTH 2\nHEIGHT 1\nWIDTH 1\nENDHDR\n",
                      "\x12\x34\x56\x78", 4));
    EXPECT(i, 1, 1, UP_COLOR_GREY_ALPHA, 16, uint16_t, 0x1234, 0x5678);
    i = load(pnm_file("P7 WIDTH 2 HEIGHT 1 DEPTH 1 MAXVAL 1\nTUPLTYPE BLACKANDWHITE\nENDHDR\n",
                      "\x01\x00", 2));
    EXPECT(i, 2, 1, UP_COLOR_GREY, 1, uint8_t, 255, 0);
}

Test(pnm, every_maxval_keeps_black_and_white)
{
    for (int maxval = 1; maxval <= 65535; maxval += maxval < 300 ? 1 : 997) {
        char header[64];
        uint8_t two[4] = { 0, 0, (uint8_t)(maxval >> 8), (uint8_t)maxval },
                one[2] = { 0, (uint8_t)maxval };
        snprintf(header, sizeof header, "P5 2 1 %d\n", maxval);
        bool wide = maxval > 255;
        image i = load(pnm_file(header, wide ? two : one, wide ? 4 : 2));
        int white = wide ? ((uint16_t *)i.data)[1] : i.data[1];
        cr_assert_eq(white, wide ? 65535 : 255, "maxval %d", maxval);
        image_free(&i);
    }
}

Test(pnm, refuses)
{
    static const char *const text[] = {
        "P5",
        "P5\n",
        "P5 0 1 255 x",
        "P5 1 0 255 x",
        "P5 1 1 0 x",
        "P5 1 1 65536 xx",
        "P5 -1 1 255 x",
        "P5 99999999999 1 255 x",
        "P5 2147483648 1 255 x",
        "P5 1 1 255",
        "P5 2 1 255 x",
        "P5 1 1 15 x",
        "P2 1 1 15 16",
        "P2 2 1 15 1",
        "P2 1 1 15 a",
        "P1 2 1 12",
        "P3 1 1 255 1 2",
        "P7\nWIDTH 1\nHEIGHT 1\nDEPTH 5\nMAXVAL 255\nENDHDR\nxxxxx",
        "P7\nWIDTH 1\nHEIGHT 1\nDEPTH 3\nMAXVAL 255\nTUPLTYPE RGB_ALPHA\nENDHDR\nxxx",
        "P7\nWIDTH 1\nHEIGHT 1\nDEPTH 4\nMAXVAL 255\nTUPLTYPE CMYK\nENDHDR\nxxxx",
        "P7\nWIDTH 1\nHEIGHT 1\nDEPTH 1\nENDHDR\nx",
        "P7\nWIDTH 1\nHEIGHT 1\nDEPTH 1\nMAXVAL 255\nBITS 3\nENDHDR\nx",
        "P7\nWIDTH 1\nHEIGHT 1\nDEPTH 1\nMAXVAL 255\n",
    };
    for (size_t i = 0; i < sizeof text / sizeof *text; i++)
        expect_damaged(pnm_file(text[i], "", 0));
}

Test(pnm, round_trip)
{
    uint8_t data[23 * 17 * 4 * 2];
    uint32_t state = 7;
    for (size_t i = 0; i < sizeof data; i++)
        data[i] = (uint8_t)next_random(&state);
    for (int channels = 1; channels <= 4; channels++)
        for (int sample = UP_SAMPLE_U8; sample <= UP_SAMPLE_U16; sample++) {
            up_format f = picture_format(23, 17, channels, (up_sample)sample);
            up_encoding encoding = plain_encoding();
            const char *path = scratch_path("out.pam");
            cr_assert_eq(image_save(path, &f, data, &encoding, 3, 4, NULL), UP_OK);
            image loaded = load(path);
            cr_assert_eq(loaded.format.channels, channels);
            cr_assert_eq(loaded.format.sample, (up_sample)sample);
            cr_assert_arr_eq(loaded.data, data, loaded.size);
            image_free(&loaded);
        }
}

Test(pnm, writes_what_everything_reads)
{
    up_encoding encoding = plain_encoding();
    up_format f = picture_format(1, 1, 3, UP_SAMPLE_U16);
    size_t size;
    const char *path = scratch_path("out.ppm");
    cr_assert_eq(image_save(path, &f, (uint16_t[]){ 1, 2, 258 }, &encoding, 1, 1, NULL), UP_OK);
    char *file = file_read(path, &size);
    cr_assert_eq(size, 13 + 6);
    cr_assert_arr_eq(file, "P6\n1 1\n65535\n\x00\x01\x00\x02\x01\x02", size);
    free(file);
}

Test(pnm, cannot_hold_everything)
{
    const up_sink_format *type;
    up_error error;
    cr_assert_eq(up_sink_format_find(&type, NULL, "x.pgm", NULL), UP_OK);
    up_format f = picture_format(2, 2, 4, UP_SAMPLE_U8);
    f.color = UP_COLOR_CMYK;
    cr_assert_eq(type->choose(&f, &error), UP_ERROR_UNSUPPORTED);
    f = picture_format(2, 2, 3, UP_SAMPLE_F32);
    cr_assert_eq(type->choose(&f, &error), UP_OK);
    cr_assert_eq(f.sample, UP_SAMPLE_U16);
    f.color = UP_COLOR_TENSOR;
    f.sample = UP_SAMPLE_F32;
    cr_assert_eq(type->choose(&f, &error), UP_ERROR_UNSUPPORTED);
    cr_assert(strstr(error.message, "npy"), "%s", error.message);
    f = picture_format(2, 2, 3, UP_SAMPLE_U8);
    f.frames = 2;
    cr_assert_eq(type->choose(&f, &error), UP_ERROR_UNSUPPORTED);
}

Test(pnm, hostile)
{
    static const char plain[] = "P3 2 2 255 1 2 3 4 5 6 7 8 9 10 11 12";
    static const char pam[] =
        "P7\nWIDTH 2\nHEIGHT 1\nDEPTH 2\nMAXVAL 999\nENDHDR\n\1\2\1\3\0\4\0\5";
    expect_hostile_survived(scratch_path("in"), (const uint8_t *)plain, sizeof plain - 2, 3000);
    expect_hostile_survived(scratch_path("in"), (const uint8_t *)pam, sizeof pam - 1, 3000);
}
