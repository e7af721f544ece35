/* SPDX-License-Identifier: MIT */
#include "train/passes/trainable.h"

#include "base/memory.h"
#include "network/build/builder.h"

#include <stdlib.h>
#include <string.h>

static const up_network_axis whole = { 1, 0, 1 };

const up_trained_node *up_trainable_input(const up_trainable *net, int n, int i)
{
    const int before = net->network->node[n].input[i];
    return before >= 0 && net->node[before].learns ? &net->node[before] : NULL;
}

size_t up_trainable_end(const up_trainable *net, int n)
{
    return net->node[n].first + net->node[n].weights + net->node[n].biases;
}

/* ---------------------------------------------------------------- what can be trained */

static up_status refuse(const up_network *network, int n, const char *name, const char *why,
                        up_error *error)
{
    return up_fail(error, UP_ERROR_WEIGHTS, "%s: layer %d (%s) cannot be trained here%s%s", name, n,
                   network->node[n].kind->name, why ? ": " : "", why ? why : "");
}

static bool knows_colors(const up_network *network)
{
    const up_weights_color color = network->color;
    return network->out_channels == 1 ? color == UP_WEIGHTS_ANY || color == UP_WEIGHTS_Y_STUDIO
                                      : network->out_channels == 3 &&
                                            (color == UP_WEIGHTS_RGB || color == UP_WEIGHTS_YCBCR);
}

static up_status check_use(const up_network *network, const char *name, up_error *error)
{
    if (up_network_colours(network) == network->out_channels && knows_colors(network) &&
        network->range == 1 && !network->enlarges_first)
        return UP_OK;
    return up_fail(error, UP_ERROR_WEIGHTS,
                   "%s: what is trained here makes studio luma from studio luma, or RGB or YCbCr "
                   "from the same, with at most a plane of strength more, of range 1, and works on "
                   "the picture as it comes",
                   name);
}

/* Whether node n is the colours of the input as they come. */
static bool is_picture(const up_network *network, int n)
{
    if (n < 0)
        return network->condition == UP_CONDITION_NONE;
    const up_network_node *node = &network->node[n];
    const up_channels *some = node->fields;
    return node->kind == &up_layer_channels && node->input[0] == UP_NETWORK_INPUT &&
           some->first == 0 && some->count == network->out_channels;
}

/* The enlargement that node n is, if it is one of the input; by 1 it is the input itself. */
static const up_resize *enlargement(const up_network *network, int n)
{
    static const up_resize same = { .mode = UP_RESIZE_NEAREST };
    const up_network_node *node = n >= 0 ? &network->node[n] : NULL;
    if (network->scale[0] == 1 && is_picture(network, n))
        return &same;
    if (!node || node->kind != &up_layer_resize || !is_picture(network, node->input[0]))
        return NULL;
    return up_residual_knows(node->fields) ? node->fields : NULL;
}

/* The node that enlarges, and what is added to it. */
static int find_last(const up_network *network, const up_resize **added)
{
    const up_network_node *output = &network->node[network->output];
    *added = NULL;
    if (output->kind != &up_layer_add || output->inputs != 2)
        return network->output;
    for (int i = 0; i < 2 && !*added; i++)
        *added = enlargement(network, output->input[i]);
    const bool first = *added && enlargement(network, output->input[0]);
    return *added ? output->input[first] : network->output;
}

static bool is_whole(const up_network_axis size[2])
{
    return memcmp(&size[0], &whole, sizeof whole) == 0 &&
           memcmp(&size[1], &whole, sizeof whole) == 0;
}

