/* SPDX-License-Identifier: MIT */
/* Any network as a safetensors file that says all of it: upscale.layers and the tensors. */
#include "api/option_defaults.h"
#include "base/memory.h"
#include "network/layer_kind.h"
#include "network/metadata/upscale_layers.h"
#include "network/model.h"
#include "upscale_weights.h"
#include "weights/safetensors/safetensors.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NAME = 24 };

static const char own_keys[] = "upscale.";

/* A node that has tensors, and the one under whose number they are written: nodes may share them.
 */
typedef struct {
    const up_network_node *node;
    int number, owner;
} holder;

typedef struct {
    const up_weights *weights;
    const up_network *network;
    bool *needed; /* by node: what the output is made from */
    holder *holder;
    int holders;
    up_tensor *tensor;
    char (*name)[NAME];
    int tensors;
    json_t *layers, *strings;
    up_metadata_item *item;
    int items;
} saving;

static void find_needed(saving *s)
{
    s->needed[s->network->output] = true;
    for (int n = s->network->output; n >= 0; n--) {
        const up_network_node *node = &s->network->node[n];
        for (int i = 0; s->needed[n] && i < node->inputs; i++)
            if (node->input[i] != UP_NETWORK_INPUT)
                s->needed[node->input[i]] = true;
    }
}

/* ---------------------------------------------------------------- tensors */

static int compare_places(const void *a, const void *b)
{
    return (a > b) - (a < b);
}

static int compare_tensors(const holder *x, const holder *y)
{
    const up_values *v = &x->node->weight, *w = &y->node->weight;
    int order = compare_places(v->value, w->value);
    order = order ? order : compare_places(x->node->bias.value, y->node->bias.value);
    order = order ? order : v->dims - w->dims;
    return order ? order : memcmp(v->shape, w->shape, (size_t)v->dims * sizeof *v->shape);
}

static int by_tensors(const void *a, const void *b)
{
    const holder *x = a, *y = b;
    const int order = compare_tensors(x, y);
    return order ? order : x->number - y->number;
}

static int by_number(const void *a, const void *b)
{
    return ((const holder *)a)->number - ((const holder *)b)->number;
}

static void find_holders(saving *s)
{
    for (int n = 0; n <= s->network->output; n++) {
        const up_network_node *node = &s->network->node[n];
        if (s->needed[n] && node->kind->tensors)
            s->holder[s->holders++] = (holder){ node, n, n };
    }
    qsort(s->holder, (size_t)s->holders, sizeof *s->holder, by_tensors);
    for (int i = 1; i < s->holders; i++)
        if (compare_tensors(&s->holder[i - 1], &s->holder[i]) == 0)
            s->holder[i].owner = s->holder[i - 1].owner;
    qsort(s->holder, (size_t)s->holders, sizeof *s->holder, by_number);
}

static void add_tensor(saving *s, int number, const char *suffix, const up_values *values)
{
    if (!values->value)
        return;
    char *name = s->name[s->tensors];
    snprintf(name, NAME, "%d.%s", number, suffix);
    s->tensor[s->tensors++] = up_tensor_of_f32(name, values->dims, values->shape, values->value);
}

static void add_tensors(saving *s)
{
    for (int i = 0; i < s->holders; i++) {
        const holder *h = &s->holder[i];
        if (h->owner != h->number)
            continue;
        add_tensor(s, h->number, "weight", &h->node->weight);
        add_tensor(s, h->number, "bias", &h->node->bias);
    }
}

/* ---------------------------------------------------------------- strings */

static up_status add_layers(saving *s, up_error *error)
{
    int next = 0;
    for (int n = 0; n <= s->network->output; n++) {
        json_t *layer = s->needed[n] ? up_network_layer(s->network, n) : NULL;
        if (s->needed[n] && s->network->node[n].kind->tensors)
            json_object_set_new(layer, "name", json_sprintf("%d", s->holder[next++].owner));
        if (s->needed[n] && json_array_append_new(s->layers, layer) != 0)
            return up_fail_memory(error, "upscale.layers", 0);
    }
    char *text = json_dumps(s->layers, UP_NETWORK_JSON);
    const int failed = json_object_set_new(s->strings, "upscale.layers", json_string(text));
    free(text);
    return failed ? up_fail_memory(error, "upscale.layers", 0) : UP_OK;
}

static void state(saving *s, const char *key, const char *value)
{
    json_object_set_new(s->strings, key, json_string(value));
}

