/* SPDX-License-Identifier: MIT */
/* Every kind of layer: what it is told in upscale.layers, what it is if nothing is said, and what
 * is refused. */
#include "base/memory.h"
#include "network/build/build.h"
#include "network/layers.h"
#include "support/network/network_file.h"
#include "support/network/network_rewritten.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { CHANNELS = 4 };

/* ---------------------------------------------------------------- fields of all kinds */

static bool is_whole_number(const up_layer_field *field)
{
    return field->type == UP_FIELD_COUNT || field->type == UP_FIELD_PAIR ||
           field->type == UP_FIELD_SIDES;
}

/* A value that the field can have. */
static const char *good_value(const up_layer_field *field, char text[64])
{
    if (field->type == UP_FIELD_CHOICE)
        snprintf(text, 64, "'%s'", field->names[0]);
    else
        snprintf(text, 64, "%s", field->type == UP_FIELD_FLAG ? "true" : "1");
    return text;
}

/* A list of one layer of the kind, its required fields but `without`, and `more`. */
static void layer_of(char list[512], const up_layer_kind *kind, const char *without,
                     const char *more)
{
    char value[64];
    int used = sprintf(list, "[{'op':'%s'", kind->name);
    if (kind->tensors)
        used += sprintf(list + used, ",'name':'t'");
    if (kind->least_inputs > 1)
        used += sprintf(list + used, ",'inputs':['input','input']");
    for (const up_layer_field *f = kind->field; f && f->key; f++)
        if (f->required && strcmp(f->key, without) != 0)
            used += sprintf(list + used, ",'%s':%s", f->key, good_value(f, value));
    sprintf(list + used, "%s}]", more);
}

static void expect_refused(const up_layer_kind *kind, const char *without, const char *more,
                           const char *key, const char *reason)
{
    char list[512], culprit[64], channels[64];
    layer_of(list, kind, without, more);
    snprintf(culprit, sizeof culprit, "layer 0 (%s): \"%s\"", kind->name, key);
    snprintf(channels, sizeof channels, "'upscale.channels':'%d'", CHANNELS);
    network_refused(network_file("t.weight:4,4,1,1", list, channels), NULL, culprit, reason);
}

static void expect_bad(const up_layer_kind *kind, const up_layer_field *field, const char *value)
{
    char more[128];
    snprintf(more, sizeof more, ",'%s':%s", field->key, value);
    expect_refused(kind, field->key, more, field->key, "must be");
}

static void check_field(const up_layer_kind *kind, const up_layer_field *field)
{
    char low[16];
    expect_bad(kind, field, "{}");
    expect_bad(kind, field, "null");
    expect_bad(kind, field, "'none of them'");
    expect_bad(kind, field, "[]");
    if (field->required)
        expect_refused(kind, field->key, "", field->key, "is missing");
    if (!is_whole_number(field))
        return;
    snprintf(low, sizeof low, "%d", field->least - 1);
    expect_bad(kind, field, low);
    expect_bad(kind, field, "65537");
    expect_bad(kind, field, "1.5");
    expect_bad(kind, field, "[1,1,1]");
}

Test(network_kinds, fields_are_checked)
{
    const up_layer_kind *kind;
    for (int i = 0; (kind = up_layer_kind_at(i)); i++) {
        cr_expect_eq(up_layer_kind_find(kind->name), kind);
        expect_refused(kind, "", ",'wrong':1", "wrong", "not a field");
        expect_refused(kind, "", ",'id':3", "id", "a name that no earlier layer has");
        for (const up_layer_field *field = kind->field; field && field->key; field++)
            check_field(kind, field);
    }
    cr_expect_null(up_layer_kind_at(-1));
    cr_expect_null(up_layer_kind_find("add "));
}

Test(network_kinds, inputs_are_counted)
{
    const up_layer_kind *kind;
    for (int i = 0; (kind = up_layer_kind_at(i)); i++) {
        char list[512];
        if (kind->least_inputs > 1 || kind->most_inputs == UP_ANY_INPUTS)
            continue;
        layer_of(list, kind, "", ",'inputs':['input','input','input']");
        network_refused(network_file(kind->tensors == UP_WEIGHT_AND_BIAS ? "t.weight:4,4,1,1"
                                     : kind->tensors                     ? "t.weight:4"
                                                                         : "",
                                     list, "'upscale.channels':'4'"),
                        NULL, kind->name, "cannot work on 3 inputs");
    }
}

/* ---------------------------------------------------------------- defaults */

