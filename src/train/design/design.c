/* SPDX-License-Identifier: MIT */
#include "train/design/design.h"

#include "base/memory.h"
#include "base/random.h"
#include "network/metadata/condition.h"
#include "network/metadata/upscale_layers.h"
#include "weights/label.h"

#include <math.h>
#include <string.h>

enum { MOST_KERNEL = 15, MOST_CHANNELS = 1024, MOST_WEIGHTS = 1 << 26 };

/* ---------------------------------------------------------------- what it is for */

static up_status read_color(const json_t *design, const char *name, up_weights_color *color,
                            up_error *error)
{
    const json_t *stated = json_object_get(design, "color");
    static const up_weights_color known[] = { UP_WEIGHTS_Y_STUDIO, UP_WEIGHTS_RGB,
                                              UP_WEIGHTS_YCBCR };
    *color = UP_WEIGHTS_Y_STUDIO;
    for (size_t i = 0; stated && i < sizeof known / sizeof *known; i++)
        if (json_is_string(stated) &&
            strcmp(json_string_value(stated), up_weights_color_name(known[i])) == 0) {
            *color = known[i];
            return UP_OK;
        }
    return stated ? up_fail(error, UP_ERROR_WEIGHTS,
                            "%s: color must be \"y-studio\", \"rgb\" or \"ycbcr\"", name)
                  : UP_OK;
}

up_status up_design_colors(const json_t *design, const char *name, up_weights_color *color,
                           bool *conditioned, up_error *error)
{
    static const char *const keys[] = { "color", "condition", "layers", "description" };
    const json_t *condition = json_object_get(design, "condition");
    const char *word = json_string_value(condition), *key;
    json_t *value;
    json_object_foreach((json_t *)design, key, value)
    {
        bool known = false;
        char label[UP_LABEL];
        for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
            known |= strcmp(keys[i], key) == 0;
        if (!known)
            return up_fail(error, UP_ERROR_WEIGHTS,
                           "%s: %s is no part of a design: color, condition, layers and "
                           "description are",
                           name, up_label(label, key));
    }
    *conditioned = condition;
    if (condition && (!word || strcmp(word, up_condition_name(UP_CONDITION_STRENGTH)) != 0))
        return up_fail(error, UP_ERROR_WEIGHTS, "%s: condition must be \"strength\"", name);
    return read_color(design, name, color, error);
}

/* ---------------------------------------------------------------- tensors */

/* What is kept of every layer, by its node. */
typedef struct {
    up_branches branches; /* ->count 0: none */
    double init;          /* NaN: not stated */
} new_layer;

typedef struct {
    new_layer *layer;
    size_t count;
    size_t weights; /* of all so far */
} new_layers;

static up_status refuse(const up_network_builder *b, const up_layer_kind *kind, const char *reason)
{
    return up_network_fail(b, "layer %d (%s): %s", b->network->nodes, kind->name, reason);
}

/* A number of the layer from `least` to `most`, if it is stated. */
static bool take_number(const up_json *layer, const char *key, int least, int most, int *number)
{
    const up_json *stated = up_json_get(layer, key);
    return !stated || up_json_whole(stated, least, most, number);
}

static bool take_kernel(const up_json *entry, up_branch *branch, int i)
{
    int kernel = 0;
    up_json_whole(entry, 1, MOST_KERNEL, &kernel);
    if (entry->kind == UP_JSON_OBJECT &&
        (!take_number(entry, "kernel", 1, MOST_KERNEL, &kernel) ||
         !take_number(entry, "channels", 1, MOST_CHANNELS, &branch->channels[i + 1])))
        return false;
    branch->kernel[i] = kernel;
    return kernel % 2 == 1;
}

/* A branch of a convolution. */
static bool take_branch(const up_json *entry, const up_conv_shape *conv, up_branch *branch)
{
    const char *word = up_json_text(entry);
    const size_t kernels = entry->kind == UP_JSON_ARRAY ? entry->count : 0;
    *branch = (up_branch){ .kernels = (int)kernels, .channels = { conv->in } };
    if (word && strcmp(word, "identity") == 0)
        return conv->in == conv->out;
    if (kernels < 1 || kernels > UP_BRANCH_KERNELS)
        return false;
    for (size_t i = 0; i < kernels; i++) {
        branch->channels[i + 1] = conv->out;
        if (!take_kernel(up_json_at(entry, i), branch, (int)i))
            return false;
    }
    return branch->channels[kernels] == conv->out && up_branch_kernel(branch) <= conv->kernel;
}

