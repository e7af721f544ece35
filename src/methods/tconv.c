/* SPDX-License-Identifier: MIT */
/* Learned upsampling: networks that end in a transposed convolution (one layer being the smallest),
 * from a weight file or inside the program. Native scales are chained; a resample does the rest. */

#include "methods/method.h"

#include "methods/clean/cleaning_stage.h"
#include "methods/network_colour.h"
#include "network/build/build.h"
#include "weights/embedded.h"

#include <stdio.h>

#define MOST_STAGES 8

static up_status load_embedded(up_model *model, const char *name, int scale, up_error *error)
{
    const up_embedded *embedded = up_embedded_find(name, scale);
    if (!embedded)
        return up_fail(error, UP_ERROR_ARGUMENT,
                       "no weights called '%s' for scale %d are inside the program; %s",
                       name ? name : "tconv", scale,
                       name && up_embedded_find(name, 1) ? "tconv:photo cleans, and then enlarges"
                                                         : "give a file with --weights");
    return up_model_open_embedded(model, embedded, error);
}

/* The scale asked for, where it is one whole number: some files do not tell theirs. */
static int whole_scale(const up_request *request)
{
    const up_ratio *step = request->step;
    bool same = step[0].num == step[1].num && step[0].den == step[1].den;
    return request->sized && same && step[0].num == 1 ? (int)step[0].den : 0;
}

/* From the file, or what the caller has opened: that is for one scale, where the file leaves it
 * open. */
static up_status find_network(up_request *request, up_error *error)
{
    const up_options *options = request->options;
    const int scale = whole_scale(request);
    const up_model *shared = options->model ? up_weights_model(options->model) : NULL;
    up_model *loaded = &request->loaded;
    if (options->kernel)
        UP_TRY(up_model_open_kernel(loaded, options->kernel, up_request_colours(request), options,
                                    error));
    else if (!shared)
        UP_TRY(up_model_open(loaded, options->weights, options, scale, error));
    else if (up_model_depends_on_scale(shared, scale))
        UP_TRY(up_model_open_again(loaded, shared, options, scale, error));
    request->network = loaded->network ? loaded->network : shared->network;
    request->values_bytes = loaded->values_bytes;
    request->loading_bytes = loaded->values_bytes + (loaded->borrowed ? 0 : loaded->file_bytes);
    request->model_bytes = shared ? up_weights_get_info(options->model)->memory_bytes : 0;
    up_model_close_file(loaded);
    return UP_OK;
}

/* The size that one run of the network makes, and the ratio of the input to it. */
static up_status native_size(up_request *request, up_error *error)
{
    const int in[2] = { request->input.height, request->input.width };
    up_network_fit fit;
    if (!up_network_fits(request->network, in, !request->tensor, &fit))
        return up_fail(error, UP_ERROR_WEIGHTS, "the network makes nothing of an input of %dx%d",
                       in[1], in[0]);
    for (int a = 0; a < 2; a++) {
        fit.size[a] += request->output_padding[a];
        request->step[a] = up_ratio_make(in[a], fit.size[a]);
    }
    request->height = fit.size[0];
    request->width = fit.size[1];
    return UP_OK;
}

/* PyTorch's forward(input, output_size): the output_padding that leads there. */
static up_status find_output_padding(up_request *request, up_error *error)
{
    const up_pair *wanted = &request->options->layer.output_size;
    const up_network *network = request->network;
    const int in[2] = { request->input.height, request->input.width };
    const int size[2] = { wanted->rows, wanted->columns };
    if (!wanted->set)
        return UP_OK;
    const up_network_node *last = up_network_last_transposed(network);
    if (!last || network->reduction[0] * network->reduction[1] > 1)
        return up_fail(error, UP_ERROR_ARGUMENT,
                       "--output-size needs weights that end in a transposed convolution");
    const up_convolution *conv = last->fields;
    for (int a = 0; a < 2; a++) {
        const int now = conv->output_padding[a];
        int64_t least = (int64_t)in[a] * network->scale[a] + network->extra[a] - now;
        int64_t padding = size[a] - least;
        if (padding < 0 || padding >= conv->stride[a])
            return up_fail(error, UP_ERROR_ARGUMENT,
                           "--output-size %d,%d: %s must be %lld to %lld for this input", size[0],
                           size[1], a ? "columns" : "rows", (long long)least,
                           (long long)least + conv->stride[a] - 1);
        request->output_padding[a] = (int)padding - now;
    }
    return UP_OK;
}

/* Whether weights inside the program, asked for by name, have something to do at the same size. */
static bool restores(const up_request *request)
{
    return request->variant && up_embedded_find(request->variant, 1);
}

/* Of photo the cleaning is done before; the weights for that clean by themselves. */
static void take_variant(up_request *request)
{
    const char *weights = up_photo_weights(request->variant);
    request->told = restores(request);
    request->cleans = weights != NULL;
    request->variant = weights ? weights : request->variant;
}

static up_status prepare(up_request *request, up_error *error)
{
    const up_options *options = request->options;
    if (options->align_corners)
        return up_fail(error, UP_ERROR_ARGUMENT,
                       "--align-corners goes with bilinear and bicubic only");
    const int given = !!options->weights + !!options->model + !!options->kernel;
    if (given > 1)
        return up_fail(error, UP_ERROR_ARGUMENT,
                       "give one of a weight file, a model and a kernel (--kernel-values)");
    if (given == 0) {
        take_variant(request);
        return UP_OK;
    }
    if (request->variant)
        return up_fail(error, UP_ERROR_ARGUMENT,
                       "tconv:%s are weights inside the program; %s gives others: choose one",
                       request->variant, options->kernel ? "--kernel-values" : "--weights");
    UP_TRY(find_network(request, error));
    request->told = request->network->condition != UP_CONDITION_NONE;
    UP_TRY(up_check_network(request->network, request, up_request_colours(request), error));
    UP_TRY(find_output_padding(request, error));
    const bool sized = request->sized || (request->network->enlarges_first && !request->tensor);
    return sized ? UP_OK : native_size(request, error);
}

