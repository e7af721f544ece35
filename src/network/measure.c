/* SPDX-License-Identifier: MIT */
/* Sizes, cost and reach of a network. */

#include "network/build/builder.h"

#include "base/floor.h"
#include "network/build/sizes.h"

#include "base/memory.h"

#define FAR ((int64_t)1 << 30)
#define MOST_PHASES 64 /* looked at for the receptive field: more than any sane scale has */

static int least_input(const up_network *network, int axis)
{
    int least = 1;
    for (int n = 0; n < network->nodes; n++) {
        const up_network_node *node = &network->node[n];
        const up_layer_shape in = up_network_shape(network, node->input[0]);
        least = up_max(least, up_size_input_for(node->size[axis], 1));
        least = up_max(least, up_size_input_for(in.size[axis], node->least[axis]));
    }
    return least;
}

/* ---------------------------------------------------------------- receptive field */

static const up_extent nowhere = { INT64_MAX, INT64_MIN };

static up_extent hull(up_extent a, up_extent b)
{
    return (up_extent){ a.first < b.first ? a.first : b.first, a.last > b.last ? a.last : b.last };
}

/* Adds what position `at` of the output needs to need[], which is that of the input at 0 and of
 * node n at n + 1. */
static void spread(const up_network *network, int axis, int64_t at, up_extent *need)
{
    for (int n = 0; n <= network->nodes; n++)
        need[n] = nowhere;
    need[network->output + 1] = (up_extent){ at, at };
    for (int n = network->output; n >= 0; n--) {
        const up_network_node *node = &network->node[n];
        const up_extent out = need[n + 1];
        for (int i = 0; out.first <= out.last && i < node->inputs; i++) {
            up_extent more =
                node->kind->reach ? node->kind->reach(network, node, i, axis, out) : out;
            need[node->input[i] + 1] = hull(need[node->input[i] + 1], more);
        }
    }
}

/* Whether some node on the way is made of the whole image. */
static bool sees_all(const up_network *network, int axis)
{
    for (int n = 0; n <= network->output; n++)
        if (network->node[n].size[axis].scale == 0)
            return true;
    return false;
}

static int receptive_field(const up_network *network, int axis, up_extent *need)
{
    int64_t most = 0, scale = network->scale[axis], far = scale * FAR;
    if (sees_all(network, axis))
        return INT_MAX;
    for (int64_t phase = 0; phase < scale && phase < MOST_PHASES; phase++) {
        spread(network, axis, far + phase, need);
        int64_t count = need[0].first > need[0].last ? 0 : need[0].last - need[0].first + 1;
        most = count > most ? count : most;
    }
    return most > INT32_MAX ? INT32_MAX : (int)most;
}

/* ---------------------------------------------------------------- network */

static void measure_output(up_network *network, int axis)
{
    const up_network_axis size = network->node[network->output].size[axis];
    network->scale[axis] = size.scale;
    network->extra[axis] = size.extra;
    network->reduction[axis] = size.reduction;
    network->missing[axis] = network->surplus[axis] = 0;
    if (size.reduction > 1 || size.scale == 0)
        return;
    if (size.extra < 0)
        network->missing[axis] = (int)-up_floor_div(size.extra, 2 * (int64_t)size.scale);
    network->surplus[axis] = (int)(size.extra + 2 * (int64_t)network->missing[axis] * size.scale);
}

up_status up_network_measure(up_network_builder *builder)
{
    up_network *network = builder->network;
    up_extent *need = up_alloc((size_t)network->nodes + 1, sizeof *need);
    if (!need)
        return up_fail_memory(builder->error, "a network",
                              ((size_t)network->nodes + 1) * sizeof *need);
    for (int axis = 0; axis < 2; axis++) {
        measure_output(network, axis);
        network->least[axis] = least_input(network, axis);
        network->receptive_field[axis] = receptive_field(network, axis, need);
    }
    up_free(need);
    for (int n = 0; n < network->nodes; n++) {
        network->parameters += network->node[n].parameters;
        network->multiply_adds += network->node[n].multiply_adds;
    }
    network->out_channels = network->node[network->output].channels;
    return UP_OK;
}
