/* SPDX-License-Identifier: MIT */
/* One transposed convolution out of a weight file, and no more of a network than that. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "network/layers.h"
#include "support/network/network_file.h"

enum { MOST = 1024 };
static const float numbers[MOST] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 };

/* NULL and a message in `error` if refused. */
static up_network *load_bytes(tensor_file bytes, const up_layer *flags, up_error *error)
{
    const up_network_hints hints = { .layer = flags ? *flags : (up_layer){ .groups = 0 } };
    up_network *network = network_read(bytes, &hints, error);
    if (network) {
        cr_expect_str_eq(network->family, "ConvTranspose2d");
        cr_assert_eq(network->nodes, 1);
        cr_assert_eq(network->node[0].kind, &up_layer_conv_transpose2d);
    }
    return network;
}

static const up_convolution *conv_of(const up_network *network)
{
    return network->node[0].fields;
}

/* A bare weight of the shape [a, b, kh, kw], with members of __metadata__. */
static tensor_file weight_file(int a, int b, int kh, int kw, const char *metadata)
{
    size_t size = (size_t)(a * b * kh * kw) * sizeof *numbers;
    cr_assert_leq(size, sizeof numbers);
    return tensor_file_make(numbers, size,
                            "{\"__metadata__\":{%s},\"weight\":{\"dtype\":\"F32\","
                            "\"shape\":[%d,%d,%d,%d],\"data_offsets\":[0,%zu]}}",
                            metadata, a, b, kh, kw, size);
}

static up_network *load(const char *metadata, const up_layer *flags)
{
    up_error error = { 0 };
    up_network *layer = load_bytes(weight_file(2, 3, 2, 5, metadata), flags, &error);
    cr_assert(layer, "%s: %s", metadata, error.message);
    return layer;
}

static void expect_pair(const int pair[2], int rows, int columns, const char *what)
{
    cr_expect(pair[0] == rows && pair[1] == columns, "%s is %d,%d, not %d,%d", what, pair[0],
              pair[1], rows, columns);
}

static void expect_padding(const up_network *layer, int rows, int columns)
{
    expect_pair(conv_of(layer)->padding, rows, columns, "padding before");
    expect_pair(conv_of(layer)->padding + 2, rows, columns, "padding after");
}

static void expect_refused(tensor_file bytes, const up_layer *flags, const char *reason)
{
    up_error error = { 0 };
    up_network *layer = load_bytes(bytes, flags, &error);
    cr_expect_null(layer, "should fail with: %s", reason);
    cr_expect(strstr(error.message, reason), "\"%s\" in: %s", reason, error.message);
    cr_expect_null(strchr(error.message, '\n'));
    up_network_free(&layer);
}

static void expect_refused_metadata(const char *metadata, const char *reason)
{
    expect_refused(weight_file(2, 3, 2, 5, metadata), NULL, reason);
}

static void expect_refused_flags(up_layer flags, const char *reason)
{
    expect_refused(weight_file(2, 3, 2, 5, ""), &flags, reason);
}

Test(layer, defaults_are_pytorchs)
{
    up_network *layer = load("", NULL);
    cr_expect_eq(layer->in_channels, 2);
    cr_expect_eq(layer->out_channels, 3);
    cr_expect_eq(conv_of(layer)->groups, 1);
    expect_pair(conv_of(layer)->kernel, 2, 5, "kernel");
    expect_pair(conv_of(layer)->stride, 1, 1, "stride");
    expect_padding(layer, 0, 0);
    expect_pair(conv_of(layer)->output_padding, 0, 0, "output_padding");
    expect_pair(conv_of(layer)->dilation, 1, 1, "dilation");
    expect_pair(layer->scale, 1, 1, "scale");
    cr_expect_eq(layer->color, UP_WEIGHTS_ANY);
    cr_expect_eq(layer->range, 1);
    cr_expect_null(layer->node[0].bias.value);
    cr_expect_arr_eq(layer->node[0].weight.value, numbers, 60 * sizeof *numbers);
    up_network_free(&layer);
    cr_expect_null(layer);
    up_network_free(&layer);
}

Test(layer, metadata_and_flags)
{
    const char *metadata = "\"upscale.stride\":\"3,2\",\"upscale.padding\":\"4\","
                           "\"upscale.output_padding\":\"2,1\",\"upscale.dilation\":\"1,2\","
                           "\"upscale.groups\":\"2\",\"upscale.scale\":\"3,2\","
                           "\"upscale.range\":\"255\",\"upscale.color\":\"any\"";
    up_network *layer = load(metadata, NULL);
    expect_pair(conv_of(layer)->stride, 3, 2, "stride");
    expect_padding(layer, 4, 4);
    expect_pair(conv_of(layer)->output_padding, 2, 1, "output_padding");
    expect_pair(conv_of(layer)->dilation, 1, 2, "dilation");
    expect_pair(layer->scale, 3, 2, "scale");
    cr_expect_eq(conv_of(layer)->groups, 2);
    cr_expect_eq(layer->out_channels, 6);
    cr_expect_eq(layer->range, 255);
    up_network_free(&layer);

    const up_layer flags = { .stride = { 5, 4, true },
                             .padding = { 0, 1, true },
                             .output_padding = { 0, 3, true },
                             .dilation = { 2, 1, true },
                             .groups = 1 };
    layer = load(metadata, &flags);
    expect_pair(conv_of(layer)->stride, 5, 4, "stride");
    expect_padding(layer, 0, 1);
    expect_pair(conv_of(layer)->output_padding, 0, 3, "output_padding");
    expect_pair(conv_of(layer)->dilation, 2, 1, "dilation");
    expect_pair(layer->scale, 5, 4, "scale");
    cr_expect_eq(conv_of(layer)->groups, 1);
    up_network_free(&layer);
}