static up_status take_branches(const up_network_builder *b, const up_json *layer,
                               const up_layer_kind *kind, const up_conv_shape *conv, new_layer *to)
{
    const up_json *list = up_json_get(layer, "branches");
    if (!list)
        return UP_OK;
    if (kind != &up_layer_conv2d || list->kind != UP_JSON_ARRAY || list->count > UP_BRANCHES)
        return refuse(b, kind, "branches are a list, of up to 8, of a conv2d");
    for (size_t i = 0; i < list->count; i++)
        if (!take_branch(up_json_at(list, i), conv, &to->branches.branch[i]))
            return refuse(b, kind,
                          "a branch is \"identity\", where as many channels come in as go out, or "
                          "a list of up to 4 odd kernels that together are not larger than the "
                          "convolution's and end in its channels");
    to->branches.count = (int)list->count;
    return UP_OK;
}

/* Zeros: values come when all layers are there. */
static up_status add_values(up_network_builder *b, int dims, const size_t *shape, up_values *values)
{
    float *write;
    UP_TRY(up_network_new_values(b, dims, shape, values, &write));
    memset(write, 0, values->count * sizeof *write);
    return UP_OK;
}

static up_status make_convolution(up_network_builder *b, const up_json *layer,
                                  const up_layer_kind *kind, up_convolution *fields, int in,
                                  up_node_spec *spec, new_layers *all)
{
    new_layer *to = &all->layer[b->network->nodes];
    const bool transposed = kind == &up_layer_conv_transpose2d;
    int channels = in, kernel = 3;
    if (!take_number(layer, "channels", 1, MOST_CHANNELS, &channels))
        return refuse(b, kind,
                      "channels must be a number from 1 to 1024, \"colors\" or \"phases\"");
    if (!take_number(layer, "kernel", 1, MOST_KERNEL, &kernel) || kernel % 2 == 0)
        return refuse(b, kind, "kernel must be an odd number from 1 to 15");
    const int step = transposed ? up_max(fields->stride[0], 1) : 1, size = kernel * step;
    for (int i = 0; i < 4 && !up_json_get(layer, "padding"); i++)
        fields->padding[i] = kernel / 2 * step;
    const size_t out = (size_t)channels, from = (size_t)in, side = (size_t)size;
    all->weights += out * from * side * side;
    if (side > MOST_KERNEL * 8 || all->weights > MOST_WEIGHTS)
        return refuse(b, kind, "the layers so far have more than 67 million weights");
    const size_t shape[4] = { transposed ? from : out, transposed ? out : from, side, side };
    UP_TRY(take_branches(b, layer, kind, &(up_conv_shape){ in, channels, kernel }, to));
    UP_TRY(add_values(b, 4, shape, &spec->weight));
    return add_values(b, 1, &out, &spec->bias);
}

static up_status make_tensors(void *user, up_network_builder *b, const up_json *layer,
                              const up_layer_kind *kind, void *fields, int in, up_node_spec *spec)
{
    new_layers *all = user;
    new_layer *to = &all->layer[b->network->nodes];
    const up_json *init = up_json_get(layer, "init");
    const size_t channels = (size_t)in;
    const bool conv = kind == &up_layer_conv2d || kind == &up_layer_conv_transpose2d;
    if (init && (!up_json_real(init, &to->init) || fabs(to->init) > 100))
        return refuse(b, kind, "init must be a number from -100 to 100");
    if (conv)
        return make_convolution(b, layer, kind, fields, in, spec, all);
    if (kind != &up_layer_prelu)
        return refuse(b, kind, "no design can hold tensors of this kind");
    if (up_json_get(layer, "channels") || up_json_get(layer, "kernel") ||
        up_json_get(layer, "branches"))
        return refuse(b, kind, "only convolutions have channels, kernel and branches");
    return add_values(b, 1, &channels, &spec->weight);
}

/* ---------------------------------------------------------------- the network */

