/* SPDX-License-Identifier: MIT */
/* The calls that do everything at once. */

#include "api/plan.h"

#include "base/memory.h"
#include "base/text_stream.h"
#include "io/files/writer.h"
#include "io/pixels.h"

#include <stdlib.h>

static up_status write_image(const char *output, up_image *image, const up_options *options,
                             up_error *error)
{
    up_plan *plan;
    UP_TRY(up_plan_create(&plan, image, output, options, error));
    up_status status = up_plan_run(plan, output, error);
    up_plan_destroy(&plan);
    return status;
}

static up_status image_to_pixels(up_image *image, const up_pixels *output, size_t held,
                                 const up_options *options, up_error *error)
{
    up_plan *plan;
    UP_TRY(up_plan_to_pixels(&plan, image, output, held, options, error));
    up_status status = up_plan_run_to_pixels(plan, output, error);
    up_plan_destroy(&plan);
    return status;
}

/* What leaves every pixel where it is. */
static up_status without_resizing(up_options *copy, const up_options *options, up_error *error)
{
    UP_TRY(up_options_take(copy, options, error));
    copy->method = up_nearest.info.name; /* which at this size is a copy */
    copy->weights = copy->indices = copy->kernel = NULL;
    copy->width = copy->height = copy->page = 0;
    copy->scale.rows = copy->scale.columns = 1;
    return UP_OK;
}

up_status up_upscale_file(const char *input, const char *output, const up_options *options,
                          up_error *error)
{
    up_image *image;
    UP_TRY(up_image_open(&image, input, error));
    up_status status = write_image(output, image, options, error);
    up_image_close(&image);
    return status;
}

up_status up_upscale_pixels(const up_pixels *input, const up_pixels *output,
                            const up_options *options, up_error *error)
{
    up_image *image;
    UP_TRY(up_image_from_pixels(&image, input, error));
    up_status status = image_to_pixels(image, output, 0, options, error);
    up_image_close(&image);
    return status;
}

up_status up_write_pixels(const char *output, const up_pixels *pixels, const up_options *options,
                          up_error *error)
{
    const up_metadata nothing = { .orientation = 1 };
    return up_write_declared(output, pixels, &nothing, options, error);
}

up_status up_write_declared(const char *output, const up_pixels *pixels,
                            const up_metadata *declared, const up_options *options, up_error *error)
{
    up_options copy;
    up_image *image;
    UP_TRY(without_resizing(&copy, options, error));
    UP_TRY(up_image_declared(&image, pixels, declared, error));
    up_status status = write_image(output, image, &copy, error);
    up_image_close(&image);
    return status;
}

up_status up_write_bytes(const char *output, const void *bytes, size_t size,
                         const up_options *options, up_error *error)
{
    up_options taken;
    up_writer *writer;
    UP_TRY(up_options_take(&taken, options, error));
    UP_TRY(up_writer_open(&writer, output, taken.overwrite, error));
    up_status status = up_writer_write(writer, bytes, size, error);
    if (status == UP_OK)
        status = up_writer_publish(writer, error);
    up_writer_close(&writer);
    return status;
}

up_status up_write_text(const char *output, up_print *print, const void *user,
                        const up_options *options, up_error *error)
{
    char *text;
    size_t size;
    FILE *out = up_text_stream(&text, &size);
    if (out)
        print(out, user);
    if (!out || fclose(out))
        return up_fail_memory(error, output, size);
    up_status status = up_write_bytes(output, text, size, options, error);
    free(text);
    return status;
}

static up_status read_image(up_pixels *pixels, up_image *image, const up_options *options,
                            up_error *error)
{
    size_t bytes;
    up_format format;
    UP_TRY(up_output_format(&image->info.format, options, &format, error));
    if (!up_frame_size(&format, &bytes))
        return up_fail(error, UP_ERROR_LIMIT, "%dx%d is too large to be held in memory",
                       format.width, format.height);
    up_pixels result = { .format = format };
    up_plan *plan;
    UP_TRY(up_plan_to_pixels(&plan, image, &result, bytes, options, error));
    result.data = up_alloc(bytes, 1);
    up_status status = result.data ? up_plan_run_to_pixels(plan, &result, error)
                                   : up_fail_memory(error, "a picture", bytes);
    up_plan_destroy(&plan);
    if (status == UP_OK)
        *pixels = result;
    else
        up_free(result.data);
    return status;
}

up_status up_image_to_pixels(up_pixels *pixels, up_image *image, const up_options *options,
                             up_error *error)
{
    up_options copy;
    *pixels = (up_pixels){ 0 };
    UP_TRY(without_resizing(&copy, options, error));
    return read_image(pixels, image, &copy, error);
}

up_status up_read_pixels(up_pixels *pixels, const char *input, const up_options *options,
                         up_error *error)
{
    up_image *image;
    *pixels = (up_pixels){ 0 };
    UP_TRY(up_image_open(&image, input, error));
    up_status status = up_image_to_pixels(pixels, image, options, error);
    up_image_close(&image);
    return status;
}

void up_pixels_free(up_pixels *pixels)
{
    up_free(pixels->data);
    pixels->data = NULL;
}

up_status up_output_format(const up_format *input, const up_options *options, up_format *output,
                           up_error *error)
{
    char pixel = 0;
    const up_pixels pixels = { .format = *input, .data = &pixel };
    up_options taken;
    up_image *image;
    up_plan *plan;
    UP_TRY(up_options_take(&taken, options, error));
    taken.page = 0; /* it is one */
    UP_TRY(up_image_from_pixels(&image, &pixels, error));
    up_status status = up_plan_begin(&plan, image, &taken, error);
    if (status == UP_OK)
        status = up_plan_size(plan, error);
    if (status == UP_OK)
        *output = plan->to[0].format;
    up_plan_destroy(&plan);
    up_image_close(&image);
    return status;
}
