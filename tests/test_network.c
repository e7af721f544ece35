/* What weight files say of networks, and what is refused. */
#include "support/network_file.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void expect_pair(const int pair[2], int rows, int columns, const char *what)
{
    cr_expect(pair[0] == rows && pair[1] == columns, "%s is %d,%d, not %d,%d", what, pair[0],
              pair[1], rows, columns);
}

/* -------------------------------------------------------------- upscale.layers */

#define FIRST "{'op':'conv2d','name':'0','padding':1}"
#define LAST "{'op':'conv_transpose2d','name':'1','stride':2,'padding':1}"
#define TWO "0.weight:8,1,3,3 0.bias:8 1.weight:8,1,4,4"

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
    cr_expect_eq(network->items, 13);
    cr_expect_eq(network->in_channels, 4);
    cr_expect_eq(network->out_channels, 1);
    cr_expect_eq(network->range, 255);
    const up_network_item *item = network->item;
    cr_expect_eq(item[0].weight[3], 2);
    cr_expect_eq(item[0].bias[3], 0.5f);
    cr_expect_eq(item[1].padding_mode, UP_NETWORK_REFLECT);
    expect_pair(item[1].padding, 1, 2, "pad");
    expect_pair(item[2].kernel, 3, 5, "kernel");
    cr_expect_eq(item[2].padding_mode, UP_NETWORK_REPLICATE);
    cr_expect_str_eq(item[2].name, "a");
    cr_expect_str_eq(item[2].id, "c");
    cr_expect_eq(item[3].parameters, 1);
    cr_expect_eq(item[3].weight[0], item[3].weight[5]);
    cr_expect_eq(item[4].slope, 0.01f);
    cr_expect_eq(item[6].from, 2);
    cr_expect_eq(item[7].from, 5);
    cr_expect_eq(item[7].out_channels, 18);
    cr_expect(item[8].low == -INFINITY && item[8].high == 1);
    cr_expect_null(item[10].bias);
    cr_expect_eq(item[10].out_channels, 4);
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
    cr_assert(network->item[1].bounds && network->item[2].bounds);
    cr_expect_arr_eq(network->item[1].bounds, prelu, sizeof prelu);
    cr_expect_eq(network->item[2].bounds[2], -INFINITY);
    cr_expect_eq(network->item[2].bounds[5], 0.75f);
    cr_expect_null(network->item[0].bounds);
    cr_expect_null(network->item[3].bounds);
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
    up_network *network = network_made(
        "",
        "[{'op':'add','from':'input','resize':'bicubic','cubic_a':0},{'op':'add','from':'input'}]",
        "'upscale.channels':'1'", 0);
    cr_expect_eq(network->item[0].cubic_a, 0);
    cr_expect_eq(network->item[1].cubic_a, -0.75f);
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
    expect_pair(network->item[1].resize_factor, 2, 2, "resize factor");
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
        NULL, 0, &error);
    cr_assert(network, "%s", error.message);
    cr_expect(network->item[0].weight[0] == 1 && network->item[0].weight[1] == -2);
    cr_expect_eq(network->item[0].bias[0], 1);
    cr_expect_eq(network->item[1].weight[0], -0.5f);
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
    const up_network_item *last = &network->item[network->items - 1];
    cr_expect_str_eq(network->family, "FSRCNN");
    cr_expect_eq(network->items, 7);
    expect_pair(network->scale, scale, scale, "scale");
    expect_pair(network->extra, 0, 0, "extra");
    expect_pair(last->padding, 4, 4, "padding");
    expect_pair(last->output_padding, scale - 1, scale - 1, "output_padding");
    up_network_free(&network);
}

Test(network, fsrcnn_takes_the_scale_from_elsewhere)
{
    for (int scale = 2; scale <= 4; scale++)
        expect_fsrcnn(network_made(FSRCNN(""), NULL, "", scale), scale);
    /* what the file states is what it was made for, whatever is asked of it */
    expect_fsrcnn(network_made(FSRCNN(""), NULL, "'upscale.scale':'3'", 8), 3);
    network_refused(network_file(FSRCNN(""), NULL, ""), NULL, 0, "last_part.weight", "--scale");
    network_refused(network_file(FSRCNN(""), NULL, ""), NULL, 8, "FSRCNN", "2, 3 or 4");

    const up_layer flags = { .stride = { 2, 2, true }, .padding = { 3, 3, true } };
    up_error error = { 0 };
    up_network *network =
        network_read(network_file(FSRCNN(""), NULL, "'upscale.scale':'3'"), &flags, 0, &error);
    cr_assert(network, "%s", error.message);
    expect_pair(network->scale, 2, 2, "scale");
    expect_pair(network->extra, 2, 2, "extra");
    up_network_free(&network);
}

