/* SPDX-License-Identifier: MIT */
/* What weight files say of networks. */
#include "network/layers.h"
#include "support/network/network_file.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void expect_pair(const int pair[2], int rows, int columns, const char *what)
{
    cr_expect(pair[0] == rows && pair[1] == columns, "%s is %d,%d, not %d,%d", what, pair[0],
              pair[1], rows, columns);
}

static void expect_sides(const int sides[4], int top, int left, int bottom, int right)
{
    cr_expect(sides[0] == top && sides[1] == left && sides[2] == bottom && sides[3] == right,
              "%d,%d,%d,%d", sides[0], sides[1], sides[2], sides[3]);
}

static void expect_inputs(const up_network_node *node, int count, ...)
{
    va_list inputs;
    va_start(inputs, count);
    cr_assert_eq(node->inputs, count);
    for (int i = 0; i < count; i++)
        cr_expect_eq(node->input[i], va_arg(inputs, int), "%s: input %d is %d", node->kind->name, i,
                     node->input[i]);
    va_end(inputs);
}

/* -------------------------------------------------------------- upscale.layers */

#define LAST "{'op':'conv_transpose2d','name':'1','stride':2,'padding':1}"

Test(network, layers_in_full)
{
    up_network *network = network_made(
        "a.weight:6,2,3,5 a.bias:6 s.weight:1 t.weight:18,2,4,6",
        "[{'op':'affine','id':'mean','scale':2,'offset':[1,-1,0,0.5]},"
        "{'op':'pad','amount':[1,2],'mode':'reflect'},"
        "{'op':'conv2d','id':'c','name':'a','padding':[0,1],'padding_mode':'replicate',"
        "'dilation':[1,1],'groups':2},"
        "{'op':'prelu','name':'s'},{'op':'leaky_relu'},{'op':'relu','id':'r'},"
        "{'op':'concat','from':'c'},{'op':'concat','from':'r','resize':'none'},"
        "{'op':'clip','max':1},{'op':'sigmoid'},"
        "{'op':'conv_transpose2d','name':'t','stride':[2,3],'padding':[1,2],"
        "'output_padding':[0,1],'groups':2},"
        "{'op':'pixel_shuffle','factor':2},{'op':'tanh'}]",
        "'upscale.color':'any','upscale.range':'255'", 0);
    cr_expect_eq(network->nodes, 13);
    cr_expect_eq(network->in_channels, 4);
    cr_expect_eq(network->out_channels, 1);
    cr_expect_eq(network->range, 255);
    const up_network_node *node = network->node;
    cr_expect_eq(node[0].weight.value[3], 2);
    cr_expect_eq(node[0].bias.value[3], 0.5f);
    cr_expect_eq(((const up_padding *)node[1].fields)->mode, UP_PAD_REFLECT);
    expect_sides(((const up_padding *)node[1].fields)->amount, 1, 2, 1, 2);
    const up_convolution *conv = node[2].fields;
    expect_pair(conv->kernel, 3, 5, "kernel");
    expect_sides(conv->padding, 0, 1, 0, 1);
    cr_expect_eq(conv->padding_mode, UP_PAD_REPLICATE);
    cr_expect_eq(conv->groups, 2);
    cr_expect_str_eq(node[2].name, "a");
    cr_expect_str_eq(node[2].id, "c");
    cr_expect_eq(node[3].parameters, 1);
    cr_expect_eq(node[3].weight.value[0], node[3].weight.value[5]);
    cr_expect_eq(((const up_leaky_relu *)node[4].fields)->slope, 0.01f);
    expect_inputs(&node[5], 1, 4);
    expect_inputs(&node[6], 2, 5, 2);
    expect_inputs(&node[7], 2, 6, 5);
    cr_expect_eq(node[7].channels, 18);
    const up_clip *clip = node[8].fields;
    cr_expect(clip->low == -INFINITY && clip->high == 1);
    cr_expect_null(node[10].bias.value);
    cr_expect_eq(node[10].channels, 4);
    expect_pair(((const up_convolution *)node[10].fields)->output_padding, 0, 1, "output_padding");
    expect_pair(network->scale, 4, 6, "scale");
    expect_pair(network->least, 2, 3, "least input");
    cr_expect_eq(network->multiply_adds, 6 * 2 * 15 + 18 * 2 * 24);
    up_network_free(&network);
    cr_expect_null(network);
    up_network_free(&network);
}