static up_status check_node(const up_trainable *net, int n, const char *name, up_error *error)
{
    const up_network_node *node = &net->network->node[n];
    const up_pass_kind *pass = net->node[n].pass;
    const char *why = pass && pass->refuse ? pass->refuse(node) : NULL;
    if (!pass || why)
        return refuse(net->network, n, name, why, error);
    for (int i = 0; i < node->inputs; i++) {
        const up_layer_shape in = up_network_shape(net->network, node->input[i]);
        if (!is_whole(in.size))
            return refuse(net->network, n, name, "it works on what is enlarged already", error);
        if (pass->apart || pass->conv)
            continue;
        if (in.channels != net->node[n].planes)
            return refuse(net->network, n, name, "its inputs differ in channels", error);
        for (int j = 0; j < i; j++)
            if (node->input[j] == node->input[i])
                return refuse(net->network, n, name, "it takes one input twice", error);
    }
    return UP_OK;
}

static up_status check_last(const up_trainable *net, const char *name, up_error *error)
{
    const up_network_node *node = net->last >= 0 ? &net->network->node[net->last] : NULL;
    const up_network_axis size = { net->scale, 0, 1 };
    if (!node || net->scale < 1 || net->scale > 8 || !net->node[net->last].pass)
        return up_fail(error, UP_ERROR_WEIGHTS,
                       "%s: training is for networks that enlarge by 1 to 8", name);
    if (memcmp(&node->size[0], &size, sizeof size) == 0 &&
        memcmp(&node->size[1], &size, sizeof size) == 0)
        return UP_OK;
    return refuse(net->network, net->last, name,
                  "the result is not of exactly one scale times the size of the input", error);
}

/* ---------------------------------------------------------------- layout */

/* Finds what the result is made by, in the order of the list. */
static void find_passes(up_trainable *net)
{
    const up_network *network = net->network;
    for (int n = 0; n < network->nodes; n++)
        net->node[n] = (up_trained_node){ .slot = -1, .spare = -1, .reader = -1 };
    if (net->last >= 0)
        net->node[net->last].reader = net->last;
    for (int n = net->last; n >= 0; n--) {
        const up_network_node *node = &network->node[n];
        if (net->node[n].reader < 0)
            continue;
        net->node[n].pass = up_pass_kind_find(node->kind);
        net->node[n].planes = up_pass_planes(node);
        for (int i = 0; i < node->inputs; i++)
            if (node->input[i] >= 0)
                net->node[node->input[i]].reader = up_max(net->node[node->input[i]].reader, n);
    }
}

static up_status check(up_trainable *net, const char *name, up_error *error)
{
    UP_TRY(check_use(net->network, name, error));
    for (int n = 0; n <= net->last; n++)
        if (net->node[n].reader >= 0)
            UP_TRY(check_node(net, n, name, error));
    return check_last(net, name, error);
}

static void place_parameters(up_trainable *net, int n)
{
    up_trained_node *node = &net->node[n];
    const up_conv_shape conv =
        node->pass->conv ? node->pass->conv(&net->network->node[n]) : (up_conv_shape){ 0 };
    const int taps = up_max(conv.in, conv.out) * conv.kernel * conv.kernel;
    node->conv = conv;
    node->first = net->parameters;
    node->weights = net->network->node[n].kind->tensors ? net->network->node[n].weight.count : 0;
    node->biases = (size_t)conv.out;
    node->learns = node->weights + node->biases > 0;
    for (int i = 0; i < net->network->node[n].inputs; i++)
        node->learns |= up_trainable_input(net, n, i) != NULL;
    net->parameters += node->weights + node->biases;
    net->reach = up_max(net->reach, conv.kernel / 2);
    net->most_planes = up_max(net->most_planes, node->planes);
    net->most_taps = up_max(net->most_taps, taps);
}

/* Values that may be written, for those that the network holds, and a bias where it has none. */
static up_status own_values(up_trainable *net, int n, up_error *error)
{
    up_network_node *node = &net->network->node[n];
    up_trained_node *trained = &net->node[n];
    up_network_builder builder = { .network = net->network, .error = error };
    const up_values weight = node->weight, bias = node->bias;
    const size_t channels = (size_t)node->channels;
    if (trained->weights) {
        UP_TRY(up_network_new_values(&builder, weight.dims, weight.shape, &node->weight,
                                     &trained->weight));
        memcpy(trained->weight, weight.value, weight.count * sizeof *weight.value);
    }
    if (trained->biases) {
        UP_TRY(up_network_new_values(&builder, 1, &channels, &node->bias, &trained->bias));
        for (size_t c = 0; c < channels; c++)
            trained->bias[c] = bias.value ? bias.value[c] : 0;
    }
    return UP_OK;
}