static up_status begin(up_network_builder *b, const json_t *design, up_error *error)
{
    bool conditioned;
    b->network = up_alloc_zero(1, sizeof *b->network);
    if (!b->network)
        return up_fail_memory(error, "a network", sizeof *b->network);
    up_network *network = b->network;
    network->multiple[0] = network->multiple[1] = 1;
    network->range = 1;
    network->limit = INFINITY;
    network->edge = UP_EDGE_CLAMP;
    UP_TRY(up_design_colors(design, b->name, &network->color, &conditioned, error));
    network->condition = conditioned ? UP_CONDITION_STRENGTH : UP_CONDITION_NONE;
    network->in_channels =
        (network->color == UP_WEIGHTS_Y_STUDIO ? 1 : 3) + up_condition_planes(network->condition);
    return UP_OK;
}

/* The convolution whose result, but for a shuffle, is that of the network. */
static int last_convolution(const up_trainable *net)
{
    const int before = net->network->node[net->last].input[0];
    return net->node[net->last].conv.kernel || before < 0 ? net->last : before;
}

static up_status initialise(up_trainable *net, const new_layers *all, uint64_t seed,
                            up_error *error)
{
    const int last = last_convolution(net);
    for (int n = 0; n <= net->last; n++) {
        up_trained_node *node = &net->node[n];
        const up_conv_shape conv = node->conv;
        const double init = all->layer[n].init;
        const double usual = conv.kernel  ? n != last
                             : node->pass ? (double)node->pass->beginning
                                          : 0;
        const double factor = isnan(init) ? usual : init;
        const double sources = fmax(1, conv.in * conv.kernel * conv.kernel);
        up_random random = up_random_make(seed, (uint64_t)n, 0);
        for (size_t w = 0; w < node->weights; w++)
            node->weight[w] =
                (float)(conv.kernel ? factor * sqrt(1 / sources) * up_random_normal(&random)
                                    : factor);
        if (all->layer[n].branches.count && node->pass) {
            node->branches = all->layer[n].branches;
            UP_TRY(up_branches_make(&node->branches, seed, (uint64_t)n, error));
        }
    }
    up_trainable_count(net);
    return UP_OK;
}

static up_status make_layers(up_network_builder *b, const up_json *list, new_layers *all)
{
    static const char *const keys[] = { "channels", "kernel", "init", "branches", NULL };
    const up_new_tensors tensors = { keys, make_tensors, all };
    UP_TRY(up_network_from_new_layers(b, list, &tensors));
    b->network->output = b->network->nodes - 1;
    return up_network_measure(b);
}

static up_status make(up_trainable *net, const json_t *design, const up_json *list, new_layers *all,
                      const char *name, int scale, uint64_t seed, up_error *error)
{
    up_network_builder b = { .name = name, .error = error };
    up_status status = begin(&b, design, error);
    if (status == UP_OK)
        status = make_layers(&b, list, all);
    if (status == UP_OK)
        UP_TRY(up_trainable_make(net, b.network, name, error));
    else
        up_network_free(&b.network);
    UP_TRY(status);
    net->design = json_dumps(design, JSON_SORT_KEYS | JSON_REAL_PRECISION(9));
    if (!net->design)
        return up_fail_memory(error, "a design", 0);
    if (net->scale == scale)
        return initialise(net, all, seed, error);
    return up_fail(error, UP_ERROR_WEIGHTS,
                   "%s: the network enlarges by %d, not by %d; \"scale\" in place of a factor or "
                   "stride is the scale of the run",
                   name, net->scale, scale);
}

up_status up_design_make(up_trainable *net, const json_t *design, const char *name, int scale,
                         uint64_t seed, up_error *error)
{
    up_json *list;
    *net = (up_trainable){ 0 };
    UP_TRY(up_design_expand(&list, design, scale, name, error));
    const size_t count = 2 * (size_t)list->count; /* some entries make two nodes */
    new_layers all = { up_alloc_zero(count, sizeof *all.layer), count, 0 };
    for (size_t i = 0; all.layer && i < count; i++)
        all.layer[i].init = NAN;
    up_status status = all.layer ? make(net, design, list, &all, name, scale, seed, error)
                                 : up_fail_memory(error, "a network", count * sizeof *all.layer);
    if (status != UP_OK)
        up_trainable_free(net);
    up_free(all.layer);
    up_free(list);
    return status;
}
