#include "pipeline/graph.h"

#include "base/memory.h"
#include "ops/arrange.h"

#include <stdlib.h>
#include <string.h>

#define WIDE_BYTES 98304.0 /* of all channels of a row */
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
    up_free(graph->rings);
    free(graph->node);
    free(graph->output);
    free(graph->input_end);
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
    return append(graph, &(up_node){ .ring.shape = *shape }, &index, error);
}

/* A tensor has one kind of side padding: a consumer that wants another gets a copy of it. */
static up_status settle_edge(up_graph *graph, int *from, up_edge edge, int reach, up_error *error)
{
    up_node *node = &graph->node[*from];
    if (node->edge_fixed && node->ring.edge != edge) {
        up_op *copy;
        up_shape shape = node->ring.shape;
        UP_TRY(up_select_plan(&copy, &shape, 0, shape.channels, error));
        UP_TRY(up_graph_add(graph, copy, *from, -1, from, error));
        node = &graph->node[*from];
    }
    node->edge_fixed = true;
    node->ring.edge = edge;
    node->ring.reach = up_max(node->ring.reach, reach);
    return UP_OK;
}

up_status up_graph_add(up_graph *graph, up_op *op, int a, int b, int *node, up_error *error)
{
    up_node added = { .op = op, .input = { a, b }, .ring.shape = op->out };
    up_status status = UP_OK;
    for (int i = 0; i < op->inputs && status == UP_OK; i++)
        if (op->reach[i] > 0)
            status = settle_edge(graph, &added.input[i], op->edge[i], op->reach[i], error);
    if (status == UP_OK)
        status = append(graph, &added, node, error);
    if (status != UP_OK)
        up_op_destroy(&op);
    return status;
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

/* Scratch for rows y .. y + rows - 1 of a node, with all that is fused into it. */
static size_t call_bytes(const up_graph *graph, const up_node *node, int y, int rows, int columns)
{
    const up_op *op = node->op;
    size_t pointers = (size_t)op->out.channels * rows, inside = 0;
    for (int i = 0; i < op->inputs; i++) {
        const up_node *fused = up_graph_fused(graph, node, i);
        int first, end;
        up_graph_window(node, i, y, rows, &first, &end);
        pointers += (size_t)up_max(0, end - first) * op->in[i].channels;
        if (!fused)
            continue;
        size_t block = (size_t)op->in[i].channels * rows;
        inside += up_round_up(block * sizeof(void *), UP_ALIGN) + block * columns * sizeof(float) +
                  UP_ALIGN;
        inside += call_bytes(graph, fused, y, rows, columns);
    }
    return up_round_up(pointers * sizeof(void *), UP_ALIGN) + up_round_up(op->scratch, UP_ALIGN) +
           inside;
}

static void measure_calls(up_graph *graph, const up_node *node)
{
    int rows;
    for (int y = node->made; y < node->next; y += rows) {
        rows = up_min(node->step, node->next - y);
        size_t out = (size_t)node->op->out.channels * rows * sizeof(void *);
        size_t bytes = up_round_up(out, UP_ALIGN) + call_bytes(graph, node, y, rows, node->block);
        if (bytes > graph->scratch)
            graph->scratch = bytes;
    }
}

static void walk_band(up_graph *graph)
{
    for (int n; (n = up_graph_next(graph)) > 0; up_graph_advance(graph, n)) {
        up_node *node = &graph->node[n];
        measure_calls(graph, node);
        if (!node->output)
            node->ring.rows = up_max(node->ring.rows, node->next - up_graph_oldest(graph, n));
    }
}

static bool is_wide(const up_graph *graph)
{
    for (int n = 0; n < graph->count; n++) {
        const up_shape *shape = up_graph_shape(graph, n);
        if ((double)shape->width * shape->bytes * shape->channels > WIDE_BYTES)
            return true;
    }
    return false;
}

static bool has_ring(const up_node *node)
{
    return !node->output && !node->fused && !node->ring.bound;
}

static up_status lay_out(up_graph *graph, up_error *error)
{
    for (int n = 0; n < graph->count; n++) {
        up_ring *ring = &graph->node[n].ring;
        if (has_ring(&graph->node[n]) && !up_ring_layout(ring))
            return up_fail(error, UP_ERROR_LIMIT, "%d columns of %d channels are too much",
                           ring->shape.width, ring->shape.channels);
    }
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
        node->fused = consumers == 1 && !node->output && !node->ring.shape.raw;
        node->step = node->op->step;
        for (int i = 0; i < node->op->inputs; i++)
            if (up_graph_fused(graph, node, i))
                node->step = up_max(node->step, graph->node[node->input[i]].step);
        int floats = fused_floats(graph, node, node->step);
        int columns = floats ? up_clamp(BLOCK_FLOATS / floats, BLOCK_COLUMNS, 2048) : 0;
        node->block = columns / BLOCK_COLUMNS * BLOCK_COLUMNS;
    }
    graph->wide = is_wide(graph);
}

static void share_band(up_graph *graph)
{
    int64_t height = up_graph_shape(graph, graph->output[0])->height;
    for (int n = 1; n < graph->count; n++) {
        up_node *node = &graph->node[n];
        int64_t rows = (graph->band * (int64_t)node->ring.shape.height + height - 1) / height;
        node->share = (int)up_round_up((size_t)rows, node->step);
    }
}

up_status up_graph_prepare(up_graph *graph, int chunks, int band, up_error *error)
{
    graph->chunks = chunks;
    graph->band = band;
    graph->scratch = 0;
    free(graph->input_end);
    graph->input_end = malloc(chunks * sizeof *graph->input_end);
    if (!graph->input_end)
        return up_fail_memory(error, "the graph", chunks * sizeof *graph->input_end);
    for (int n = 0; n < graph->count; n++)
        graph->node[n].ring.rows = 1;
    share_band(graph);
    up_graph_rewind(graph);
    up_ring *input = &graph->node[0].ring;
    int kept = 0; /* oldest input row in use while the chunk before is computed */
    for (int c = 0; c < chunks; c++) {
        int oldest = up_graph_oldest(graph, 0);
        while (up_graph_next_band(graph, c))
            walk_band(graph);
        int end = c == chunks - 1 ? input->shape.height : graph->node[0].made;
        graph->input_end[c] = end;
        input->rows = up_max(input->rows, end - up_min(kept, end - 1));
        kept = oldest;
    }
    up_graph_rewind(graph);
    return lay_out(graph, error);
}

size_t up_graph_bytes(const up_graph *graph)
{
    size_t bytes = 0;
    for (int n = 0; n < graph->count; n++)
        if (has_ring(&graph->node[n]))
            bytes += up_ring_bytes(&graph->node[n].ring);
    return bytes;
}

up_status up_graph_allocate(up_graph *graph, up_error *error)
{
    size_t bytes = up_graph_bytes(graph);
    unsigned char *block = graph->rings = up_alloc_zero(1, bytes);
    if (!block)
        return up_fail_memory(error, "rings of rows", bytes);
    for (int n = 0; n < graph->count; n++) {
        up_ring *ring = &graph->node[n].ring;
        if (!has_ring(&graph->node[n]))
            continue;
        up_ring_place(ring, block);
        block += up_ring_bytes(ring);
    }
    return UP_OK;
}

double up_graph_multiply_adds(const up_graph *graph)
{
    double sum = 0;
    for (int n = 1; n < graph->count; n++)
        sum += graph->node[n].op->multiply_adds * graph->node[n].ring.shape.height;
    return sum;
}
