/* SPDX-License-Identifier: MIT */
#include "network/parts/parts.h"

#include "network/tensor_values.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---------------------------------------------------------------- tensors */

void up_part_name(char key[UP_MOST_KEY], const char *name, ...)
{
    UP_PART_KEY(key, name);
}

const up_tensor *up_part_weight(const up_network_builder *b, const char *name, ...)
{
    char key[UP_MOST_KEY];
    UP_PART_KEY(key, name);
    return up_network_tensor(b, key, "weight");
}

const up_tensor *up_part_tensor(const up_network_builder *b, const char *suffix, const char *name,
                                ...)
{
    char key[UP_MOST_KEY];
    UP_PART_KEY(key, name);
    return up_network_tensor(b, key, suffix);
}

const up_tensor *up_part_kernel(const up_network_builder *b, const char *name, ...)
{
    char key[UP_MOST_KEY];
    UP_PART_KEY(key, name);
    const up_tensor *weight = up_network_tensor(b, key, "weight");
    return weight && weight->dims == 4 ? weight : NULL;
}

int up_part_count(const up_network_builder *b, const char *before, const char *after)
{
    int count = 0;
    while (up_part_weight(b, "%s%d%s", before, count, after))
        count++;
    return count;
}

up_status up_part_missing(const up_network_builder *b, const char *key)
{
    char name[2 * UP_MOST_KEY], label[UP_LABEL];
    snprintf(name, sizeof name, "%s.weight", key);
    return up_network_fail(b, "there is no tensor %s, which %s needs", up_label(label, name),
                           b->network->family);
}

up_status up_part_start(up_network_builder *b, const char *name, ...)
{
    char key[UP_MOST_KEY];
    UP_PART_KEY(key, name);
    const up_tensor *weight = up_network_tensor(b, key, "weight");
    if (!weight)
        return up_part_missing(b, key);
    UP_TRY(up_tensor_check_kernel(b->file, weight, b->error));
    b->network->in_channels = (int)weight->shape[1];
    return UP_OK;
}

/* ---------------------------------------------------------------- layers with tensors */

static up_status add_conv(up_network_builder *b, int *x, const char *key)
{
    up_convolution conv = { .groups = 1 };
    const up_tensor *weight = up_network_tensor(b, key, "weight");
    if (!weight)
        return up_part_missing(b, key);
    UP_TRY(up_tensor_check_kernel(b->file, weight, b->error));
    for (int side = 0; side < 4; side++) {
        const size_t size = weight->shape[2 + side % 2];
        if (size % 2 == 0)
            return up_tensor_refuse(b->file, weight,
                                    "a Conv2d of even size: its padding is not in the file, state "
                                    "all layers in the metadata upscale.layers",
                                    b->error);
        conv.padding[side] = (int)(size / 2);
    }
    return up_network_add_named(b, &up_layer_conv2d, &conv, key, *x, x);
}

up_status up_part_conv(up_network_builder *b, int *x, const char *name, ...)
{
    char key[UP_MOST_KEY];
    UP_PART_KEY(key, name);
    return add_conv(b, x, key);
}

up_status up_part_convolution(up_network_builder *b, int *x, const up_layer_kind *kind,
                              const up_convolution *conv, const char *name, ...)
{
    char key[UP_MOST_KEY];
    UP_PART_KEY(key, name);
    return up_network_tensor(b, key, "weight") ? up_network_add_named(b, kind, conv, key, *x, x)
                                               : up_part_missing(b, key);
}

up_status up_part_prelu(up_network_builder *b, int *x, const char *name, ...)
{
    char key[UP_MOST_KEY];
    UP_PART_KEY(key, name);
    return up_network_tensor(b, key, "weight")
               ? up_network_add_named(b, &up_layer_prelu, NULL, key, *x, x)
               : up_part_missing(b, key);
}

