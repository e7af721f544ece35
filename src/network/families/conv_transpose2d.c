/* SPDX-License-Identifier: MIT */
/* One bare ConvTranspose2d: the tensor "weight" or "NAME.weight", with "NAME.bias" if there is one,
 * and nothing else. What a state dict does not hold comes from flags, else from the metadata, else
 * it is PyTorch's default: stride 1, padding 0, output_padding 0, dilation 1, groups 1. */

#include "network/families/family.h"

#include "network/parts/parts.h"

#include "base/memory.h"
#include "network/tensor_values.h"

#include <string.h>

static const up_tensor *find_weight(const up_network_builder *b)
{
    const up_tensor *tensor;
    for (int i = 0; (tensor = up_tensor_file_at(b->file, i)); i++)
        if (tensor->dims == 4)
            return tensor;
    return NULL;
}

static bool is(const up_network_builder *b)
{
    int kernels = 0, count = up_tensor_file_count(b->file);
    for (int i = 0; i < count; i++)
        kernels += up_tensor_file_at(b->file, i)->dims == 4;
    return count <= 2 && kernels == 1;
}

static up_status not_one_layer(const up_network_builder *b)
{
    char list[UP_KEY_LIST];
    const int count = up_tensor_file_count(b->file);
    return up_network_fail(b,
                           "not a single ConvTranspose2d (a 4-D \"weight\" and its \"bias\"); %d "
                           "tensors found%s%s",
                           count, count ? ": " : "", up_tensor_list(list, b->file));
}

/* What its tensors are called but for ".weight" and ".bias". */
static up_status find_stem(up_network_builder *b, char stem[UP_MOST_KEY])
{
    const up_tensor *weight = find_weight(b);
    const size_t length = strlen(weight->name), tail = strlen("weight");
    const size_t bare = length == tail;
    if (length < tail || strcmp(weight->name + length - tail, "weight") != 0 ||
        (!bare && weight->name[length - tail - 1] != '.') || length >= UP_MOST_KEY)
        return not_one_layer(b);
    memcpy(stem, weight->name, length - tail);
    stem[bare ? 0 : length - tail - 1] = '\0';
    *b->prefix = '\0';
    if (up_tensor_file_count(b->file) == 2 && !up_network_tensor(b, stem, "bias"))
        return not_one_layer(b);
    return UP_OK;
}

static up_status read_pairs(const up_network_builder *b, up_convolution *conv)
{
    const up_layer *flags = &b->hints->layer;
    int padding[2] = { 0, 0 };
    struct {
        const char *key, *flag;
        const up_pair *given;
        int least;
        int *pair;
    } pairs[] = {
        { "upscale.stride", "--stride", &flags->stride, 1, conv->stride },
        { "upscale.padding", "--padding", &flags->padding, 0, padding },
        { "upscale.output_padding", "--output-padding", &flags->output_padding, 0,
          conv->output_padding },
        { "upscale.dilation", "--dilation", &flags->dilation, 1, conv->dilation },
    };
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        UP_TRY(up_stated_pair_or_flag(b->file, pairs[i].key, pairs[i].given, pairs[i].flag,
                                      pairs[i].least, pairs[i].pair, b->error));
    for (int side = 0; side < 4; side++)
        conv->padding[side] = padding[side % 2];
    conv->groups = flags->groups ? flags->groups : 1;
    return flags->groups ? up_stated_check_flag("--groups", flags->groups, 1, b->error)
                         : up_stated_count(b->file, "upscale.groups", &conv->groups, b->error);
}

static up_status check_scale(const up_network_builder *b, const up_convolution *conv)
{
    int scale[2] = { conv->stride[0], conv->stride[1] };
    if (b->hints->layer.stride.set) /* and what the file says is out of date */
        return UP_OK;
    UP_TRY(up_stated_pair(b->file, "upscale.scale", 1, scale, b->error));
    if (memcmp(scale, conv->stride, sizeof scale) == 0)
        return UP_OK;
    return up_network_fail(b,
                           "upscale.scale is %d,%d but the stride is %d,%d: state upscale.stride "
                           "in the file or give --stride",
                           scale[0], scale[1], conv->stride[0], conv->stride[1]);
}

static up_status check_output_padding(const up_network_builder *b, const up_convolution *conv)
{
    for (int axis = 0; axis < 2; axis++)
        if (conv->output_padding[axis] >= up_max(conv->stride[axis], conv->dilation[axis]))
            return up_network_fail(b, "output_padding (--output-padding, upscale.output_padding) "
                                      "must be smaller than stride or dilation");
    return UP_OK;
}

static up_status read(up_network_builder *b)
{
    up_convolution conv = *(const up_convolution *)up_layer_conv_transpose2d.defaults;
    const up_tensor *weight = find_weight(b);
    char stem[UP_MOST_KEY];
    UP_TRY(find_stem(b, stem));
    UP_TRY(read_pairs(b, &conv));
    UP_TRY(check_scale(b, &conv));
    UP_TRY(check_output_padding(b, &conv));
    UP_TRY(up_tensor_check_kernel(b->file, weight, b->error));
    b->network->in_channels = (int)weight->shape[0];
    if (b->network->in_channels % conv.groups)
        return up_network_fail(b,
                               "%d input channels cannot be split into %d groups (--groups, "
                               "upscale.groups)",
                               b->network->in_channels, conv.groups);
    return up_network_add_named(b, &up_layer_conv_transpose2d, &conv, stem, UP_NETWORK_INPUT, NULL);
}

const up_network_family up_family_conv_transpose2d = { "ConvTranspose2d", is, read, true };
