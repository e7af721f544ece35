/* SPDX-License-Identifier: MIT */
/* Designs of the options that name a shape. */
#include "train/design/design.h"

/* All return false where there is no memory. */
static bool add(json_t *list, json_t *layer)
{
    return json_array_append_new(list, layer) == 0;
}

static bool add_convolution(json_t *list, int channels, int kernel, const char *id)
{
    return add(list,
               json_pack("{ss,si,si}", "op", "conv2d", "channels", channels, "kernel", kernel)) &&
           add(list, json_pack("{ss,ss*}", "op", "prelu", "id", id));
}

static bool add_layers(json_t *list, json_t *block, const up_trainable_shape *shape)
{
    return add_convolution(list, shape->channels, shape->first_kernel, "first") &&
           add_convolution(block, shape->channels, shape->body_kernel, NULL) &&
           (shape->body < 1 ||
            add(list, json_pack("{si,sO}", "repeat", shape->body, "layers", block))) &&
           (shape->body < 2 || add(list, json_pack("{ss,ss}", "op", "add", "from", "first"))) &&
           add(list, json_pack("{ss,ss,si,ss}", "op", "conv_transpose2d", "channels", "colors",
                               "kernel", shape->last_kernel, "stride", "scale")) &&
           add(list, json_pack("{ss,ss,ss,sf}", "op", "add", "from", "input", "resize", "bicubic",
                               "cubic_a", -0.5));
}

json_t *up_design_of_shape(const up_trainable_shape *shape)
{
    json_t *list = json_array(), *block = json_array();
    const bool whole = list && block && add_layers(list, block, shape);
    json_decref(block);
    if (whole)
        return json_pack("{so}", "layers", list);
    json_decref(list);
    return NULL;
}