/* One layer on four channels. */
static up_network *layer(const char *tensors, const char *text)
{
    char list[512];
    snprintf(list, sizeof list, "[{%s}]", text);
    return network_made(tensors, list, "'upscale.channels':'4'", 0);
}

static void expect_fields(const char *tensors, const char *text, const void *fields)
{
    up_network *network = layer(tensors, text);
    const up_network_node *node = &network->node[0];
    cr_assert(node->fields && node->kind->fields_size > 0);
    cr_expect_arr_eq(node->fields, fields, network_fields_size(node->kind), "%s", text);
    up_network_free(&network);
}

Test(network_kinds, defaults)
{
    expect_fields("t.weight:2,4,3,5", "'op':'conv2d','name':'t'",
                  &(up_convolution){
                      .stride = { 1, 1 }, .dilation = { 1, 1 }, .groups = 1, .kernel = { 3, 5 } });
    expect_fields("t.weight:4,2,3,5", "'op':'conv_transpose2d','name':'t'",
                  &(up_convolution){
                      .stride = { 1, 1 }, .dilation = { 1, 1 }, .groups = 1, .kernel = { 3, 5 } });
    expect_fields("", "'op':'leaky_relu'", &(up_leaky_relu){ 0.01f });
    expect_fields("", "'op':'gelu'", &(up_gelu){ false });
    expect_fields("", "'op':'elu'", &(up_elu){ 1 });
    expect_fields("", "'op':'hard_sigmoid'", &(up_hard_sigmoid){ 1.0f / 6, 0.5f });
    expect_fields("", "'op':'hard_swish'", &(up_hard_sigmoid){ 1.0f / 6, 0.5f });
    expect_fields("", "'op':'clip'", &(up_clip){ -INFINITY, INFINITY });
    expect_fields("", "'op':'pad','amount':[1,2]",
                  &(up_padding){ { 1, 2, 1, 2 }, UP_PAD_ZEROS, 0 });
    expect_fields("", "'op':'crop','amount':[4,3,2,1]",
                  &(up_padding){ { 4, 3, 2, 1 }, UP_PAD_ZEROS, 0 });
    expect_fields("", "'op':'slice'", &(up_slice){ { 0, 0 }, { 1, 1 } });
    expect_fields("", "'op':'pixel_shuffle','factor':2", &(up_shuffle){ 2, UP_SHUFFLE_PIXEL_LAST });
    expect_fields("", "'op':'pixel_unshuffle','factor':3,'order':'pixel_first'",
                  &(up_shuffle){ 3, UP_SHUFFLE_PIXEL_FIRST });
    expect_fields("", "'op':'channels','count':2", &(up_channels){ 0, 2 });
    expect_fields("", "'op':'resize','mode':'bicubic'",
                  &(up_resize){ .mode = UP_RESIZE_BICUBIC,
                                .factor = { 1, 1 },
                                .divisor = { 1, 1 },
                                .cubic_a = -0.75f });
    expect_fields("t.weight:4", "'op':'instance_norm','name':'t'", &(up_instance_norm){ 1e-5f });
}

Test(network_kinds, values_that_are_stated)
{
    expect_fields("",
                  "'op':'resize','mode':'nearest','factor':[3,2],'divisor':2,"
                  "'coordinates':'align_corners','rounding':'round_up','antialias':true,"
                  "'exclude_outside':true,'cubic_a':-0.5",
                  &(up_resize){ UP_RESIZE_NEAREST,
                                { 3, 2 },
                                { 2, 2 },
                                UP_RESIZE_ALIGN_CORNERS,
                                UP_RESIZE_ROUND_UP,
                                -0.5f,
                                true,
                                true });
    expect_fields("",
                  "'op':'average_pool','kernel':[3,2],'stride':2,'padding':[0,1],"
                  "'ceil_mode':true,'count_include_pad':true",
                  &(up_pooling){ { 3, 2 }, { 2, 2 }, { 0, 1, 0, 1 }, true, true });
    expect_fields("", "'op':'pad','amount':[1,2,3,4],'mode':'reflect','value':0.5",
                  &(up_padding){ { 1, 2, 3, 4 }, UP_PAD_REFLECT, 0.5f });
    expect_fields("", "'op':'power','exponent':-0.5", &(up_power){ -0.5f });
    expect_fields("", "'op':'slice','first':[1,0],'step':[2,3]", &(up_slice){ { 1, 0 }, { 2, 3 } });
    expect_fields("t.weight:4,2,1,1", "'op':'conv2d','name':'t','padding':[1,2,3,4],'groups':2",
                  &(up_convolution){ .stride = { 1, 1 },
                                     .dilation = { 1, 1 },
                                     .groups = 2,
                                     .padding = { 1, 2, 3, 4 },
                                     .kernel = { 1, 1 } });
}

