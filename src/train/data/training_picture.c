/* SPDX-License-Identifier: MIT */
#include "train/data/training_picture.h"

#include "base/memory.h"
#include "methods/luma.h"
#include "train/data/decode.h"
#include "train/data/degrade.h"

#include <math.h>

void up_train_picture_free(up_train_picture *picture)
{
    up_free(picture->low);
    up_free(picture->residual);
    up_free(picture->pixels);
    *picture = (up_train_picture){ 0 };
}

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
static up_status fill_planes(up_train_picture *picture, const up_pixels *original, up_pixels *low,
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

/* The original, cropped, as RGB. */
static up_status keep_pixels(up_train_picture *picture, const up_pixels *original, up_error *error)
{
    const up_format *f = &original->format;
    const size_t width = (size_t)f->width, channels = (size_t)f->channels;
    uint8_t *to = picture->pixels = up_alloc(width * (size_t)f->height, 3);
    if (!to)
        return up_fail_memory(error, "a training picture", width * (size_t)f->height * 3);
    for (size_t y = 0; y < (size_t)f->height; y++) {
        const uint8_t *from = (const uint8_t *)original->data + y * original->row_stride;
        for (size_t x = 0; x < width; x++)
            for (size_t c = 0; c < 3; c++)
                *to++ = from[x * channels + (channels == 3 ? c : 0)];
    }
    return UP_OK;
}

static up_status make_planes(up_train_picture *picture, up_pixels *original,
                             const up_train_options *options, up_error *error)
{
    up_format *f = &original->format;
    f->width -= f->width % options->scale;
    f->height -= f->height % options->scale;
    picture->width = f->width / options->scale;
    picture->height = f->height / options->scale;
    if (options->recipe)
        return keep_pixels(picture, original, error);
    const size_t pixels = (size_t)picture->width * (size_t)picture->height;
    const size_t large = (size_t)f->width * (size_t)f->height;
    picture->low = up_alloc(pixels, sizeof *picture->low);
    picture->residual = up_alloc(large, sizeof *picture->residual);
    if (!picture->low || !picture->residual)
        return up_fail_memory(error, "a training picture", large * sizeof *picture->residual);
    up_pixels low = { 0 }, enlarged = { 0 };
    up_status status = fill_planes(picture, original, &low, &enlarged, options, error);
    up_free(low.data);
    up_free(enlarged.data);
    return status;
}

up_status up_train_picture_check(const char *path, int width, int height, int scale,
                                 up_error *error)
{
    const int least = UP_TRAIN_LEAST * scale;
    if (width >= least && height >= least)
        return UP_OK;
    return up_fail(error, UP_ERROR_UNSUPPORTED,
                   "%s: %dx%d is too small to train x%d; it takes at least %dx%d", path, width,
                   height, scale, least, least);
}

int up_train_reduced(int size, double factor)
{
    return (int)lrint(size * factor);
}

static up_status reduce(up_pixels *original, int width, int height, const up_train_options *options,
                        up_error *error)
{
    const up_format *f = &original->format;
    up_pixels reduced;
    UP_TRY(allocate(&reduced, width, height, f->channels, f->color, UP_SAMPLE_U8, error));
    up_status status = resize(original, &reduced, options, error);
    up_free(original->data);
    *original = reduced;
    return status;
}

up_status up_train_picture_load(up_train_picture *picture, const char *path, double factor,
                                size_t place, const up_train_options *options, up_error *error)
{
    *picture = (up_train_picture){ .path = path, .factor = factor, .place = place };
    up_pixels original;
    UP_TRY(up_train_decode(&original, path, error));
    const int width = up_train_reduced(original.format.width, factor);
    const int height = up_train_reduced(original.format.height, factor);
    up_status status = up_train_picture_check(path, width, height, options->scale, error);
    if (status == UP_OK && factor < 1)
        status = reduce(&original, width, height, options, error);
    if (status == UP_OK)
        status = make_planes(picture, &original, options, error);
    up_free(original.data);
    if (status != UP_OK)
        up_train_picture_free(picture);
    return status;
}
