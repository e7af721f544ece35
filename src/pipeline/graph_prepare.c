/* The dry run: what must be kept, and what a call takes. */
#include "pipeline/walk.h"

#include "base/memory.h"

/* Scratch for rows y .. y + rows - 1 of a node, with all that is fused into it: what engine.c
 * takes. */
static size_t call_bytes(const up_graph *graph, const up_node *node, int y, int rows, int columns)
{
    const up_op *op = node->op;
    size_t pointers = (size_t)op->out.channels * rows, inside = 0;
    for (int i = 0; i < op->inputs; i++) {
        int first, end;
        up_graph_window(node, i, y, rows, &first, &end);
        pointers += (size_t)up_max(0, end - first) * op->in[i].channels;
    }
    for (int k = 0; k < node->pieces && node->inside > 0; k++) {
        const up_node *fused = &graph->node[node->piece[k].node];
        if (!fused->fused)
            continue;
        size_t block = (size_t)fused->shape.channels * rows;
        inside += up_round_up(block * sizeof(void *), UP_ALIGN) +
                  up_round_up(block * columns * sizeof(float) + UP_ALIGN, UP_ALIGN);
        inside += call_bytes(graph, fused, y, rows, columns);
    }
    return up_round_up(pointers * sizeof(void *), UP_ALIGN) + up_round_up(op->scratch, UP_ALIGN) +
           up_round_up(node->pieces * sizeof(void *), UP_ALIGN) + inside;
}

static void measure_calls(up_graph *graph, const up_node *node, const up_progress *at)
{
    int rows;
    for (int y = at->made; y < at->next; y += rows) {
        rows = up_min(node->step, at->next - y);
        size_t out = (size_t)node->op->out.channels * rows * sizeof(void *);
        size_t bytes = up_round_up(out, UP_ALIGN) + call_bytes(graph, node, y, rows, node->block);
        if (bytes > graph->scratch)
            graph->scratch = bytes;
    }
}

static void walk_band(up_graph *graph, up_walk *walk)
{
    for (int n; (n = up_walk_next(walk)) > 0; up_walk_advance(walk, n)) {
        up_node *node = &graph->node[n];
        const up_progress *at = &walk->node[n];
        measure_calls(graph, node, at);
        if (!node->output)
            node->rows = up_max(node->rows, at->next - up_walk_oldest(walk, n));
    }
}

static void share_band(up_graph *graph)
{
    int64_t height = up_graph_shape(graph, graph->output[up_graph_highest(graph)])->height;
    for (int n = graph->inputs; n < graph->count; n++) {
        up_node *node = &graph->node[n];
        int64_t rows = (graph->band * (int64_t)node->shape.height + height - 1) / height;
        node->share = (int)up_round_up((size_t)rows, node->step);
    }
}

/* The rows of what is given that a band uses. */
static void walk_given(up_graph *graph, up_walk *walk, int chunk)
{
    for (bool more = true; more;) {
        for (int n = 0; n < graph->inputs; n++)
            walk->node[n].next = up_walk_oldest(walk, n);
        more = up_walk_next_band(walk, chunk);
        for (int n = 0; n < graph->inputs; n++) {
            up_node *given = &graph->node[n];
            given->share = up_max(given->share, walk->node[n].made - walk->node[n].next);
        }
        walk_band(graph, walk);
    }
}

static void walk_chunks(up_graph *graph, up_walk *walk)
{
    up_node *input = &graph->node[0];
    int kept = input->first; /* oldest input row in use while the chunk before is computed */
    for (int c = 0; c < graph->chunks; c++) {
        int oldest = up_walk_oldest(walk, 0);
        walk_given(graph, walk, c);
        int end = c == graph->chunks - 1 ? input->end : walk->node[0].made;
        graph->input_end[c] = end;
        input->rows = up_max(input->rows, end - up_min(kept, end - 1));
        kept = oldest;
    }
}

up_status up_graph_prepare(up_graph *graph, int chunks, int band, up_error *error)
{
    graph->chunks = chunks;
    graph->band = band;
    graph->scratch = 0;
    up_free(graph->input_end);
    graph->input_end = up_alloc(chunks, sizeof *graph->input_end);
    if (!graph->input_end)
        return up_fail_memory(error, "the graph", chunks * sizeof *graph->input_end);
    for (int n = 0; n < graph->count; n++)
        graph->node[n].rows = graph->node[n].share = 1;
    share_band(graph);
    up_walk walk;
    UP_TRY(up_walk_init(&walk, graph, error));
    walk_chunks(graph, &walk);
    up_walk_free(&walk);
    return UP_OK;
}

int up_graph_highest(const up_graph *graph)
{
    int highest = 0;
    for (int o = 1; o < graph->outputs; o++)
        if (up_graph_shape(graph, graph->output[o])->height >
            up_graph_shape(graph, graph->output[highest])->height)
            highest = o;
    return highest;
}

int up_graph_chunk_end(const up_graph *graph, int output, int chunk)
{
    const up_node *node = &graph->node[graph->output[output]];
    int64_t rows = (int64_t)(node->end - node->first) * (chunk + 1) / graph->chunks;
    return up_min(node->end, node->first + (int)up_round_up((size_t)rows, node->step));
}
