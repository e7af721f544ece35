/* SPDX-License-Identifier: MIT */
/* The protocol of super-resolution papers. */
#include "measure/protocol.h"
#include "api/plan.h"
#include "base/machine/clock.h"
#include "base/memory.h"
#include "degrade/degrade_chain.h"
#include "io/metadata/declared_colour.h"
#include "io/pixels.h"

#include <string.h>

static up_status make_room(up_pixels *pixels, up_error *error)
{
    size_t bytes = 0;
    if (!up_frame_size(&pixels->format, &bytes))
        return up_fail(error, UP_ERROR_LIMIT, "%dx%d is too large to be held in memory",
                       pixels->format.width, pixels->format.height);
    pixels->data = up_alloc(bytes, 1);
    return pixels->data ? UP_OK : up_fail_memory(error, "a picture", bytes);
}

/* The rows stay as far apart as they are. */
static up_status crop(up_pixels *reference, int scale, const char *path, up_error *error)
{
    up_format *f = &reference->format;
    if (f->width < scale || f->height < scale)
        return up_fail(error, UP_ERROR_UNSUPPORTED, "%s: %dx%d is too small to be reduced to 1/%d",
                       path, f->width, f->height, scale);
    up_row_size(f, &reference->row_stride);
    f->width -= f->width % scale;
    f->height -= f->height % scale;
    return UP_OK;
}

static up_status spoil(up_eval_picture *picture, const char *degrade, uint64_t seed,
                       const up_options *options, up_error *error)
{
    up_degrade_chain chain;
    UP_TRY(up_degrade_parse(&chain, degrade, error));
    picture->jpeg_quality = chain.jpeg_quality;
    return up_degrade_run(&picture->reduced, &picture->reference, picture->scale, &chain, seed,
                          options, error);
}

up_status up_degrade_check(const char *degrade, up_error *error)
{
    up_degrade_chain chain;
    return up_degrade_parse(&chain, degrade, error);
}

static up_status reduce(up_eval_picture *picture, const up_options *options, up_error *error)
{
    up_options reduction = up_options_running(options);
    reduction.method = up_bicubic.info.name;
    up_pixels *reduced = &picture->reduced;
    reduced->format = picture->reference.format;
    reduction.width = reduced->format.width /= picture->scale;
    reduction.height = reduced->format.height /= picture->scale;
    UP_TRY(make_room(reduced, error));
    return up_upscale_pixels(&picture->reference, reduced, &reduction, error);
}

/* Inks become what they look like: luma is of colours, and PNG holds no inks. */
static up_status read_as_seen(up_eval_picture *picture, up_image *image, const up_options *options,
                              up_error *error)
{
    up_options reading = *options;
    reading.to_srgb = image->source->format.color == UP_COLOR_CMYK;
    if (reading.to_srgb)
        picture->declared->color.has_srgb = true;
    else
        UP_TRY(up_declared_copy(picture->declared, &image->source->metadata, error));
    return up_image_to_pixels(&picture->reference, image, &reading, error);
}

static up_status read_original(up_eval_picture *picture, const char *path,
                               const up_options *options, up_error *error)
{
    up_image *image;
    picture->declared = up_alloc_zero(1, sizeof *picture->declared);
    if (!picture->declared)
        return up_fail_memory(error, "metadata", sizeof *picture->declared);
    up_status status = up_image_open(&image, path, error);
    if (status == UP_OK && image->source->format.color == UP_COLOR_TENSOR)
        status = up_fail(error, UP_ERROR_UNSUPPORTED, "%s: is a tensor; eval takes pictures", path);
    if (status == UP_OK)
        status = read_as_seen(picture, image, options, error);
    up_image_close(&image);
    if (status != UP_OK)
        up_eval_close(picture);
    return status;
}

up_status up_eval_open(up_eval_picture *picture, const char *path, int scale,
                       const up_options *options, up_error *error)
{
    return up_eval_open_degraded(picture, path, scale, NULL, 0, options, error);
}

