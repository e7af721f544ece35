#include "network/network_builder.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "network/tensor_values.h"

enum { MOST_NAME = 4096 };

int up_network_channels(const up_network_builder *builder)
{
    const up_network *network = builder->network;
    return network->items ? network->item[network->items - 1].out_channels : network->in_channels;
}

const up_tensor *up_network_tensor(const up_network_builder *builder, const char *name,
                                   const char *suffix)
{
    char full[MOST_NAME];
    int length =
        snprintf(full, sizeof full, "%s%s%s%s", builder->prefix, name, *name ? "." : "", suffix);
    return length < MOST_NAME ? up_tensor_file_find(builder->file, full) : NULL;
}

up_status up_network_refuse(const up_network_builder *builder, int layer, up_network_op op,
                            const char *format, ...)
{
    char reason[384];
    va_list args;
    va_start(args, format);
    vsnprintf(reason, sizeof reason, format, args);
    va_end(args);
    return up_fail(builder->error, UP_ERROR_WEIGHTS, "%s: layer %d (%s): %s",
                   up_tensor_file_name(builder->file), layer, up_network_op_name(op), reason);
}

static up_status refuse(const up_network_builder *builder, const up_network_item *item,
                        const char *reason)
{
    return up_network_refuse(builder, (int)(item - builder->network->item), item->op, "%s", reason);
}

static up_status refuse_shape(const up_network_builder *builder, const up_tensor *tensor,
                              const char *expected)
{
    char label[UP_LABEL], shape[64] = "";
    for (int i = 0; i < tensor->dims && strlen(shape) < sizeof shape - 28; i++)
        sprintf(shape + strlen(shape), "%s%zu", i ? "," : "", tensor->shape[i]);
    return up_fail(builder->error, UP_ERROR_WEIGHTS, "%s: tensor %s of shape [%s] does not fit: %s",
                   up_tensor_file_name(builder->file), up_label(label, tensor->name), shape,
                   expected);
}

static up_status copy_text(const up_network_builder *builder, char **copy, const char *text)
{
    *copy = NULL;
    if (!text)
        return UP_OK;
    size_t size = strlen(text) + 1;
    *copy = up_alloc(size, 1);
    if (!*copy)
        return up_fail_memory(builder->error, "a name", size);
    memcpy(*copy, text, size);
    return UP_OK;
}

/* Each tensor is used once, so that a small file cannot ask for much memory. */
static up_status take(up_network_builder *builder, const up_tensor *tensor, float **values)
{
    int i = 0;
    while (up_tensor_file_at(builder->file, i) != tensor)
        i++;
    if (builder->used[i])
        return up_tensor_refuse(builder->file, tensor, "is used by two layers", builder->error);
    builder->used[i] = true;
    return up_tensor_values(values, builder->file, tensor, builder->error);
}

static up_status find_weight(const up_network_builder *builder, const up_network_item *item,
                             const up_tensor **weight)
{
    char label[UP_LABEL], wanted[UP_LABEL];
    if (!item->name)
        return refuse(builder, item, "needs the name of its tensors");
    *weight = up_network_tensor(builder, item->name, "weight");
    if (*weight)
        return UP_OK;
    snprintf(wanted, sizeof wanted, "%s.weight", item->name);
    return up_network_refuse(builder, (int)(item - builder->network->item), item->op,
                             "there is no tensor %s in the file", up_label(label, wanted));
}

static up_status check_kernel(const up_network_builder *builder, const up_network_item *item)
{
    for (int axis = 0; axis < 2; axis++) {
        if ((int64_t)item->dilation[axis] * (item->kernel[axis] - 1) >= UP_MOST_SPAN)
            return refuse(builder, item, "kernel and dilation span too many pixels");
        if (item->op == UP_NETWORK_CONV_TRANSPOSE2D &&
            item->output_padding[axis] >= up_max(item->stride[axis], item->dilation[axis]))
            return refuse(builder, item, "output_padding must be smaller than stride or dilation");
    }
    return UP_OK;
}

/* Channels and kernel of a convolution, transposed or not, from the shape of its weight. */
static up_status read_kernel(const up_network_builder *builder, up_network_item *item,
                             const up_tensor *weight)
{
    char expected[96];
    const size_t *shape = weight->shape;
    UP_TRY(up_tensor_check_kernel(builder->file, weight, builder->error));
    bool transposed = item->op == UP_NETWORK_CONV_TRANSPOSE2D;
    size_t groups = (size_t)item->groups, in = transposed ? shape[0] : shape[1] * groups;
    size_t out = transposed ? shape[1] * groups : shape[0];
    snprintf(expected, sizeof expected, "%d channels come in, in %d groups", item->in_channels,
             item->groups);
    if (in != (size_t)item->in_channels || in % groups || out % groups)
        return refuse_shape(builder, weight, expected);
    if (out > UP_MOST_CHANNELS)
        return up_tensor_refuse(builder->file, weight, "more than 65536 channels", builder->error);
    item->out_channels = (int)out;
    item->kernel[0] = (int)shape[2];
    item->kernel[1] = (int)shape[3];
    return check_kernel(builder, item);
}

