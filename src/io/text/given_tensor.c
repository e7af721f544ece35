/* SPDX-License-Identifier: MIT */
#include "io/text/given_tensor.h"

#include "base/memory.h"
#include "io/pixels.h"
#include "io/source_open.h"

#include <string.h>

up_status up_check_tensor_count(int64_t channels, int64_t height, int64_t width, size_t most,
                                const char *flag, up_error *error)
{
    int64_t count;
    if (!__builtin_mul_overflow(height, width, &count) &&
        !__builtin_mul_overflow(count, channels, &count) && (uint64_t)count <= most)
        return UP_OK;
    return up_fail(error, UP_ERROR_UNSUPPORTED,
                   "%s: %lldx%lld values in %lld channels are too many, at most %zu are taken; "
                   "give a small part of them",
                   flag, (long long)height, (long long)width, (long long)channels, most);
}

static float sample_at(const void *row, size_t i, up_sample sample)
{
    switch (sample) {
    case UP_SAMPLE_U8:
        return ((const uint8_t *)row)[i];
    case UP_SAMPLE_U16:
        return ((const uint16_t *)row)[i];
    default:
        return ((const float *)row)[i];
    }
}

/* Row y of all channels, counted through all frames: read to where `row` points, or, of pixels in
 * memory, which are one frame, pointed at. */
static up_status next_row(up_source *source, int64_t y, void **row, up_error *error)
{
    const up_pixels *m = &source->mapped;
    if (!m->data)
        return up_source_read(source, row, 1, error);
    for (int c = 0; c < (m->format.planar ? m->format.channels : 1); c++)
        row[c] = (char *)m->data + (size_t)c * m->plane_stride + (size_t)y * m->row_stride;
    return UP_OK;
}

/* `buffer` holds a row of all channels. */
static up_status read_rows(up_text_tensor *t, up_source *source, uint8_t *buffer, void **row,
                           up_error *error)
{
    const up_format f = source->format;
    const size_t size = up_sample_size(f.sample), line = (size_t)f.width * size;
    for (int c = 0; c < f.channels; c++)
        row[c] = buffer + (size_t)c * line;
    for (int64_t y = 0; y < f.frames * f.height; y++) {
        UP_TRY(next_row(source, y, row, error));
        for (int c = 0; c < f.channels; c++) {
            size_t channel = (size_t)(y / f.height * f.channels) + (size_t)c;
            float *to = t->value + (channel * f.height + (size_t)(y % f.height)) * f.width;
            for (int x = 0; x < f.width; x++)
                to[x] = f.planar ? sample_at(row[c], x, f.sample)
                                 : sample_at(row[0], (size_t)x * f.channels + c, f.sample);
        }
    }
    return UP_OK;
}

up_status up_given_tensor_from_source(up_given_tensor *given, up_source *source, const char *flag,
                                      size_t most, up_error *error)
{
    const up_format f = source->format;
    int64_t channels;
    if (__builtin_mul_overflow(f.frames, (int64_t)f.channels, &channels) || channels < 1)
        channels = INT64_MAX;
    UP_TRY(up_check_tensor_count(channels, f.height, f.width, most, flag, error));
    const size_t count = (size_t)channels * f.height * f.width;
    const size_t bytes = (size_t)f.width * f.channels * up_sample_size(f.sample);
    up_text_tensor t = { (int)channels, f.height, f.width, up_alloc(count, sizeof(float)) };
    uint8_t *buffer = up_alloc(bytes, 1);
    void **row = up_alloc(f.channels, sizeof *row);
    up_status status = t.value && buffer && row
                           ? read_rows(&t, source, buffer, row, error)
                           : up_fail_memory(error, flag, count * sizeof(float) + bytes);
    up_free(buffer);
    up_free(row);
    if (status == UP_OK)
        *given = (up_given_tensor){ t, (int)f.frames, f.color != UP_COLOR_TENSOR };
    else
        up_free(t.value);
    return status;
}

up_status up_given_tensor_read_file(up_given_tensor *given, const char *path, const char *flag,
                                    size_t most, up_error *error)
{
    up_source *source;
    UP_TRY(up_source_open(&source, path, error));
    up_status status = up_given_tensor_from_source(given, source, flag, most, error);
    up_source_close(&source);
    return status;
}

static up_status from_text(up_given_tensor *given, const char *text, const char *flag, size_t most,
                           up_error *error)
{
    up_text_tensor *t = &given->tensor;
    *given = (up_given_tensor){ .frames = 1 };
    UP_TRY(up_text_tensor_parse(t, text, strlen(text), flag, error));
    up_status status = up_check_tensor_count(t->channels, t->height, t->width, most, flag, error);
    if (status != UP_OK)
        up_free(t->value);
    return status;
}

up_status up_given_tensor_read(up_given_tensor *given, const char *text_or_path, const char *flag,
                               size_t most, up_error *error)
{
    return up_is_tensor_text(text_or_path)
               ? from_text(given, text_or_path, flag, most, error)
               : up_given_tensor_read_file(given, text_or_path, flag, most, error);
}

bool up_is_tensor_text(const char *given)
{
    return up_text_tensor_probe((const uint8_t *)given, strlen(given));
}