/* One number for all channels, a list, and one end alone. */
Test(network, bounds_of_activations)
{
    up_network *network = network_made(
        "0.weight:3,1,3,3 1.weight:3 2.weight:3,1,4,4",
        "[{'op':'conv2d','name':'0','padding':1},"
        "{'op':'prelu','name':'1','min':-0.25,'max':[0.5,1,1.5]},{'op':'tanh','max':0.75},"
        "{'op':'relu'},{'op':'conv_transpose2d','name':'2','stride':2,'padding':1}]",
        "", 0);
    static const float prelu[6] = { -0.25f, -0.25f, -0.25f, 0.5f, 1, 1.5f };
    cr_assert(network->node[1].bounds && network->node[2].bounds);
    cr_expect_arr_eq(network->node[1].bounds, prelu, sizeof prelu);
    cr_expect_eq(network->node[2].bounds[2], -INFINITY);
    cr_expect_eq(network->node[2].bounds[5], 0.75f);
    cr_expect_null(network->node[0].bounds);
    cr_expect_null(network->node[3].bounds);
    up_network_free(&network);
}

Test(network, limit)
{
    static const struct {
        const char *text;
        double share;
    } limits[] = { { "0", 0 }, { "0.75", 0.75 }, { "12.", 12 }, { ".5", 0.5 }, { "1000", 1000 } };
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
        char metadata[64];
        snprintf(metadata, sizeof metadata, "'upscale.limit':'%s'", limits[i].text);
        up_network *network = network_made("1.weight:1,1,4,4", "[" LAST "]", metadata, 0);
        cr_expect_float_eq(network->limit, limits[i].share, 1e-12, "%s", limits[i].text);
        up_network_free(&network);
    }
    up_network *network = network_made("1.weight:1,1,4,4", "[" LAST "]", "", 0);
    cr_expect(isinf(network->limit));
    up_network_free(&network);
}

/* Where no kernel says how many channels come in, the metadata does. */
Test(network, channels_stated)
{
    up_network *network = network_made("", "[{'op':'tanh'},{'op':'add','from':'input'}]",
                                       "'upscale.channels':'5'", 0);
    cr_expect_eq(network->out_channels, 5);
    up_network_free(&network);
}

Test(network, a_cubic_parameter_of_zero_is_zero)
{
    up_network *network =
        network_made("",
                     "[{'op':'add','from':'input','resize':'bicubic','cubic_a':0},"
                     "{'op':'add','from':'input','resize':'bicubic'}]",
                     "'upscale.channels':'1'", 0);
    cr_assert_eq(network->node[0].kind, &up_layer_resize);
    cr_expect_eq(((const up_resize *)network->node[0].fields)->cubic_a, 0);
    cr_assert_eq(network->node[2].kind, &up_layer_resize);
    cr_expect_eq(((const up_resize *)network->node[2].fields)->cubic_a, -0.75f);
    up_network_free(&network);
}

