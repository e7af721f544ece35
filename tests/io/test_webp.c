/* SPDX-License-Identifier: MIT */
#include "io/formats.h"
#include "io/source_open.h"
#include "support/codecs/coded_pictures.h"
#include "support/scratch.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static void set_up(void)
{
    scratch_init();
    if (up_format_left_out("webp"))
        cr_skip_test("this build has no WebP");
}

TestSuite(webp, .init = set_up, .fini = scratch_fini, .timeout = 120);

static uint8_t *picture(int channels, unsigned noise)
{
    return coded_picture(channels, UP_SAMPLE_U8, 8, noise);
}

/* Greys come back as RGB, for WebP has no others. */
Test(webp, lossless_is_exact)
{
    for (int channels = 1; channels <= 4; channels++)
        for (int effort = 0; effort <= 9; effort += 3) {
            up_encoding how = plain_encoding();
            how.lossless = true;
            how.effort = effort;
            uint8_t *data = picture(channels, 50);
            image i = coded_there_and_back("a.webp", channels, UP_SAMPLE_U8, data, &how);
            const int alpha = channels % 2 == 0, colours = channels - alpha;
            cr_assert_eq(i.format.channels, 3 + alpha);
            cr_expect(i.held_bytes >= (size_t)CODED_PIXELS * 4);
            for (int p = 0; p < CODED_PIXELS; p++)
                for (int c = 0; c < 3 + alpha; c++)
                    cr_assert_eq(i.data[p * (3 + alpha) + c],
                                 data[p * channels + (c == 3 ? channels - 1 : c % colours)], "%d",
                                 p);
            image_free(&i);
            free(data);
        }
}

/* Alpha is exact there too. */
Test(webp, lossy_is_near)
{
    for (int channels = 3; channels <= 4; channels++) {
        up_encoding how = plain_encoding();
        how.quality = 95;
        uint8_t *data = picture(channels, 1);
        image i = coded_there_and_back("a.webp", channels, UP_SAMPLE_U8, data, &how);
        cr_expect_lt(coded_difference(&i, data, true), 12);
        image_free(&i);
        free(data);
    }
}

Test(webp, metadata_come_back)
{
    static const char exif[] = "II*\0\x08\0\0\0\0\0\0\0\0",
                      xmp[] = "<x:xmpmeta xmlns:x='adobe:ns:meta/'/>";
    uint8_t icc[140] = { 0, 0, 0, 140 };
    memcpy(icc + 36, "acsp", 4);
    up_encoding how = plain_encoding();
    how.lossless = true;
    up_blob_set(&how.metadata.icc, icc, sizeof icc, NULL);
    up_blob_set(&how.metadata.exif, exif, sizeof exif, NULL);
    up_blob_set(&how.metadata.xmp, xmp, sizeof xmp, NULL);
    uint8_t *data = picture(4, 9);
    image i = coded_there_and_back("a.webp", 4, UP_SAMPLE_U8, data, &how);
    cr_assert_eq(i.metadata.icc.size, sizeof icc);
    cr_expect_arr_eq(i.metadata.icc.data, icc, sizeof icc);
    cr_assert_eq(i.metadata.exif.size, sizeof exif);
    cr_expect_arr_eq(i.metadata.exif.data, exif, sizeof exif);
    cr_assert_eq(i.metadata.xmp.size, sizeof xmp);
    cr_expect_arr_eq(i.metadata.xmp.data, xmp, sizeof xmp);
    cr_expect_arr_eq(i.data, data, (size_t)CODED_PIXELS * 4);
    image_free(&i);
    free(data);
    up_metadata_clear(&how.metadata);
}