static void state_pair(saving *s, const char *key, const int pair[2])
{
    char text[NAME];
    snprintf(text, sizeof text, pair[0] == pair[1] ? "%d" : "%d,%d", pair[0], pair[1]);
    state(s, key, text);
}

/* What the layers do not say of the network. A limit is in no file but as metadata. */
static void add_stated(saving *s)
{
    const up_network *network = s->network;
    const up_tensor_file *file = up_weights_model(s->weights)->file;
    const char *limit = up_tensor_file_metadata(file, "upscale.limit");
    const int channels[2] = { network->in_channels, network->in_channels };
    const int range[2] = { (int)network->range, (int)network->range };
    if (network->reduction[0] == 1 && network->reduction[1] == 1)
        state_pair(s, "upscale.scale", network->scale);
    state_pair(s, "upscale.channels", channels);
    state_pair(s, "upscale.range", range);
    state(s, "upscale.color", up_weights_color_name(network->color));
    if (network->multiple[0] > 1 || network->multiple[1] > 1)
        state_pair(s, "upscale.multiple", network->multiple);
    if (network->pads_tensors)
        state(s, "upscale.pad", "tensors");
    if (network->adds_input)
        state(s, "upscale.add", "nearest");
    if (network->enlarges_first)
        state(s, "upscale.enlarge", "first");
    if (network->edge == UP_EDGE_REFLECT)
        state(s, "upscale.edge", "reflect");
    if (network->condition != UP_CONDITION_NONE)
        state(s, "upscale.condition", up_condition_name(network->condition));
    if (limit)
        state(s, "upscale.limit", limit);
}

/* What is no UTF-8 cannot be carried, and is not. */
static void carry_metadata(saving *s)
{
    const up_tensor_file *file = up_weights_model(s->weights)->file;
    const up_metadata_item *item;
    for (int i = 0; (item = up_tensor_file_metadata_at(file, i)); i++)
        if (strncmp(item->key, own_keys, strlen(own_keys)) != 0)
            state(s, item->key, item->value);
}

static up_status list_strings(saving *s, up_error *error)
{
    const char *key;
    json_t *value;
    s->item = up_alloc(json_object_size(s->strings), sizeof *s->item);
    if (!s->item)
        return up_fail_memory(error, "metadata", json_object_size(s->strings) * sizeof *s->item);
    json_object_foreach(s->strings, key, value)
    {
        s->item[s->items++] = (up_metadata_item){ key, json_string_value(value) };
    }
    return UP_OK;
}

/* ---------------------------------------------------------------- the file */

static up_status allocate(saving *s, up_error *error)
{
    const size_t nodes = (size_t)s->network->output + 1;
    s->needed = up_alloc_zero(nodes, sizeof *s->needed);
    s->holder = up_alloc(nodes, sizeof *s->holder);
    s->tensor = up_alloc(2 * nodes, sizeof *s->tensor);
    s->name = up_alloc(2 * nodes, sizeof *s->name);
    s->layers = json_array();
    s->strings = json_object();
    return s->needed && s->holder && s->tensor && s->name && s->layers && s->strings
               ? UP_OK
               : up_fail_memory(error, "a network", nodes * sizeof *s->tensor);
}

static up_status save(saving *s, const char *path, bool overwrite, up_error *error)
{
    UP_TRY(allocate(s, error));
    find_needed(s);
    find_holders(s);
    add_tensors(s);
    UP_TRY(add_layers(s, error));
    carry_metadata(s);
    add_stated(s);
    UP_TRY(list_strings(s, error));
    return up_safetensors_write(path, s->tensor, s->tensors, s->item, s->items, overwrite, error);
}

up_status up_weights_save(const up_weights *weights, const char *path, const up_options *options,
                          up_error *error)
{
    up_options taken;
    const up_model *model = up_weights_model(weights);
    UP_TRY(up_options_take(&taken, options, error));
    if (model->guessed)
        return up_fail(
            error, UP_ERROR_ARGUMENT,
            "%s does not say its scale, and a converted file must: give it, as with -s 2",
            up_tensor_file_name(model->file));
    saving s = { .weights = weights, .network = model->network };
    up_status status = save(&s, path, taken.overwrite, error);
    json_decref(s.layers);
    json_decref(s.strings);
    up_free(s.item);
    up_free(s.name);
    up_free(s.tensor);
    up_free(s.holder);
    up_free(s.needed);
    return status;
}
