/* SPDX-License-Identifier: MIT */
/* Layers without parameters that move planes and add them. */
#include "train/passes/passes.h"

static void add_forward(const up_pass *pass)
{
    const size_t size = pass->work->patch.size;
    for (int i = 1; i < pass->node->inputs; i++)
        for (int c = 0; c < pass->node->channels; c++)
            pass->work->kernels->add(pass->out + c * size,
                                     (i == 1 ? pass->in[0] : pass->out) + c * size,
                                     pass->in[i] + c * size, up_pass_points(pass));
}

const up_pass_kind up_pass_add = {
    .kind = &up_layer_add,
    .forward = add_forward,
};

/* Channels are phases already. */
static const char *refuse_shuffle(const up_network_node *node)
{
    const up_shuffle *shuffle = node->fields;
    return shuffle->order == UP_SHUFFLE_PIXEL_LAST || node->channels == 1
               ? NULL
               : "its order of channels has no way back";
}

const up_pass_kind up_pass_pixel_shuffle = {
    .kind = &up_layer_pixel_shuffle,
    .refuse = refuse_shuffle,
};