Test(network, sizes)
{
    /* upconv_7 without its pad */
    up_network *network = network_made(
        "0.weight:4,1,13,13 1.weight:4,1,4,4",
        "[{'op':'conv2d','name':'0'},{'op':'conv_transpose2d','name':'1','stride':2,'padding':3}]",
        "'upscale.scale':'2'", 0);
    expect_pair(network->extra, -28, -28, "extra");
    expect_pair(network->missing, 7, 7, "missing");
    expect_pair(network->surplus, 0, 0, "surplus");
    expect_pair(network->least, 15, 15, "least input");
    expect_pair(network->receptive_field, 14, 14, "receptive field");
    up_network_free(&network);

    network = network_made("0.weight:1,1,3,4", "[{'op':'conv_transpose2d','name':'0','stride':2}]",
                           "", 0);
    expect_pair(network->extra, 1, 2, "extra");
    expect_pair(network->surplus, 1, 2, "surplus");
    expect_pair(network->missing, 0, 0, "missing");
    up_network_free(&network);

    network =
        network_made("0.weight:1,1,3,3", "[{'op':'conv2d','name':'0','stride':[2,1]}]", "", 0);
    expect_pair(network->reduction, 2, 1, "reduction");
    expect_pair(network->extra, -1, -2, "extra");
    up_network_free(&network);
}

Test(network, receptive_field_of_joins)
{
    up_network *network = network_made("0.weight:1,1,2,2",
                                       "[{'op':'conv_transpose2d','name':'0','stride':2},"
                                       "{'op':'add','from':'input','resize':'bicubic'}]",
                                       "", 0);
    expect_pair(network->receptive_field, 4, 4, "receptive field");
    cr_assert_eq(network->nodes, 3);
    cr_expect_eq(network->node[1].kind, &up_layer_resize);
    expect_inputs(&network->node[1], 2, UP_NETWORK_INPUT, 0); /* in the size of the layer before */
    expect_inputs(&network->node[2], 2, 0, 1);
    up_network_free(&network);
}

Test(network, half_precision)
{
    static const unsigned short values[] = { 0x3c00, 0xc000, 0x3f80, 0xbf00 };
    up_error error = { 0 };
    up_network *network = network_read(
        tensor_file_make(values, sizeof values,
                         "{\"0.weight\":{\"dtype\":\"F16\",\"shape\":[1,1,1,2],\"data_offsets\":[0,"
                         "4]},\"0.bias\":{\"dtype\":\"BF16\",\"shape\":[1],\"data_offsets\":[4,6]},"
                         "\"1.weight\":{\"dtype\":\"BF16\",\"shape\":[],\"data_offsets\":[6,8]},"
                         "\"__metadata__\":{\"upscale.layers\":\"[{\\\"op\\\":\\\"conv2d\\\","
                         "\\\"name\\\":\\\"0\\\"},{\\\"op\\\":\\\"prelu\\\",\\\"name\\\":\\\"1\\\"}"
                         "]\"}}"),
        NULL, &error);
    cr_assert(network, "%s", error.message);
    cr_expect(network->node[0].weight.value[0] == 1 && network->node[0].weight.value[1] == -2);
    cr_expect_eq(network->node[0].bias.value[0], 1);
    cr_expect_eq(network->node[1].weight.value[0], -0.5f);
    up_network_free(&network);
}

/* -------------------------------------------------------------- families */

#define FSRCNN(prefix)                                                                             \
    prefix "first_part.0.weight:6,1,5,5 " prefix "first_part.0.bias:6 " prefix                     \
           "first_part.1.weight:6 " prefix "mid_part.0.weight:2,6,1,1 " prefix                     \
           "mid_part.1.weight:2 " prefix "mid_part.2.weight:6,2,1,1 " prefix                       \
           "mid_part.3.weight:6 " prefix "last_part.weight:6,1,9,9 " prefix "last_part.bias:1"

static void expect_fsrcnn(up_network *network, int scale)
{
    const up_convolution *last = network->node[network->nodes - 1].fields;
    cr_expect_str_eq(network->family, "FSRCNN");
    cr_expect_eq(network->nodes, 7);
    expect_pair(network->scale, scale, scale, "scale");
    expect_pair(network->extra, 0, 0, "extra");
    expect_sides(last->padding, 4, 4, 4, 4);
    expect_pair(last->output_padding, scale - 1, scale - 1, "output_padding");
    up_network_free(&network);
}

