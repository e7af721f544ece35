/* Learned transposed convolutions: from a weight file, or the ones inside the program. */
#include "base/memory.h"
#include "methods/method.h"
#include "ops/conv.h"
#include "ops/resample.h"
#include "weights/embedded.h"

#include <string.h>

#define MOST_STAGES 8

static up_status load_embedded(up_layer_weights **layer, const char *name, int scale,
                               up_error *error)
{
    const up_embedded *embedded = up_embedded_find(name, scale);
    up_safetensors *file;
    if (!embedded)
        return up_fail(error, UP_ERROR_ARGUMENT,
                       "no weights called '%s' for scale %d are inside the program; give a file "
                       "with --weights",
                       name ? name : "tconv", scale);
    UP_TRY(
        up_safetensors_from_memory(&file, embedded->bytes, embedded->size, embedded->name, error));
    up_status status = up_layer_load(layer, file, NULL, error);
    up_safetensors_close(&file);
    return status;
}

static up_status load_file(up_request *request, up_error *error)
{
    up_safetensors *file;
    UP_TRY(up_safetensors_open(&file, request->options->weights, error));
    up_status status = up_layer_load(&request->layer, file, &request->options->layer, error);
    up_safetensors_close(&file);
    return status;
}

/* The colours that the layer is run on: all channels but alpha. */
static int colours(const up_request *request)
{
    bool alpha =
        request->input.color == UP_COLOR_GREY_ALPHA || request->input.color == UP_COLOR_RGBA;
    return request->input.channels - (alpha ? 1 : 0);
}

static bool per_channel(const up_layer_weights *layer, int channels)
{
    return layer->in_channels == 1 && layer->out_channels == 1 && channels > 1;
}

static up_status check_channels(const up_request *request, up_error *error)
{
    const up_layer_weights *layer = request->layer;
    int channels = colours(request);
    if (layer->in_channels != channels && !per_channel(layer, channels))
        return up_fail(error, UP_ERROR_WEIGHTS,
                       "the weights take %d channels, but the input has %d", layer->in_channels,
                       channels);
    if (!request->tensor && layer->out_channels != layer->in_channels)
        return up_fail(error, UP_ERROR_WEIGHTS,
                       "the weights make %d channels of %d, which is no picture; use .npy tensors",
                       layer->out_channels, layer->in_channels);
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
    UP_TRY(check_channels(request, error));
    if (request->sized)
        return UP_OK;
    const up_format *in = &request->input;
    UP_TRY(up_layer_output(request->layer, in->height, in->width,
                           &request->options->layer.output_size, &request->height, &request->width,
                           request->layer->output_padding, error));
    request->step[0] = up_ratio_make(in->height, request->height);
    request->step[1] = up_ratio_make(in->width, request->width);
    return UP_OK;
}

/* A 1 -> 1 layer for every one of `channels`: the same weights, one group each. */
static up_status repeat_layer(const up_layer_weights *layer, int channels, up_conv *conv,
                              float **copy, up_error *error)
{
    size_t size = (size_t)layer->kernel[0] * layer->kernel[1];
    *copy = up_alloc((size_t)channels, (size + 1) * sizeof(float));
    if (!*copy)
        return up_fail_memory(error, "weights", channels * size * sizeof(float));
    float *bias = *copy + channels * size;
    for (int c = 0; c < channels; c++) {
        memcpy(*copy + c * size, layer->weight, size * sizeof(float));
        bias[c] = layer->bias ? layer->bias[0] : 0;
    }
    conv->in_channels = conv->out_channels = conv->groups = channels;
    conv->weight = *copy;
    conv->bias = layer->bias ? bias : NULL;
    return UP_OK;
}

/* The layer sees samples of range 0 .. layer->range; since it is linear, scaling its bias is
 * the same as scaling its input and output. */
static up_status scaled_bias(const up_layer_weights *layer, const up_request *request, float **bias,
                             up_error *error)
{
    *bias = NULL;
    if (!layer->bias)
        return UP_OK;
    *bias = up_alloc(layer->out_channels, sizeof(float));
    if (!*bias)
        return up_fail_memory(error, "weights", layer->out_channels * sizeof(float));
    float factor = request->tensor ? 1 : request->white / layer->range;
    for (int c = 0; c < layer->out_channels; c++)
        (*bias)[c] = layer->bias[c] * factor;
    return UP_OK;
}

static up_status add_conv(up_graph *graph, const up_layer_weights *layer, int *node,
                          up_error *error)
{
    up_shape shape = *up_graph_shape(graph, *node);
    up_conv conv = {
        .transposed = true,
        .in_channels = layer->in_channels,
        .out_channels = layer->out_channels,
        .groups = layer->groups,
        .weight = layer->weight,
        .bias = layer->bias,
    };
    memcpy(conv.kernel, layer->kernel, sizeof conv.kernel);
    memcpy(conv.stride, layer->stride, sizeof conv.stride);
    memcpy(conv.padding, layer->padding, sizeof conv.padding);
    memcpy(conv.output_padding, layer->output_padding, sizeof conv.output_padding);
    memcpy(conv.dilation, layer->dilation, sizeof conv.dilation);
    float *copy = NULL;
    up_op *op = NULL;
    up_status status = UP_OK;
    if (per_channel(layer, shape.channels))
        status = repeat_layer(layer, shape.channels, &conv, &copy, error);
    if (status == UP_OK)
        status = up_conv_plan(&op, &shape, &conv, error);
    up_free(copy);
    return status != UP_OK ? status : up_graph_add(graph, op, *node, -1, node, error);
}

static up_status add_layer(up_graph *graph, const up_layer_weights *layer, up_request *request,
                           int *node, up_error *error)
{
    float *bias;
    UP_TRY(scaled_bias(layer, request, &bias, error));
    up_layer_weights scaled = *layer;
    scaled.bias = bias;
    up_status status = add_conv(graph, &scaled, node, error);
    up_free(bias);
    if (status == UP_OK)
        up_request_say(request, "tconv x%d to %dx%d", layer->stride[0],
                       up_graph_shape(graph, *node)->width, up_graph_shape(graph, *node)->height);
    return status;
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

static up_status add_stage(up_graph *graph, up_request *request, int *node, up_error *error)
{
    if (request->layer)
        return add_layer(graph, request->layer, request, node, error);
    up_layer_weights *layer;
    int scale = stage_scale(up_graph_shape(graph, *node), request);
    UP_TRY(load_embedded(&layer, request->variant, scale, error));
    up_status status = add_layer(graph, layer, request, node, error);
    up_layer_free(&layer);
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
        if (stage > 0 && before.width >= request->width && before.height >= request->height)
            break;
        UP_TRY(add_stage(graph, request, to, error));
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
