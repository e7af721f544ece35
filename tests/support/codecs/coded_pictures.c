/* SPDX-License-Identifier: MIT */
#include "support/codecs/coded_pictures.h"

#include "support/scratch.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

void *coded_picture(int channels, up_sample sample, int bits, unsigned noise)
{
    const int count = CODED_PIXELS * channels;
    float *floats = malloc((size_t)count * sizeof *floats);
    uint16_t *words = (uint16_t *)floats;
    uint8_t *bytes = (uint8_t *)floats;
    const uint32_t parts = 1u << (bits - 8), most = (1u << bits) - 1;
    uint32_t state = 7;
    for (int i = 0; i < count; i++) {
        const int pixel = i / channels, x = pixel % CODED_WIDTH, y = pixel / CODED_WIDTH;
        const uint32_t random = next_random(&state);
        const uint32_t level = (uint32_t)(3 * x + 4 * y + 10 * (i % channels)) + random % noise;
        if (sample == UP_SAMPLE_F32)
            floats[i] = ((float)level - 10) / 230;
        else if (sample == UP_SAMPLE_U16)
            words[i] = (uint16_t)(((parts * level + random / noise % parts) % (most + 1) * 65535 +
                                   most / 2) /
                                  most);
        else
            bytes[i] = (uint8_t)level;
    }
    return floats;
}

const char *coded_save(const char *name, int channels, up_sample sample, const void *data,
                       const up_encoding *how)
{
    const up_format format = picture_format(CODED_WIDTH, CODED_HEIGHT, channels, sample);
    const char *path = scratch_path("%s", name);
    up_error error = { 0 };
    cr_assert_eq(image_save(path, &format, data, how, 2, 5, &error), UP_OK, "%s", error.message);
    return path;
}

image coded_there_and_back(const char *name, int channels, up_sample sample, const void *data,
                           const up_encoding *how)
{
    image i = image_load_whole(coded_save(name, channels, sample, data, how));
    cr_assert(i.format.width == CODED_WIDTH && i.format.height == CODED_HEIGHT);
    return i;
}

double coded_difference(const image *got, const uint8_t *data, bool alpha)
{
    const int channels = got->format.channels;
    double sum = 0;
    for (int p = 0; p < CODED_PIXELS * channels; p++) {
        sum += abs(got->data[p] - data[p]);
        cr_assert(!alpha || channels % 2 || (p + 1) % channels || got->data[p] == data[p], "%d", p);
    }
    return sum / (CODED_PIXELS * channels);
}

static void expect_blob(const up_blob *got, const up_blob *given)
{
    cr_assert_eq(got->size, given->size);
    if (given->size)
        cr_expect_arr_eq(got->data, given->data, given->size);
}

void expect_metadata_come_back(const char *name, bool profile)
{
    static const uint8_t exif[] = { 'I', 'I', '*', 0, 8, 0, 0, 0, 1, 0, 0x12, 1, 3,
                                    0,   1,   0,   0, 0, 6, 0, 0, 0, 0, 0,    0, 0 };
    static const char xmp[] = "<x:xmpmeta xmlns:x='adobe:ns:meta/'/>";
    uint8_t icc[140] = { 0, 0, 0, 140 };
    memcpy(icc + 36, "acsp", 4);
    for (int lossless = 0; lossless < 2; lossless++) {
        up_encoding how = plain_encoding();
        how.lossless = lossless;
        if (profile)
            up_blob_set(&how.metadata.icc, icc, sizeof icc, NULL);
        up_blob_set(&how.metadata.exif, exif, sizeof exif, NULL);
        up_blob_set(&how.metadata.xmp, xmp, sizeof xmp, NULL);
        uint8_t *data = coded_picture(4, UP_SAMPLE_U8, 8, 9);
        image i = coded_there_and_back(name, 4, UP_SAMPLE_U8, data, &how);
        cr_expect_eq(i.metadata.orientation, 1);
        expect_blob(&i.metadata.icc, &how.metadata.icc);
        expect_blob(&i.metadata.exif, &how.metadata.exif);
        expect_blob(&i.metadata.xmp, &how.metadata.xmp);
        cr_expect(!profile || (!i.metadata.color.has_cicp && !i.metadata.color.has_srgb));
        image_free(&i);
        free(data);
        up_metadata_clear(&how.metadata);
    }
}

void expect_threads_change_nothing(const char *name)
{
    uint8_t *data = coded_picture(3, UP_SAMPLE_U8, 8, 30);
    up_encoding how = plain_encoding();
    size_t sizes[2];
    char *file[2];
    for (int k = 0; k < 2; k++) {
        how.threads = 1 + 2 * k;
        file[k] = file_read(coded_save(name, 3, UP_SAMPLE_U8, data, &how), &sizes[k]);
    }
    cr_assert_eq(sizes[0], sizes[1]);
    cr_expect_arr_eq(file[0], file[1], sizes[0]);
    free(file[0]);
    free(file[1]);
    free(data);
}

static void expect_survived(const char *path, bool cut)
{
    image i;
    up_error error = { 0 };
    if (image_load(&i, path, 3, &error) == UP_OK) {
        cr_expect(!cut || i.damage[0], "a cut file is read, and nothing is said of it");
        image_free(&i);
    } else {
        cr_expect(strncmp(error.message, path, strlen(path)) == 0, "%s", error.message);
    }
}

void expect_coded_hostile_survived(const char *path, size_t step, int changed)
{
    enum { HEAD = 900 };
    size_t size;
    char *file = file_read(path, &size), *copy = malloc(size);
    uint32_t state = 3;
    for (size_t n = 0; n < size; n += step) {
        file_write(path, file, n);
        expect_survived(path, true);
    }
    for (int n = 0; n < changed; n++) {
        memcpy(copy, file, size);
        for (int changes = 3; changes > 0; changes--)
            copy[next_random(&state) % (n % 2 && size > HEAD ? HEAD : size)] =
                (char)next_random(&state);
        file_write(path, copy, size);
        expect_survived(path, false);
    }
    free(file);
    free(copy);
}