up_status up_eval_open_degraded(up_eval_picture *picture, const char *path, int scale,
                                const char *degrade, uint64_t seed, const up_options *options,
                                up_error *error)
{
    const int least = degrade ? 1 : 2;
    up_options taken;
    *picture = (up_eval_picture){ .scale = scale };
    UP_TRY(up_options_take(&taken, options, error));
    up_options reading = up_options_running(&taken);
    reading.depth = 8;
    reading.has_background = taken.has_background;
    memcpy(reading.background, taken.background, sizeof reading.background);
    if (scale < least)
        return up_fail(error, UP_ERROR_ARGUMENT, "a scale to evaluate is %d or more, not %d", least,
                       scale);
    UP_TRY(read_original(picture, path, &reading, error));
    up_status status = crop(&picture->reference, scale, path, error);
    if (status == UP_OK)
        status =
            degrade ? spoil(picture, degrade, seed, &taken, error) : reduce(picture, &taken, error);
    if (status != UP_OK)
        up_eval_close(picture);
    return status;
}

void up_eval_close(up_eval_picture *picture)
{
    up_pixels_free(&picture->reference);
    up_pixels_free(&picture->reduced);
    if (picture->declared)
        up_metadata_clear(picture->declared);
    up_free(picture->declared);
    picture->declared = NULL;
}

/* Allocates upscaled->data, and says in `result` what it took. */
static up_status upscale(up_eval_result *result, up_pixels *upscaled,
                         const up_eval_picture *picture, up_image *image, const up_options *options,
                         up_error *error)
{
    size_t large = 0, small = 0;
    up_plan *plan;
    upscaled->format = picture->reference.format;
    up_frame_size(&upscaled->format, &large);
    up_frame_size(&picture->reduced.format, &small);
    UP_TRY(up_plan_to_pixels(&plan, image, upscaled, 2 * large + small, options, error));
    const up_plan_info *info = up_plan_get_info(plan);
    result->multiply_adds = info->multiply_adds;
    result->cleaning = info->cleaning;
    memcpy(result->steps, info->steps, sizeof result->steps);
    up_status status = make_room(upscaled, error);
    if (status == UP_OK)
        memset(upscaled->data, 0, large); /* pages that are new cost more than `nearest` does */
    const double start = up_now(), used = up_processor_now();
    if (status == UP_OK)
        status = up_plan_run_to_pixels(plan, upscaled, error);
    result->seconds = up_now() - start;
    result->processor = up_processor_now() - used;
    up_plan_destroy(&plan);
    return status;
}

static up_status measure(up_eval_result *result, const up_eval_picture *picture,
                         const up_pixels *upscaled, const up_measuring *how, up_error *error)
{
    UP_TRY(up_psnr(&result->psnr, &picture->reference, upscaled, how, error));
    return up_ssim(&result->ssim, &picture->reference, upscaled, how, error);
}

up_status up_eval_upscale(up_eval_result *result, up_pixels *output, const up_eval_picture *picture,
                          const up_options *options, up_error *error)
{
    const up_metadata nothing = { .orientation = 1 };
    up_options scaled;
    *result = (up_eval_result){ 0 };
    *output = (up_pixels){ 0 };
    UP_TRY(up_options_take(&scaled, options, error));
    double asked[2];
    if (scaled.width == 0 && scaled.height == 0 && !up_options_scale(&scaled, asked))
        scaled.scale.rows = scaled.scale.columns = picture->scale;
    up_image *image;
    const up_metadata *declared = picture->declared ? picture->declared : &nothing;
    UP_TRY(up_image_declared(&image, &picture->reduced, declared, error));
    image->source->jpeg_quality = picture->jpeg_quality;
    up_status status = upscale(result, output, picture, image, &scaled, error);
    up_image_close(&image);
    if (status != UP_OK)
        up_pixels_free(output);
    return status;
}

up_status up_eval_run(up_eval_result *result, const up_eval_picture *picture,
                      const up_options *options, const up_measuring *how, up_pixels *upscaled,
                      up_error *error)
{
    up_pixels output;
    up_options taken;
    if (upscaled)
        *upscaled = (up_pixels){ 0 };
    *result = (up_eval_result){ 0 };
    UP_TRY(up_options_take(&taken, options, error));
    const up_measuring papers = { .border = picture->scale,
                                  .threads = taken.threads,
                                  .cancel = taken.cancel };
    UP_TRY(up_eval_upscale(result, &output, picture, &taken, error));
    up_status status = measure(result, picture, &output, how ? how : &papers, error);
    if (status != UP_OK || !upscaled)
        up_pixels_free(&output);
    if (upscaled)
        *upscaled = output;
    return status;
}
