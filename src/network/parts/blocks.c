/* SPDX-License-Identifier: MIT */
#include "network/parts/blocks.h"

#include "network/tensor_values.h"

#include <stdio.h>
#include <string.h>

/* ---------------------------------------------------------------- convolutions */

static bool has_size(const up_tensor *kernel, size_t size)
{
    return kernel && kernel->shape[2] == size && kernel->shape[3] == size;
}

bool up_block_is_kernel(const up_network_builder *b, size_t size, const char *name, ...)
{
    char key[UP_MOST_KEY];
    UP_PART_KEY(key, name);
    return has_size(up_part_kernel(b, "%s", key), size);
}

up_status up_block_check_kernel(const up_network_builder *b, size_t size, const char *key)
{
    char reason[96];
    const up_tensor *weight = up_network_tensor(b, key, "weight");
    if (!weight)
        return up_part_missing(b, key);
    if (weight->dims == 4 && has_size(weight, size))
        return UP_OK;
    snprintf(reason, sizeof reason, "%s needs a kernel of %zux%zu there", b->network->family, size,
             size);
    return up_tensor_refuse(b->file, weight, reason, b->error);
}

up_status up_block_conv(up_network_builder *b, int *x, size_t size, const char *name, ...)
{
    char key[UP_MOST_KEY];
    UP_PART_KEY(key, name);
    UP_TRY(up_block_check_kernel(b, size, key));
    return up_part_conv(b, x, "%s", key);
}

up_status up_block_conv_leaky(up_network_builder *b, int *x, size_t size, float slope,
                              const char *name, ...)
{
    char key[UP_MOST_KEY];
    UP_PART_KEY(key, name);
    UP_TRY(up_block_check_kernel(b, size, key));
    UP_TRY(up_part_conv(b, x, "%s", key));
    return slope == 0 ? up_part_layer(b, x, &up_layer_relu, NULL) : up_part_leaky(b, x, slope);
}

up_status up_block_reduce(up_network_builder *b, int *x, size_t size, int stride, const char *name,
                          ...)
{
    char key[UP_MOST_KEY];
    const up_convolution conv = { .groups = 1, .stride = { stride, stride } };
    UP_PART_KEY(key, name);
    UP_TRY(up_block_check_kernel(b, size, key));
    return up_part_convolution(b, x, &up_layer_conv2d, &conv, "%s", key);
}

up_status up_block_enlarge(up_network_builder *b, int *x, size_t size, int stride, int padding,
                           const char *name, ...)
{
    char key[UP_MOST_KEY];
    const up_convolution conv = { .groups = 1,
                                  .stride = { stride, stride },
                                  .padding = { padding, padding, padding, padding } };
    UP_PART_KEY(key, name);
    UP_TRY(up_block_check_kernel(b, size, key));
    return up_part_convolution(b, x, &up_layer_conv_transpose2d, &conv, "%s", key);
}

up_status up_block_upsample(up_network_builder *b, int *x, int step, const char *name)
{
    char key[UP_MOST_KEY];
    for (int i = 0; up_part_weight(b, "%s", up_part_key(key, name, i)); i += step) {
        const int channels = up_network_shape(b->network, *x).channels;
        UP_TRY(up_block_conv(b, x, 3, "%s", key));
        UP_TRY(up_part_shuffle_to(b, x, channels));
    }
    return UP_OK;
}

/* ---------------------------------------------------------------- joins */

up_status up_block_crop(up_network_builder *b, int *x, int amount)
{
    const up_padding sides = { .amount = { amount, amount, amount, amount } };
    return up_part_layer(b, x, &up_layer_crop, &sides);
}

up_status up_block_add_input(up_network_builder *b, int *x, up_resize_mode mode)
{
    const up_layer_shape shape = up_network_shape(b->network, *x);
    int input = UP_NETWORK_INPUT;
    if (shape.size[0].scale > 1)
        UP_TRY(up_part_resize(b, &input, mode, shape.size[0].scale));
    return up_part_add(b, x, input);
}

