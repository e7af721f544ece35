/* SPDX-License-Identifier: MIT */
#include "network/onnx/onnx_graph.h"

#include "base/memory.h"
#include "weights/label.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

void up_onnx_release(up_onnx *onnx)
{
    while (onnx->blocks) {
        up_onnx_block *next = onnx->blocks->next;
        up_free(onnx->blocks);
        onnx->blocks = next;
    }
}

/* ---------------------------------------------------------------- names */

static int compare_entries(const void *a, const void *b)
{
    return strcmp(((const up_onnx_entry *)a)->name, ((const up_onnx_entry *)b)->name);
}

up_onnx_entry *up_onnx_entry_of(const up_onnx *onnx, const char *name)
{
    const up_onnx_entry key = { .name = name };
    return *name ? bsearch(&key, onnx->entry, onnx->entries, sizeof key, compare_entries) : NULL;
}

static void add_entry(up_onnx *onnx, const char *name, int node, int tensor)
{
    if (*name)
        onnx->entry[onnx->entries++] = (up_onnx_entry){ name, node, tensor, { NULL, NULL } };
}

up_status up_onnx_list_names(up_onnx *onnx)
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
        i >= 0 && i < onnx->node->inputs ? up_onnx_entry_of(onnx, onnx->node->input[i]) : NULL;
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
        output < onnx->node->outputs ? up_onnx_entry_of(onnx, onnx->node->output[output]) : NULL;
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
        if (attribute->wholes[i] < 0 || attribute->wholes[i] > UP_ONNX_MOST_PARAMETER)
            return up_onnx_refuse(onnx, "%s must be from 0 to %d", name, UP_ONNX_MOST_PARAMETER);
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