/* Puts frames of an ANMF chunk each, all of the picture in `path` at 2, 4, around it. */
static const char *animate(const char *path, int frames, int width, int height)
{
    size_t size;
    char *file = file_read(path, &size);
    const char *to = scratch_path("animation.webp");
    const size_t picture = size - 12, frame = 8 + 16 + picture;
    uint8_t *all = calloc(1, 12 + 18 + 14 + (size_t)frames * frame), *at = all + 12;
    memcpy(at, "VP8X\x0a\0\0\0\x12\0\0\0", 12);
    at[12] = (uint8_t)(width - 1);
    at[15] = (uint8_t)(height - 1);
    memcpy(at + 18, "ANIM\x06\0\0\0", 8);
    at += 18 + 14;
    for (int i = 0; i < frames; i++, at += frame) {
        memcpy(at, "ANMF", 4);
        for (int b = 0; b < 4; b++)
            at[4 + b] = (uint8_t)((frame - 8) >> 8 * b);
        at[8] = 1;
        at[11] = 2;
        at[14] = CODED_WIDTH - 1;
        at[17] = CODED_HEIGHT - 1;
        memcpy(at + 24, file + 12, picture);
    }
    const size_t length = (size_t)(at - all);
    memcpy(all, "RIFF", 4);
    for (int b = 0; b < 4; b++)
        all[4 + b] = (uint8_t)((length - 8) >> 8 * b);
    memcpy(all + 8, "WEBP", 4);
    file_write(to, all, length);
    free(all);
    free(file);
    return to;
}

Test(webp, first_frame_of_an_animation)
{
    up_encoding how = plain_encoding();
    how.lossless = true;
    uint8_t *data = picture(3, 30);
    const char *path = animate(coded_save("a.webp", 3, UP_SAMPLE_U8, data, &how), 3,
                               CODED_WIDTH + 5, CODED_HEIGHT + 6);
    up_source *source;
    cr_assert_eq(up_source_open(&source, path, NULL), UP_OK);
    cr_expect_eq(source->sequence.frames, 3);
    cr_expect(source->next && !up_notes_at(&source->notes, 0));
    up_source_close(&source);
    image i = image_load_whole(path);
    cr_assert(i.format.width == CODED_WIDTH + 5 && i.format.height == CODED_HEIGHT + 6 &&
              i.format.channels == 4);
    for (int y = 0; y < i.format.height; y++)
        for (int x = 0; x < i.format.width; x++) {
            const int px = x - 2, py = y - 4;
            const bool inside = px >= 0 && px < CODED_WIDTH && py >= 0 && py < CODED_HEIGHT;
            const uint8_t *got = i.data + (y * i.format.width + x) * 4;
            cr_assert_eq(got[3], inside ? 255 : 0, "%d, %d", x, y);
            cr_assert(!inside || memcmp(got, data + (py * CODED_WIDTH + px) * 3, 3) == 0, "%d, %d",
                      x, y);
        }
    image_free(&i);
    free(data);
}

Test(webp, hostile)
{
    for (int kind = 0; kind < 4; kind++) {
        up_encoding how = plain_encoding();
        how.lossless = kind % 2;
        uint8_t *data = picture(3 + kind / 2, 40);
        size_t size;
        char *file = file_read(coded_save("a.webp", 3 + kind / 2, UP_SAMPLE_U8, data, &how), &size);
        expect_hostile_survived(scratch_path("h.webp"), (uint8_t *)file, size, 300);
        free(file);
        free(data);
    }
}

/* 16777216 x 255 pixels in forty bytes. */
Test(webp, sizes_that_no_file_of_it_has)
{
    static const char file[] = "RIFF\x28\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0\xff\xff\xff\xfe\0\0"
                               "VP8L\x06\0\0\0\x2f\xff\xff\xff\0\0";
    const char *path = scratch_path("big.webp");
    up_source *source;
    up_error error;
    file_write(path, file, sizeof file - 1);
    cr_assert_eq(up_source_open(&source, path, &error), UP_ERROR_INPUT);
    cr_expect(strstr(error.message, "does not fit its canvas"), "%s", error.message);
    const up_format format = picture_format(16384, 1, 3, UP_SAMPLE_U8);
    up_format chosen = format;
    const up_sink_format *webp;
    cr_assert_eq(up_sink_format_find(&webp, "webp", NULL, NULL), UP_OK);
    cr_expect_eq(webp->choose(&chosen, &error), UP_ERROR_UNSUPPORTED);
    cr_expect(strstr(error.message, "16383"), "%s", error.message);
}
