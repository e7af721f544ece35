#include "network/network.h"

#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "network/layer.h"
#include "network/network_builder.h"
#include "network/tensor_values.h"

const char *up_network_op_name(up_network_op op)
{
    static const char *const names[] = {
        [UP_NETWORK_CONV2D] = "conv2d",
        [UP_NETWORK_CONV_TRANSPOSE2D] = "conv_transpose2d",
        [UP_NETWORK_PRELU] = "prelu",
        [UP_NETWORK_LEAKY_RELU] = "leaky_relu",
        [UP_NETWORK_RELU] = "relu",
        [UP_NETWORK_TANH] = "tanh",
        [UP_NETWORK_SIGMOID] = "sigmoid",
        [UP_NETWORK_CLIP] = "clip",
        [UP_NETWORK_PIXEL_SHUFFLE] = "pixel_shuffle",
        [UP_NETWORK_PAD] = "pad",
        [UP_NETWORK_ADD] = "add",
        [UP_NETWORK_CONCAT] = "concat",
        [UP_NETWORK_AFFINE] = "affine",
    };
    return op <= UP_NETWORK_AFFINE ? names[op] : NULL;
}

const char *up_network_padding_name(up_network_padding padding)
{
    static const char *const names[] = { "zeros", "replicate", "reflect" };
    return padding <= UP_NETWORK_REFLECT ? names[padding] : NULL;
}

const char *up_network_resize_name(up_network_resize resize)
{
    static const char *const names[] = { "none", "nearest", "bilinear", "bicubic" };
    return resize <= UP_NETWORK_RESIZE_BICUBIC ? names[resize] : NULL;
}

/* Taps t of one axis that land on `phase`: t * dilation - padding = phase modulo the stride. */
static int taps(const up_network_item *item, int axis, int phase)
{
    int count = 0, stride = item->stride[axis];
    for (int t = 0; t < item->kernel[axis]; t++) {
        int64_t at = (int64_t)t * item->dilation[axis] - item->padding[axis] - phase;
        count += at % stride == 0;
    }
    return count;
}

int up_network_overlap(const up_network_item *item, int row, int column)
{
    return taps(item, 0, row) * taps(item, 1, column);
}

static int common_divisor(int a, int b)
{
    return b ? common_divisor(b, a % b) : a;
}

/* Taps go round the phases that a dilation reaches, all of them if it is prime to the stride. */
bool up_network_overlap_even(const up_network_item *item)
{
    for (int axis = 0; axis < 2; axis++)
        if (item->kernel[axis] % item->stride[axis] != 0 ||
            common_divisor(item->dilation[axis], item->stride[axis]) != 1)
            return false;
    return true;
}

static bool is_bare_layer(const up_tensor_file *file)
{
    int kernels = 0, count = up_tensor_file_count(file);
    for (int i = 0; i < count; i++)
        kernels += up_tensor_file_at(file, i)->dims == 4;
    return count <= 2 && kernels == 1;
}

/* The item that a bare layer comes to; `stem` is what its tensors are called. */
static up_status read_bare(up_network_builder *b, up_network_item *item, char **stem)
{
    up_layer_weights *layer;
    UP_TRY(up_layer_load(&layer, b->file, b->flags, b->error));
    *item = (up_network_item){ .op = UP_NETWORK_CONV_TRANSPOSE2D, .groups = layer->groups };
    memcpy(item->stride, layer->stride, sizeof item->stride);
    memcpy(item->padding, layer->padding, sizeof item->padding);
    memcpy(item->output_padding, layer->output_padding, sizeof item->output_padding);
    memcpy(item->dilation, layer->dilation, sizeof item->dilation);
    b->network->in_channels = layer->in_channels;
    up_layer_free(&layer);

    const up_tensor *weight = up_tensor_file_at(b->file, 0);
    weight = weight->dims == 4 ? weight : up_tensor_file_at(b->file, 1);
    size_t length = strlen(weight->name) - strlen("weight");
    *stem = up_alloc_zero(length + 1, 1);
    if (!*stem)
        return up_fail_memory(b->error, "a name", length + 1);
    memcpy(*stem, weight->name, length ? length - 1 : 0);
    return UP_OK;
}

static up_status from_bare_layer(up_network_builder *builder)
{
    up_network_item item;
    char *stem = NULL;
    builder->network->family = "ConvTranspose2d";
    up_status status = read_bare(builder, &item, &stem);
    if (status == UP_OK)
        status = up_network_append(builder, &item, stem, NULL);
    up_free(stem);
    return status;
}

