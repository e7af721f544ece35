/* SPDX-License-Identifier: MIT */
/* Designs of the options that name a shape. */
#include "train/design/design.h"

static void add(json_t *list, json_t *layer)
{
    json_array_append_new(list, layer);
}

static void add_convolution(json_t *list, int channels, int kernel, const char *id)
{
    add(list, json_pack("{ss,si,si}", "op", "conv2d", "channels", channels, "kernel", kernel));
    add(list, json_pack("{ss,ss*}", "op", "prelu", "id", id));
}

json_t *up_design_of_shape(const up_trainable_shape *shape)
{
    json_t *list = json_array(), *block = json_array();
    add_convolution(list, shape->channels, shape->first_kernel, "first");
    add_convolution(block, shape->channels, shape->body_kernel, NULL);
    if (shape->body > 0)
        add(list, json_pack("{si,sO}", "repeat", shape->body, "layers", block));
    if (shape->body > 1)
        add(list, json_pack("{ss,ss}", "op", "add", "from", "first"));
    add(list, json_pack("{ss,ss,si,ss}", "op", "conv_transpose2d", "channels", "colors", "kernel",
                        shape->last_kernel, "stride", "scale"));
    add(list, json_pack("{ss,ss,ss,sf}", "op", "add", "from", "input", "resize", "bicubic",
                        "cubic_a", -0.5));
    json_decref(block);
    return json_pack("{so}", "layers", list);
}