/* One tensor of a BatchNorm2d; `otherwise` where it may be missing and is. */
static up_status norm_values(up_network_builder *b, const char *key, const char *suffix,
                             size_t channels, up_values *values)
{
    const up_tensor *tensor = up_network_tensor(b, key, suffix);
    *values = (up_values){ .value = NULL };
    if (!tensor)
        return UP_OK;
    if (tensor->elements != channels)
        return up_tensor_refuse(b->file, tensor, "a BatchNorm2d needs one value for each channel",
                                b->error);
    return up_network_take(b, tensor, values);
}

static up_status fold_norm(up_network_builder *b, double eps, size_t channels,
                           const up_values given[4], up_node_spec *spec)
{
    float *factor, *offset;
    UP_TRY(up_network_new_values(b, 1, &channels, &spec->weight, &factor));
    UP_TRY(up_network_new_values(b, 1, &channels, &spec->bias, &offset));
    for (size_t c = 0; c < channels; c++) {
        double gain = given[0].value ? (double)given[0].value[c] : 1;
        double shift = given[1].value ? (double)given[1].value[c] : 0;
        const double variance = (double)given[3].value[c] + eps;
        if (!(variance > 0))
            return up_network_fail(b, "a BatchNorm2d has a variance below 0");
        gain /= sqrt(variance);
        factor[c] = (float)gain;
        offset[c] = (float)(shift - gain * (double)given[2].value[c]);
    }
    return UP_OK;
}

static up_status add_norm(up_network_builder *b, int *x, double eps, const char *key)
{
    static const char *const suffixes[] = { "weight", "bias", "running_mean", "running_var" };
    const size_t channels = (size_t)up_network_shape(b->network, *x).channels;
    char label[UP_LABEL];
    up_values given[4];
    up_node_spec spec = { .input = x, .inputs = 1 };
    for (int i = 0; i < 4; i++)
        UP_TRY(norm_values(b, key, suffixes[i], channels, &given[i]));
    if (!given[2].value || !given[3].value)
        return up_network_fail(b, "BatchNorm2d %s has no running_mean or no running_var",
                               up_label(label, key));
    UP_TRY(fold_norm(b, eps, channels, given, &spec));
    return up_network_add(b, &up_layer_affine, &spec, x);
}

up_status up_part_batch_norm(up_network_builder *b, int *x, double eps, const char *name, ...)
{
    char key[UP_MOST_KEY];
    UP_PART_KEY(key, name);
    return add_norm(b, x, eps, key);
}

/* ---------------------------------------------------------------- layers without */

up_status up_part_layer(up_network_builder *b, int *x, const up_layer_kind *kind,
                        const void *fields)
{
    return up_network_add(b, kind, &(up_node_spec){ .fields = fields, .input = x, .inputs = 1 }, x);
}

up_status up_part_leaky(up_network_builder *b, int *x, float slope)
{
    return up_part_layer(b, x, &up_layer_leaky_relu, &(up_leaky_relu){ slope });
}

static up_status part_shuffle(up_network_builder *b, int *x, int factor)
{
    return up_part_layer(b, x, &up_layer_pixel_shuffle, &(up_shuffle){ .factor = factor });
}

up_status up_part_resize(up_network_builder *b, int *x, up_resize_mode mode, int factor)
{
    up_resize resize = *(const up_resize *)up_layer_resize.defaults;
    resize.mode = mode;
    resize.factor[0] = resize.factor[1] = factor;
    return up_part_layer(b, x, &up_layer_resize, &resize);
}

static up_status copy_values(up_network_builder *b, int channels, const double *from,
                             up_values *values)
{
    const size_t count = (size_t)channels;
    float *write;
    if (!from)
        return UP_OK;
    UP_TRY(up_network_new_values(b, 1, &count, values, &write));
    for (int c = 0; c < channels; c++)
        write[c] = (float)from[c];
    return UP_OK;
}

up_status up_part_affine(up_network_builder *b, int *x, int channels, const double *factor,
                         const double *offset)
{
    up_node_spec spec = { .input = x, .inputs = 1 };
    UP_TRY(copy_values(b, channels, factor, &spec.weight));
    UP_TRY(copy_values(b, channels, offset, &spec.bias));
    return up_network_add(b, &up_layer_affine, &spec, x);
}