static up_status check_all_used(const up_network_builder *builder)
{
    const up_tensor *tensor;
    for (int i = 0; (tensor = up_tensor_file_at(builder->file, i)); i++)
        if (!builder->used[i])
            return up_tensor_refuse(builder->file, tensor, "is used by no layer of the network",
                                    builder->error);
    return UP_OK;
}

enum { RATIO_TEXT = 64 };

/* Of rows and columns: "2", "2,3", "3/2,1". */
static const char *ratio_text(char text[RATIO_TEXT], const int up[2], const int down[2])
{
    int used = 0;
    const bool same = up[0] == up[1] && down[0] == down[1];
    for (int axis = 0; axis < (same ? 1 : 2); axis++) {
        used += snprintf(text + used, RATIO_TEXT - (size_t)used, axis ? ",%d" : "%d", up[axis]);
        if (down[axis] != 1)
            used += snprintf(text + used, RATIO_TEXT - (size_t)used, "/%d", down[axis]);
    }
    return text;
}

static up_status check_scale(const up_network_builder *builder)
{
    static const int whole[2] = { 1, 1 };
    const up_network *network = builder->network;
    const up_network_item *last = &network->item[network->items - 1];
    char label[UP_LABEL], want[RATIO_TEXT], got[RATIO_TEXT];
    int stated[2] = { 0 };
    if (builder->flags->stride.set || !up_tensor_file_metadata(builder->file, "upscale.scale"))
        return UP_OK;
    UP_TRY(up_stated_pair(builder->file, "upscale.scale", 1, stated, builder->error));
    if (memcmp(stated, network->scale, sizeof stated) == 0 && network->reduction[0] == 1 &&
        network->reduction[1] == 1)
        return UP_OK;
    return up_fail(builder->error, UP_ERROR_WEIGHTS,
                   "%s: metadata upscale.scale is %s, but the network, which ends in %s%s%s, "
                   "scales by %s",
                   up_tensor_file_name(builder->file), ratio_text(want, stated, whole),
                   up_network_op_name(last->op), last->name ? " " : "",
                   last->name ? up_label(label, last->name) : "",
                   ratio_text(got, network->scale, network->reduction));
}

static up_status read_use(const up_network_builder *builder, bool bare)
{
    up_network *network = builder->network;
    int in = network->in_channels, out = network->out_channels;
    up_weights_color usual = in == 3 && out == 3            ? UP_WEIGHTS_RGB
                             : in == 1 && out == 1 && !bare ? UP_WEIGHTS_Y_STUDIO
                                                            : UP_WEIGHTS_ANY;
    UP_TRY(up_stated_color(builder->file, in, out, usual, &network->color, builder->error));
    UP_TRY(up_stated_limit(builder->file, &network->limit, builder->error));
    return up_stated_range(builder->file, &network->range, builder->error);
}

static up_status build(up_network_builder *builder)
{
    const char *layers = up_tensor_file_metadata(builder->file, "upscale.layers");
    bool bare = !layers && is_bare_layer(builder->file);
    UP_TRY(layers ? up_network_from_metadata(builder, layers)
           : bare ? from_bare_layer(builder)
                  : up_network_from_keys(builder));
    UP_TRY(check_all_used(builder));
    up_network_measure(builder->network);
    UP_TRY(read_use(builder, bare));
    return check_scale(builder);
}

static up_status allocate(up_network_builder *builder)
{
    size_t items = UP_NETWORK_MOST_ITEMS + 1; /* one more, for the one that is refused */
    size_t tensors = (size_t)up_tensor_file_count(builder->file) + 1;
    up_network *network = builder->network = up_alloc_zero(1, sizeof *network);
    if (network)
        network->item = up_alloc_zero(items, sizeof *network->item);
    builder->used = up_alloc_zero(tensors, sizeof *builder->used);
    return network && network->item && builder->used
               ? UP_OK
               : up_fail_memory(builder->error, "a network", items * sizeof *network->item);
}

up_status up_network_load(up_network **network, const up_tensor_file *file, const up_layer *flags,
                          int scale_flag, up_error *error)
{
    static const up_layer none;
    up_network_builder builder = {
        .file = file, .flags = flags ? flags : &none, .scale_flag = scale_flag, .error = error
    };
    up_status status = allocate(&builder);
    if (status == UP_OK)
        status = build(&builder);
    if (status != UP_OK)
        up_network_free(&builder.network);
    up_free(builder.used);
    *network = builder.network;
    return status;
}

void up_network_free(up_network **network)
{
    if (!*network)
        return;
    for (int i = 0; i < (*network)->items; i++) {
        up_network_item *item = &(*network)->item[i];
        up_free(item->id);
        up_free(item->name);
        up_free(item->weight);
        up_free(item->bias);
        up_free(item->bounds);
    }
    up_free((*network)->item);
    up_free(*network);
    *network = NULL;
}
