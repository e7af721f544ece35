/* SPDX-License-Identifier: MIT */
#include "network/build/fuse.h"

#include "base/memory.h"
#include "network/layers/layer_parts.h"

#define MOST_FACTOR 8 /* a kernel grows with it */

/* ---------------------------------------------------------------- uses */

static void count_uses(const up_network *network, up_node_use *uses)
{
    for (int n = 0; n < network->nodes; n++)
        uses[n] = (up_node_use){ .bent = -1, .enlarges = -1 };
    uses[network->output].needed = true;
    uses[network->output].readers = 1;
    for (int n = network->output; n >= 0; n--) {
        const up_network_node *node = &network->node[n];
        for (int i = 0; uses[n].needed && i < node->inputs; i++) {
            if (node->input[i] == UP_NETWORK_INPUT)
                continue;
            uses[node->input[i]].needed = true;
            uses[node->input[i]].readers++;
        }
    }
}

/* The node before one that nothing else reads, or -1. */
static int only_input(const up_network *network, const up_node_use *uses, int n)
{
    const int before = network->node[n].input[0];
    return before != UP_NETWORK_INPUT && uses[before].readers == 1 ? before : -1;
}

static bool is_conv(const up_network_node *node)
{
    return node->kind == &up_layer_conv2d || node->kind == &up_layer_conv_transpose2d;
}

/* ---------------------------------------------------------------- nearest, then a convolution */

static bool is_plain_nearest(const up_network_node *node)
{
    const up_resize *resize = node->fields;
    if (node->kind != &up_layer_resize || node->inputs != 1 || resize->mode != UP_RESIZE_NEAREST)
        return false;
    const bool floors =
        (resize->coordinates == UP_RESIZE_USUAL || resize->coordinates == UP_RESIZE_ASYMMETRIC) &&
        resize->rounding == UP_RESIZE_FLOOR;
    bool small = true;
    for (int axis = 0; axis < 2; axis++)
        small = small && resize->factor[axis] <= MOST_FACTOR && resize->divisor[axis] == 1;
    return floors && small;
}

static bool enlarges(const up_network_node *conv)
{
    const up_convolution *c = conv->fields;
    bool can = conv->kind == &up_layer_conv2d && c->padding_mode == UP_PAD_ZEROS;
    for (int axis = 0; can && axis < 2; axis++)
        can = c->stride[axis] == 1 && c->dilation[axis] == 1 &&
              c->padding[axis] < c->kernel[axis] && c->padding[2 + axis] < c->kernel[axis];
    return can;
}

void up_network_fuse(const up_network *network, up_node_use *uses)
{
    count_uses(network, uses);
    for (int n = 0; n <= network->output; n++) {
        const up_network_node *node = &network->node[n];
        const int before = uses[n].needed ? only_input(network, uses, n) : -1;
        if (before < 0)
            continue;
        const up_network_node *from = &network->node[before];
        if (up_layer_has_slopes(node) && is_conv(from)) {
            uses[before].bent = n;
            uses[n].absorbed = true;
        }
        if (is_plain_nearest(from) && enlarges(node)) {
            uses[n].enlarges = before;
            uses[before].absorbed = true;
        }
    }
}

/* Adds a kernel [rows][columns] to one that is larger by `factor` - 1 on both axes. */
static void widen(float *to, const float *from, const int kernel[2], const int factor[2])
{
    const int rows = kernel[0] + factor[0] - 1, columns = kernel[1] + factor[1] - 1;
    for (int y = 0; y < rows; y++)
        for (int x = 0; x < columns; x++) {
            double sum = 0;
            for (int r = 0; r < factor[0]; r++)
                for (int s = 0; s < factor[1]; s++) {
                    const int i = kernel[0] - 1 - y + r, j = kernel[1] - 1 - x + s;
                    if (i >= 0 && i < kernel[0] && j >= 0 && j < kernel[1])
                        sum += (double)from[i * kernel[1] + j];
                }
            to[y * columns + x] = (float)sum;
        }
}

up_status up_network_enlarging(up_network_node *node, up_convolution *fields, float **weight,
                               const up_network_node *conv, const up_network_node *resize,
                               up_error *error)
{
    const up_convolution *from = conv->fields;
    const int *factor = ((const up_resize *)resize->fields)->factor, *kernel = from->kernel;
    const size_t outs = (size_t)(conv->channels / from->groups);
    const size_t ins = (size_t)(conv->in_channels / from->groups);
    *node = *conv;
    *fields = *from;
    for (int axis = 0; axis < 2; axis++) {
        fields->stride[axis] = factor[axis];
        fields->kernel[axis] = kernel[axis] + factor[axis] - 1;
        fields->padding[axis] = kernel[axis] - 1 - from->padding[axis];
        fields->padding[2 + axis] = kernel[axis] - 1 - from->padding[2 + axis];
    }
    const size_t taps = (size_t)fields->kernel[0] * (size_t)fields->kernel[1];
    node->kind = &up_layer_conv_transpose2d;
    node->fields = fields;
    node->weight = (up_values){ .dims = 4, .count = (size_t)conv->in_channels * outs * taps };
    *weight = up_alloc(node->weight.count, sizeof **weight);
    if (!*weight)
        return up_fail_memory(error, "a kernel", node->weight.count * sizeof **weight);
    node->weight.value = *weight;
    for (size_t o = 0; o < (size_t)conv->channels; o++)
        for (size_t i = 0; i < ins; i++) {
            const size_t in = o / outs * ins + i;
            widen(*weight + (in * outs + o % outs) * taps,
                  conv->weight.value + (o * ins + i) * (size_t)(kernel[0] * kernel[1]), kernel,
                  factor);
        }
    return UP_OK;
}
