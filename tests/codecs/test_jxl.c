/* SPDX-License-Identifier: MIT */
/* JPEG XL, out and in again. */
#include "io/formats.h"
#include "support/pictures/image_io.h"
#include "support/scratch.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static void set_up(void)
{
    scratch_init();
    if (up_format_left_out("jxl"))
        cr_skip_test("this build has no JPEG XL");
}

TestSuite(jxl, .init = set_up, .fini = scratch_fini, .timeout = 120);

enum { WIDTH = 37, HEIGHT = 29, PIXELS = WIDTH * HEIGHT };

/* A smooth picture with alpha of 0 to 255, of a sample type. */
static void *picture(int channels, up_sample sample, unsigned noise)
{
    const int count = PIXELS * channels;
    float *floats = malloc((size_t)count * sizeof *floats);
    uint16_t *words = (uint16_t *)floats;
    uint8_t *bytes = (uint8_t *)floats;
    uint32_t state = 7;
    for (int i = 0; i < count; i++) {
        const int pixel = i / channels, x = pixel % WIDTH, y = pixel / WIDTH;
        const uint32_t random = next_random(&state) % noise;
        const int level = 3 * x + 4 * y + 20 * (i % channels) + (int)random;
        if (sample == UP_SAMPLE_F32)
            floats[i] = (float)(level - 10) / 230;
        else if (sample == UP_SAMPLE_U16)
            words[i] = (uint16_t)(level * 257 + (int)random);
        else
            bytes[i] = (uint8_t)level;
    }
    return floats;
}

static const char *save(int channels, up_sample sample, const void *data, const up_encoding *how)
{
    const up_format format = picture_format(WIDTH, HEIGHT, channels, sample);
    const char *path = scratch_path("a.jxl");
    up_error error = { 0 };
    cr_assert_eq(image_save(path, &format, data, how, 2, 5, &error), UP_OK, "%s", error.message);
    return path;
}

Test(jxl, lossless_is_exact)
{
    static const up_sample samples[] = { UP_SAMPLE_U8, UP_SAMPLE_U16, UP_SAMPLE_F32 };
    for (int channels = 1; channels <= 4; channels++)
        for (int kind = 0; kind < 3; kind++) {
            up_encoding how = plain_encoding();
            how.lossless = true;
            how.effort = 1 + 2 * channels;
            how.threads = kind;
            void *data = picture(channels, samples[kind], 50);
            image i = image_load_whole(save(channels, samples[kind], data, &how));
            cr_assert_eq(i.format.channels, channels);
            cr_assert_eq(i.format.sample, samples[kind]);
            cr_assert_eq(i.format.depth, kind == 0 ? 8 : kind == 1 ? 16 : 32);
            cr_expect(i.held_bytes >= i.size);
            cr_expect(memcmp(i.data, data, i.size) == 0, "%d channels, %d", channels, kind);
            image_free(&i);
            free(data);
        }
}

/* A higher quality is nearer; alpha, which libjxl 0.7 takes for one more colour, exact at 100. */
Test(jxl, lossy_is_near)
{
    for (int channels = 1; channels <= 4; channels++) {
        double before = 9;
        for (int quality = 50; quality <= 100; quality += 25) {
            up_encoding how = plain_encoding();
            how.quality = quality;
            uint8_t *data = picture(channels, UP_SAMPLE_U8, 1);
            image i = image_load_whole(save(channels, UP_SAMPLE_U8, data, &how));
            double sum = 0;
            for (int p = 0; p < PIXELS * channels; p++) {
                sum += abs(i.data[p] - data[p]);
                cr_assert(quality < 100 || channels % 2 || (p + 1) % channels ||
                              i.data[p] == data[p],
                          "%d", p);
            }
            cr_expect_lt(sum / (PIXELS * channels), before, "%d channels, %d", channels, quality);
            before = sum / (PIXELS * channels);
            image_free(&i);
            free(data);
        }
        cr_expect_lt(before, 2);
    }
}

/* EXIF says that the picture is to be turned, but in JPEG XL the codestream says that. */
Test(jxl, metadata_come_back)
{
    static const uint8_t exif[] = { 'I', 'I', '*', 0, 8, 0, 0, 0, 1, 0, 0x12, 1, 3,
                                    0,   1,   0,   0, 0, 6, 0, 0, 0, 0, 0,    0, 0 };
    static const char xmp[] = "<x:xmpmeta xmlns:x='adobe:ns:meta/'/>";
    for (int lossless = 0; lossless < 2; lossless++) {
        up_encoding how = plain_encoding();
        how.lossless = lossless;
        up_blob_set(&how.metadata.exif, exif, sizeof exif, NULL);
        up_blob_set(&how.metadata.xmp, xmp, sizeof xmp, NULL);
        uint8_t *data = picture(4, UP_SAMPLE_U8, 9);
        image i = image_load_whole(save(4, UP_SAMPLE_U8, data, &how));
        cr_assert_eq(i.format.width, WIDTH);
        cr_expect_eq(i.metadata.orientation, 1);
        cr_assert_eq(i.metadata.exif.size, sizeof exif);
        cr_expect_arr_eq(i.metadata.exif.data, exif, sizeof exif);
        cr_assert_eq(i.metadata.xmp.size, sizeof xmp);
        cr_expect_arr_eq(i.metadata.xmp.data, xmp, sizeof xmp);
        image_free(&i);
        free(data);
        up_metadata_clear(&how.metadata);
    }
}

