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

/* Inks one by one, all else at once. */
static up_status add_network(up_graph *graph, int from, const up_network *network,
                             up_request *request, int *to, up_error *error)
{
    const int channels = up_graph_shape(graph, from)->channels;
    int one;
    if (channels == 1 || channels == 3)
        return up_add_network_stage(graph, from, network, request, to, error);
    for (int c = 0; c < channels; c++) {
        UP_TRY(up_add_select(graph, from, c, 1, &one, error));
        UP_TRY(up_add_network_stage(graph, one, network, request, &one, error));
        if (c > 0)
            UP_TRY(up_graph_add_concat(graph, (int[]){ *to, one }, 2, &one, error));
        *to = one;
    }
    return UP_OK;
}

up_status up_add_cleaning(up_graph *graph, int from, up_request *request, int *to, up_error *error)
{
    const up_embedded *embedded = up_embedded_find("clean", 1);
    up_model model;
    *to = from;
    UP_TRY(up_model_open_embedded(&model, embedded, error));
    up_request_say(request, "tconv:%s", embedded->name);
    up_status status = add_network(graph, from, model.network, request, to, error);
    up_model_close(&model);
    return status;
}
