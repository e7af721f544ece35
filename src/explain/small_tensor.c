/* SPDX-License-Identifier: MIT */
#include "explain/small_tensor.h"

#include "base/memory.h"
#include "io/npy/npy_header.h"
#include "io/text/given_tensor.h"

#include <math.h>
#include <string.h>
#include <sys/stat.h>

#define MOST_VALUES 65536

up_status up_small_make(up_small *t, int channels, int height, int width, up_error *error)
{
    *t = (up_small){ channels, height, width, NULL };
    t->value = up_alloc_zero(up_small_count(t), sizeof *t->value);
    return t->value ? UP_OK
                    : up_fail_memory(error, "a small tensor", up_small_count(t) * sizeof *t->value);
}

void up_small_free(up_small *t)
{
    up_free(t->value);
    *t = (up_small){ 0 };
}

static up_status take_values(up_small *t, const up_given_tensor *given, up_error *error)
{
    const up_text_tensor *from = &given->tensor;
    UP_TRY(up_small_make(t, from->channels, from->height, from->width, error));
    for (size_t i = 0; i < up_small_count(t); i++)
        t->value[i] = (double)from->value[i];
    return UP_OK;
}

static up_status from_positions(up_small *t, int *frames, const char *path, const char *flag,
                                up_error *error)
{
    int64_t *data, shape[UP_NPY_MAX_DIMS], size[UP_NPY_MAX_DIMS] = { 1, 1, 1, 1 };
    int dims;
    UP_TRY(up_npy_read_i8(path, &data, shape, &dims, error));
    memcpy(size + UP_NPY_MAX_DIMS - dims, shape, dims * sizeof *shape);
    int64_t channels;
    if (__builtin_mul_overflow(size[0], size[1], &channels))
        channels = INT64_MAX;
    up_status status = up_check_tensor_count(channels, size[2], size[3], MOST_VALUES, flag, error);
    if (status == UP_OK)
        status = up_small_make(t, (int)channels, (int)size[2], (int)size[3], error);
    for (size_t i = 0; status == UP_OK && i < up_small_count(t); i++)
        t->value[i] = (double)data[i];
    up_free(data);
    *frames = status == UP_OK ? (int)size[0] : 0;
    return status;
}

static bool holds_positions(const char *path)
{
    up_reader *reader;
    up_npy_header header;
    struct stat info;
    if (stat(path, &info) != 0 || !S_ISREG(info.st_mode) ||
        up_reader_open(&reader, path, NULL) != UP_OK)
        return false;
    const uint8_t *head;
    size_t size = up_reader_peek(reader, &head);
    bool positions = up_npy_probe(head, size) &&
                     up_npy_header_read(&header, reader, NULL) == UP_OK &&
                     header.type == UP_NPY_I64;
    up_reader_close(&reader);
    return positions;
}

up_status up_small_read_file(up_small *t, int *frames, const char *path, const char *flag,
                             up_error *error)
{
    up_given_tensor given;
    if (holds_positions(path))
        return from_positions(t, frames, path, flag, error);
    UP_TRY(up_given_tensor_read_file(&given, path, flag, MOST_VALUES, error));
    up_status status = take_values(t, &given, error);
    *frames = given.frames;
    up_free(given.tensor.value);
    return status;
}

up_status up_small_read(up_small *t, const char *text_or_path, const char *flag, up_error *error)
{
    up_given_tensor given;
    int frames;
    if (!up_is_tensor_text(text_or_path))
        return up_small_read_file(t, &frames, text_or_path, flag, error);
    UP_TRY(up_given_tensor_read(&given, text_or_path, flag, MOST_VALUES, error));
    up_status status = take_values(t, &given, error);
    up_free(given.tensor.value);
    return status;
}

up_status up_small_from_pixels(up_small *t, int *frames, const up_pixels *pixels, up_error *error)
{
    up_given_tensor given;
    up_source *source;
    UP_TRY(up_source_from_pixels(&source, pixels, error));
    up_status status =
        up_given_tensor_from_source(&given, source, "what is to be shown", MOST_VALUES, error);
    up_source_close(&source);
    UP_TRY(status);
    status = take_values(t, &given, error);
    *frames = given.frames;
    up_free(given.tensor.value);
    return status;
}

double up_small_difference(const up_small *a, const up_small *b)
{
    double largest = 0;
    if (a->channels != b->channels || a->height != b->height || a->width != b->width)
        return INFINITY;
    for (size_t i = 0; i < up_small_count(a); i++) {
        const double x = a->value[i], y = b->value[i];
        if (isnan(x) != isnan(y))
            return INFINITY;
        if (!isnan(x) && x != y)
            largest = fmax(largest, fabs(x - y));
    }
    return largest;
}
