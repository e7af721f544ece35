/* SPDX-License-Identifier: MIT */
#include "pipeline/walk.h"

#include "base/memory.h"
#include "pipeline/ring.h"

up_status up_walk_init(up_walk *walk, const up_graph *graph, up_error *error)
{
    const size_t words = (size_t)graph->count / 64 + 1;
    *walk = (up_walk){ .graph = graph,
                       .node = up_alloc_zero(graph->count, sizeof *walk->node),
                       .candidate = up_alloc_zero(words, sizeof *walk->candidate) };
    if (!walk->node || !walk->candidate) {
        up_walk_free(walk);
        return up_fail_memory(error, "the graph", graph->count * sizeof *walk->node);
    }
    up_walk_rewind(walk);
    return UP_OK;
}

void up_walk_free(up_walk *walk)
{
    up_free(walk->node);
    up_free(walk->candidate);
    *walk = (up_walk){ 0 };
}

void up_walk_rewind(up_walk *walk)
{
    for (int n = 0; n < walk->graph->count; n++)
        walk->node[n] = (up_progress){ .made = walk->graph->node[n].first };
}

static void add_candidate(up_walk *walk, int n)
{
    walk->candidate[n / 64] |= (uint64_t)1 << n % 64;
    walk->words = up_max(walk->words, n / 64 + 1);
}

static void drop_candidate(up_walk *walk, int n)
{
    walk->candidate[n / 64] &= ~((uint64_t)1 << n % 64);
}

/* The one nearest to the output; 0: there is none. */
static int last_candidate(up_walk *walk)
{
    while (walk->words > 0 && walk->candidate[walk->words - 1] == 0)
        walk->words--;
    if (walk->words == 0)
        return 0;
    return 64 * walk->words - 1 - __builtin_clzll(walk->candidate[walk->words - 1]);
}

void up_walk_reads(const up_node *node, int input, int y0, int y1, int *low, int *high)
{
    int first, end;
    up_graph_window(node, input, y0, y1 - y0, &first, &end);
    up_edge_reads(node->op->edge[input], first, end, node->op->in[input].height, low, high);
}

static void spread_need(up_walk *walk, int n)
{
    const up_node *node = &walk->graph->node[n];
    const up_progress *at = &walk->node[n];
    int low, high = 0, input = -1;
    for (int k = 0; k < node->pieces; k++) {
        const up_piece *piece = &node->piece[k];
        if (piece->input != input)
            up_walk_reads(node, piece->input, at->made, at->need, &low, &high);
        input = piece->input;
        walk->node[piece->node].need = up_max(walk->node[piece->node].need, high);
    }
}

/* From the rows wanted of the outputs to the rows needed of everything. */
static void spread_needs(up_walk *walk)
{
    const up_graph *graph = walk->graph;
    for (int n = graph->count - 1; n >= graph->inputs; n--) {
        const up_node *node = &graph->node[n];
        up_progress *at = &walk->node[n];
        at->need = up_min(node->shape.height, (int)up_round_up(at->need, node->step));
        if (at->need <= at->made) {
            at->need = at->made;
            continue;
        }
        if (!node->fused)
            add_candidate(walk, n);
        spread_need(walk, n);
    }
    for (int n = 0; n < graph->inputs; n++)
        walk->node[n].made = walk->node[n].need;
}

/* Rows of an output by the end of the next band, when the highest one will have `made` of `end`. */
static int output_need(const up_walk *walk, int output, int chunk, int made, int end)
{
    const up_graph *graph = walk->graph;
    const int all = up_graph_chunk_end(graph, output, chunk);
    const int64_t height = graph->node[graph->output[output]].shape.height;
    const int64_t most = graph->node[graph->output[up_graph_highest(graph)]].shape.height;
    return made == end ? all : up_min(all, (int)((made * height + most - 1) / most));
}

