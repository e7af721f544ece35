/* SPDX-License-Identifier: MIT */
/* The dry run: what must be kept, and what a call takes. */

#include "pipeline/graph.h"

#include "pipeline/period.h"

#include "base/memory.h"

#define MOST_CHUNKS (1 << 20)
#define FEW_ROWS 64 /* of a call: to be looked at one by one */
#define MOST_PERIOD 4096

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

static int64_t common_multiple(int64_t a, int64_t b)
{
    int64_t x = a, y = b;
    while (y) {
        const int64_t rest = x % y;
        x = y;
        y = rest;
    }
    return a / x * b;
}

/* After so many rows calls of a node, and of all that is fused into it, read as many rows again; 0:
 * never, or not soon. */
static int call_period(const up_graph *graph, const up_node *node)
{
    int64_t period = common_multiple(node->step, node->op->step);
    for (int i = 0; i < node->op->inputs && period > 0; i++) {
        int rows = 0, advance = 0;
        if (node->op->repeat)
            node->op->repeat(node->op, i, &rows, &advance);
        period = rows > 0 ? common_multiple(period, rows) : 0;
        period = period <= MOST_PERIOD ? period : 0;
    }
    for (int k = 0; k < node->pieces && node->inside > 0 && period > 0; k++) {
        const up_node *fused = &graph->node[node->piece[k].node];
        const int more = fused->fused ? call_period(graph, fused) : 1;
        period = more > 0 ? common_multiple(period, more) : 0;
        period = period <= MOST_PERIOD ? period : 0;
    }
    return (int)period;
}

/* Whether what calls from row y to row `last` read repeats: it is the same, or all inside the
 * inputs, or all beyond one end. */
static bool reads_alike(const up_graph *graph, const up_node *node, int y, int last)
{
    for (int i = 0; i < node->op->inputs; i++) {
        int first[2], end[2];
        const int height = node->op->in[i].height;
        up_graph_window(node, i, y, node->step, &first[0], &end[0]);
        up_graph_window(node, i, last, node->step, &first[1], &end[1]);
        const bool same = first[0] == first[1] && end[0] == end[1];
        const bool inside = first[0] > 0 && end[1] < height;
        if (!same && !inside && end[1] > 0 && first[0] < height)
            return false;
    }
    for (int k = 0; k < node->pieces && node->inside > 0; k++) {
        const up_node *fused = &graph->node[node->piece[k].node];
        if (fused->fused && !reads_alike(graph, fused, y, last))
            return false;
    }
    return true;
}

/* Rows from y on, a multiple of the period, that are like its first ones. */
static int rows_alike(const up_graph *graph, const up_node *node, int y, int end, int period)
{
    int low = 0, high = period > 0 ? (end - y) / period - 1 : 0;
    while (low < high) {
        const int middle = low + (high - low + 1) / 2;
        if (reads_alike(graph, node, y, y + middle * period))
            low = middle;
        else
            high = middle - 1;
    }
    return low * period;
}