/* A flag mends what the file gets wrong. */
Test(layer, flags_hide_metadata)
{
    const up_layer flags = { .stride = { 2, 2, true }, .groups = 2 };
    up_network *layer =
        load("\"upscale.stride\":\"no\",\"upscale.groups\":\"7\",\"upscale.scale\":\"9\"", &flags);
    expect_pair(layer->scale, 2, 2, "scale");
    up_network_free(&layer);
}

Test(layer, colors)
{
    static const struct {
        int in, out;
        const char *metadata;
        up_weights_color color;
    } cases[] = {
        { 1, 1, "", UP_WEIGHTS_ANY },
        { 3, 3, "", UP_WEIGHTS_RGB },
        { 3, 1, "", UP_WEIGHTS_ANY },
        { 4, 4, "", UP_WEIGHTS_ANY },
        { 3, 3, "\"upscale.color\":\"any\"", UP_WEIGHTS_ANY },
        { 1, 1, "\"upscale.color\":\"y\"", UP_WEIGHTS_Y },
        { 1, 1, "\"upscale.color\":\"y-studio\"", UP_WEIGHTS_Y_STUDIO },
        { 3, 3, "\"upscale.color\":\"ycbcr\"", UP_WEIGHTS_YCBCR },
        { 3, 3, "\"upscale.color\":\"rgb\"", UP_WEIGHTS_RGB },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        up_error error = { 0 };
        up_network *layer = load_bytes(
            weight_file(cases[i].in, cases[i].out, 2, 2, cases[i].metadata), NULL, &error);
        cr_assert(layer, "%s", error.message);
        cr_expect_eq(layer->color, cases[i].color, "%s", cases[i].metadata);
        up_network_free(&layer);
    }
}

/* The list of what PyTorch refuses, and what cannot be meant. */
Test(layer, refuses_what_pytorch_refuses)
{
    expect_refused_metadata("\"upscale.output_padding\":\"1\"", "must be smaller than stride");
    expect_refused_metadata("\"upscale.stride\":\"2,1\",\"upscale.output_padding\":\"1,1\"",
                            "must be smaller than stride");
    expect_refused_metadata("\"upscale.dilation\":\"0\"", "upscale.dilation");
    expect_refused_metadata("\"upscale.stride\":\"0,1\"", "upscale.stride");
    expect_refused_metadata("\"upscale.padding\":\"-1\"", "upscale.padding");
    expect_refused_metadata("\"upscale.output_padding\":\"-1\"", "upscale.output_padding");
    expect_refused_metadata("\"upscale.groups\":\"0\"", "upscale.groups");
    expect_refused_metadata("\"upscale.groups\":\"3\"", "3 groups");
    expect_refused_flags((up_layer){ .output_padding = { 1, 1, true } }, "--output-padding");
    expect_refused_flags((up_layer){ .output_padding = { 0, -1, true } }, "--output-padding -1");
    expect_refused_flags((up_layer){ .dilation = { 0, 1, true } }, "--dilation 0");
    expect_refused_flags((up_layer){ .stride = { 1, 0, true } }, "--stride 0");
    expect_refused_flags((up_layer){ .padding = { -1, 0, true } }, "--padding -1");
    expect_refused_flags((up_layer){ .groups = -2 }, "--groups -2");
    expect_refused_flags((up_layer){ .groups = 3 }, "3 groups");
    expect_refused(weight_file(1, 1, 0, 3, ""), NULL, "has no kernel");
    expect_refused(weight_file(0, 1, 3, 3, ""), NULL, "has no channels");

    up_network *layer = load("\"upscale.output_padding\":\"1\",\"upscale.dilation\":\"2\"", NULL);
    up_network_free(&layer);
}

Test(layer, refuses_metadata_that_makes_no_sense)
{
    static const char *const strides[] = { "",      "x",     "2 ",   "+2",
                                           "1,2,3", ",2",    "2,",   "1.5",
                                           "0x2",   "65537", "2,-1", "99999999999999999999" };
    char metadata[64];
    for (size_t i = 0; i < sizeof strides / sizeof *strides; i++) {
        snprintf(metadata, sizeof metadata, "\"upscale.stride\":\"%s\"", strides[i]);
        expect_refused_metadata(metadata, "upscale.stride");
    }
    expect_refused_metadata("\"upscale.scale\":\"2\"", "give --stride");
    expect_refused_metadata("\"upscale.scale\":\"2,x\"", "upscale.scale");
    expect_refused_metadata("\"upscale.color\":\"pink\"", "any, y, y-studio, ycbcr or rgb");
    expect_refused_metadata("\"upscale.color\":\"rgb\"", "needs 3 channels");
    expect_refused_metadata("\"upscale.range\":\"100\"", "1 or 255");
    expect_refused_metadata("\"upscale.layers\":\"[]\"", "a list of 1 to 65536 layers");
}