static void expect_ops(const char *tensors, int scale, const char *ops)
{
    char got[256] = "";
    up_network *network = network_made(tensors, NULL, "", scale);
    for (int i = 0; i < network->items; i++) {
        strcat(got, i ? " " : "");
        strcat(got, up_network_op_name(network->item[i].op));
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
    cr_expect_eq(network->items, 5);
    cr_expect_eq(network->item[1].op, UP_NETWORK_PRELU);
    cr_expect_eq(network->item[4].op, UP_NETWORK_ADD);
    expect_pair(network->scale, 4, 4, "scale");
    up_network_free(&network);
}

Test(network, upconv_7)
{
    up_network *network =
        network_made("0.weight:16,3,3,3 2.weight:32,16,3,3 4.weight:64,32,3,3 6.weight:128,64,3,3 "
                     "8.weight:128,128,3,3 10.weight:256,128,3,3 12.weight:256,3,4,4 12.bias:3",
                     NULL, "", 0);
    cr_expect_str_eq(network->family, "waifu2x upconv_7");
    cr_expect_eq(network->items, 14);
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
    cr_expect_str_eq(network->item[0].name, "up");
    cr_expect_eq(network->color, UP_WEIGHTS_ANY);
    expect_pair(network->scale, 2, 2, "scale");
    expect_pair(network->extra, 0, 0, "extra");
    cr_expect(!up_network_overlap_even(&network->item[0]));
    cr_expect_eq(up_network_overlap(&network->item[0], 0, 0), 1);
    cr_expect_eq(up_network_overlap(&network->item[0], 0, 1), 2);
    cr_expect_eq(up_network_overlap(&network->item[0], 1, 1), 4);
    up_network_free(&network);

    const up_layer flags = { .stride = { 2, 2, true }, .groups = 2 };
    up_error error = { 0 };
    network = network_read(network_file("weight:4,3,4,4", NULL, ""), &flags, 0, &error);
    cr_assert(network, "%s", error.message);
    cr_expect_eq(network->out_channels, 6);
    cr_expect_str_eq(network->item[0].name, "");
    cr_expect(up_network_overlap_even(&network->item[0]));
    cr_expect_eq(up_network_overlap(&network->item[0], 1, 0), 4);
    up_network_free(&network);
}

Test(network, overlap_is_even_where_all_phases_agree)
{
    for (int n = 0; n < 6 * 5 * 4 * 3; n++) {
        const int kernel = n % 6 + 1, stride = n / 6 % 5 + 1, dilation = n / 30 % 4 + 1;
        const up_network_item item = { .kernel = { kernel, 1 },
                                       .stride = { stride, 1 },
                                       .dilation = { dilation, 1 },
                                       .padding = { n / 120, 0 } };
        bool even = true;
        int taps = 0;
        for (int phase = 0; phase < stride; phase++) {
            taps += up_network_overlap(&item, phase, 0);
            even = even && up_network_overlap(&item, phase, 0) == up_network_overlap(&item, 0, 0);
        }
        cr_expect_eq(taps, kernel);
        cr_expect_eq(up_network_overlap_even(&item), even, "kernel %d, stride %d, dilation %d",
                     kernel, stride, dilation);
    }
}

/* -------------------------------------------------------------- refusals */

static void refused(const char *layers, const char *culprit, const char *reason)
{
    network_refused(network_file(TWO, layers, ""), NULL, 0, culprit, reason);
}

Test(network_refused, json)
{
    refused("", "upscale.layers", "bad JSON");
    refused("[" FIRST, "upscale.layers", "bad JSON");
    refused("{}", "upscale.layers", "list of 1 to 1024");
    refused("[]", "upscale.layers", "list of 1 to 1024");
    refused("[{'op':'relu','op':'tanh'}]", "upscale.layers", "duplicate");
    refused("[1," FIRST "," LAST "]", "layer 0", "expected an object");
    refused("[[]," FIRST "," LAST "]", "layer 0", "expected an object");
    refused("[" FIRST ",{'op':'blur'}," LAST "]", "layer 1 has \"blur\"", "expected");
    refused("[" FIRST ",{'id':'x'}," LAST "]", "layer 1", "no op");
}

Test(network_refused, deep_and_long_json)
{
    enum { DEEP = 100000, LONG = 1 << 21 };
    char *text = calloc(LONG + 1, 1);
    memset(text, '[', DEEP);
    refused(text, "upscale.layers", "depth");
    memset(text, ' ', LONG);
    refused(text, "upscale.layers", "longer than 1 MiB");
    char *at = text + sprintf(text, "[");
    for (int i = 0; i < 1025; i++)
        at += sprintf(at, "%s{'op':'relu'}", i ? "," : "");
    strcpy(at, "]");
    refused(text, "upscale.layers", "1 to 1024");
    free(text);
}

Test(network_refused, fields)
{
    refused("[" FIRST ",{'op':'relu','slope':1}," LAST "]", "layer 1 (relu): \"slope\"",
            "not a field");
    refused("[" FIRST ",{'op':'relu','inplace':true}," LAST "]", "\"inplace\"", "not a field");
    refused("[{'op':'conv2d','name':'0','output_padding':1}]", "\"output_padding\"", "not a field");
    refused("[{'op':'conv2d'}]", "no tensor", "upscale.channels");
    refused("[{'op':'conv2d','name':'0','padding':'1'}]", "\"padding\"", "N or [ROWS, COLUMNS]");
    refused("[{'op':'conv2d','name':'0','padding':-1}]", "\"padding\"", "N or [ROWS, COLUMNS]");
    refused("[{'op':'conv2d','name':'0','padding':[1]}]", "\"padding\"", "N or [ROWS, COLUMNS]");
    refused("[{'op':'conv2d','name':'0','padding':1.5}]", "\"padding\"", "N or [ROWS, COLUMNS]");
    refused("[{'op':'conv2d','name':'0','padding_mode':'wrap'}]", "\"padding_mode\"", "replicate");
    refused("[{'op':'conv2d','name':'0','stride':0}]", "\"stride\"", "from 1");
    refused("[{'op':'conv2d','name':'0','groups':1000000000}]", "\"groups\"", "from 1 to 65536");
    refused("[{'op':'conv2d','name':'0','id':'input'}]", "\"id\"", "no earlier layer");
    refused("[" FIRST ",{'op':'leaky_relu','slope':1e300}," LAST "]", "\"slope\"", "a number");
    refused("[" FIRST ",{'op':'leaky_relu','slope':null}," LAST "]", "\"slope\"", "a number");
    refused("[" FIRST ",{'op':'clip','min':2,'max':1}," LAST "]", "layer 1 (clip)", "above max");
    refused("[" FIRST ",{'op':'affine','scale':[1,2]}," LAST "]", "\"scale\"", "each channel");
    refused("[" FIRST ",{'op':'relu','max':[1,2]}," LAST "]", "\"max\"", "each channel");
    refused("[" FIRST ",{'op':'tanh','min':1,'max':[1,1,1,1,1,1,1,0]}," LAST "]", "layer 1 (tanh)",
            "above max");
    refused("[" FIRST ",{'op':'pad','amount':1,'max':1}," LAST "]", "\"max\"", "not a field");
    refused("[" FIRST ",{'op':'pixel_shuffle'}," LAST "]", "\"factor\"", "missing");
    refused("[" FIRST ",{'op':'pixel_shuffle','factor':1000000000}," LAST "]", "\"factor\"",
            "from 1 to 65536");
    refused("[" FIRST ",{'op':'pad','amount':true}," LAST "]", "\"amount\"", "N or");
}

Test(network_refused, joins)
{
    refused("[" FIRST ",{'op':'add','from':'x'}," LAST "]", "layer 1 (add): \"from\"", "earlier");
    refused("[" FIRST ",{'op':'add','from':'x','id':'x'}," LAST "]", "\"from\"", "earlier");
    refused("[" FIRST ",{'op':'add','from':'y'},{'op':'relu','id':'y'}," LAST "]", "\"from\"",
            "earlier");
    refused("[" FIRST ",{'op':'add','from':1}," LAST "]", "\"from\"", "earlier");
    refused("[" FIRST ",{'op':'add'}," LAST "]", "\"from\"", "missing");
    refused("[" FIRST ",{'op':'add','from':'input'}," LAST "]", "layer 1 (add)",
            "1 channels cannot be added to 8");
    refused("[" FIRST "," LAST ",{'op':'add','from':'input'}]", "layer 2 (add)", "state resize");
    refused("[" FIRST ",{'op':'pad','amount':1}," LAST
            ",{'op':'add','from':'input','resize':'nearest'}]",
            "layer 3 (add)", "whole number");
}

Test(network_refused, tensors)
{
    refused("[" FIRST "]", "\"1.weight\"", "used by no layer");
    refused("[" FIRST "," LAST ",{'op':'prelu','name':'2'}]", "\"2.weight\"", "no tensor");
    refused("[" FIRST ",{'op':'conv2d','name':'0'}]", "0.weight", "8 channels come in");
    refused("[{'op':'conv_transpose2d','name':'1'},{'op':'conv2d','name':'1'}]", "1.weight",
            "used by two");
    refused("[" FIRST ",{'op':'prelu','name':'1'}]", "1.weight", "one slope");
    refused("[{'op':'conv2d','name':'0','groups':3}]", "0.weight", "3 groups");
    network_refused(network_file("0.weight:8,1,3,3 0.bias:7", "[" FIRST "]", ""), NULL, 0, "0.bias",
                    "one value for each");
    network_refused(network_file("0.weight:8,9", "[" FIRST "]", ""), NULL, 0, "0.weight",
                    "4 dimensions");
    network_refused(network_file("0.weight:1000000000,0,3,3", "[" FIRST "]", ""), NULL, 0,
                    "0.weight", "channels");
    network_refused(network_file("0.weight:0,1000000000,3,3", NULL, ""), NULL, 0, "0.weight",
                    "channels");
    network_refused(network_file("0.weight:70000,1,1,1", "[" FIRST "]", ""), NULL, 0, "0.weight",
                    "65536");
    network_refused(network_file("", "[{'op':'relu'}]", "'upscale.channels':'1000000000'"), NULL, 0,
                    "upscale.channels", "1 to 65536");
}

Test(network_refused, values)
{
    static const float values[] = { NAN, INFINITY };
    for (int i = 0; i < 2; i++)
        network_refused(tensor_file_make(&values[i], 4,
                                         "{\"0.weight\":{\"dtype\":\"F32\",\"shape\":[1,1,1,1],"
                                         "\"data_offsets\":[0,4]},\"__metadata__\":{\"upscale."
                                         "layers\":\"[{\\\"op\\\":\\\"conv2d\\\",\\\"name\\\":"
                                         "\\\"0\\\"}]\"}}"),
                        NULL, 0, "\"0.weight\"", "NaN or infinity");
    network_refused(tensor_file_make(&values[0], 4,
                                     "{\"0.weight\":{\"dtype\":\"I32\",\"shape\":[1,1,1,1],"
                                     "\"data_offsets\":[0,4]},\"__metadata__\":{\"upscale.layers\":"
                                     "\"[{\\\"op\\\":\\\"conv2d\\\",\\\"name\\\":\\\"0\\\"}]\"}}"),
                    NULL, 0, "\"0.weight\"", "type I32");
}

Test(network_refused, geometry)
{
    refused("[" FIRST ",{'op':'conv_transpose2d','name':'1','stride':2,'output_padding':2}]",
            "layer 1", "output_padding must be smaller");
    refused("[" FIRST ",{'op':'pixel_shuffle','factor':3}," LAST "]", "layer 1 (pixel_shuffle)",
            "8 channels");
    refused("[{'op':'conv2d','name':'0','stride':2}," LAST "]", "layer 1", "reduced");
    refused("[" FIRST ",{'op':'pad','amount':65536},"
            "{'op':'conv_transpose2d','name':'1','stride':65536}]",
            "layer 2", "pads or crops too much");
}

Test(network_refused, scale_and_colour)
{
    network_refused(network_file(TWO, "[" FIRST "," LAST "]", "'upscale.scale':'3'"), NULL, 0,
                    "upscale.scale is 3,", "scales by 2");
    network_refused(network_file(TWO, "[" FIRST "," LAST "]", "'upscale.scale':'2,1'"), NULL, 0,
                    "upscale.scale is 2,1,", "scales by 2");
    network_refused(network_file(TWO, "[" FIRST "," LAST "]", "'upscale.scale':'two'"), NULL, 0,
                    "upscale.scale", "expected N");
    network_refused(network_file(TWO, "[" FIRST "," LAST "]", "'upscale.color':'rgb'"), NULL, 0,
                    "upscale.color rgb", "3 channels");
    network_refused(network_file(TWO, "[" FIRST "," LAST "]", "'upscale.range':'1023'"), NULL, 0,
                    "upscale.range", "1 or 255");
    static const char *const limits[] = { "none", "-1", "", ".", "1e3", "0.5x", "1.2.3", "1001" };
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
        char metadata[64];
        snprintf(metadata, sizeof metadata, "'upscale.limit':'%s'", limits[i]);
        network_refused(network_file(TWO, "[" FIRST "," LAST "]", metadata), NULL, 0,
                        "upscale.limit", "a share such as");
    }
    network_refused(
        network_file("body.0.weight:4,3,3,3 body.2.weight:12,4,3,3", NULL, "'upscale.scale':'4'"),
        NULL, 0, "upscale.scale is 4,", "scales by 2");
}