Test(network, fsrcnn_takes_the_scale_from_elsewhere)
{
    for (int scale = 2; scale <= 4; scale++)
        expect_fsrcnn(network_made(FSRCNN(""), NULL, "", scale), scale);
    /* what the file states is what it was made for, whatever is asked of it */
    expect_fsrcnn(network_made(FSRCNN(""), NULL, "'upscale.scale':'3'", 8), 3);

    const up_network_hints hints = { .layer = { .stride = { 2, 2, true },
                                                .padding = { 3, 3, true } } };
    up_error error = { 0 };
    up_network *network =
        network_read(network_file(FSRCNN(""), NULL, "'upscale.scale':'3'"), &hints, &error);
    cr_assert(network, "%s", error.message);
    expect_pair(network->scale, 2, 2, "scale");
    expect_pair(network->extra, 2, 2, "extra");
    up_network_free(&network);
}

static void expect_ops(const char *tensors, int scale, const char *ops)
{
    char got[256] = "";
    up_network *network = network_made(tensors, NULL, "", scale);
    for (int i = 0; i < network->nodes; i++) {
        strcat(got, i ? " " : "");
        strcat(got, network->node[i].kind->name);
    }
    cr_expect_str_eq(got, ops, "%s gives %s", tensors, got);
    cr_expect_str_eq(network->family, "Sequential");
    expect_pair(network->extra, 0, 0, "extra");
    up_network_free(&network);
}

Test(network, prefixes)
{
    expect_fsrcnn(network_made(FSRCNN("params_ema."), NULL, "", 2), 2);
    expect_fsrcnn(network_made(FSRCNN("params."), NULL, "", 2), 2);
    expect_fsrcnn(network_made(FSRCNN("module."), NULL, "", 2), 2);
    expect_fsrcnn(network_made(FSRCNN("params_ema.module."), NULL, "", 2), 2);
    expect_fsrcnn(network_made(FSRCNN("params.") " " FSRCNN("params_ema."), NULL, "", 2), 2);
    expect_ops("params.0.weight:9,1,3,3 params_ema.0.weight:4,1,3,3 params_ema.1.weight:9,4,1,1", 0,
               "conv2d conv2d pixel_shuffle");
}

Test(network, srvgg)
{
    up_network *network =
        network_made("body.0.weight:4,3,3,3 body.1.weight:4 body.2.weight:48,4,3,3", NULL, "", 0);
    cr_expect_str_eq(network->family, "SRVGGNetCompact");
    cr_expect_eq(network->nodes, 6);
    cr_expect_eq(network->node[1].kind, &up_layer_prelu);
    cr_expect_eq(network->node[4].kind, &up_layer_resize);
    cr_expect_eq(network->node[5].kind, &up_layer_add);
    expect_pair(network->scale, 4, 4, "scale");
    up_network_free(&network);

    /* what has no weights is not in the file */
    static const struct {
        const char *name;
        const up_layer_kind *kind;
    } told[] = { { "relu", &up_layer_relu }, { "leaky_relu", &up_layer_leaky_relu } };
    for (size_t i = 0; i < sizeof told / sizeof *told; i++) {
        const up_network_hints hints = { .activation = told[i].name };
        up_error error = { 0 };
        network = network_read(
            network_file("body.0.weight:4,1,3,3 body.2.weight:9,4,3,3", NULL, ""), &hints, &error);
        cr_assert(network, "%s", error.message);
        cr_expect_eq(network->node[1].kind, told[i].kind);
        expect_pair(network->scale, 3, 3, "scale");
        up_network_free(&network);
    }
}

Test(network, upconv_7)
{
    up_network *network =
        network_made("0.weight:16,3,3,3 2.weight:32,16,3,3 4.weight:64,32,3,3 6.weight:128,64,3,3 "
                     "8.weight:128,128,3,3 10.weight:256,128,3,3 12.weight:256,3,4,4 12.bias:3",
                     NULL, "", 0);
    cr_expect_str_eq(network->family, "waifu2x upconv_7");
    cr_expect_eq(network->nodes, 14);
    cr_expect_eq(network->multiply_adds, 551856);
    expect_pair(network->scale, 2, 2, "scale");
    expect_pair(network->extra, 0, 0, "extra");
    up_network_free(&network);
}

