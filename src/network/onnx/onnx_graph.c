/* SPDX-License-Identifier: MIT */
#include "network/onnx/onnx_graph.h"

#include "base/memory.h"
#include "network/onnx/onnx_ops.h"
#include "weights/label.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOST_PLANES ((size_t)1 << 24)
#define LEAST_BUDGET ((size_t)64 << 20) /* bytes */
#define BUDGET 16                       /* bytes for each of the file's */
#define MOST_PARAMETER 65536

struct up_onnx_block {
    up_onnx_block *next;
    _Alignas(16) unsigned char data[];
};

up_status up_onnx_refuse(const up_onnx *onnx, const char *format, ...)
{
    char reason[320], op[UP_LABEL], name[UP_LABEL];
    const up_onnx_node *node = onnx->node;
    va_list args;
    va_start(args, format);
    vsnprintf(reason, sizeof reason, format, args);
    va_end(args);
    if (!node)
        return up_network_fail(onnx->builder, "%s", reason);
    const char *called = *node->name ? node->name : node->outputs ? node->output[0] : "";
    return up_network_fail(onnx->builder, "node %s of op %s: %s", up_label(name, called),
                           up_label(op, node->op), reason);
}

up_status up_onnx_keep(up_onnx *onnx, size_t count, size_t size, void *block)
{
    size_t bytes;
    void *data = NULL;
    memcpy(block, &data, sizeof data);
    if (!up_mul(count, size, &bytes) || bytes > onnx->budget)
        return up_onnx_refuse(onnx, "the constants of the graph come to too much");
    up_onnx_block *kept = up_alloc_zero(1, sizeof *kept + bytes);
    if (!kept)
        return up_fail_memory(onnx->builder->error, "a graph", bytes);
    onnx->budget -= bytes;
    kept->next = onnx->blocks;
    onnx->blocks = kept;
    data = kept->data;
    memcpy(block, &data, sizeof data);
    return UP_OK;
}

/* ---------------------------------------------------------------- names */

static int compare_entries(const void *a, const void *b)
{
    return strcmp(((const up_onnx_entry *)a)->name, ((const up_onnx_entry *)b)->name);
}

static up_onnx_entry *find_entry(const up_onnx *onnx, const char *name)
{
    const up_onnx_entry key = { .name = name };
    return *name ? bsearch(&key, onnx->entry, onnx->entries, sizeof key, compare_entries) : NULL;
}

static void add_entry(up_onnx *onnx, const char *name, int node, int tensor)
{
    if (*name)
        onnx->entry[onnx->entries++] = (up_onnx_entry){ name, node, tensor, { NULL, NULL } };
}

static up_status list_names(up_onnx *onnx)
{
    const up_onnx_graph *graph = onnx->graph;
    const up_tensor_file *file = onnx->builder->file;
    char label[UP_LABEL];
    size_t count = (size_t)up_tensor_file_count(file) + (size_t)graph->inputs;
    for (int n = 0; n < graph->nodes; n++)
        count += (size_t)graph->node[n].outputs;
    UP_TRY(up_onnx_keep(onnx, count, sizeof *onnx->entry, &onnx->entry));
    for (int n = 0; n < graph->nodes; n++)
        for (int i = 0; i < graph->node[n].outputs; i++)
            add_entry(onnx, graph->node[n].output[i], n, -1);
    for (int i = 0; i < up_tensor_file_count(file); i++)
        add_entry(onnx, up_tensor_file_at(file, i)->name, -1, i);
    for (int i = 0; i < graph->inputs; i++)
        if (!up_tensor_file_find(file, graph->input[i].name))
            add_entry(onnx, graph->input[i].name, -1, -1);
    qsort(onnx->entry, onnx->entries, sizeof *onnx->entry, compare_entries);
    for (size_t i = 1; i < onnx->entries; i++)
        if (compare_entries(&onnx->entry[i - 1], &onnx->entry[i]) == 0)
            return up_onnx_refuse(onnx, "the value %s is made twice",
                                  up_label(label, onnx->entry[i].name));
    return UP_OK;
}

