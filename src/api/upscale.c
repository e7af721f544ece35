/* The calls that do everything at once. */
#include "api/plan.h"

static const up_options defaults;

static up_status write_image(const char *output, up_image *image, const up_options *options,
                             up_error *error)
{
    up_plan *plan;
    UP_TRY(up_plan_create(&plan, image, output, options, error));
    up_status status = up_plan_run(plan, output, error);
    up_plan_destroy(&plan);
    return status;
}

up_status up_upscale_file(const char *input, const char *output, const up_options *options,
                          up_error *error)
{
    up_image *image;
    UP_TRY(up_image_open(&image, input, error));
    up_status status = write_image(output, image, options ? options : &defaults, error);
    up_image_close(&image);
    return status;
}

static up_status plan_pixels(up_plan *plan, const up_pixels *output, up_error *error)
{
    up_sink *sinks[UP_MAX_OUTPUTS] = { NULL };
    UP_TRY(up_plan_upscaling(plan, NULL, output, error));
    UP_TRY(up_plan_finish(plan, error));
    UP_TRY(up_sink_to_pixels(&sinks[0], output, error));
    return up_plan_execute(plan, sinks, error);
}

up_status up_upscale_pixels(const up_pixels *input, const up_pixels *output,
                            const up_options *options, up_error *error)
{
    up_source *source;
    up_image *image;
    up_plan *plan;
    UP_TRY(up_source_from_pixels(&source, input, error));
    UP_TRY(up_image_from_source(&image, source, error));
    up_status status = up_plan_begin(&plan, image, options ? options : &defaults, error);
    if (status == UP_OK)
        status = plan_pixels(plan, output, error);
    up_plan_destroy(&plan);
    up_image_close(&image);
    return status;
}

up_status up_write_pixels(const char *output, const up_pixels *pixels, const up_options *options,
                          up_error *error)
{
    up_options copy = options ? *options : defaults;
    copy.method = up_nearest.info.name; /* which at this size is a copy */
    copy.weights = copy.indices = NULL;
    copy.width = copy.height = 0;
    copy.scale.rows = copy.scale.columns = 1;
    up_source *source;
    up_image *image;
    UP_TRY(up_source_from_pixels(&source, pixels, error));
    UP_TRY(up_image_from_source(&image, source, error));
    up_status status = write_image(output, image, &copy, error);
    up_image_close(&image);
    return status;
}

up_status up_output_format(const up_format *input, const up_options *options, up_format *output,
                           up_error *error)
{
    char pixel = 0;
    const up_pixels pixels = { .format = *input, .data = &pixel };
    up_source *source;
    up_image *image;
    up_plan *plan;
    UP_TRY(up_source_from_pixels(&source, &pixels, error));
    UP_TRY(up_image_from_source(&image, source, error));
    up_status status = up_plan_begin(&plan, image, options ? options : &defaults, error);
    if (status == UP_OK)
        status = up_plan_size(plan, error);
    if (status == UP_OK)
        *output = plan->to[0].format;
    up_plan_destroy(&plan);
    up_image_close(&image);
    return status;
}
