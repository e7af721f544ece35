/* SPDX-License-Identifier: MIT */
#include "methods/network_colour.h"

#include "methods/clean/strength.h"
#include "methods/luma.h"
#include "network/build/build.h"
#include "ops/limit.h"
#include "pipeline/add_ops.h"

#include <math.h>

static bool is_luma(const up_network *network)
{
    return network->color == UP_WEIGHTS_Y || network->color == UP_WEIGHTS_Y_STUDIO;
}

static bool is_one_to_one(const up_network *network)
{
    return up_network_colours(network) == 1 && network->out_channels == 1;
}

bool up_network_is_for_luma(const up_network *network)
{
    return is_luma(network) && is_one_to_one(network);
}

up_status up_check_network(const up_network *network, const up_request *request, int channels,
                           up_error *error)
{
    const int colours = up_network_colours(network);
    if (is_one_to_one(network) || (request->tensor && colours == channels))
        return UP_OK;
    if (request->tensor || network->out_channels != 3 || colours != 3)
        return up_fail(error, UP_ERROR_WEIGHTS,
                       "the weights make %d channels of %d, but the input has %d%s",
                       network->out_channels, colours, channels,
                       !request->tensor         ? "; for tensors use .npy"
                       : network->channels_last ? "; the file has the channels last, but an .npy "
                                                  "must have them before rows and columns"
                                                : "");
    if (channels != 1 && channels != 3)
        return up_fail(error, UP_ERROR_WEIGHTS,
                       "the weights are for RGB, but the input has %d colour channels", channels);
    return UP_OK;
}

/* Bicubic to the size that node `like` has. */
static up_status add_bicubic(up_graph *graph, int from, int like, const up_request *request,
                             int *to, up_error *error)
{
    const up_shape in = *up_graph_shape(graph, from), out = *up_graph_shape(graph, like);
    up_request cubic = *request;
    cubic.height = out.height;
    cubic.width = out.width;
    cubic.step[0] = up_ratio_make(in.height, out.height);
    cubic.step[1] = up_ratio_make(in.width, out.width);
    return up_add_resample(graph, from, &up_bicubic_resampling, &cubic, to, error);
}

/* Differences from bicubic that are not worth making, in 8-bit levels: on smooth slopes networks
 * for photographs make as much of nothing. With inks it is what rounding them to 8 bits has left;
 * 16 bits can show less. For 8-bit luma there is none: it would cost photographs up to 0.02 dB. */
static float settled_levels(const up_request *request)
{
    return request->input.color == UP_COLOR_CMYK ? 0.5f : request->white > 255 ? 0.25f : 0;
}

static up_status settle(up_graph *graph, int from, const up_network *network,
                        const up_request *request, int *to, up_error *error)
{
    const float least = settled_levels(request) / 255 * network->range;
    int cubic;
    if (least == 0 || request->tensor)
        return UP_OK;
    UP_TRY(add_bicubic(graph, from, *to, request, &cubic, error));
    return up_add_point(graph, *to, cubic, &up_point_settle, &least, 1, to, error);
}

/* The plane behind those of colour. */
static up_status add_condition(up_graph *graph, int from, const up_network *network,
                               up_request *request, int *to, up_error *error)
{
    double strength;
    int plane;
    *to = from;
    if (network->condition == UP_CONDITION_NONE)
        return UP_OK;
    UP_TRY(up_request_strength(request, &strength, error));
    const float value = (float)strength;
    UP_TRY(up_add_select(graph, from, 0, 1, &plane, error));
    UP_TRY(up_add_point(graph, plane, -1, &up_point_fill, &value, 1, &plane, error));
    return up_graph_add_concat(graph, (int[]){ from, plane }, 2, to, error);
}

/* The network on planes in its range, and what keeps its result near them. */
static up_status add_network(up_graph *graph, int from, const up_network *network,
                             up_request *request, int *to, up_error *error)
{
    const up_limit *asked = &request->options->limit;
    const double share = asked->set ? asked->share : network->limit;
    int input;
    const int *padding = request->output_padding;
    const bool padded = padding[0] || padding[1];
    UP_TRY(add_condition(graph, from, network, request, &input, error));
    UP_TRY(up_add_network(graph, input, network, !request->tensor, padded ? padding : NULL, to,
                          error));
    if (isinf(share))
        return UP_OK;
    UP_TRY(settle(graph, from, network, request, to, error));
    const up_shape source = *up_graph_shape(graph, from), made = *up_graph_shape(graph, *to);
    if (made.width % source.width || made.height % source.height ||
        made.channels != source.channels)
        return up_fail(error, UP_ERROR_ARGUMENT,
                       "the network makes %dx%dx%d of %dx%dx%d, which cannot be compared sample by "
                       "sample; run it with --limit none",
                       made.width, made.height, made.channels, source.width, source.height,
                       source.channels);
    return up_graph_add(graph, up_limit_plan(&graph->planned, &made, &source, share, error),
                        (int[]){ *to, from }, to, error);
}

/* One layer without bias is linear: it works in any range. */
static bool needs_range(const up_network *network, const up_request *request)
{
    bool linear = network->nodes == 1 && !network->node[0].bias.value;
    return !request->tensor && !linear && request->white != network->range;
}

/* Whether planes are brought into the range of luma that the network was made for: grey, inks, and
 * for weights of our own also those of tensors, whatever they mean. Other people's networks get
 * tensors as they are. */