/* ---------------------------------------------------------------- for ops */

const up_onnx_value *up_onnx_input(const up_onnx *onnx, int i)
{
    const up_onnx_entry *entry =
        i >= 0 && i < onnx->node->inputs ? find_entry(onnx, onnx->node->input[i]) : NULL;
    return entry ? &entry->value : NULL;
}

const up_onnx_view *up_onnx_picture(const up_onnx *onnx, int i)
{
    const up_onnx_value *value = up_onnx_input(onnx, i);
    return value ? value->picture : NULL;
}

const up_onnx_constant *up_onnx_constant_input(const up_onnx *onnx, int i)
{
    const up_onnx_value *value = up_onnx_input(onnx, i);
    return value ? value->constant : NULL;
}

up_status up_onnx_set(up_onnx *onnx, int output, up_onnx_value value)
{
    up_onnx_entry *entry =
        output < onnx->node->outputs ? find_entry(onnx, onnx->node->output[output]) : NULL;
    if (entry)
        entry->value = value;
    return UP_OK;
}

up_status up_onnx_set_view(up_onnx *onnx, int output, const up_onnx_view *view)
{
    up_onnx_view *kept;
    UP_TRY(up_onnx_keep(onnx, 1, sizeof *kept, &kept));
    *kept = *view;
    return up_onnx_set(onnx, output, (up_onnx_value){ .picture = kept });
}

int64_t up_onnx_whole(const up_onnx *onnx, const char *name, int64_t otherwise)
{
    const up_onnx_attribute *attribute = up_onnx_find(onnx->node, name);
    return attribute ? attribute->whole : otherwise;
}

double up_onnx_real(const up_onnx *onnx, const char *name, double otherwise)
{
    const up_onnx_attribute *attribute = up_onnx_find(onnx->node, name);
    return attribute ? (double)attribute->number : otherwise;
}

const char *up_onnx_text_of(const up_onnx *onnx, const char *name, const char *otherwise)
{
    const up_onnx_attribute *attribute = up_onnx_find(onnx->node, name);
    return attribute && attribute->text ? attribute->text : otherwise;
}

up_status up_onnx_pairs(const up_onnx *onnx, const char *name, int count, int *values)
{
    const up_onnx_attribute *attribute = up_onnx_find(onnx->node, name);
    if (!attribute)
        return UP_OK;
    if (!attribute->wholes || attribute->count != (size_t)count)
        return up_onnx_refuse(onnx, "%s must be %d numbers: only pictures can be worked on", name,
                              count);
    for (int i = 0; i < count; i++) {
        if (attribute->wholes[i] < 0 || attribute->wholes[i] > MOST_PARAMETER)
            return up_onnx_refuse(onnx, "%s must be from 0 to %d", name, MOST_PARAMETER);
        values[i] = (int)attribute->wholes[i];
    }
    return UP_OK;
}

up_status up_onnx_axis(const up_onnx *onnx, int64_t axis, int dims, int *result)
{
    if (axis < -dims || axis >= dims)
        return up_onnx_refuse(onnx, "there is no axis %lld among %d", (long long)axis, dims);
    *result = (int)(axis < 0 ? axis + dims : axis);
    return UP_OK;
}

static up_status add_node(up_onnx *onnx, const up_layer_kind *kind, up_node_spec *spec, int *node)
{
    const char *name = onnx->node ? onnx->node->name : "";
    spec->name = *name ? name : NULL;
    UP_TRY(up_network_add(onnx->builder, kind, spec, node));
    const size_t planes = (size_t)onnx->builder->network->node[*node].channels;
    if (planes > onnx->planes)
        return up_onnx_refuse(onnx, "the network is too large");
    onnx->planes -= planes;
    return UP_OK;
}

up_status up_onnx_add_node(up_onnx *onnx, const up_layer_kind *kind, const void *fields,
                           const int *input, int inputs, int *node)
{
    up_node_spec spec = { .fields = fields, .input = input, .inputs = inputs };
    return add_node(onnx, kind, &spec, node);
}