static up_status read_convolution(up_network_builder *builder, up_network_item *item)
{
    const up_tensor *weight = NULL, *bias;
    UP_TRY(find_weight(builder, item, &weight));
    UP_TRY(read_kernel(builder, item, weight));
    UP_TRY(take(builder, weight, &item->weight));
    item->parameters = weight->elements;
    bias = up_network_tensor(builder, item->name, "bias");
    if (!bias)
        return UP_OK;
    if (bias->dims != 1 || bias->shape[0] != (size_t)item->out_channels)
        return refuse_shape(builder, bias, "must hold one value for each output channel");
    item->parameters += bias->elements;
    return take(builder, bias, &item->bias);
}

static up_status read_prelu(up_network_builder *builder, up_network_item *item)
{
    const up_tensor *weight = NULL;
    float *slopes;
    size_t channels = (size_t)item->in_channels;
    UP_TRY(find_weight(builder, item, &weight));
    if (weight->dims > 1 || (weight->elements != 1 && weight->elements != channels))
        return refuse_shape(builder, weight, "a prelu has one slope, or one for each channel");
    item->parameters = weight->elements;
    UP_TRY(take(builder, weight, &item->weight));
    if (weight->elements == channels)
        return UP_OK;
    slopes = up_alloc(channels, sizeof *slopes);
    if (!slopes)
        return up_fail_memory(builder->error, item->name, channels * sizeof *slopes);
    for (size_t c = 0; c < channels; c++)
        slopes[c] = item->weight[0];
    up_free(item->weight);
    item->weight = slopes;
    return UP_OK;
}

static up_status read_shuffle(const up_network_builder *builder, up_network_item *item)
{
    int64_t cell = (int64_t)item->factor * item->factor;
    if (item->in_channels % cell)
        return up_network_refuse(builder, (int)(item - builder->network->item), item->op,
                                 "%d channels cannot be shuffled by factor %d", item->in_channels,
                                 item->factor);
    item->out_channels = (int)(item->in_channels / cell);
    return UP_OK;
}

static up_status read_join(const up_network_builder *builder, up_network_item *item)
{
    const up_network *network = builder->network;
    int from = item->from == UP_NETWORK_INPUT ? network->in_channels
                                              : network->item[item->from].out_channels;
    if (item->op == UP_NETWORK_CONCAT)
        item->out_channels += from;
    else if (from != item->in_channels)
        return up_network_refuse(builder, (int)(item - network->item), item->op,
                                 "%d channels cannot be added to %d", from, item->in_channels);
    return item->out_channels <= UP_MOST_CHANNELS
               ? UP_OK
               : refuse(builder, item, "more than 65536 channels");
}

static up_status complete(up_network_builder *builder, up_network_item *item)
{
    switch (item->op) {
    case UP_NETWORK_CONV2D:
    case UP_NETWORK_CONV_TRANSPOSE2D:
        return read_convolution(builder, item);
    case UP_NETWORK_PRELU:
        return read_prelu(builder, item);
    case UP_NETWORK_PIXEL_SHUFFLE:
        return read_shuffle(builder, item);
    case UP_NETWORK_ADD:
    case UP_NETWORK_CONCAT:
        return read_join(builder, item);
    default:
        return UP_OK;
    }
}

up_status up_network_append(up_network_builder *builder, const up_network_item *given,
                            const char *name, const char *id)
{
    up_network *network = builder->network;
    int channels = up_network_channels(builder);
    up_network_item *item = &network->item[network->items++]; /* its owner from here on */
    *item = *given;
    item->in_channels = item->out_channels = channels;
    item->stride[0] = up_max(item->stride[0], 1);
    item->stride[1] = up_max(item->stride[1], 1);
    item->dilation[0] = up_max(item->dilation[0], 1);
    item->dilation[1] = up_max(item->dilation[1], 1);
    item->groups = up_max(item->groups, 1);
    UP_TRY(copy_text(builder, &item->name, name));
    UP_TRY(copy_text(builder, &item->id, id));
    if (network->items > UP_NETWORK_MOST_ITEMS)
        return refuse(builder, item, "more than 1024 layers");
    UP_TRY(complete(builder, item));
    return up_network_measure_item(builder, item);
}
