/* SPDX-License-Identifier: MIT */
/* Pooling by windows. */

#include "network/layers.h"

#include "network/build/sizes.h"
#include "ops/pool/pool.h"

#include "base/memory.h"

#include <string.h>

static up_status check(up_network_builder *builder, up_network_node *node)
{
    const up_pooling *pool = node->fields;
    for (int axis = 0; axis < 2; axis++) {
        const int kernel = pool->kernel[axis], stride = pool->stride[axis];
        const int before = pool->padding[axis], after = pool->padding[2 + axis];
        if (before >= kernel || after >= kernel)
            return up_network_refuse(builder, node, "pads by as much as its kernel of %d", kernel);
        const int64_t floors = (int64_t)before + after - kernel + stride;
        /* the last window begins in the image or before it */
        const int64_t ceils = (floors < before ? floors : before) + stride - 1;
        UP_TRY(up_size_axis(builder, node, axis, node->size[axis], 1,
                            pool->ceil_mode ? ceils : floors, stride));
        node->least[axis] = up_max(1, kernel - before - after);
    }
    return UP_OK;
}

static up_extent reach(const up_network *network, const up_network_node *node, int input, int axis,
                       up_extent out)
{
    const up_pooling *pool = node->fields;
    const int64_t stride = pool->stride[axis], before = pool->padding[axis];
    (void)network;
    (void)input;
    return (up_extent){ out.first * stride - before,
                        out.last * stride - before + pool->kernel[axis] - 1 };
}

static up_status build(const up_network_build *build, const up_network_node *node, const int *in,
                       int *to)
{
    const up_pooling *given = node->fields;
    up_pool pool = {
        .dilation = { 1, 1 },
        .ceil_mode = given->ceil_mode,
        .average = node->kind == &up_layer_average_pool,
        .count_padding = given->count_include_pad,
    };
    memcpy(pool.kernel, given->kernel, sizeof pool.kernel);
    memcpy(pool.stride, given->stride, sizeof pool.stride);
    memcpy(pool.pad_before, given->padding, sizeof pool.pad_before);
    memcpy(pool.pad_after, given->padding + 2, sizeof pool.pad_after);
    return UP_ADD_OP(build->graph, in[0], to, build->error, up_pool_plan, &pool);
}

#define WINDOW                                                                                     \
    UP_FIELD("kernel", UP_FIELD_PAIR, up_pooling, kernel, .least = 1, .required = true),           \
        UP_FIELD("stride", UP_FIELD_PAIR, up_pooling, stride, .least = 1),                         \
        UP_FIELD("padding", UP_FIELD_SIDES, up_pooling, padding),                                  \
        UP_FIELD("ceil_mode", UP_FIELD_FLAG, up_pooling, ceil_mode)

static const up_pooling defaults = { .stride = { 1, 1 } };

const up_layer_kind up_layer_max_pool = {
    .name = "max_pool",
    .least_inputs = 1,
    .most_inputs = 1,
    .fields_size = sizeof(up_pooling),
    .defaults = &defaults,
    .field = (const up_layer_field[]){ WINDOW, UP_LAST_FIELD },
    .check = check,
    .reach = reach,
    .build = build,
};

const up_layer_kind up_layer_average_pool = {
    .name = "average_pool",
    .least_inputs = 1,
    .most_inputs = 1,
    .fields_size = sizeof(up_pooling),
    .defaults = &defaults,
    .field =
        (const up_layer_field[]){
            WINDOW,
            UP_FIELD("count_include_pad", UP_FIELD_FLAG, up_pooling, count_include_pad),
            UP_LAST_FIELD,
        },
    .check = check,
    .reach = reach,
    .build = build,
};