static int take_slot(int slots, bool *taken)
{
    int slot = 0;
    while (slot < slots && taken[slot])
        slot++;
    taken[slot] = true;
    return slot;
}

/* What node n does with the slot of its gradient: the first of its inputs that it begins takes it
 * over, unless the pass reads it while it writes theirs. */
static void plan_node(up_trainable *net, int n, bool *taken)
{
    const up_network_node *node = &net->network->node[n];
    up_trained_node *own = &net->node[n];
    const bool conv = own->conv.kernel;
    bool over = false;
    for (int i = 0; i < node->inputs; i++) {
        up_trained_node *in = up_trainable_input(net, n, i) ? &net->node[node->input[i]] : NULL;
        if (in && in->slot < 0 && !conv && !own->pass->apart && !over) {
            in->slot = own->slot;
            over = true;
        } else if (in && in->slot < 0) {
            in->slot = take_slot(net->slots, taken);
        } else if (in && conv) {
            own->spare = take_slot(net->slots, taken);
            taken[own->spare] = false;
        }
        net->slots = up_max(net->slots, 1 + up_max(own->spare, in ? in->slot : 0));
    }
    taken[own->slot] = over;
}

static up_status plan_slots(up_trainable *net, up_error *error)
{
    bool *taken = up_alloc_zero((size_t)net->last + 3, sizeof *taken);
    if (!taken)
        return up_fail_memory(error, "a network", (size_t)net->last + 3);
    net->node[net->last].slot = take_slot(0, taken);
    net->slots = 1;
    for (int n = net->last; n >= 0; n--)
        if (net->node[n].slot >= 0)
            plan_node(net, n, taken);
    up_free(taken);
    return UP_OK;
}

static up_status make(up_trainable *net, const char *name, up_error *error)
{
    const up_resize *added;
    const size_t nodes = (size_t)net->network->nodes;
    net->last = find_last(net->network, &added);
    net->scale = net->network->scale[0];
    net->colors = net->network->out_channels;
    net->conditioned = net->network->condition != UP_CONDITION_NONE;
    net->node = up_alloc_zero(nodes, sizeof *net->node);
    if (!net->node)
        return up_fail_memory(error, "a network", nodes * sizeof *net->node);
    find_passes(net);
    UP_TRY(check(net, name, error));
    for (int n = 0; n <= net->last; n++) {
        if (!net->node[n].pass)
            continue;
        place_parameters(net, n);
        UP_TRY(own_values(net, n, error));
    }
    if (!net->parameters)
        return up_fail(error, UP_ERROR_WEIGHTS, "%s: there is nothing to learn in it", name);
    up_trainable_count(net);
    UP_TRY(plan_slots(net, error));
    return up_residual_make(&net->residual, added, net->scale, error);
}

up_status up_trainable_make(up_trainable *net, up_network *network, const char *name,
                            up_error *error)
{
    *net = (up_trainable){ .network = network };
    up_status status = make(net, name, error);
    if (status != UP_OK)
        up_trainable_free(net);
    return status;
}

up_status up_trainable_load(up_trainable *net, const up_tensor_file *file, int scale,
                            up_error *error)
{
    const up_network_hints hints = { .scale = scale };
    up_network *network;
    *net = (up_trainable){ 0 };
    UP_TRY(up_network_load(&network, file, &hints, error));
    return up_trainable_make(net, network, up_tensor_file_name(file), error);
}