static bool maps_to_luma(const up_network *network, const up_request *request)
{
    return is_luma(network) && (!request->tensor || !request->network);
}

static up_status add_plain(up_graph *graph, int from, const up_network *network,
                           up_request *request, int *to, up_error *error)
{
    const float in[2] = { network->range / request->white, 0 };
    const float out[2] = { request->white / network->range, 0 };
    bool scaled = needs_range(network, request);
    if (scaled)
        UP_TRY(up_add_point(graph, from, -1, &up_point_affine, in, 2, &from, error));
    UP_TRY(add_network(graph, from, network, request, to, error));
    return scaled ? up_add_point(graph, *to, -1, &up_point_affine, out, 2, to, error) : UP_OK;
}

static up_status add_on_grey(up_graph *graph, int from, const up_network *network,
                             up_request *request, int *to, up_error *error)
{
    bool studio = network->color == UP_WEIGHTS_Y_STUDIO;
    float there[2], back[2];
    up_luma_from_grey(there, studio, request->white, network->range);
    up_luma_to_grey(back, studio, request->white, network->range);
    UP_TRY(up_add_point(graph, from, -1, &up_point_affine, there, 2, &from, error));
    UP_TRY(add_network(graph, from, network, request, to, error));
    return up_add_point(graph, *to, -1, &up_point_affine, back, 2, to, error);
}

up_status up_add_per_channel(up_graph *graph, int from, up_network_adder *add,
                             const up_network *network, up_request *request, int *to,
                             up_error *error)
{
    int channels = up_graph_shape(graph, from)->channels, one;
    for (int c = 0; c < channels; c++) {
        UP_TRY(up_add_select(graph, from, c, 1, &one, error));
        UP_TRY(add(graph, one, network, request, &one, error));
        if (c > 0)
            UP_TRY(up_graph_add_concat(graph, (int[]){ *to, one }, 2, &one, error));
        *to = one;
    }
    return UP_OK;
}

static up_status add_on_luma(up_graph *graph, int from, const up_network *network,
                             up_request *request, int *to, up_error *error)
{
    bool studio = network->color == UP_WEIGHTS_Y_STUDIO;
    up_luma there, back;
    int luma, chroma;
    up_luma_from_rgb(&there, studio, request->white, network->range);
    up_luma_to_rgb(&back, studio, request->white, network->range);
    UP_TRY(up_add_point(graph, from, -1, &up_point_matrix, there.matrix, 12, &from, error));
    UP_TRY(up_add_select(graph, from, 0, 1, &luma, error));
    UP_TRY(add_network(graph, luma, network, request, &luma, error));
    UP_TRY(up_add_select(graph, from, 1, 2, &chroma, error));
    UP_TRY(add_bicubic(graph, chroma, luma, request, &chroma, error));
    UP_TRY(up_graph_add_concat(graph, (int[]){ luma, chroma }, 2, to, error));
    return up_add_point(graph, *to, -1, &up_point_matrix, back.matrix, 12, to, error);
}

static up_status add_on_ycbcr(up_graph *graph, int from, const up_network *network,
                              up_request *request, int *to, up_error *error)
{
    up_luma there, back;
    up_luma_from_rgb(&there, false, request->white, network->range);
    up_luma_to_rgb(&back, false, request->white, network->range);
    UP_TRY(up_add_point(graph, from, -1, &up_point_matrix, there.matrix, 12, &from, error));
    UP_TRY(add_network(graph, from, network, request, to, error));
    return up_add_point(graph, *to, -1, &up_point_matrix, back.matrix, 12, to, error);
}

static up_status add_on_rgb(up_graph *graph, int from, const up_network *network,
                            up_request *request, int *to, up_error *error)
{
    if (network->color == UP_WEIGHTS_YCBCR)
        return add_on_ycbcr(graph, from, network, request, to, error);
    return add_plain(graph, from, network, request, to, error);
}

static up_status add_grey_as_rgb(up_graph *graph, int from, const up_network *network,
                                 up_request *request, int *to, up_error *error)
{
    up_luma luma;
    int rgb;
    UP_TRY(up_graph_add_concat(graph, (int[]){ from, from, from }, 3, &rgb, error));
    UP_TRY(add_on_rgb(graph, rgb, network, request, to, error));
    up_luma_from_rgb(&luma, false, 1, 1);
    UP_TRY(up_add_point(graph, *to, -1, &up_point_matrix, luma.matrix, 12, to, error));
    return up_add_select(graph, *to, 0, 1, to, error);
}

up_status up_add_network_stage(up_graph *graph, int from, const up_network *network,
                               up_request *request, int *to, up_error *error)
{
    int channels = up_graph_shape(graph, from)->channels;
    UP_TRY(up_check_network(network, request, channels, error));
    if (is_one_to_one(network)) {
        up_network_adder *add = maps_to_luma(network, request) ? add_on_grey : add_plain;
        if (is_luma(network) && !request->tensor && channels == 3)
            return add_on_luma(graph, from, network, request, to, error);
        return channels == 1 ? add(graph, from, network, request, to, error)
                             : up_add_per_channel(graph, from, add, network, request, to, error);
    }
    if (request->tensor)
        return add_plain(graph, from, network, request, to, error);
    return channels == 3 ? add_on_rgb(graph, from, network, request, to, error)
                         : add_grey_as_rgb(graph, from, network, request, to, error);
}
