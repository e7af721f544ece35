/* SPDX-License-Identifier: MIT */
#include "train/passes/passes.h"

#include <string.h>

static const up_pass_kind *const kinds[] = {
    &up_pass_conv2d,        &up_pass_conv_transpose2d,
    &up_pass_prelu,         &up_pass_leaky_relu,
    &up_pass_relu,          &up_pass_add,
    &up_pass_mul,           &up_pass_sub,
    &up_pass_concat,        &up_pass_channels,
    &up_pass_sigmoid,       &up_pass_tanh,
    &up_pass_silu,          &up_pass_gelu,
    &up_pass_hard_sigmoid,  &up_pass_hard_swish,
    &up_pass_affine,        &up_pass_clip,
    &up_pass_pixel_shuffle,
};

const up_pass_kind *up_pass_kind_find(const up_layer_kind *kind)
{
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (kinds[i]->kind == kind)
            return kinds[i];
    return NULL;
}

int up_pass_planes(const up_network_node *node)
{
    return node->channels * node->size[0].scale * node->size[1].scale;
}

int up_pass_in_planes(const up_pass *pass, int input)
{
    const int before = pass->node->input[input];
    return before < 0 ? pass->network->in_channels : up_pass_planes(&pass->network->node[before]);
}

int up_pass_points(const up_pass *pass)
{
    const up_patch_shape *patch = &pass->work->patch;
    return patch->height * patch->stride;
}

void up_pass_add_planes(const up_pass *pass, float *to, const float *from, int planes)
{
    const size_t size = pass->work->patch.size;
    for (int p = 0; p < planes; p++)
        pass->work->kernels->add(to + p * size, to + p * size, from + p * size,
                                 up_pass_points(pass));
}

void up_pass_copy_planes(const up_pass *pass, float *to, const float *from, int planes)
{
    const size_t size = pass->work->patch.size;
    for (int p = 0; p < planes; p++)
        memcpy(to + p * size, from + p * size, (size_t)up_pass_points(pass) * sizeof *to);
}
