/* Learned upsampling: networks that end in a transposed convolution (one layer being the smallest),
 * from a weight file or inside the program. Native scales are chained; a resample does the rest. */
#include "base/machine.h"
#include "methods/method.h"
#include "methods/network_colour.h"
#include "weights/embedded.h"

#include <stdio.h>

#define MOST_STAGES 8

static up_status load_embedded(up_network **network, const char *name, int scale, up_error *error)
{
    const up_embedded *embedded = up_embedded_find(name, scale);
    up_tensor_file *file;
    if (!embedded)
        return up_fail(error, UP_ERROR_ARGUMENT,
                       "no weights called '%s' for scale %d are inside the program; give a file "
                       "with --weights",
                       name ? name : "tconv", scale);
    UP_TRY(
        up_tensor_file_from_memory(&file, embedded->bytes, embedded->size, embedded->name, error));
    up_status status = up_network_load(network, file, NULL, scale, error);
    up_tensor_file_close(&file);
    return status;
}

/* The scale asked for, where it is one whole number: some files do not tell theirs. */
static int whole_scale(const up_request *request)
{
    const up_ratio *step = request->step;
    bool same = step[0].num == step[1].num && step[0].den == step[1].den;
    return request->sized && same && step[0].num == 1 ? (int)step[0].den : 0;
}

static up_status load_file(up_request *request, up_error *error)
{
    up_tensor_file *file;
    const size_t most = up_machine_memory_limit(request->options->max_memory);
    UP_TRY(up_tensor_file_open(&file, request->options->weights, most, error));
    request->values_bytes = up_tensor_file_values_bytes(file);
    request->loading_bytes = up_tensor_file_bytes(file) + request->values_bytes;
    up_status status = up_network_load(&request->network, file, &request->options->layer,
                                       whole_scale(request), error);
    up_tensor_file_close(&file);
    return status;
}

/* The size that one run of the network makes, and the ratio of the input to it. */
static up_status native_size(up_request *request, up_error *error)
{
    const up_network *network = request->network;
    const int in[2] = { request->input.height, request->input.width };
    int out[2];
    for (int a = 0; a < 2; a++) {
        int64_t size = (int64_t)in[a] * network->scale[a];
        if (request->tensor || network->missing[a] == 0)
            size = (size + network->extra[a]) / network->reduction[a];
        if (size < 1 || size > INT32_MAX / 8)
            return up_fail(error, UP_ERROR_WEIGHTS, "the network makes %lld %s of an input of %d",
                           (long long)size, a ? "columns" : "rows", in[a]);
        out[a] = (int)size;
        request->step[a] = up_ratio_make(in[a], out[a]);
    }
    request->height = out[0];
    request->width = out[1];
    return UP_OK;
}

/* PyTorch's forward(input, output_size): the output_padding that leads there. */
static up_status apply_output_size(up_request *request, up_error *error)
{
    const up_pair *wanted = &request->options->layer.output_size;
    up_network *network = request->network;
    up_network_item *last = &network->item[network->items - 1];
    const int in[2] = { request->input.height, request->input.width };
    const int size[2] = { wanted->rows, wanted->columns };
    if (!wanted->set)
        return UP_OK;
    if (last->op != UP_NETWORK_CONV_TRANSPOSE2D ||
        network->reduction[0] * network->reduction[1] > 1)
        return up_fail(error, UP_ERROR_ARGUMENT,
                       "--output-size needs weights that end in a transposed convolution");
    for (int a = 0; a < 2; a++) {
        int64_t least =
            (int64_t)in[a] * network->scale[a] + network->extra[a] - last->output_padding[a];
        int64_t padding = size[a] - least;
        if (padding < 0 || padding >= last->stride[a])
            return up_fail(error, UP_ERROR_ARGUMENT,
                           "--output-size %d,%d: %s must be %lld to %lld for this input", size[0],
                           size[1], a ? "columns" : "rows", (long long)least,
                           (long long)least + last->stride[a] - 1);
        network->extra[a] += (int)padding - last->output_padding[a];
        last->output_padding[a] = (int)padding;
    }
    return UP_OK;
}

static up_status prepare(up_request *request, up_error *error)
{
    if (request->options->align_corners)
        return up_fail(error, UP_ERROR_ARGUMENT,
                       "--align-corners goes with bilinear and bicubic only");
    if (!request->options->weights)
        return UP_OK;
    if (request->variant)
        return up_fail(
            error, UP_ERROR_ARGUMENT,
            "tconv:%s are weights inside the program; --weights gives others: choose one",
            request->variant);
    UP_TRY(load_file(request, error));
    UP_TRY(up_check_network(request->network, request, up_request_colours(request), error));
    UP_TRY(apply_output_size(request, error));
    return request->sized ? UP_OK : native_size(request, error);
}

static up_status add_stage(up_graph *graph, const up_network *network, const char *name,
                           up_request *request, int *node, up_error *error)
{
    const up_shape before = *up_graph_shape(graph, *node);
    for (int a = 0; a < 2; a++)
        if (network->least[a] > (a ? before.width : before.height))
            return up_fail(error, UP_ERROR_INPUT,
                           "%dx%d is too small for the network, which needs %d %s", before.width,
                           before.height, network->least[a], a ? "columns" : "rows");
    UP_TRY(up_add_network_stage(graph, *node, network, request, node, error));
    const up_shape *after = up_graph_shape(graph, *node);
    up_request_say(request, "%s x%d to %dx%d", name, network->scale[0], after->width,
                   after->height);
    return UP_OK;
}

/* The embedded weights that leave the least to do: the smallest scale that is enough, else 4. */
static int stage_scale(const up_shape *shape, const up_request *request)
{
    for (int scale = 2; scale < 4; scale++)
        if ((int64_t)shape->width * scale >= request->width &&
            (int64_t)shape->height * scale >= request->height)
            return scale;
    return 4;
}

static up_status add_embedded_stage(up_graph *graph, up_request *request, int *node,
                                    up_error *error)
{
    up_network *network;
    char name[64];
    int scale = stage_scale(up_graph_shape(graph, *node), request);
    UP_TRY(load_embedded(&network, request->variant, scale, error));
    const char *variant = up_embedded_find(request->variant, scale)->name;
    snprintf(name, sizeof name, "tconv:%s", variant);
    up_status status = add_stage(graph, network, name, request, node, error);
    up_network_free(&network);
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

static up_status build(up_graph *graph, int from, up_request *request, int *to, up_error *error)
{
    *to = from;
    for (int stage = 0; stage < MOST_STAGES; stage++) {
        up_shape before = *up_graph_shape(graph, *to);
        bool enough = before.width >= request->width && before.height >= request->height;
        if (enough && (stage > 0 || !request->network))
            break;
        if (request->network)
            UP_TRY(
                add_stage(graph, request->network, request->network->family, request, to, error));
        else
            UP_TRY(add_embedded_stage(graph, request, to, error));
        const up_shape *after = up_graph_shape(graph, *to);
        bool grows = after->width > before.width && after->height > before.height;
        if (!request->sized || !grows || after->channels != before.channels)
            break;
    }
    return add_remainder(graph, request, to, error);
}

const up_method up_tconv = {
    .info = { "tconv", "a learned transposed convolution, from --weights or inside the program" },
    .domain = UP_ON_COLOUR_ONLY,
    .prepare = prepare,
    .build = build,
};