up_status up_onnx_add_weighted(up_onnx *onnx, const up_layer_kind *kind, const void *fields,
                               int input, const up_values *weight, const up_values *bias, int *node)
{
    up_node_spec spec = { .fields = fields, .input = &input, .inputs = 1 };
    if (weight)
        spec.weight = *weight;
    if (bias)
        spec.bias = *bias;
    return add_node(onnx, kind, &spec, node);
}

/* ---------------------------------------------------------------- walking the graph */

static up_status translate(up_onnx *onnx)
{
    const up_onnx_node *node = onnx->node;
    const bool standard = !*node->domain || strcmp(node->domain, "ai.onnx") == 0;
    const up_onnx_op *op = standard ? up_onnx_op_find(node->op) : NULL;
    char label[UP_LABEL];
    bool picture = false;
    for (int i = 0; i < node->inputs; i++)
        picture = picture || up_onnx_picture(onnx, i);
    const up_onnx_function function = !op ? NULL : picture ? op->translate : op->fold;
    if (!standard)
        return up_onnx_refuse(onnx, "ops of the domain %s cannot be run",
                              up_label(label, node->domain));
    if (!function)
        return up_onnx_refuse(onnx, "this op cannot be run%s",
                              !op       ? ""
                              : picture ? " on pictures"
                                        : " on constants");
    return function(onnx);
}

typedef struct {
    int node, next; /* the input to be looked at */
} step;

enum { UNSEEN, WAITING, DONE };

/* What input `next` of the step needs before it: a node to be put on the stack, or -1. */
static up_status look_at(up_onnx *onnx, const step *at, const char *state, int *needed)
{
    char label[UP_LABEL];
    const up_onnx_node *node = &onnx->graph->node[at->node];
    const char *name = node->input[at->next];
    const up_onnx_entry *entry = find_entry(onnx, name);
    *needed = -1;
    if (!*name)
        return UP_OK;
    onnx->node = node;
    if (!entry)
        return up_onnx_refuse(onnx, "its input %s is made by nothing", up_label(label, name));
    if (entry->node < 0 && !entry->value.constant && !entry->value.picture)
        return up_onnx_refuse(onnx, "reads %s, a second input of the graph", up_label(label, name));
    if (entry->node >= 0 && state[entry->node] == WAITING)
        return up_onnx_refuse(onnx, "its input %s is made from its own output: a cycle",
                              up_label(label, name));
    if (entry->node >= 0 && state[entry->node] == UNSEEN)
        *needed = entry->node;
    return UP_OK;
}

/* All nodes that a node needs, and then itself. */
static up_status walk(up_onnx *onnx, int from)
{
    char *state;
    step *stack;
    int depth = 0;
    UP_TRY(up_onnx_keep(onnx, (size_t)onnx->graph->nodes, sizeof *state, &state));
    UP_TRY(up_onnx_keep(onnx, (size_t)onnx->graph->nodes, sizeof *stack, &stack));
    stack[depth++] = (step){ from, 0 };
    state[from] = WAITING;
    while (depth) {
        step *at = &stack[depth - 1];
        if (at->next < onnx->graph->node[at->node].inputs) {
            int needed;
            UP_TRY(look_at(onnx, at, state, &needed));
            at->next++;
            if (needed >= 0) {
                state[needed] = WAITING;
                stack[depth++] = (step){ needed, 0 };
            }
            continue;
        }
        onnx->node = &onnx->graph->node[at->node];
        UP_TRY(translate(onnx));
        state[at->node] = DONE;
        depth--;
    }
    return UP_OK;
}

/* ---------------------------------------------------------------- the input */

static const char *only_picture(const up_onnx *onnx)
{
    for (int i = 0; i < onnx->graph->inputs; i++)
        if (*onnx->graph->input[i].name &&
            !up_tensor_file_find(onnx->builder->file, onnx->graph->input[i].name))
            return onnx->graph->input[i].name;
    return NULL;
}

