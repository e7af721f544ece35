/* SPDX-License-Identifier: MIT */
#include "compare/impulse.h"

#include "base/memory.h"

#include <math.h>

enum { MOST_SIDE = 11, LEAST_SIDE = 5, MOST_RESPONSE = 72 };

static int odd_side(double scale)
{
    int side = MOST_SIDE;
    while (side > LEAST_SIDE && side * scale > MOST_RESPONSE)
        side -= 2;
    return side;
}

up_status up_impulse_response(up_pixels *response, const up_options *options,
                              const up_format *input, const up_format *output, up_error *error)
{
    float black[MOST_SIDE * MOST_SIDE] = { 0 };
    double rows = (double)output->height / input->height;
    double columns = (double)output->width / input->width;
    int side = odd_side(fmax(rows, columns));
    const up_pixels pixel = {
        .format = { .width = side,
                    .height = side,
                    .channels = 1,
                    .frames = 1,
                    .color = UP_COLOR_GREY,
                    .sample = UP_SAMPLE_F32,
                    .depth = 32 },
        .data = black,
    };
    up_options how = *options;
    how.depth = 0;
    how.linear = how.has_background = false;
    how.progress = NULL;
    how.threads = 1;
    if (how.width || how.height) {
        how.width = how.height = 0;
        how.fit = false;
        how.scale.rows = rows;
        how.scale.columns = columns;
    }
    black[side * side / 2] = 1;
    *response = (up_pixels){ 0 };
    UP_TRY(up_output_format(&pixel.format, &how, &response->format, error));
    const up_format *f = &response->format;
    if (f->width > 4 * MOST_RESPONSE || f->height > 4 * MOST_RESPONSE)
        return up_fail(error, UP_ERROR_UNSUPPORTED, "the response is too large to be shown");
    response->data = up_alloc((size_t)f->width * (size_t)f->height, sizeof(float));
    if (!response->data)
        return up_fail_memory(error, "an impulse response", (size_t)f->width * sizeof(float));
    up_status status = up_upscale_pixels(&pixel, response, &how, error);
    if (status != UP_OK) {
        up_free(response->data);
        response->data = NULL;
    }
    return status;
}