up_status up_part_join(up_network_builder *b, int *x, const up_layer_kind *kind, int other)
{
    const up_node_spec spec = { .input = (int[]){ *x, other }, .inputs = 2 };
    return up_network_add(b, kind, &spec, x);
}

up_status up_part_add(up_network_builder *b, int *x, int other)
{
    return up_part_join(b, x, &up_layer_add, other);
}

up_status up_part_scale(up_network_builder *b, int *x, float factor)
{
    const double wide = (double)factor;
    up_node_spec spec = { .input = x, .inputs = 1 };
    UP_TRY(copy_values(b, 1, &wide, &spec.weight));
    return up_network_add(b, &up_layer_affine, &spec, x);
}

up_status up_part_shift(up_network_builder *b, int *x, float offset)
{
    const double wide = (double)offset;
    up_node_spec spec = { .input = x, .inputs = 1 };
    UP_TRY(copy_values(b, 1, &wide, &spec.bias));
    return up_network_add(b, &up_layer_affine, &spec, x);
}

up_status up_part_concat(up_network_builder *b, int *x, const int *nodes, int count)
{
    return up_network_add(b, &up_layer_concat, &(up_node_spec){ .input = nodes, .inputs = count },
                          x);
}

up_status up_part_shuffle_to(up_network_builder *b, int *x, int channels)
{
    const int out = up_network_shape(b->network, *x).channels;
    int factor = 1, named = *x;
    while ((int64_t)channels * factor * factor < out)
        factor++;
    if ((int64_t)channels * factor * factor == out)
        return part_shuffle(b, x, factor);
    while (named > 0 && !b->network->node[named].name)
        named = b->network->node[named].input[0];
    char label[UP_LABEL];
    const char *last = named >= 0 ? b->network->node[named].name : NULL;
    return up_network_fail(b, "layer %s makes %d channels, which no pixel shuffle turns into %d",
                           up_label(label, last ? last : ""), out, channels);
}

up_status up_part_shuffle_to_input(up_network_builder *b, int *x)
{
    return up_part_shuffle_to(b, x, b->network->in_channels);
}

/* ---------------------------------------------------------------- transposed convolutions */

static up_status find_scale(const up_network_builder *b, const up_tensor *weight, int scale[2])
{
    char label[UP_LABEL];
    scale[0] = scale[1] = b->hints->scale;
    UP_TRY(up_stated_pair(b->file, "upscale.scale", 1, scale, b->error));
    UP_TRY(up_stated_pair_or_flag(b->file, "upscale.stride", &b->hints->layer.stride, "--stride", 1,
                                  scale, b->error));
    if (scale[0] > 0 && scale[1] > 0)
        return UP_OK;
    return up_network_fail(b,
                           "the file does not tell the scale (tensor %s is the same for all): give "
                           "--scale, or state it in the metadata upscale.scale",
                           up_label(label, weight->name));
}

/* The padding that makes the output input * scale, and conventional; false if there is none. */
static bool usual_padding(up_convolution *conv, int padding[2], int axis, int kernel, bool centred)
{
    int scale = conv->stride[axis], spare = kernel > scale ? (kernel - scale + 1) / 2 : 0;
    bool odd = kernel % 2;
    padding[axis] = centred && odd ? kernel / 2 : spare;
    conv->output_padding[axis] = 2 * padding[axis] - kernel + scale;
    return centred || !odd || kernel <= scale || scale <= 2;
}

