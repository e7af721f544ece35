#include "train/pictures.h"

#include "base/machine.h"
#include "base/memory.h"
#include "methods/luma.h"
#include "train/decode.h"
#include "train/degrade.h"

#include <math.h>

/* What becomes of one path. */
typedef struct {
    up_train_header header;
    up_train_picture picture;
    up_status status;
    up_error why;
} candidate;

static void picture_free(up_train_picture *picture)
{
    up_free(picture->low);
    up_free(picture->residual);
    *picture = (up_train_picture){ 0 };
}

void up_train_pictures_free(up_train_pictures *set)
{
    for (size_t i = 0; i < set->count; i++)
        picture_free(&set->picture[i]);
    up_free(set->picture);
    *set = (up_train_pictures){ 0 };
}

/* ---------------------------------------------------------------- one picture */

static up_status allocate(up_pixels *pixels, int width, int height, int channels, up_color color,
                          up_sample sample, up_error *error)
{
    pixels->format = (up_format){ .width = width,
                                  .height = height,
                                  .channels = channels,
                                  .frames = 1,
                                  .color = color,
                                  .sample = sample,
                                  .depth = sample == UP_SAMPLE_F32 ? 32 : 8 };
    size_t count = (size_t)width * (size_t)height * (size_t)channels;
    size_t size = sample == UP_SAMPLE_F32 ? sizeof(float) : 1;
    pixels->row_stride = (size_t)width * (size_t)channels * size;
    pixels->data = up_alloc(count, size);
    return pixels->data ? UP_OK : up_fail_memory(error, "a training picture", count * size);
}

/* Exactly to the size of `to`, as MATLAB's imresize would. */
static up_status resize(const up_pixels *from, const up_pixels *to, const up_train_options *options,
                        up_error *error)
{
    const up_options bicubic = { .method = "bicubic",
                                 .width = to->format.width,
                                 .height = to->format.height,
                                 .threads = 1,
                                 .max_memory = SIZE_MAX, /* counted with all pictures */
                                 .cancel = options->cancel };
    return up_upscale_pixels(from, to, &bicubic, error);
}

/* BT.601 of 8-bit samples, studio range, 16..235. */
static float luma(const uint8_t *pixel, int channels)
{
    const double r = pixel[0], g = pixel[channels == 3], b = pixel[channels == 3 ? 2 : 0];
    return (float)(16 + up_luma_studio(r, g, b));
}

static void take_low(up_train_picture *picture, const up_pixels *low)
{
    const int channels = low->format.channels;
    const size_t pixels = (size_t)picture->width * (size_t)picture->height;
    for (size_t i = 0; i < pixels; i++)
        picture->low[i] = luma((const uint8_t *)low->data + i * (size_t)channels, channels) / 255;
}

static void take_residual(up_train_picture *picture, const up_pixels *original,
                          const up_pixels *enlarged)
{
    const int channels = original->format.channels;
    const size_t width = (size_t)original->format.width;
    const float *plane = enlarged->data;
    for (size_t y = 0; y < (size_t)original->format.height; y++) {
        const uint8_t *row = (const uint8_t *)original->data + y * original->row_stride;
        for (size_t x = 0; x < width; x++) {
            float left = luma(row + x * (size_t)channels, channels) - 255 * plane[y * width + x];
            float units = left * UP_RESIDUAL_UNITS;
            units = units < INT16_MIN ? INT16_MIN : units > INT16_MAX ? INT16_MAX : units;
            picture->residual[y * width + x] = (int16_t)lrintf(units);
        }
    }
}

/* `original` is cropped to a multiple of the scale; low->data and enlarged->data are the caller's
 * to free in any case. */