static const up_onnx_node *reader_of(const up_onnx *onnx, const char *name)
{
    for (int n = 0; n < onnx->graph->nodes; n++)
        for (int i = 0; i < onnx->graph->node[n].inputs; i++)
            if (strcmp(onnx->graph->node[n].input[i], name) == 0)
                return &onnx->graph->node[n];
    return NULL;
}

/* The first node behind the input that is more than arithmetic on its samples. */
static const up_onnx_node *first_op(const up_onnx *onnx, const char *name)
{
    static const char *const plain[] = { "Cast", "Identity", "Mul",  "Div", "Add",
                                         "Sub",  "Pad",      "Clip", NULL };
    const up_onnx_node *node = reader_of(onnx, name);
    for (int i = 0, steps = 0; node && plain[i] && steps < 16; i++)
        if (strcmp(node->op, plain[i]) == 0 && node->outputs) {
            node = reader_of(onnx, node->output[0]);
            steps++;
            i = -1;
        }
    return node;
}

/* Whether the graph begins by putting the channels, which come last, first. */
static bool is_channels_last(const up_onnx *onnx, const char *name, int dims)
{
    const up_onnx_node *node = first_op(onnx, name);
    const up_onnx_attribute *perm =
        node && strcmp(node->op, "Transpose") == 0 ? up_onnx_find(node, "perm") : NULL;
    static const int64_t order[] = { 0, 3, 1, 2 };
    return dims == 4 && perm && perm->wholes && perm->count == 4 &&
           memcmp(perm->wholes, order, sizeof order) == 0;
}

/* Where the file leaves it open: what the first convolution takes. */
static int64_t channels_of_weights(const up_onnx *onnx, const char *name)
{
    const up_onnx_node *node = first_op(onnx, name);
    const up_tensor *weight = node && strcmp(node->op, "Conv") == 0 && node->inputs > 1
                                  ? up_tensor_file_find(onnx->builder->file, node->input[1])
                                  : NULL;
    const up_onnx_attribute *group = weight ? up_onnx_find(node, "group") : NULL;
    const size_t groups = group && group->whole > 0 ? (size_t)group->whole : 1;
    size_t channels = 0;
    if (weight && weight->dims == 4 && up_mul(weight->shape[1], groups, &channels) &&
        channels <= MOST_PARAMETER)
        return (int64_t)channels;
    return 0;
}

static void set_probes(up_onnx *onnx)
{
    /* Odd ones, where sizes that are reduced are no whole ones, and multiples of much. */
    static const int sizes[2][UP_ONNX_PROBES] = {
        { 240, 1009, 2018, 4036, 40320, 80640, 120960, 201600 },
        { 336, 1013, 2026, 4052, 120960, 40320, 201600, 80640 },
    };
    for (int axis = 0; axis < 2; axis++) {
        for (int p = 0; p < UP_ONNX_PROBES; p++)
            onnx->probe[axis][p] = sizes[axis][p];
        if (onnx->declared[axis])
            onnx->probe[axis][0] = onnx->declared[axis];
    }
}

static up_status read_input(up_onnx *onnx, const up_onnx_info *info)
{
    up_onnx_entry *entry = find_entry(onnx, info->name);
    const bool last = is_channels_last(onnx, info->name, info->dims);
    const int first = info->dims - 3, at = last ? 3 : first;
    char label[UP_LABEL];
    if (info->dims != 3 && info->dims != 4)
        return up_onnx_refuse(onnx, "the input %s has %d axes, and not the 4 of a picture",
                              up_label(label, info->name), info->dims);
    if (first && info->dim[0] > 1)
        return up_onnx_refuse(onnx, "works on %lld pictures at once", (long long)info->dim[0]);
    const int64_t channels = info->dim[at] ? info->dim[at] : channels_of_weights(onnx, info->name);
    if (channels < 1 || channels > MOST_PARAMETER)
        return up_onnx_refuse(onnx, "the graph does not say how many channels come in");
    for (int axis = 0; axis < 2; axis++) {
        const int64_t size = info->dim[(last ? 1 : first + 1) + axis];
        onnx->declared[axis] = size <= MOST_PARAMETER ? (int)size : 0;
    }
    set_probes(onnx);
    onnx->builder->network->in_channels = (int)channels;
    onnx->builder->network->channels_last = last;
    up_onnx_view view = up_onnx_view_of(onnx, UP_NETWORK_INPUT), *kept;
    const up_onnx_view planes = view;
    UP_TRY(up_onnx_keep(onnx, 1, sizeof *kept, &kept));
    for (int d = 0; d < info->dims; d++) {
        static const int order[] = { 0, 2, 3, 1 };
        const int from = last ? order[d] : d + 1 - first;
        view.factors[d] = planes.factors[from];
        memcpy(view.factor[d], planes.factor[from], sizeof view.factor[d]);
    }
    view.dims = info->dims;
    *kept = view;
    entry->value.picture = kept;
    return UP_OK;
}

