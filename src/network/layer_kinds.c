/* SPDX-License-Identifier: MIT */

#include "network/layer_kind.h"

#include "network/layers.h"

#include <string.h>

static const up_layer_kind *const kinds[] = {
    &up_layer_conv2d,
    &up_layer_conv_transpose2d,
    &up_layer_prelu,
    &up_layer_leaky_relu,
    &up_layer_relu,
    &up_layer_tanh,
    &up_layer_sigmoid,
    &up_layer_silu,
    &up_layer_mish,
    &up_layer_gelu,
    &up_layer_elu,
    &up_layer_softplus,
    &up_layer_hard_sigmoid,
    &up_layer_hard_swish,
    &up_layer_exp,
    &up_layer_log,
    &up_layer_sqrt,
    &up_layer_abs,
    &up_layer_erf,
    &up_layer_reciprocal,
    &up_layer_power,
    &up_layer_softmax,
    &up_layer_clip,
    &up_layer_affine,
    &up_layer_pixel_shuffle,
    &up_layer_pixel_unshuffle,
    &up_layer_pad,
    &up_layer_crop,
    &up_layer_slice,
    &up_layer_add,
    &up_layer_mul,
    &up_layer_sub,
    &up_layer_div,
    &up_layer_minimum,
    &up_layer_maximum,
    &up_layer_concat,
    &up_layer_channels,
    &up_layer_resize,
    &up_layer_max_pool,
    &up_layer_average_pool,
    &up_layer_global_average_pool,
    &up_layer_global_max_pool,
    &up_layer_global_contrast,
    &up_layer_instance_norm,
};

const up_layer_kind *up_layer_kind_at(int i)
{
    return i >= 0 && i < (int)(sizeof kinds / sizeof *kinds) ? kinds[i] : NULL;
}

const up_layer_kind *up_layer_kind_find(const char *name)
{
    const up_layer_kind *kind;
    for (int i = 0; (kind = up_layer_kind_at(i)); i++)
        if (strcmp(kind->name, name) == 0)
            return kind;
    return NULL;
}
