/* SPDX-License-Identifier: MIT */
#include "methods/colour/to_srgb.h"

#include "ops/point/convert.h"

#include <string.h>

up_status up_to_srgb_prepare(up_request *request, up_error *error)
{
    static const up_metadata srgb = { .orientation = 1, .color = { .has_srgb = true } };
    const up_options *options = request->options;
    if (request->tensor || !(options->to_srgb || options->to_sdr))
        return UP_OK;
    UP_TRY(up_plain_srgb_find(&request->plain, request->declared, &request->input, request->white,
                              !options->to_srgb, error));
    request->says_srgb = options->to_srgb || request->plain.conversion;
    if (!request->plain.conversion)
        return UP_OK;
    up_request_say(request, "to sRGB from %s", request->plain.from);
    request->declared = &srgb;
    if (request->input.color == UP_COLOR_CMYK) {
        request->input.color = UP_COLOR_RGB;
        request->input.channels = up_conversion_channels(request->plain.conversion);
    }
    return UP_OK;
}

up_status up_add_to_srgb(up_graph *graph, int from, up_request *request, int *to, up_error *error)
{
    const up_format *given = &request->given;
    const int colours = given->channels - (up_color_has_alpha(given->color) ? 1 : 0);
    *to = from;
    if (!request->plain.conversion)
        return UP_OK;
    return UP_ADD_OP(graph, from, to, error, up_convert_plan, &request->plain.conversion, colours,
                     request->white, given->sample != UP_SAMPLE_F32);
}