up_status up_part_transposed(up_network_builder *b, int *x, bool centred, const char *name)
{
    up_convolution conv = { .groups = 1 };
    const up_layer *flags = &b->hints->layer;
    const up_tensor *weight = up_network_tensor(b, name, "weight");
    int padding[2];
    UP_TRY(up_tensor_check_kernel(b->file, weight, b->error));
    UP_TRY(find_scale(b, weight, conv.stride));
    bool known = usual_padding(&conv, padding, 0, (int)weight->shape[2], centred);
    known = usual_padding(&conv, padding, 1, (int)weight->shape[3], centred) && known;
    known = known || flags->padding.set || up_tensor_file_metadata(b->file, "upscale.padding");
    if (!known)
        return up_tensor_refuse(b->file, weight,
                                "its padding is not in the file: give --padding and "
                                "--output-padding, or state upscale.padding and "
                                "upscale.output_padding",
                                b->error);
    UP_TRY(up_stated_pair_or_flag(b->file, "upscale.padding", &flags->padding, "--padding", 0,
                                  padding, b->error));
    UP_TRY(up_stated_pair_or_flag(b->file, "upscale.output_padding", &flags->output_padding,
                                  "--output-padding", 0, conv.output_padding, b->error));
    for (int side = 0; side < 4; side++)
        conv.padding[side] = padding[side % 2];
    return up_network_add_named(b, &up_layer_conv_transpose2d, &conv, name, *x, x);
}

/* ---------------------------------------------------------------- numbered layers */

const char *up_part_key(char key[UP_MOST_KEY], const char *group, int number)
{
    snprintf(key, UP_MOST_KEY, "%s%s%d", group, *group ? "." : "", number);
    return key;
}

int up_part_number(const up_network_builder *b, const char *name, const char *tensor)
{
    size_t prefix = strlen(b->prefix), length = strlen(name);
    if (strncmp(tensor, b->prefix, prefix) != 0 || strncmp(tensor + prefix, name, length) != 0)
        return -1;
    const char *at = tensor + prefix + length;
    if (length && *at++ != '.')
        return -1;
    size_t digits = strspn(at, "0123456789");
    return digits > 0 && digits < 6 && at[digits] == '.' ? atoi(at) : -1;
}

int up_part_last_number(const up_network_builder *b, const char *name)
{
    int last = -1;
    const up_tensor *tensor;
    for (int i = 0; (tensor = up_tensor_file_at(b->file, i)); i++) {
        int number = up_part_number(b, name, tensor->name);
        last = number > last ? number : last;
    }
    return last;
}

/* Whether a layer is transposed, by the channels it gets; for a square kernel, by its size. */
static bool is_transposed(const up_tensor *weight, int channels)
{
    bool as_conv = weight->shape[1] == (size_t)channels, even = weight->shape[2] % 2 == 0;
    bool as_transposed = weight->shape[0] == (size_t)channels;
    return as_transposed && (!as_conv || even);
}

static up_status add_numbered(up_network_builder *b, int *x, const up_part_group *g,
                              const char *key, const up_tensor *weight)
{
    if (up_network_tensor(b, key, "running_mean"))
        return add_norm(b, x, 1e-5, key);
    if (weight->dims <= 1)
        return up_network_add_named(b, &up_layer_prelu, NULL, key, *x, x);
    UP_TRY(up_tensor_check_kernel(b->file, weight, b->error));
    if (g->transposed && is_transposed(weight, up_network_shape(b->network, *x).channels))
        return up_part_transposed(b, x, false, key);
    return add_conv(b, x, key);
}

up_status up_part_add_group(up_network_builder *b, int *x, const up_part_group *g)
{
    char key[UP_MOST_KEY], label[UP_LABEL];
    int last = up_part_last_number(b, g->name);
    bool gap = false; /* before this one: what two in a row do nobody knows */
    for (int i = 0; i <= last; i++) {
        const up_tensor *weight = up_network_tensor(b, up_part_key(key, g->name, i), "weight");
        if (weight)
            UP_TRY(add_numbered(b, x, g, key, weight));
        else if (g->gap && !gap)
            UP_TRY(up_part_layer(b, x, g->gap, g->gap_fields));
        else
            return up_network_fail(b,
                                   "layer %s has no tensors, so the file does not tell what it "
                                   "does (ReLU, Tanh, ...): state all layers in the metadata "
                                   "upscale.layers",
                                   up_label(label, key));
        gap = !weight;
    }
    return UP_OK;
}