/* Of EXIF and XMP that are longer than what is read at once. */
Test(jxl, long_metadata_come_back)
{
    enum { LONG = 300000 };
    up_encoding how = plain_encoding();
    char *xmp = malloc(LONG);
    memset(xmp, ' ', LONG);
    memcpy(xmp, "<x:xmpmeta xmlns:x='adobe:ns:meta/'/>", 37);
    up_blob_set(&how.metadata.xmp, xmp, LONG, NULL);
    uint8_t *data = picture(1, UP_SAMPLE_U8, 9);
    image i = image_load_whole(save(1, UP_SAMPLE_U8, data, &how));
    cr_assert_eq(i.metadata.xmp.size, LONG);
    cr_expect_arr_eq(i.metadata.xmp.data, xmp, LONG);
    image_free(&i);
    free(data);
    free(xmp);
    up_metadata_clear(&how.metadata);
}

Test(jxl, colours_come_back)
{
    static const uint8_t codes[][4] = { { 9, 16, 0, 1 },  { 9, 18, 0, 1 }, { 12, 13, 0, 1 },
                                        { 11, 17, 0, 1 }, { 1, 8, 0, 1 },  { 1, 1, 0, 1 } };
    for (size_t k = 0; k < sizeof codes / sizeof *codes; k++)
        for (int lossless = 0; lossless < 2; lossless++) {
            up_encoding how = plain_encoding();
            how.lossless = lossless;
            how.metadata.color.has_cicp = true;
            memcpy(how.metadata.color.cicp, codes[k], 4);
            uint16_t *data = picture(3, UP_SAMPLE_U16, 9);
            image i = image_load_whole(save(3, UP_SAMPLE_U16, data, &how));
            cr_assert(i.metadata.color.has_cicp, "%zu", k);
            cr_expect_arr_eq(i.metadata.color.cicp, codes[k], 4);
            cr_expect_not(i.metadata.color.has_srgb);
            image_free(&i);
            free(data);
        }
    uint8_t *data = picture(1, UP_SAMPLE_U8, 9);
    const up_encoding how = plain_encoding();
    image i = image_load_whole(save(1, UP_SAMPLE_U8, data, &how));
    cr_expect(i.metadata.color.has_srgb && !i.metadata.color.has_cicp && !i.metadata.icc.data);
    image_free(&i);
    free(data);
}

/* A profile that no code points say: gAMA of 1/1.8 and the primaries of Adobe RGB, as PNG may. */
Test(jxl, a_profile_comes_back)
{
    const up_format format = picture_format(WIDTH, HEIGHT, 3, UP_SAMPLE_U8);
    static const double primaries[8] = { 0.3127, 0.329, 0.64, 0.33, 0.21, 0.71, 0.15, 0.06 };
    up_encoding how = plain_encoding();
    const up_sink_format *type;
    up_notes notes = { 0 };
    how.lossless = true;
    how.metadata.color.gamma = 1 / 1.8;
    memcpy(how.metadata.color.chromaticities, primaries, sizeof primaries);
    cr_assert_eq(up_sink_format_find(&type, "jxl", NULL, NULL), UP_OK);
    cr_assert_eq(type->declare(&how.metadata, &format, &format, &notes, NULL), UP_OK);
    cr_assert(how.metadata.icc.data);
    uint8_t *data = picture(3, UP_SAMPLE_U8, 9);
    image i = image_load_whole(save(3, UP_SAMPLE_U8, data, &how));
    cr_assert_eq(i.metadata.icc.size, how.metadata.icc.size);
    cr_expect_arr_eq(i.metadata.icc.data, how.metadata.icc.data, how.metadata.icc.size);
    cr_expect_arr_eq(i.data, data, PIXELS * 3);
    image_free(&i);
    free(data);
    up_metadata_clear(&how.metadata);
    up_notes_clear(&notes);
}

/* The bytes are the same for any number of threads. */
Test(jxl, threads_change_nothing)
{
    uint8_t *data = picture(3, UP_SAMPLE_U8, 30);
    up_encoding how = plain_encoding();
    size_t sizes[2];
    char *file[2];
    for (int k = 0; k < 2; k++) {
        how.threads = 1 + 2 * k;
        file[k] = file_read(save(3, UP_SAMPLE_U8, data, &how), &sizes[k]);
    }
    cr_assert_eq(sizes[0], sizes[1]);
    cr_expect_arr_eq(file[0], file[1], sizes[0]);
    free(file[0]);
    free(file[1]);
    free(data);
}

/* A cut file is refused, or read with a note; changed ones break nothing. */
Test(jxl, hostile)
{
    static const char xmp[] = "<x:xmpmeta xmlns:x='adobe:ns:meta/'/>";
    for (int kind = 0; kind < 4; kind++) {
        up_encoding how = plain_encoding();
        how.lossless = kind % 2;
        if (kind >= 2)
            up_blob_set(&how.metadata.xmp, xmp, sizeof xmp, NULL);
        uint8_t *data = picture(3 + kind / 2, UP_SAMPLE_U8, 4);
        size_t size;
        char *file = file_read(save(3 + kind / 2, UP_SAMPLE_U8, data, &how), &size);
        const char *path = scratch_path("h.jxl");
        uint32_t state = 3;
        for (size_t n = 0; n < size + 60; n += n < size ? 5 : 2) {
            image i;
            up_error error = { 0 };
            char *copy = malloc(size);
            memcpy(copy, file, size);
            for (int changes = n < size ? 0 : 3; changes > 0; changes--)
                copy[next_random(&state) % size] = (char)next_random(&state);
            file_write(path, copy, n < size ? n : size);
            free(copy);
            const up_status status = image_load(&i, path, 3, &error);
            if (status == UP_OK) {
                cr_expect(n >= size || i.damage[0], "%zu of %zu bytes", n, size);
                image_free(&i);
            } else {
                cr_expect(strncmp(error.message, path, strlen(path)) == 0, "%s", error.message);
            }
        }
        free(file);
        free(data);
        up_metadata_clear(&how.metadata);
    }
}