Test(network_refused, flags)
{
    const up_layer stride = { .stride = { 2, 2, true } }, groups = { .groups = 2 };
    network_refused(network_file(TWO, "[" FIRST "," LAST "]", ""), &stride, 0, "w.safetensors",
                    "--stride");
    network_refused(network_file(FSRCNN(""), NULL, ""), &groups, 2, "FSRCNN", "--groups");
    network_refused(
        network_file("body.0.weight:4,3,3,3 body.1.weight:4 body.2.weight:12,4,3,3", NULL, ""),
        &stride, 0, "SRVGGNetCompact", "--stride");
}

Test(network_refused, state_dicts)
{
    network_refused(network_file("0.weight:8,1,3,3 2.weight:8,1,4,4", NULL, ""), NULL, 2,
                    "layer \"1\"", "does not tell what it does");
    network_refused(network_file("0.weight:8,1,3,3 1.weight:8,1,4,4", NULL, ""), NULL, 0,
                    "1.weight", "does not tell the scale");
    network_refused(network_file("0.weight:8,1,3,3 1.weight:8,1,9,9", NULL, ""), NULL, 3,
                    "1.weight", "--padding");
    network_refused(network_file("0.weight:8,1,4,4 0.bias:8 1.weight:8", NULL, ""), NULL, 2,
                    "0.weight", "even size");
    network_refused(network_file("0.weight:8,1,3,3 1.weight:7,9,3,3", NULL, ""), NULL, 2,
                    "1.weight", "8 channels come in");
    network_refused(network_file("0.weight:8,1,3,3 1.weight:5,8,3,3", NULL, ""), NULL, 2, "\"1\"",
                    "no pixel shuffle");
    network_refused(network_file("0.weight:8,1,3,3 1.weight:8 1.bias:8 2.weight:1,8,3,3", NULL, ""),
                    NULL, 2, "1.bias", "used by no layer");
    network_refused(network_file("0.weight_g:8,1,1,1 0.weight_v:8,1,3,3", NULL, ""), NULL, 2,
                    "weight_g", "weight_norm");
    network_refused(network_file("0.weight:8,1,3,3 1.weight:8 1.running_mean:8", NULL, ""), NULL, 2,
                    "1.running_mean", "BatchNorm");
    network_refused(network_file("head.0.weight:8,3,3,3 tail.0.weight:3,8,3,3", NULL, ""), NULL, 2,
                    "\"head.0.weight\", \"tail.0.weight\"", "upscale.layers");
    network_refused(network_file("", NULL, ""), NULL, 2, "w.safetensors", "0 tensors");
    network_refused(network_file(FSRCNN("") " extra.weight:3", NULL, ""), NULL, 2, "extra.weight",
                    "used by no layer");
    network_refused(network_file("body.0.weight:4,3,3,3 body.99999.weight:12,4,3,3", NULL, ""),
                    NULL, 0, "layer 1024", "more than 1024");
}