Test(network_kinds, affine_without_numbers_is_nothing)
{
    up_network *network = layer("", "'op':'affine'");
    for (int c = 0; c < CHANNELS; c++)
        cr_expect(network->node[0].weight.value[c] == 1 && network->node[0].bias.value[c] == 0);
    up_network_free(&network);
}

/* ---------------------------------------------------------------- refusals of a kind */

static void refused(const char *tensors, const char *layers, const char *culprit,
                    const char *reason)
{
    network_refused(network_file(tensors, layers, "'upscale.channels':'4'"), NULL, culprit, reason);
}

Test(network_kinds, refused)
{
    refused("", "[{'op':'max_pool','kernel':2,'padding':2}]", "layer 0 (max_pool)", "pads by");
    refused("", "[{'op':'channels','first':2,'count':3}]", "layer 0 (channels)",
            "no channels 2 to 4 among 4");
    refused("t.weight:3", "[{'op':'instance_norm','name':'t'}]", "layer 0 (instance_norm",
            "for each channel");
    refused("", "[{'op':'pixel_unshuffle','factor':200}]", "layer 0 (pixel_unshuffle)",
            "too many channels");
    refused("", "[{'op':'pixel_shuffle','factor':3}]", "layer 0 (pixel_shuffle)", "4 channels");
    refused("", "[{'op':'pad','amount':1},{'op':'pixel_unshuffle','factor':3}]",
            "layer 1 (pixel_unshuffle)", "no multiple of 3");
    refused("", "[{'op':'global_max_pool'},{'op':'crop','amount':1}]", "layer 1 (crop)",
            "makes nothing of the one pixel");
    refused("",
            "[{'op':'global_max_pool'},{'op':'concat','inputs':['input','input']}"
            ",{'op':'concat','from':'input'},{'op':'global_average_pool','id':'g'},"
            "{'op':'concat','inputs':['g','input']}]",
            "layer 4 (concat)", "different size");
    refused("", "[{'op':'conv2d'}]", "layer 0 (conv2d): \"name\"", "is missing");
    refused("", "[{'op':'clip','min':1,'max':0}]", "layer 0 (clip)", "above max");
    refused("",
            "[{'op':'resize','mode':'nearest','factor':65536},"
            "{'op':'resize','mode':'nearest','factor':2}]",
            "layer 1 (resize)", "more than 65536");
}

/* ---------------------------------------------------------------- sizes */

static void expect_fit(const up_network *network, int in, int after, int size)
{
    up_network_fit fit;
    const int both[2] = { in, in };
    cr_expect(up_network_fits(network, both, false, &fit));
    for (int axis = 0; axis < 2; axis++) {
        cr_expect_eq(fit.before[axis], 0);
        cr_expect_eq(fit.after[axis], after, "%d: %d after", in, fit.after[axis]);
        cr_expect_eq(fit.cut[axis], 0);
        cr_expect_eq(fit.size[axis], size, "%d: makes %d", in, fit.size[axis]);
    }
}

Test(network_kinds, multiples_that_unshuffling_asks_for)
{
    up_network *network =
        network_made("",
                     "[{'op':'pixel_unshuffle','factor':2},{'op':'pixel_unshuffle','factor':3},"
                     "{'op':'pixel_shuffle','factor':12}]",
                     "'upscale.channels':'4'", 0);
    for (int axis = 0; axis < 2; axis++) {
        cr_expect_eq(network->multiple[axis], 6);
        cr_expect(network->scale[axis] == 2 && network->reduction[axis] == 1 &&
                  network->extra[axis] == 0);
    }
    expect_fit(network, 6, 0, 12);
    expect_fit(network, 7, 5, 14);
    expect_fit(network, 1, 5, 2);
    up_network_free(&network);
}

/* A strided convolution, and a transposed one that makes up for it. */
Test(network_kinds, multiples_that_strides_ask_for)
{
    up_network *network =
        network_made("a.weight:8,4,3,3 b.weight:8,4,4,4",
                     "[{'op':'conv2d','name':'a','stride':2,'padding':1},"
                     "{'op':'conv_transpose2d','name':'b','stride':4},{'op':'crop','amount':0}]",
                     "", 0);
    for (int axis = 0; axis < 2; axis++) {
        cr_expect_eq(network->multiple[axis], 2);
        cr_expect(network->scale[axis] == 2 && network->reduction[axis] == 1 &&
                  network->extra[axis] == 0);
    }
    expect_fit(network, 8, 0, 16);
    expect_fit(network, 9, 1, 18);
    up_network_free(&network);

    network =
        network_made("a.weight:8,4,3,3", "[{'op':'conv2d','name':'a','stride':[2,1]}]", "", 0);
    cr_expect(network->multiple[0] == 1 && network->multiple[1] == 1, "nothing is enlarged again");
    up_network_free(&network);
}

