#include "pipeline/graph.h"

#include "base/memory.h"
#include "ops/arrange.h"

#include <stdlib.h>
#include <string.h>

#define BLOCK_COLUMNS 192  /* blocks are a multiple of this */
#define BLOCK_FLOATS 12288 /* of fused blocks: what the first-level cache can hold */

void up_graph_init(up_graph *graph)
{
    *graph = (up_graph){ 0 };
}

void up_graph_free(up_graph *graph)
{
    for (int i = 0; i < graph->count; i++)
        up_op_destroy(&graph->node[i].op);
    free(graph->node);
    free(graph->output);
    up_free(graph->input_end);
    up_graph_init(graph);
}

static up_status append(up_graph *graph, const up_node *node, int *index, up_error *error)
{
    if (graph->count == graph->capacity) {
        int capacity = graph->capacity ? 2 * graph->capacity : 16;
        up_node *grown = realloc(graph->node, capacity * sizeof *grown);
        if (!grown)
            return up_fail_memory(error, "the graph", capacity * sizeof *grown);
        graph->node = grown;
        graph->capacity = capacity;
    }
    *index = graph->count;
    graph->node[graph->count++] = *node;
    return UP_OK;
}

up_status up_graph_add_input(up_graph *graph, const up_shape *shape, up_error *error)
{
    int index;
    return append(graph, &(up_node){ .shape = *shape }, &index, error);
}

/* A tensor has one kind of side padding: a consumer that wants another gets a copy of it. */
static up_status settle_edge(up_graph *graph, int *from, up_edge edge, up_error *error)
{
    up_node *node = &graph->node[*from];
    if (node->edge_fixed && node->edge != edge) {
        up_op *copy;
        up_shape shape = node->shape;
        UP_TRY(up_select_plan(&copy, &shape, 0, shape.channels, error));
        UP_TRY(up_graph_add(graph, copy, from, from, error));
        node = &graph->node[*from];
    }
    node->edge_fixed = true;
    node->edge = edge;
    return UP_OK;
}

up_status up_graph_check_room(const up_graph *graph, size_t bytes, up_error *error)
{
    const size_t most = graph->most_bytes;
    if (!most || (graph->held_bytes <= most && bytes <= most - graph->held_bytes))
        return UP_OK;
    return up_fail(error, UP_ERROR_LIMIT,
                   "the weights would need %zu MiB of memory, more than the %zu MiB allowed; raise "
                   "--max-memory",
                   ((graph->held_bytes + bytes) >> 20) + 1, most >> 20);
}

up_status up_graph_add(up_graph *graph, up_op *op, const int *input, int *node, up_error *error)
{
    up_node added = { .op = op, .shape = op->out };
    memcpy(added.input, input, op->inputs * sizeof *input);
    up_status status = up_graph_check_room(graph, op->bytes, error);
    graph->held_bytes += op->bytes;
    for (int i = 0; i < op->inputs && status == UP_OK; i++)
        if (up_op_reach(op, i) > 0)
            status = settle_edge(graph, &added.input[i], op->edge[i], error);
    if (status == UP_OK)
        status = append(graph, &added, node, error);
    if (status != UP_OK)
        up_op_destroy(&op);
    return status;
}

static up_status add_joined(up_graph *graph, const int *input, int inputs, int *node,
                            up_error *error)
{
    up_shape shape[UP_MAX_INPUTS];
    up_op *op;
    for (int i = 0; i < inputs; i++)
        shape[i] = *up_graph_shape(graph, input[i]);
    UP_TRY(up_concat_plan(&op, shape, inputs, error));
    return up_graph_add(graph, op, input, node, error);
}

up_status up_graph_add_concat(up_graph *graph, const int *input, int inputs, int *node,
                              up_error *error)
{
    int part[UP_MAX_INPUTS];
    part[0] = input[0];
    for (int done = 1; done < inputs;) {
        int more = up_min(inputs - done, UP_MAX_INPUTS - 1);
        memcpy(part + 1, input + done, more * sizeof *part);
        UP_TRY(add_joined(graph, part, more + 1, &part[0], error));
        done += more;
    }
    *node = part[0];
    return UP_OK;
}

up_status up_graph_mark_output(up_graph *graph, int node, up_error *error)
{
    int *grown = realloc(graph->output, (graph->outputs + 1) * sizeof *grown);
    if (!grown)
        return up_fail_memory(error, "the graph", (graph->outputs + 1) * sizeof *grown);
    graph->output = grown;
    graph->output[graph->outputs++] = node;
    graph->node[node].output = true;
    return UP_OK;
}

/* Floats per column of all blocks that are fused into a node. */
static int fused_floats(const up_graph *graph, const up_node *node, int rows)
{
    int floats = 0;
    for (int i = 0; i < node->op->inputs; i++) {
        const up_node *fused = up_graph_fused(graph, node, i);
        if (fused)
            floats += fused->op->out.channels * rows + fused_floats(graph, fused, rows);
    }
    return floats;
}

void up_graph_fuse(up_graph *graph)
{
    for (int n = 1; n < graph->count; n++) {
        up_node *node = &graph->node[n];
        int consumers = 0;
        for (int m = n + 1; m < graph->count; m++)
            for (int i = 0; i < graph->node[m].op->inputs; i++)
                if (graph->node[m].input[i] == n)
                    consumers += graph->node[m].op->pointwise ? 1 : 2;
        node->fused = consumers == 1 && !node->output && !node->shape.raw;
        node->step = node->op->step;
        for (int i = 0; i < node->op->inputs; i++)
            if (up_graph_fused(graph, node, i))
                node->step = up_max(node->step, graph->node[node->input[i]].step);
        int floats = fused_floats(graph, node, node->step);
        int columns = floats ? up_clamp(BLOCK_FLOATS / floats, BLOCK_COLUMNS, 2048) : 0;
        node->block = columns / BLOCK_COLUMNS * BLOCK_COLUMNS;
    }
}

double up_graph_multiply_adds(const up_graph *graph)
{
    double sum = 0;
    for (int n = 1; n < graph->count; n++)
        sum += graph->node[n].op->multiply_adds * graph->node[n].shape.height;
    return sum;
}

void up_graph_window(const up_node *node, int input, int y, int rows, int *first, int *end)
{
    int unused;
    node->op->span(node->op, input, y, first, &unused);
    node->op->span(node->op, input, y + rows - 1, &unused, end);
}

int up_graph_chunk_end(const up_graph *graph, int output, int chunk)
{
    const up_node *node = &graph->node[graph->output[output]];
    int64_t end = (int64_t)node->shape.height * (chunk + 1) / graph->chunks;
    return up_min(node->shape.height, (int)up_round_up((size_t)end, node->step));
}