void up_trainable_free(up_trainable *net)
{
    for (int n = 0; net->node && n <= net->last; n++)
        up_branches_free(&net->node[n].branches);
    up_network_free(&net->network);
    free(net->design);
    up_residual_free(&net->residual);
    up_free(net->node);
    *net = (up_trainable){ 0 };
}

/* ---------------------------------------------------------------- parameters */

static size_t place(const up_trainable *net, int n, size_t i)
{
    const up_pass_kind *pass = net->node[n].pass;
    return pass->place ? pass->place(&net->network->node[n], i) : i;
}

static size_t channel(const up_trainable *net, int n, size_t plane)
{
    return plane * (size_t)net->network->node[n].channels / (size_t)net->node[n].planes;
}

void up_trainable_count(up_trainable *net)
{
    net->learned = net->parameters;
    for (int n = 0; n <= net->last; n++) {
        net->node[n].branch_first = net->learned;
        net->learned += net->node[n].branches.parameters;
    }
}

void up_trainable_read(const up_trainable *net, float *learned)
{
    for (int n = 0; n <= net->last; n++) {
        const up_trained_node *node = &net->node[n];
        float *to = learned + node->first;
        for (size_t i = 0; i < node->weights; i++)
            *to++ = node->weight[place(net, n, i)];
        for (size_t p = 0; p < node->biases; p++)
            *to++ = node->bias[channel(net, n, p)];
        for (size_t i = 0; i < node->branches.parameters; i++)
            learned[node->branch_first + i] = node->branches.beginning[i];
    }
}

void up_trainable_join(const up_trainable *net, int n, const float *learned, float *parameter)
{
    const up_trained_node *node = &net->node[n];
    const size_t first = node->first, count = node->weights + node->biases;
    memcpy(parameter + first, learned + first, count * sizeof *parameter);
    if (node->branches.count)
        up_branches_add(&node->branches, learned + node->branch_first, &node->conv,
                        parameter + first);
}

void up_trainable_join_all(const up_trainable *net, const float *learned, float *parameter)
{
    for (int n = 0; n <= net->last; n++)
        up_trainable_join(net, n, learned, parameter);
}

void up_trainable_part(const up_trainable *net, int n, const float *learned, float *gradient)
{
    const up_trained_node *node = &net->node[n];
    if (node->branches.count)
        up_branches_gradient(&node->branches, learned + node->branch_first, &node->conv,
                             gradient + node->first, gradient + node->branch_first);
}

void up_trainable_write(up_trainable *net, const float *parameter)
{
    for (int n = 0; n <= net->last; n++) {
        const up_trained_node *node = &net->node[n];
        const float *from = parameter + node->first;
        for (size_t i = 0; i < node->weights; i++)
            node->weight[place(net, n, i)] = *from++;
        for (size_t p = 0; p < node->biases; p++)
            node->bias[channel(net, n, p)] = *from++;
    }
}

void up_trainable_tie(const up_trainable *net, float *gradient)
{
    for (int n = 0; n <= net->last; n++) {
        const up_trained_node *node = &net->node[n];
        const size_t channels = (size_t)net->network->node[n].channels;
        const size_t phases = node->biases / channels;
        float *bias = gradient + node->first + node->weights;
        for (size_t c = 0; phases > 1 && c < channels; c++, bias += phases) {
            float mean = 0;
            for (size_t p = 0; p < phases; p++)
                mean += bias[p] / (float)phases;
            for (size_t p = 0; p < phases; p++)
                bias[p] = mean;
        }
    }
}

bool up_trainable_alike(const up_trainable *a, const up_trainable *b)
{
    bool alike = a->network->nodes == b->network->nodes;
    for (int n = 0; alike && n < a->network->nodes; n++) {
        const up_network_node *x = &a->network->node[n], *y = &b->network->node[n];
        alike = x->kind == y->kind && x->inputs == y->inputs &&
                memcmp(x->input, y->input, (size_t)x->inputs * sizeof *x->input) == 0 &&
                memcmp(x->weight.shape, y->weight.shape, sizeof x->weight.shape) == 0;
    }
    return alike;
}