/* "x2", "x2,3", or of what ends smaller than its scale "x1/2". */
static const char *scale_text(char text[48], const up_network *network)
{
    const int *up = network->scale, *down = network->reduction;
    int used = snprintf(text, 48, "x%d", up[0]);
    if (down[0] > 1)
        used += snprintf(text + used, 48 - (size_t)used, "/%d", down[0]);
    if (up[1] != up[0] || down[1] != down[0])
        used += snprintf(text + used, 48 - (size_t)used, ",%d", up[1]);
    if (down[1] > 1 && down[1] != down[0])
        snprintf(text + used, 48 - (size_t)used, "/%d", down[1]);
    return text;
}

static up_status add_stage(up_graph *graph, const up_network *network, const char *name,
                           up_request *request, int *node, up_error *error)
{
    const up_shape before = *up_graph_shape(graph, *node);
    const int in[2] = { before.height, before.width };
    up_network_fit fit;
    const bool fits = up_network_fits(network, in, !request->tensor, &fit);
    for (int a = 0; fits && a < 2; a++)
        if (network->least[a] > in[a] + fit.before[a] + fit.after[a])
            return up_fail(error, UP_ERROR_INPUT,
                           "%dx%d is too small for the network, which needs %d %s", before.width,
                           before.height, network->least[a] - fit.before[a] - fit.after[a],
                           a ? "columns" : "rows");
    UP_TRY(up_add_network_stage(graph, *node, network, request, node, error));
    const up_shape *after = up_graph_shape(graph, *node);
    char scale[48];
    up_request_say(request, "%s %s to %dx%d", name, scale_text(scale, network), after->width,
                   after->height);
    return UP_OK;
}

/* The embedded weights that leave the least to do: the smallest scale that is enough, else 4. */
static int stage_scale(const up_shape *shape, const up_request *request)
{
    for (int scale = restores(request) ? 1 : 2; scale < 4; scale++)
        if ((int64_t)shape->width * scale >= request->width &&
            (int64_t)shape->height * scale >= request->height)
            return scale;
    return 4;
}

static up_status add_embedded_stage(up_graph *graph, up_request *request, int *node,
                                    up_error *error)
{
    up_model model;
    char name[64];
    int scale = stage_scale(up_graph_shape(graph, *node), request);
    UP_TRY(load_embedded(&model, request->variant, scale, error));
    const char *variant = up_embedded_find(request->variant, scale)->name;
    snprintf(name, sizeof name, "tconv:%s", variant);
    up_status status = add_stage(graph, model.network, name, request, node, error);
    up_model_close(&model);
    return status;
}

/* From the size that whole stages reach to the size that was asked for. */
static up_status add_remainder(up_graph *graph, up_request *request, int *node, up_error *error)
{
    const up_shape *shape = up_graph_shape(graph, *node);
    if (shape->width == request->width && shape->height == request->height)
        return UP_OK;
    up_request rest = *request;
    const int now[2] = { shape->height, shape->width };
    const int in[2] = { request->input.height, request->input.width };
    const int out[2] = { request->height, request->width };
    for (int a = 0; a < 2; a++) {
        up_ratio step = request->step[a];
        bool whole = now[a] % in[a] == 0;
        rest.step[a] = whole ? up_ratio_make(step.num * (now[a] / in[a]), step.den)
                             : up_ratio_make(now[a], out[a]);
    }
    up_request_say(request, "bicubic to %dx%d", request->width, request->height);
    return up_add_resample(graph, *node, &up_bicubic_resampling, &rest, node, error);
}

/* One run of the network from the file, or as many as bring it to the size. */
static up_status add_stages(up_graph *graph, up_request *request, int *node, up_error *error)
{
    const up_network *network = request->network;
    for (int stage = 0; stage < MOST_STAGES; stage++) {
        up_shape before = *up_graph_shape(graph, *node);
        bool enough = before.width >= request->width && before.height >= request->height;
        if (enough && (stage > 0 || !(network || restores(request))))
            break;
        if (network)
            UP_TRY(add_stage(graph, network, network->family, request, node, error));
        else
            UP_TRY(add_embedded_stage(graph, request, node, error));
        const up_shape *after = up_graph_shape(graph, *node);
        bool grows = after->width > before.width && after->height > before.height;
        if (!request->sized || !grows || after->channels != before.channels)
            break;
        request->clean = true;
    }
    return UP_OK;
}

static up_status build(up_graph *graph, int from, up_request *request, int *to, up_error *error)
{
    *to = from;
    if (request->network && request->network->enlarges_first)
        UP_TRY(add_remainder(graph, request, to, error));
    UP_TRY(add_stages(graph, request, to, error));
    return add_remainder(graph, request, to, error);
}

const up_method up_tconv = {
    .info = { "tconv",
              "a network or transposed convolution, from --weights or inside the program" },
    .domain = UP_ON_COLOUR_ONLY,
    .prepare = prepare,
    .build = build,
};