/* ---------------------------------------------------------------- the graph */

static up_status read_tensors(up_onnx *onnx)
{
    for (size_t i = 0; i < onnx->entries; i++) {
        up_onnx_entry *entry = &onnx->entry[i];
        if (entry->tensor < 0)
            continue;
        const up_tensor *tensor = up_tensor_file_at(onnx->builder->file, entry->tensor);
        if (tensor->dims <= UP_ONNX_RANK) /* else it is as if there were none */
            UP_TRY(up_onnx_tensor_constant(onnx, tensor, true, &entry->value.constant));
    }
    return UP_OK;
}

static up_status read_output(up_onnx *onnx)
{
    const up_onnx_entry *entry =
        onnx->graph->outputs ? find_entry(onnx, onnx->graph->output[0].name) : NULL;
    const double one = 1, zero = 0;
    up_onnx_view pure;
    int dim[3];
    char label[UP_LABEL];
    if (!entry)
        return up_onnx_refuse(
            onnx, "nothing makes the output %s of the graph",
            up_label(label, onnx->graph->outputs ? onnx->graph->output[0].name : ""));
    if (entry->node >= 0)
        UP_TRY(walk(onnx, entry->node));
    onnx->node = NULL;
    if (!entry->value.picture)
        return up_onnx_refuse(onnx, "the output does not depend on the picture");
    UP_TRY(up_onnx_pure(onnx, entry->value.picture, &pure, dim));
    if (pure.node == UP_NETWORK_INPUT) /* a network has at least one layer */
        UP_TRY(up_onnx_affine(onnx, pure.node, &one, &zero, 1, &pure.node));
    onnx->builder->network->output = pure.node;
    return UP_OK;
}

/* What other outputs need, and constants that were folded. */
static void ignore_the_rest(const up_onnx *onnx)
{
    static const float nothing;
    for (int i = 0; i < up_tensor_file_count(onnx->builder->file); i++)
        if (!onnx->builder->taken[i].value)
            onnx->builder->taken[i].value = &nothing;
}

static up_status read_graph(up_onnx *onnx)
{
    const char *name = only_picture(onnx);
    if (!name)
        return up_onnx_refuse(onnx, "the graph has no input");
    UP_TRY(list_names(onnx));
    for (int i = 0; i < onnx->graph->inputs; i++)
        if (strcmp(onnx->graph->input[i].name, name) == 0) {
            UP_TRY(read_input(onnx, &onnx->graph->input[i]));
            break;
        }
    UP_TRY(read_tensors(onnx));
    UP_TRY(read_output(onnx));
    ignore_the_rest(onnx);
    return UP_OK;
}

up_status up_onnx_read(up_network_builder *builder, const void *content)
{
    up_onnx onnx = { .builder = builder, .graph = content, .planes = MOST_PLANES };
    size_t size;
    up_tensor_file_data(builder->file, &size);
    if (!up_mul(size, BUDGET, &onnx.budget) || !up_add(onnx.budget, LEAST_BUDGET, &onnx.budget))
        onnx.budget = SIZE_MAX;
    builder->network->family = "ONNX graph";
    up_status status = read_graph(&onnx);
    while (onnx.blocks) {
        up_onnx_block *next = onnx.blocks->next;
        up_free(onnx.blocks);
        onnx.blocks = next;
    }
    return status;
}