up_status up_block_attention(up_network_builder *b, int *x, const up_layer_kind *pool,
                             const char *first, const char *second, const char *name, ...)
{
    char key[UP_MOST_KEY];
    int gate = *x;
    UP_PART_KEY(key, name);
    UP_TRY(up_part_layer(b, &gate, pool, NULL));
    UP_TRY(up_block_conv_leaky(b, &gate, 1, 0, "%s.%s", key, first));
    UP_TRY(up_block_conv(b, &gate, 1, "%s.%s", key, second));
    UP_TRY(up_part_layer(b, &gate, &up_layer_sigmoid, NULL));
    return up_part_join(b, x, &up_layer_mul, gate);
}

up_status up_block_residual(up_network_builder *b, int *x, int before, float factor)
{
    if (factor != 1)
        UP_TRY(up_part_scale(b, x, factor));
    return up_part_add(b, x, before);
}

up_status up_block_fuse(up_network_builder *b, int *x, const int *blocks, int count, int first,
                        float slope)
{
    if (count > 1)
        UP_TRY(up_part_concat(b, x, blocks, count));
    UP_TRY(up_block_conv_leaky(b, x, 1, slope, "c.0"));
    UP_TRY(up_block_conv(b, x, 3, "LR_conv"));
    UP_TRY(up_part_add(b, x, first));
    UP_TRY(up_block_conv(b, x, 3, "upsampler.0"));
    return up_part_shuffle_to_input(b, x);
}

up_status up_block_drop_spare(up_network_builder *b, int *x)
{
    const int channels = up_network_shape(b->network, *x).channels, in = b->network->in_channels;
    int factor = 1;
    while ((int64_t)in * (factor + 1) * (factor + 1) <= channels)
        factor++;
    const int used = in * factor * factor;
    return used == channels ? UP_OK
                            : up_part_layer(b, x, &up_layer_channels, &(up_channels){ 0, used });
}

up_status up_block_resize_to(up_network_builder *b, int *x, up_resize_mode mode, int like)
{
    up_resize resize = *(const up_resize *)up_layer_resize.defaults;
    const up_node_spec spec = { .fields = &resize, .input = (int[]){ *x, like }, .inputs = 2 };
    resize.mode = mode;
    return up_network_add(b, &up_layer_resize, &spec, x);
}

/* ---------------------------------------------------------------- what is asked for */

float up_block_residual_scale(const up_network_builder *b, float otherwise)
{
    return b->hints->residual_scale > 0 ? b->hints->residual_scale : otherwise;
}

up_status up_block_asked_activation(const up_network_builder *b, const up_layer_kind **kind)
{
    const char *asked = b->hints->activation;
    *kind = NULL;
    if (!asked)
        return up_network_fail(b,
                               "the file does not tell the activation of this %s: give "
                               "--weights-activation relu or leaky_relu",
                               b->network->family);
    if (strcmp(asked, "relu") == 0)
        *kind = &up_layer_relu;
    else if (strcmp(asked, "leaky_relu") == 0)
        *kind = &up_layer_leaky_relu;
    return *kind ? UP_OK
                 : up_fail(b->error, UP_ERROR_ARGUMENT,
                           "--weights-activation %s is unknown: relu or leaky_relu", asked);
}

/* ---------------------------------------------------------------- mean colour */

static const double mean[] = { 0.4488, 0.4371, 0.4040 };

up_status up_block_take_mean(up_network_builder *b, int *x)
{
    const int channels = up_network_shape(b->network, *x).channels;
    double factor[3], offset[3];
    if (channels != 3)
        return up_network_fail(b, "%s takes the mean of 3 colours off, but has %d channels",
                               b->network->family, channels);
    for (int c = 0; c < 3; c++) {
        factor[c] = 255;
        offset[c] = -255 * mean[c];
    }
    return up_part_affine(b, x, 3, factor, offset);
}

up_status up_block_put_mean(up_network_builder *b, int *x)
{
    static const double factor[] = { 1.0 / 255, 1.0 / 255, 1.0 / 255 };
    const int channels = up_network_shape(b->network, *x).channels;
    if (channels != 3)
        return up_network_fail(b, "%s puts the mean of 3 colours on, but makes %d channels",
                               b->network->family, channels);
    return up_part_affine(b, x, 3, factor, mean);
}
