#include "network/network_keys.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "network/tensor_values.h"

const char *up_network_key(char key[UP_MOST_KEY], const char *group, int number)
{
    snprintf(key, UP_MOST_KEY, "%s%s%d", group, *group ? "." : "", number);
    return key;
}

int up_network_number(const up_network_builder *b, const char *name, const char *tensor)
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

int up_network_last_number(const up_network_builder *b, const char *name)
{
    int last = -1;
    const up_tensor *tensor;
    for (int i = 0; (tensor = up_tensor_file_at(b->file, i)); i++) {
        int number = up_network_number(b, name, tensor->name);
        last = number > last ? number : last;
    }
    return last;
}

/* -------------------------------------------------------------- transposed convolutions */

static up_status find_scale(const up_network_builder *b, const up_tensor *weight, int scale[2])
{
    char label[UP_LABEL];
    scale[0] = scale[1] = b->scale_flag;
    UP_TRY(up_stated_pair(b->file, "upscale.scale", 1, scale, b->error));
    UP_TRY(up_stated_pair_or_flag(b->file, "upscale.stride", &b->flags->stride, "--stride", 1,
                                  scale, b->error));
    if (scale[0] > 0 && scale[1] > 0)
        return UP_OK;
    return up_fail(b->error, UP_ERROR_WEIGHTS,
                   "%s: the file does not tell the scale (tensor %s is the same for all): give "
                   "--scale, or state it in the metadata upscale.scale",
                   up_tensor_file_name(b->file), up_label(label, weight->name));
}

/* The padding that makes the output input * scale, and conventional; false if there is none. */
static bool usual_padding(up_network_item *item, int axis, int kernel, bool centred)
{
    int scale = item->stride[axis], spare = kernel > scale ? (kernel - scale + 1) / 2 : 0;
    bool odd = kernel % 2;
    item->padding[axis] = centred && odd ? kernel / 2 : spare;
    item->output_padding[axis] = 2 * item->padding[axis] - kernel + scale;
    return centred || !odd || kernel <= scale || scale <= 2;
}

up_status up_network_append_transposed(up_network_builder *b, const char *name, bool centred)
{
    up_network_item item = { .op = UP_NETWORK_CONV_TRANSPOSE2D };
    const up_tensor *weight = up_network_tensor(b, name, "weight");
    UP_TRY(up_tensor_check_kernel(b->file, weight, b->error));
    UP_TRY(find_scale(b, weight, item.stride));
    bool known = usual_padding(&item, 0, (int)weight->shape[2], centred);
    known = usual_padding(&item, 1, (int)weight->shape[3], centred) && known;
    known = known || b->flags->padding.set || up_tensor_file_metadata(b->file, "upscale.padding");
    if (!known)
        return up_tensor_refuse(b->file, weight,
                                "its padding is not in the file: give --padding and "
                                "--output-padding, or state upscale.padding and "
                                "upscale.output_padding",
                                b->error);
    UP_TRY(up_stated_pair_or_flag(b->file, "upscale.padding", &b->flags->padding, "--padding", 0,
                                  item.padding, b->error));
    UP_TRY(up_stated_pair_or_flag(b->file, "upscale.output_padding", &b->flags->output_padding,
                                  "--output-padding", 0, item.output_padding, b->error));
    return up_network_append(b, &item, name, NULL);
}

/* -------------------------------------------------------------- numbered layers */

bool up_network_is_transposed(const up_tensor *weight, int channels)
{
    bool as_conv = weight->shape[1] == (size_t)channels, even = weight->shape[2] % 2 == 0;
    bool as_transposed = weight->shape[0] == (size_t)channels;
    return as_transposed && (!as_conv || even);
}

up_status up_network_append_conv(up_network_builder *b, const char *name, const up_tensor *weight,
                                 bool padded)
{
    up_network_item item = { .op = UP_NETWORK_CONV2D };
    for (int axis = 0; padded && axis < 2; axis++) {
        if (weight->shape[2 + axis] % 2 == 0)
            return up_tensor_refuse(b->file, weight,
                                    "a Conv2d of even size: its padding is not in the file, state "
                                    "all layers in the metadata upscale.layers",
                                    b->error);
        item.padding[axis] = (int)(weight->shape[2 + axis] / 2);
    }
    return up_network_append(b, &item, name, NULL);
}

static up_status append_numbered(up_network_builder *b, const up_network_group *g, const char *key,
                                 const up_tensor *weight)
{
    static const up_network_item prelu = { .op = UP_NETWORK_PRELU };
    if (weight->dims <= 1)
        return up_network_append(b, &prelu, key, NULL);
    UP_TRY(up_tensor_check_kernel(b->file, weight, b->error));
    if (g->transposed && up_network_is_transposed(weight, up_network_channels(b)))
        return up_network_append_transposed(b, key, false);
    return up_network_append_conv(b, key, weight, true);
}

up_status up_network_append_group(up_network_builder *b, const up_network_group *g)
{
    char key[UP_MOST_KEY], label[UP_LABEL];
    int last = up_network_last_number(b, g->name);
    for (int i = 0; i <= last; i++) {
        const up_tensor *weight = up_network_tensor(b, up_network_key(key, g->name, i), "weight");
        if (weight)
            UP_TRY(append_numbered(b, g, key, weight));
        else if (g->gap)
            UP_TRY(up_network_append(b, g->gap, NULL, NULL));
        else
            return up_fail(b->error, UP_ERROR_WEIGHTS,
                           "%s: layer %s has no tensors, so the file does not tell what it does "
                           "(ReLU, Tanh, ...): state all layers in the metadata upscale.layers",
                           up_tensor_file_name(b->file), up_label(label, key));
    }
    return UP_OK;
}

up_status up_network_append_shuffle(up_network_builder *b)
{
    up_network_item item = { .op = UP_NETWORK_PIXEL_SHUFFLE, .factor = 1 };
    int out = up_network_channels(b), in = b->network->in_channels;
    while ((int64_t)in * item.factor * item.factor < out)
        item.factor++;
    if ((int64_t)in * item.factor * item.factor == out)
        return up_network_append(b, &item, NULL, NULL);
    char label[UP_LABEL];
    const char *last = b->network->item[b->network->items - 1].name;
    return up_fail(b->error, UP_ERROR_WEIGHTS,
                   "%s: layer %s makes %d channels, which no pixel shuffle turns into %d",
                   up_tensor_file_name(b->file), up_label(label, last ? last : ""), out, in);
}
