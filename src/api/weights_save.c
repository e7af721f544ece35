/* SPDX-License-Identifier: MIT */
/* Any network as a safetensors file that says all of it: upscale.layers and the tensors. */

#include <upscale_weights.h>

#include "api/option_defaults.h"
#include "base/memory.h"
#include "base/utf8.h"
#include "network/layer_kind.h"
#include "network/metadata/upscale_layers.h"
#include "network/model.h"
#include "upscale_weights.h"
#include "weights/safetensors/safetensors.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NAME = 24, OWN_ITEMS = 16 };

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
    char *layers;
    up_metadata_item *item;
    char (*pair)[NAME]; /* values that are numbers */
    int items, pairs;
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

static up_status write_layers(saving *s, up_error *error)
{
    int next = 0;
    up_json_writer json = { 0 };
    up_json_open(&json, '[');
    for (int n = 0; n <= s->network->output; n++) {
        const bool holds = s->needed[n] && s->network->node[n].kind->tensors;
        if (s->needed[n])
            up_network_put_layer(&json, s->network, n, holds ? s->holder[next++].owner : n, true);
    }
    up_json_close(&json, ']');
    s->layers = up_json_take(&json);
    return s->layers ? UP_OK : up_fail_memory(error, "upscale.layers", 0);
}

static void state(saving *s, const char *key, const char *value)
{
    s->item[s->items++] = (up_metadata_item){ key, value };
}

static void state_pair(saving *s, const char *key, const int pair[2])
{
    char *text = s->pair[s->pairs++];
    snprintf(text, NAME, pair[0] == pair[1] ? "%d" : "%d,%d", pair[0], pair[1]);
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

static int by_key(const void *a, const void *b)
{
    const up_metadata_item *x = *(const up_metadata_item *const *)a;
    const up_metadata_item *y = *(const up_metadata_item *const *)b;
    const int order = strcmp(x->key, y->key);
    return order ? order : compare_places(x, y);
}

/* What is no UTF-8 cannot be carried, and is not. */
static bool is_carried(const up_metadata_item *item)
{
    return strncmp(item->key, own_keys, strlen(own_keys)) != 0 &&
           up_utf8_valid(item->key, strlen(item->key)) &&
           up_utf8_valid(item->value, strlen(item->value));
}

/* Of a key that the file has twice the first counts. */
static void carry_metadata(saving *s, const up_metadata_item **item, int count)
{
    if (count)
        qsort(item, (size_t)count, sizeof *item, by_key);
    for (int i = 0; i < count; i++)
        if (is_carried(item[i]) && (i == 0 || strcmp(item[i - 1]->key, item[i]->key) != 0))
            state(s, item[i]->key, item[i]->value);
}

static up_status list_strings(saving *s, up_error *error)
{
    const up_tensor_file *file = up_weights_model(s->weights)->file;
    int count = 0;
    while (up_tensor_file_metadata_at(file, count))
        count++;
    const size_t most = (size_t)count + OWN_ITEMS;
    const up_metadata_item **stated = up_alloc(most, sizeof *stated);
    s->item = up_alloc(most, sizeof *s->item);
    s->pair = up_alloc(OWN_ITEMS, sizeof *s->pair);
    const bool there = stated && s->item && s->pair;
    for (int i = 0; there && i < count; i++)
        stated[i] = up_tensor_file_metadata_at(file, i);
    if (there) {
        carry_metadata(s, stated, count);
        state(s, "upscale.layers", s->layers);
        add_stated(s);
    }
    up_free(stated);
    return there ? UP_OK : up_fail_memory(error, "metadata", most * sizeof *s->item);
}

/* ---------------------------------------------------------------- the file */

static up_status allocate(saving *s, up_error *error)
{
    const size_t nodes = (size_t)s->network->output + 1;
    s->needed = up_alloc_zero(nodes, sizeof *s->needed);
    s->holder = up_alloc(nodes, sizeof *s->holder);
    s->tensor = up_alloc(2 * nodes, sizeof *s->tensor);
    s->name = up_alloc(2 * nodes, sizeof *s->name);
    return s->needed && s->holder && s->tensor && s->name
               ? UP_OK
               : up_fail_memory(error, "a network", nodes * sizeof *s->tensor);
}

static up_status save(saving *s, const char *path, bool overwrite, up_error *error)
{
    UP_TRY(allocate(s, error));
    find_needed(s);
    find_holders(s);
    add_tensors(s);
    UP_TRY(write_layers(s, error));
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
    free(s.layers);
    up_free(s.pair);
    up_free(s.item);
    up_free(s.name);
    up_free(s.tensor);
    up_free(s.holder);
    up_free(s.needed);
    return status;
}