/* Pools in ceil mode have as many windows as begin in the image or its padding before it. */
Test(network_kinds, windows_of_pools)
{
    for (int n = 0; n < 3 * 3 * 3 * 2 * 2; n++) {
        char text[160];
        const int kernel = n % 3 + 1, stride = n / 3 % 3 + 1;
        const int before = up_min(n / 9 % 3, kernel - 1), after = up_min(n / 27 % 2, kernel - 1);
        const bool ceils = n / 54;
        snprintf(text, sizeof text,
                 "'op':'max_pool','kernel':%d,'stride':%d,'padding':[%d,%d,%d,%d],'ceil_mode':%s",
                 kernel, stride, before, before, after, after, ceils ? "true" : "false");
        up_network *network = layer("", text);
        for (int in = 4; in < 12; in++) {
            int windows = 0;
            const int end = ceils ? in + before - 1 : in + before + after - kernel;
            for (int start = 0; start <= end; start += stride)
                windows += start - stride + kernel < in + before + after || start == 0;
            expect_fit(network, in, 0, windows);
        }
        up_network_free(&network);
    }
}

Test(network_kinds, whole_images)
{
    static const char *const layers[] = {
        "[{'op':'global_average_pool'},{'op':'mul','from':'input'}]",
        "[{'op':'global_contrast','id':'g'},{'op':'sigmoid'},{'op':'mul','inputs':['input','g']}]",
    };
    for (size_t i = 0; i < sizeof layers / sizeof *layers; i++) {
        up_network *network = network_made("", layers[i], "'upscale.channels':'4'", 0);
        for (int axis = 0; axis < 2; axis++) {
            cr_expect_eq(network->receptive_field[axis], INT_MAX);
            cr_expect(network->scale[axis] == 1 && network->extra[axis] == 0);
            cr_expect_eq(network->node[0].size[axis].scale, 0);
        }
        cr_expect_eq(network->out_channels, 4);
        up_network_free(&network);
    }
    up_network *norm = layer("t.weight:4", "'op':'instance_norm','name':'t'");
    cr_expect_eq(norm->receptive_field[0], INT_MAX);
    up_network_free(&norm);
}

/* ---------------------------------------------------------------- graphs */

Test(network_kinds, concat_is_in_the_order_that_is_stated)
{
    up_network *network = network_made("",
                                       "[{'op':'relu','id':'r'},{'op':'tanh','id':'t'},"
                                       "{'op':'concat','inputs':['t','input','r','t']}]",
                                       "'upscale.channels':'4'", 0);
    const int wanted[4] = { 1, UP_NETWORK_INPUT, 0, 1 };
    cr_assert_eq(network->node[2].inputs, 4);
    cr_expect_arr_eq(network->node[2].input, wanted, sizeof wanted);
    cr_expect_eq(network->out_channels, 16);
    up_network_free(&network);
}

/* As CARN-M shares its blocks. */
Test(network_kinds, layers_may_share_tensors)
{
    up_network *network = network_made("a.weight:4,4,3,3 a.bias:4 p.weight:4",
                                       "[{'op':'conv2d','name':'a','padding':1},"
                                       "{'op':'prelu','name':'p'},"
                                       "{'op':'conv2d','name':'a','padding':1},"
                                       "{'op':'prelu','name':'p'}]",
                                       "", 0);
    cr_expect_eq(network->node[0].weight.value, network->node[2].weight.value);
    cr_expect_eq(network->node[1].weight.value, network->node[3].weight.value);
    up_network_free(&network);
}

Test(network_kinds, many_layers)
{
    enum { MANY = 5000 };
    static char list[MANY * 32];
    char *at = list + sprintf(list, "[");
    for (int i = 0; i < MANY; i++)
        at += sprintf(at, "%s{'op':'relu'}", i ? "," : "");
    strcpy(at, "]");
    up_network *network = network_made("", list, "'upscale.channels':'1'", 0);
    cr_expect_eq(network->nodes, MANY);
    up_network_free(&network);
}