Test(network, sequential)
{
    expect_ops("0.weight:8,1,3,3 0.bias:8 1.weight:8 2.weight:8,1,4,4 2.bias:1", 2,
               "conv2d prelu conv_transpose2d");
    expect_ops("net.0.weight:8,1,5,3 net.1.weight:1 net.2.weight:8,1,9,9", 2,
               "conv2d prelu conv_transpose2d");
    expect_ops("0.weight:8,3,3,3 1.weight:27,8,1,1", 0, "conv2d conv2d pixel_shuffle");
    expect_ops("0.weight:8,8,3,3 1.weight:8,8,6,6", 3, "conv2d conv_transpose2d");
    expect_ops("0.weight:1,8,4,4 0.bias:8 1.weight:1,8,3,3", 2, "conv_transpose2d conv2d");
    expect_ops("0.weight:1,8,3,3 1.weight:1,1,2,2 1.bias:1", 5, "conv2d conv_transpose2d");
    expect_ops("model.0.weight:2,1,1,1 model.1.weight:2,1,8,8", 4, "conv2d conv_transpose2d");
}

Test(network, bare_layer)
{
    up_network *network =
        network_made("up.weight:1,1,3,3 up.bias:1", NULL,
                     "'upscale.stride':'2','upscale.padding':'1','upscale.output_padding':'1'", 0);
    cr_expect_str_eq(network->family, "ConvTranspose2d");
    cr_expect_str_eq(network->node[0].name, "up");
    cr_expect_eq(network->color, UP_WEIGHTS_ANY);
    expect_pair(network->scale, 2, 2, "scale");
    expect_pair(network->extra, 0, 0, "extra");
    cr_expect(!up_network_overlap_even(&network->node[0]));
    cr_expect_eq(up_network_overlap(&network->node[0], 0, 0), 1);
    cr_expect_eq(up_network_overlap(&network->node[0], 0, 1), 2);
    cr_expect_eq(up_network_overlap(&network->node[0], 1, 1), 4);
    up_network_free(&network);

    const up_network_hints hints = { .layer = { .stride = { 2, 2, true }, .groups = 2 } };
    up_error error = { 0 };
    network = network_read(network_file("weight:4,3,4,4", NULL, ""), &hints, &error);
    cr_assert(network, "%s", error.message);
    cr_expect_eq(network->out_channels, 6);
    cr_expect_str_eq(network->node[0].name, "");
    cr_expect(up_network_overlap_even(&network->node[0]));
    cr_expect_eq(up_network_overlap(&network->node[0], 1, 0), 4);
    up_network_free(&network);
}

Test(network, overlap_is_even_where_all_phases_agree)
{
    for (int n = 0; n < 6 * 5 * 4 * 3; n++) {
        const int kernel = n % 6 + 1, stride = n / 6 % 5 + 1, dilation = n / 30 % 4 + 1;
        up_convolution conv = { .kernel = { kernel, 1 },
                                .stride = { stride, 1 },
                                .dilation = { dilation, 1 },
                                .padding = { n / 120, 0, n / 120, 0 } };
        const up_network_node node = { .kind = &up_layer_conv_transpose2d, .fields = &conv };
        bool even = true;
        int taps = 0;
        for (int phase = 0; phase < stride; phase++) {
            taps += up_network_overlap(&node, phase, 0);
            even = even && up_network_overlap(&node, phase, 0) == up_network_overlap(&node, 0, 0);
        }
        cr_expect_eq(taps, kernel);
        cr_expect_eq(up_network_overlap_even(&node), even, "kernel %d, stride %d, dilation %d",
                     kernel, stride, dilation);
    }
}
