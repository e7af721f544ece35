/* SPDX-License-Identifier: MIT */

#include "methods/method.h"

#include "base/memory.h"

#include <limits.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void up_request_clear(up_request *request)
{
    up_model_close(&request->loaded);
    up_free(request->indices);
    up_blur_close(&request->blur);
    up_conversion_free(&request->plain.conversion);
    request->indices = NULL;
}

up_domain up_request_domain(const up_request *request, const up_method *method)
{
    const bool moves = method->domain == UP_ON_RAW || method->domain == UP_ON_SAMPLES;
    return request->options->back_project && moves ? UP_ON_COLOUR : method->domain;
}

void up_request_whole_scale(const up_request *request, int scale[2])
{
    for (int a = 0; a < 2; a++) {
        const up_ratio step = request->step[a];
        scale[a] = request->sized && step.num == 1 && step.den <= INT_MAX ? (int)step.den : 0;
    }
}

bool up_request_flattens(const up_request *request)
{
    return request->options->has_background && up_color_has_alpha(request->input.color);
}

bool up_request_colours_grey(const up_request *request)
{
    const uint8_t *colour = request->options->background;
    return up_request_flattens(request) && request->input.color == UP_COLOR_GREY_ALPHA &&
           (colour[0] != colour[1] || colour[0] != colour[2]);
}

int up_request_colours(const up_request *request)
{
    if (up_request_colours_grey(request))
        return 3;
    return request->input.channels - (up_color_has_alpha(request->input.color) ? 1 : 0);
}

float up_white(up_sample sample)
{
    return sample == UP_SAMPLE_U8 ? 255 : sample == UP_SAMPLE_U16 ? 65535 : 1;
}

void up_request_say(up_request *request, const char *format, ...)
{
    char *steps = request->steps;
    size_t used = strlen(steps), room = sizeof request->steps;
    if (used)
        used += (size_t)snprintf(steps + used, room - used, ", then ");
    if (used >= room)
        return;
    va_list args;
    va_start(args, format);
    vsnprintf(steps + used, room - used, format, args);
    va_end(args);
}

static up_status too_large(double width, double height, up_error *error)
{
    return up_fail(error, UP_ERROR_LIMIT,
                   "an output of %.0fx%.0f is too large: at most %d on either side", width, height,
                   INT_MAX / 8);
}

static up_status scale_axis(double scale, int in, int *out, up_ratio *step, const char *axis,
                            up_error *error)
{
    if (!isfinite(scale) || scale <= 0)
        return up_fail(error, UP_ERROR_ARGUMENT, "a scale must be a positive number, not %g",
                       scale);
    if (scale * in > INT_MAX / 8)
        return too_large(scale * in, scale * in, error);
    up_ratio ratio = up_ratio_from_double(scale);
    *out = up_ratio_floor(ratio, in);
    *step = (up_ratio){ ratio.den, ratio.num };
    if (*out < 1)
        return up_fail(error, UP_ERROR_ARGUMENT, "scale %g leaves nothing of a %s of %d", scale,
                       axis, in);
    return UP_OK;
}

up_status up_request_scale(up_request *request, double rows, double columns, up_error *error)
{
    UP_TRY(scale_axis(rows, request->input.height, &request->height, &request->step[0], "height",
                      error));
    return scale_axis(columns, request->input.width, &request->width, &request->step[1], "width",
                      error);
}

static int proportional(int side, int other_out, int other_in)
{
    double exact = (double)side * other_out / other_in;
    return exact < 1 ? 1 : exact > INT_MAX ? INT_MAX : (int)lround(exact);
}

/* From --width, --height, --size or --fit. */
static up_status exact_size(up_request *request, up_error *error)
{
    const up_options *options = request->options;
    const up_format *in = &request->input;
    int width = options->width, height = options->height;
    if (width < 0 || height < 0)
        return up_fail(error, UP_ERROR_ARGUMENT, "an output size must be positive");
    bool by_width = height == 0;
    if (options->fit && width && height)
        by_width = (int64_t)width * in->height <= (int64_t)height * in->width;
    if (height == 0 || (options->fit && by_width))
        height = proportional(in->height, width, in->width);
    else if (width == 0 || options->fit)
        width = proportional(in->width, height, in->height);
    if (width > INT_MAX / 8 || height > INT_MAX / 8)
        return too_large(width, height, error);
    request->width = width;
    request->height = height;
    request->step[0] = up_ratio_make(in->height, height);
    request->step[1] = up_ratio_make(in->width, width);
    return UP_OK;
}

up_status up_request_size(up_request *request, up_error *error)
{
    const up_options *options = request->options;
    request->sized = true;
    if (options->width || options->height)
        return exact_size(request, error);
    double scale[2];
    request->sized = up_options_scale(options, scale);
    return up_request_scale(request, scale[0], scale[1], error);
}