static void measure_calls(up_graph *graph, const up_node *node, const up_progress *at)
{
    const int period = at->next - at->made > FEW_ROWS ? call_period(graph, node) : 0;
    for (int y = at->made, rows; y < at->next;) {
        const int start = y, alike = rows_alike(graph, node, y, at->next, period);
        do {
            rows = up_min(node->step, at->next - y);
            size_t out = (size_t)node->op->out.channels * rows * sizeof(void *);
            size_t bytes =
                up_round_up(out, UP_ALIGN) + call_bytes(graph, node, y, rows, node->block);
            if (bytes > graph->scratch)
                graph->scratch = bytes;
            y += rows;
        } while (y < start + up_min(alike, period));
        y = up_max(y, start + alike);
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

typedef struct {
    up_graph *graph;
    up_walk walk;
    up_recurrence bands, chunks;
    const volatile int *cancel;
} dry_run;

/* The rows of what is given that a band uses; false when the chunk is complete. */
static bool walk_given(dry_run *d, int chunk)
{
    up_graph *graph = d->graph;
    up_walk *walk = &d->walk;
    for (int n = 0; n < graph->inputs; n++)
        walk->node[n].next = up_walk_oldest(walk, n);
    const bool more = up_walk_next_band(walk, chunk);
    for (int n = 0; n < graph->inputs; n++) {
        up_node *given = &graph->node[n];
        given->share = up_max(given->share, walk->node[n].made - walk->node[n].next);
    }
    walk_band(graph, walk);
    return more;
}

static up_status walk_chunk(dry_run *d, int chunk, up_error *error)
{
    up_recurrence_begin(&d->bands, &d->walk);
    while (walk_given(d, chunk)) {
        if (d->cancel && __atomic_load_n(d->cancel, __ATOMIC_RELAXED))
            return up_fail(error, UP_ERROR_INTERRUPTED, "interrupted");
        const int64_t times = up_recurrence_find(&d->bands, &d->walk, 0, chunk);
        if (times > 0) {
            up_recurrence_skip(&d->bands, &d->walk, times);
            up_recurrence_begin(&d->bands, &d->walk);
        }
    }
    return UP_OK;
}

/* Chunks that are like those before; how many. Not the last two: what the input ring must hold lies
 * between a chunk and the one before it, and the first pair of those that are alike is still to be
 * seen. */
static int repeat_chunks(dry_run *d, int chunk, int *kept)
{
    up_graph *graph = d->graph;
    int64_t times = up_recurrence_find(&d->chunks, &d->walk, graph->chunk_rows, -1);
    if (times == 0)
        return 0;
    const int64_t age = d->chunks.age, left = up_max(0, graph->chunks - 3 - chunk) / age;
    times = times < left ? times : left;
    const int moves = d->chunks.shift[0], count = (int)(times * age);
    for (int c = chunk + 1; c <= chunk + count; c++)
        graph->input_end[c] = graph->input_end[c - age] + moves;
    *kept += (int)(times * moves);
    up_recurrence_skip(&d->chunks, &d->walk, times);
    up_recurrence_begin(&d->chunks, &d->walk);
    return count;
}

static up_status walk_chunks(dry_run *d, up_error *error)
{
    up_graph *graph = d->graph;
    up_node *input = &graph->node[0];
    int kept = input->first; /* oldest input row in use while the chunk before is computed */
    up_recurrence_begin(&d->chunks, &d->walk);
    for (int c = 0; c < graph->chunks; c++) {
        int oldest = up_walk_oldest(&d->walk, 0);
        UP_TRY(walk_chunk(d, c, error));
        int end = c == graph->chunks - 1 ? input->end : d->walk.node[0].made;
        graph->input_end[c] = end;
        input->rows = up_max(input->rows, end - up_min(kept, end - 1));
        kept = oldest;
        c += repeat_chunks(d, c, &kept);
    }
    return UP_OK;
}

static up_status walk_all(dry_run *d, up_error *error)
{
    UP_TRY(up_walk_init(&d->walk, d->graph, error));
    UP_TRY(up_recurrence_init(&d->bands, d->graph, error));
    UP_TRY(up_recurrence_init(&d->chunks, d->graph, error));
    return walk_chunks(d, error);
}

static int made_rows(const up_node *node)
{
    return node->end - node->first;
}

/* Of the highest output; what nobody reads has none. */
static int most_rows(const up_graph *graph)
{
    return up_max(1, made_rows(&graph->node[graph->output[up_graph_highest(graph)]]));
}

/* Chunks of as many rows each. */
static up_status divide(up_graph *graph, int chunks, up_error *error)
{
    const int64_t rows = most_rows(graph);
    chunks = up_clamp(chunks, 1, MOST_CHUNKS);
    graph->chunk_rows = (int)((rows + chunks - 1) / chunks);
    graph->chunks = (int)((rows + graph->chunk_rows - 1) / graph->chunk_rows);
    up_free(graph->input_end);
    graph->input_end = up_alloc(graph->chunks, sizeof *graph->input_end);
    return graph->input_end
               ? UP_OK
               : up_fail_memory(error, "the graph", graph->chunks * sizeof *graph->input_end);
}

up_status up_graph_prepare(up_graph *graph, int chunks, int band, const volatile int *cancel,
                           up_error *error)
{
    graph->band = band;
    graph->scratch = 0;
    UP_TRY(divide(graph, chunks, error));
    for (int n = 0; n < graph->count; n++)
        graph->node[n].rows = graph->node[n].share = 1;
    share_band(graph);
    dry_run d = { .graph = graph, .cancel = cancel };
    up_status status = walk_all(&d, error);
    up_recurrence_free(&d.chunks);
    up_recurrence_free(&d.bands);
    up_walk_free(&d.walk);
    return status;
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
    const int64_t rows = made_rows(node), most = most_rows(graph);
    int64_t end = (int64_t)(chunk + 1) * graph->chunk_rows;
    end = end < most ? end * rows / most : rows;
    return up_min(node->end, node->first + (int)up_round_up((size_t)end, node->step));
}