bool up_walk_next_band(up_walk *walk, int chunk)
{
    const up_graph *graph = walk->graph;
    const int highest = up_graph_highest(graph);
    const int end = up_graph_chunk_end(graph, highest, chunk);
    const int made = up_min(end, walk->node[graph->output[highest]].made + graph->band);
    bool more = false;
    for (int n = 0; n < graph->count; n++)
        walk->node[n].need = walk->node[n].made;
    for (int o = 0; o < graph->outputs; o++) {
        up_progress *at = &walk->node[graph->output[o]];
        at->need = up_max(at->made, output_need(walk, o, chunk, made, end));
        more |= at->need > at->made;
    }
    if (more)
        spread_needs(walk);
    return more;
}

/* Whether all that rows made .. end - 1 read is there. */
static bool is_ready(const up_walk *walk, int n, int end)
{
    const up_node *node = &walk->graph->node[n];
    int low, high = 0, input = -1;
    for (int k = 0; k < node->pieces; k++) {
        const up_piece *piece = &node->piece[k];
        if (piece->input != input)
            up_walk_reads(node, piece->input, walk->node[n].made, end, &low, &high);
        input = piece->input;
        if (walk->graph->node[piece->node].fused ? !is_ready(walk, piece->node, end)
                                                 : walk->node[piece->node].made < high)
            return false;
    }
    return true;
}

/* Where the first rows of a node end, at `end` at the latest: at a multiple of its step up to which
 * all is there, or one step on. */
static int first_end(const up_walk *walk, int n, int end)
{
    const up_node *node = &walk->graph->node[n];
    if (end <= node->first + node->step || is_ready(walk, n, end))
        return end;
    int low = node->first / node->step + 1, high = (end - 1) / node->step;
    while (low < high) {
        const int middle = low + (high - low + 1) / 2;
        if (is_ready(walk, n, middle * node->step))
            low = middle;
        else
            high = middle - 1;
    }
    return low * node->step;
}

int up_walk_next(up_walk *walk)
{
    for (int n; (n = last_candidate(walk)) > 0; drop_candidate(walk, n)) {
        const up_node *node = &walk->graph->node[n];
        up_progress *at = &walk->node[n];
        if (at->made == at->need)
            continue;
        at->next = up_min(at->need, at->made + node->share);
        if (at->made == node->first) /* to end from now on where what it reads ends */
            at->next = first_end(walk, n, at->next);
        if (is_ready(walk, n, at->next))
            return n;
    }
    return 0;
}

static void advance(up_walk *walk, int n, int made)
{
    const up_node *node = &walk->graph->node[n];
    walk->node[n].made = made;
    for (int k = 0; k < node->pieces; k++)
        if (walk->graph->node[node->piece[k].node].fused)
            advance(walk, node->piece[k].node, made);
}

void up_walk_advance(up_walk *walk, int n)
{
    const up_graph *graph = walk->graph;
    const up_node *node = &graph->node[n];
    advance(walk, n, walk->node[n].next);
    for (int r = 0; r < node->consumers; r++) {
        int m = graph->consumer[node->consumer + r].node;
        while (graph->node[m].fused)
            m = graph->node[m].host;
        add_candidate(walk, m);
    }
}

int up_walk_oldest(const up_walk *walk, int n)
{
    const up_graph *graph = walk->graph;
    const up_consumer *consumer = &graph->consumer[graph->node[n].consumer];
    int oldest = graph->node[n].shape.height;
    for (int r = 0; r < graph->node[n].consumers; r++) {
        const up_node *node = &graph->node[consumer[r].node];
        int end = node->end, made = walk->node[consumer[r].node].made;
        if (made >= end)
            continue;
        int low, high;
        up_walk_reads(node, consumer[r].input, made, made + 1, &low, &high);
        oldest = up_min(oldest, low);
        up_walk_reads(node, consumer[r].input, end - 1, end, &low, &high);
        oldest = up_min(oldest, low);
    }
    return oldest;
}