static up_status make_planes(up_train_picture *picture, const up_pixels *original, up_pixels *low,
                             up_pixels *enlarged, const up_train_options *options, up_error *error)
{
    const up_format *f = &original->format;
    const int w = picture->width, h = picture->height;
    UP_TRY(allocate(low, w, h, f->channels, f->color, UP_SAMPLE_U8, error));
    UP_TRY(resize(original, low, options, error));
    UP_TRY(up_degrade(low, &options->degrade, options->seed, picture->place, error));
    take_low(picture, low);
    const up_pixels plane = { .format = { .width = w,
                                          .height = h,
                                          .channels = 1,
                                          .frames = 1,
                                          .sample = UP_SAMPLE_F32,
                                          .depth = 32 },
                              .data = picture->low };
    UP_TRY(allocate(enlarged, f->width, f->height, 1, UP_COLOR_TENSOR, UP_SAMPLE_F32, error));
    UP_TRY(resize(&plane, enlarged, options, error));
    take_residual(picture, original, enlarged);
    return UP_OK;
}

static up_status make_picture(up_train_picture *picture, up_pixels *original,
                              const up_train_options *options, up_error *error)
{
    up_format *f = &original->format;
    f->width -= f->width % options->scale;
    f->height -= f->height % options->scale;
    picture->width = f->width / options->scale;
    picture->height = f->height / options->scale;
    const size_t pixels = (size_t)picture->width * (size_t)picture->height;
    const size_t large = (size_t)f->width * (size_t)f->height;
    picture->low = up_alloc(pixels, sizeof *picture->low);
    picture->residual = up_alloc(large, sizeof *picture->residual);
    if (!picture->low || !picture->residual)
        return up_fail_memory(error, "a training picture", large * sizeof *picture->residual);
    up_pixels low = { 0 }, enlarged = { 0 };
    up_status status = make_planes(picture, original, &low, &enlarged, options, error);
    up_free(low.data);
    up_free(enlarged.data);
    return status;
}

static up_status check_size(const char *path, int width, int height, int scale, up_error *error)
{
    const int least = UP_TRAIN_LEAST * scale;
    if (width >= least && height >= least)
        return UP_OK;
    return up_fail(error, UP_ERROR_UNSUPPORTED,
                   "%s: %dx%d is too small to train x%d; it takes at least %dx%d", path, width,
                   height, scale, least, least);
}

static up_status load_picture(up_train_picture *picture, const char *path, size_t place,
                              const up_train_options *options, up_error *error)
{
    *picture = (up_train_picture){ .path = path, .place = place };
    up_pixels original;
    UP_TRY(up_train_decode(&original, path, error));
    const up_format *f = &original.format;
    up_status status = check_size(path, f->width, f->height, options->scale, error);
    if (status == UP_OK)
        status = make_picture(picture, &original, options, error);
    up_free(original.data);
    if (status != UP_OK)
        picture_free(picture);
    return status;
}

/* ---------------------------------------------------------------- all of them */

static up_status inspect(candidate *c, const char *path, int scale, up_error *error)
{
    UP_TRY(up_train_decode_header(&c->header, path, error));
    return check_size(path, c->header.width, c->header.height, scale, error);
}

/* Of the planes that stay. */
static size_t kept_bytes(size_t width, size_t height, size_t scale)
{
    size_t low = (width / scale) * (height / scale);
    return low * sizeof(float) + low * scale * scale * sizeof(int16_t);
}

static up_status check_memory(const candidate *list, size_t count, int threads,
                              const up_train_options *options, up_error *error)
{
    double kept = 0, passing = 0;
    for (size_t i = 0; i < count; i++) {
        const up_train_header *h = &list[i].header;
        if (list[i].status != UP_OK)
            continue;
        double pixels = (double)h->width * h->height;
        kept += (double)kept_bytes((size_t)h->width, (size_t)h->height, (size_t)options->scale);
        passing = fmax(passing,
                       (double)h->held_bytes + pixels * (2 * h->channels + (double)sizeof(float)));
    }
    const size_t most = up_machine_memory_limit(options->max_memory);
    const double need = kept + threads * passing;
    if (need <= (double)most)
        return UP_OK;
    return up_fail(error, UP_ERROR_LIMIT,
                   "%zu pictures would need %.0f MiB of memory, more than the %zu MiB allowed; "
                   "raise --max-memory or take fewer pictures",
                   count, ceil(need / (1 << 20)), most >> 20);
}

