#include "explain/small_tensor.h"

#include "base/memory.h"
#include "io/npy/npy_header.h"
#include "io/pixels.h"
#include "io/source.h"
#include "io/text/text_tensor.h"

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

static up_status check_count(int64_t channels, int64_t height, int64_t width, const char *flag,
                             up_error *error)
{
    if (channels <= MOST_VALUES && height <= MOST_VALUES && width <= MOST_VALUES &&
        channels * height <= MOST_VALUES && channels * height * width <= MOST_VALUES)
        return UP_OK;
    return up_fail(error, UP_ERROR_UNSUPPORTED,
                   "%s: %lldx%lld values in %lld channels are too many to be shown; give a small "
                   "part of them",
                   flag, (long long)height, (long long)width, (long long)channels);
}

static up_status from_text(up_small *t, const char *text, const char *flag, up_error *error)
{
    up_text_tensor parsed;
    UP_TRY(up_text_tensor_parse(&parsed, text, strlen(text), flag, error));
    up_status status = check_count(parsed.channels, parsed.height, parsed.width, flag, error);
    if (status == UP_OK)
        status = up_small_make(t, parsed.channels, parsed.height, parsed.width, error);
    for (size_t i = 0; status == UP_OK && i < up_small_count(t); i++)
        t->value[i] = parsed.value[i];
    up_free(parsed.value);
    return status;
}

static double sample_at(const void *row, size_t i, up_sample sample)
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

/* `buffer` holds a row of all channels. */
static up_status read_rows(up_small *t, up_source *source, uint8_t *buffer, void **row,
                           up_error *error)
{
    const up_format f = source->format;
    const size_t size = up_sample_size(f.sample), line = (size_t)f.width * size;
    for (int c = 0; c < f.channels; c++)
        row[c] = buffer + (size_t)c * line;
    for (int64_t y = 0; y < f.frames * f.height; y++) {
        UP_TRY(up_source_read(source, row, 1, error));
        for (int c = 0; c < f.channels; c++) {
            size_t channel = (size_t)(y / f.height * f.channels) + (size_t)c;
            double *to = t->value + (channel * f.height + (size_t)(y % f.height)) * f.width;
            for (int x = 0; x < f.width; x++)
                to[x] = f.planar ? sample_at(row[c], x, f.sample)
                                 : sample_at(buffer, (size_t)x * f.channels + c, f.sample);
        }
    }
    return UP_OK;
}

static up_status from_source(up_small *t, up_source *source, const char *flag, up_error *error)
{
    const up_format f = source->format;
    int64_t channels;
    size_t bytes;
    if (__builtin_mul_overflow(f.frames, (int64_t)f.channels, &channels) || channels < 1)
        channels = INT64_MAX;
    UP_TRY(check_count(channels, f.height, f.width, flag, error));
    UP_TRY(up_small_make(t, (int)channels, f.height, f.width, error));
    bytes = (size_t)f.width * f.channels * up_sample_size(f.sample);
    uint8_t *buffer = up_alloc(bytes, 1);
    void **row = up_alloc(f.channels, sizeof *row);
    up_status status = buffer && row ? read_rows(t, source, buffer, row, error)
                                     : up_fail_memory(error, flag, bytes);
    up_free(buffer);
    up_free(row);
    if (status != UP_OK)
        up_small_free(t);
    return status;
}

/* Frames are read as so many channels more: kernels have four dimensions. */
static up_status from_file(up_small *t, int *frames, const char *path, const char *flag,
                           up_error *error)
{
    up_source *source;
    UP_TRY(up_source_open(&source, path, error));
    up_status status = from_source(t, source, flag, error);
    *frames = status == UP_OK ? (int)source->format.frames : 0;
    up_source_close(&source);
    return status;
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
    up_status status = check_count(channels, size[2], size[3], flag, error);
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
    return holds_positions(path) ? from_positions(t, frames, path, flag, error)
                                 : from_file(t, frames, path, flag, error);
}

up_status up_small_read(up_small *t, const char *given, const char *flag, up_error *error)
{
    int frames;
    if (up_text_tensor_probe((const uint8_t *)given, strlen(given)))
        return from_text(t, given, flag, error);
    return up_small_read_file(t, &frames, given, flag, error);
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
