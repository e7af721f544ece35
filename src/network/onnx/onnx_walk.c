/* SPDX-License-Identifier: MIT */
/* Walking an ONNX graph from its output. */

#include "network/onnx/onnx_graph.h"

#include "base/memory.h"
#include "network/onnx/onnx_ops.h"
#include "weights/label.h"

#include <string.h>

#define MOST_PLANES ((size_t)1 << 24)
#define LEAST_BUDGET ((size_t)64 << 20) /* bytes */
#define BUDGET 16                       /* bytes for each of the file's */

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
    const up_onnx_entry *entry = up_onnx_entry_of(onnx, name);
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
        channels <= UP_ONNX_MOST_PARAMETER)
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
    up_onnx_entry *entry = up_onnx_entry_of(onnx, info->name);
    const bool last = is_channels_last(onnx, info->name, info->dims);
    const int first = info->dims - 3, at = last ? 3 : first;
    char label[UP_LABEL];
    if (info->dims != 3 && info->dims != 4)
        return up_onnx_refuse(onnx, "the input %s has %d axes, and not the 4 of a picture",
                              up_label(label, info->name), info->dims);
    if (first && info->dim[0] > 1)
        return up_onnx_refuse(onnx, "works on %lld pictures at once", (long long)info->dim[0]);
    const int64_t channels = info->dim[at] ? info->dim[at] : channels_of_weights(onnx, info->name);
    if (channels < 1 || channels > UP_ONNX_MOST_PARAMETER)
        return up_onnx_refuse(onnx, "the graph does not say how many channels come in");
    for (int axis = 0; axis < 2; axis++) {
        const int64_t size = info->dim[(last ? 1 : first + 1) + axis];
        onnx->declared[axis] = size <= UP_ONNX_MOST_PARAMETER ? (int)size : 0;
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
        onnx->graph->outputs ? up_onnx_entry_of(onnx, onnx->graph->output[0].name) : NULL;
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
    UP_TRY(up_onnx_list_names(onnx));
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
    up_onnx_release(&onnx);
    return status;
}