Test(layer, refuses_absurd_sizes)
{
    static const float zeros[70000];
    tensor_file wide = tensor_file_make(zeros, sizeof zeros,
                                        "{\"weight\":{\"dtype\":\"F32\",\"shape\":[70000,1,1,1],"
                                        "\"data_offsets\":[0,%zu]}}",
                                        sizeof zeros);
    expect_refused(wide, NULL, "more than 65536");
    expect_refused(weight_file(1, 1, 1, 1000, "\"upscale.dilation\":\"65536\""), NULL, "span");
}

static tensor_file two_tensors(const char *first, const char *first_shape, const char *second,
                               const char *second_shape, int count, const char *dtype)
{
    return tensor_file_make(numbers, 12 * 4 + (size_t)count * 4,
                            "{\"%s\":{\"dtype\":\"%s\",\"shape\":%s,\"data_offsets\":[0,48]},"
                            "\"%s\":{\"dtype\":\"F32\",\"shape\":%s,\"data_offsets\":[48,%d]}}",
                            first, dtype, first_shape, second, second_shape, 48 + count * 4);
}

Test(layer, bias_belongs_to_its_weight)
{
    static const char *const names[][2] = { { "weight", "bias" },
                                            { "0.weight", "0.bias" },
                                            { "module.up.weight", "module.up.bias" } };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        up_error error = { 0 };
        up_network *layer = load_bytes(
            two_tensors(names[i][0], "[2,3,1,2]", names[i][1], "[3]", 3, "F32"), NULL, &error);
        cr_assert(layer, "%s", error.message);
        cr_expect_arr_eq(layer->node[0].bias.value, numbers + 12, 3 * sizeof *numbers);
        up_network_free(&layer);
    }
    expect_refused(two_tensors("weight", "[2,3,1,2]", "bias", "[2]", 2, "F32"), NULL,
                   "a bias must hold one value for each");
    expect_refused(two_tensors("weight", "[2,3,1,2]", "bias", "[3,1]", 3, "F32"), NULL,
                   "a bias must hold one value for each");
    expect_refused(two_tensors("weight", "[2,3,1,2]", "bias", "[3]", 3, "I32"), NULL,
                   "tensor \"weight\" has type I32");
    expect_refused(two_tensors("0.weight", "[2,3,1,2]", "1.bias", "[3]", 3, "F32"), NULL,
                   "not a single ConvTranspose2d");
    expect_refused(two_tensors("weight", "[2,3,1,2]", "overweight", "[1,1,1,1]", 1, "F32"), NULL,
                   "2 tensors found: \"weight\", \"overweight\"");
    expect_refused(two_tensors("0.weight", "[2,3,1,2]", "1.weight", "[1,1,1,1]", 1, "F32"), NULL,
                   "\"0.weight\": a Conv2d of even size");
    expect_refused(two_tensors("weight", "[12]", "bias", "[3]", 3, "F32"), NULL,
                   "those of no known network");
    expect_refused(tensor_file_make(NULL, 0, "{}"), NULL, "0 tensors found");
}

Test(layer, many_keys_are_not_all_listed)
{
    char header[4096] = "{";
    for (int i = 0; i < 20; i++)
        sprintf(header + strlen(header),
                "%s\"layer.%d.w\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[%d,%d]}",
                i ? "," : "", i, i, i + 1);
    strcat(header, "}");
    expect_refused(tensor_file_make(numbers, 20, "%s", header), NULL, "\"layer.11.w\", ...");
}

Test(layer, values_must_be_finite)
{
    static const float bad[] = { NAN, INFINITY, -INFINITY };
    for (int i = 0; i < 3; i++) {
        const float values[] = { 1, bad[i] };
        expect_refused(tensor_file_make(values, sizeof values,
                                        "{\"up.weight\":{\"dtype\":\"F32\",\"shape\":[1,1,1,2],"
                                        "\"data_offsets\":[0,8]}}"),
                       NULL, "tensor \"up.weight\": holds NaN or infinity");
    }
}

Test(layer, half_floats)
{
    const unsigned short halves[] = { 0x3c00, 0xc000 }, brains[] = { 0x3f80, 0xc000 };
    for (int i = 0; i < 2; i++) {
        up_error error = { 0 };
        up_network *layer =
            load_bytes(tensor_file_make(i ? brains : halves, 4,
                                        "{\"weight\":{\"dtype\":\"%s\",\"shape\":[1,1,1,2],"
                                        "\"data_offsets\":[0,4]}}",
                                        i ? "BF16" : "F16"),
                       NULL, &error);
        cr_assert(layer, "%s", error.message);
        cr_expect(layer->node[0].weight.value[0] == 1 && layer->node[0].weight.value[1] == -2);
        up_network_free(&layer);
    }
}
