/* SPDX-License-Identifier: MIT */
#include "methods/clean/cleaning_stage.h"

#include "methods/clean/strength.h"
#include "methods/network_colour.h"
#include "pipeline/add_ops.h"
#include "weights/embedded.h"

#include <string.h>

static const struct {
    const char *name, *weights;
} photo[] = { { "photo", "small" }, { "photo-large", "large" } };

enum { PHOTOS = sizeof photo / sizeof *photo };

const char *up_photo_weights(const char *variant)
{
    for (int i = 0; variant && i < PHOTOS; i++)
        if (strcmp(photo[i].name, variant) == 0)
            return photo[i].weights;
    return NULL;
}

const char *up_photo_name(int i)
{
    return i >= 0 && i < PHOTOS ? photo[i].name : NULL;
}

bool up_request_may_be_cleaned(const up_request *request)
{
    return (request->cleans || request->options->clean.mode != UP_CLEAN_UNSAID) && !request->told;
}

up_status up_request_is_cleaned(up_request *request, bool *cleaned, up_error *error)
{
    double strength = 0;
    if (up_request_may_be_cleaned(request)) {
        if (request->tensor)
            return up_fail(error, UP_ERROR_ARGUMENT,
                           "tensors are not cleaned, but by a network that is told how much (by "
                           "upscale.condition in its weights)");
        UP_TRY(up_request_strength(request, &strength, error));
    }
    *cleaned = strength > 0;
    return UP_OK;
}

up_status up_add_cleaning(up_graph *graph, int from, up_request *request, int *to, up_error *error)
{
    const up_embedded *embedded = up_embedded_find("clean", 1);
    const int channels = up_graph_shape(graph, from)->channels;
    up_model model;
    UP_TRY(up_model_open_embedded(&model, embedded, error));
    up_request_say(request, "tconv:%s", embedded->name);
    const up_status status =
        channels == 1 || channels == 3
            ? up_add_network_stage(graph, from, model.network, request, to, error)
            : up_add_per_channel(graph, from, up_add_network_stage, model.network, request, to,
                                 error); /* inks */
    up_model_close(&model);
    return status;
}