static bool is_skipped(up_status status)
{
    return status == UP_ERROR_INPUT || status == UP_ERROR_UNSUPPORTED;
}

static void load_all(candidate *list, const char *const *paths, size_t count, int threads,
                     const up_train_options *options)
{
    bool stop = false;
#pragma omp parallel for schedule(dynamic) num_threads(threads)
    for (size_t i = 0; i < count; i++) {
        bool stopped;
#pragma omp atomic read
        stopped = stop;
        candidate *c = &list[i];
        if (stopped || c->status != UP_OK)
            continue;
        c->status = load_picture(&c->picture, paths[i], i, options, &c->why);
        if (c->status != UP_OK && !is_skipped(c->status)) {
#pragma omp atomic write
            stop = true;
        }
    }
}

/* Reports what was skipped, and fails with the first error that is not a picture's own. */
static up_status report(const candidate *list, const char *const *paths, size_t count,
                        const up_train_options *options, up_error *error)
{
    for (size_t i = 0; i < count; i++)
        if (list[i].status != UP_OK && !is_skipped(list[i].status)) {
            if (error)
                *error = list[i].why;
            return list[i].status;
        }
    for (size_t i = 0; i < count && options->skipped; i++)
        if (list[i].status != UP_OK)
            options->skipped(options->user, paths[i], &list[i].why);
    return UP_OK;
}

static up_status load(candidate *list, const char *const *paths, size_t count,
                      const up_train_options *options, up_error *error)
{
    for (size_t i = 0; i < count; i++)
        list[i].status = inspect(&list[i], paths[i], options->scale, &list[i].why);
    const int threads = options->threads ? options->threads : up_machine_cores();
    UP_TRY(check_memory(list, count, threads, options, error));
    load_all(list, paths, count, threads, options);
    return report(list, paths, count, options, error);
}

static void collect(up_train_pictures *set, candidate *list, size_t count, int scale)
{
    for (size_t i = 0; i < count; i++) {
        const up_train_picture *p = &list[i].picture;
        if (!p->low)
            continue;
        set->picture[set->count++] = *p;
        set->bytes +=
            kept_bytes((size_t)(p->width * scale), (size_t)(p->height * scale), (size_t)scale);
    }
}

up_status up_train_pictures_load(up_train_pictures *set, const char *const *paths, size_t count,
                                 const up_train_options *options, up_error *error)
{
    *set = (up_train_pictures){ .picture = up_alloc_zero(count, sizeof *set->picture) };
    candidate *list = up_alloc_zero(count, sizeof *list);
    up_status status = set->picture && list
                           ? load(list, paths, count, options, error)
                           : up_fail_memory(error, "a list of pictures", count * sizeof *list);
    if (list)
        collect(set, list, count, options->scale);
    up_free(list);
    if (status != UP_OK)
        up_train_pictures_free(set);
    return status;
}

up_status up_train_pictures_keep_aside(up_train_pictures *set, up_train_pictures *aside,
                                       up_error *error)
{
    const size_t count = set->count, every = count < 10 ? count : 10;
    *aside = (up_train_pictures){ .picture = up_alloc_zero(count, sizeof *aside->picture) };
    if (!aside->picture)
        return up_fail_memory(error, "a list of pictures", count * sizeof *aside->picture);
    size_t kept = 0;
    for (size_t i = 0; i < count; i++)
        if (count > 1 && i % every == every - 1)
            aside->picture[aside->count++] = set->picture[i];
        else
            set->picture[kept++] = set->picture[i];
    set->count = kept;
    return UP_OK;
}
