/* SPDX-License-Identifier: MIT */
#include "pipeline/period.h"

#include "base/memory.h"
#include "pipeline/ring.h"

up_status up_recurrence_init(up_recurrence *recurrence, const up_graph *graph, up_error *error)
{
    const size_t count = (size_t)graph->count;
    *recurrence = (up_recurrence){ .graph = graph,
                                   .made = up_alloc(count, sizeof *recurrence->made),
                                   .shift = up_alloc(count, sizeof *recurrence->shift) };
    if (recurrence->made && recurrence->shift)
        return UP_OK;
    up_recurrence_free(recurrence);
    return up_fail_memory(error, "the graph", count * sizeof *recurrence->made);
}

void up_recurrence_free(up_recurrence *recurrence)
{
    up_free(recurrence->made);
    up_free(recurrence->shift);
    *recurrence = (up_recurrence){ 0 };
}

static void remember(up_recurrence *recurrence, const up_walk *walk)
{
    for (int n = 0; n < walk->graph->count; n++)
        recurrence->made[n] = walk->node[n].made;
    recurrence->age = 0;
}

void up_recurrence_begin(up_recurrence *recurrence, const up_walk *walk)
{
    remember(recurrence, walk);
    recurrence->most_age = 1;
}

/* Outputs move as they follow the highest one, and calls begin at multiples of their steps. */
static bool moves_evenly(up_recurrence *r, const up_walk *walk, int rows)
{
    const up_graph *graph = r->graph;
    const int highest = graph->output[up_graph_highest(graph)];
    const int64_t most = graph->node[highest].shape.height;
    for (int n = 0; n < graph->count; n++) {
        const up_node *node = &graph->node[n];
        r->shift[n] = walk->node[n].made - r->made[n];
        if (node->op && !node->view && r->shift[n] % node->step != 0)
            return false;
    }
    for (int o = 0; o < graph->outputs; o++) {
        const int n = graph->output[o];
        if (r->shift[n] * most != (int64_t)r->shift[highest] * graph->node[n].shape.height)
            return false;
    }
    return r->shift[highest] > 0 && (rows == 0 || r->shift[highest] == r->age * rows);
}

/* The most times that `at` grows by `shift` > 0 and stays below `limit`. */
static int64_t times(int64_t at, int64_t shift, int64_t limit)
{
    return at >= limit ? 0 : (limit - 1 - at) / shift;
}

static int64_t smaller(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* What is read moves along: as long as nothing lies beyond the top (which is above what was read
 * since the earlier state) or the bottom, and the last row reads nothing above. */
static int64_t times_moving(const up_recurrence *r, int n, const up_piece *piece, int made)
{
    const up_node *node = &r->graph->node[n];
    const int i = piece->input, height = node->op->in[i].height;
    const int64_t shift = r->shift[piece->node];
    int rows = 0, advance = 0, top, first, end, last_first, last_end, low, high, unused;
    if (node->op->repeat)
        node->op->repeat(node->op, i, &rows, &advance);
    if (rows == 0 || r->shift[n] % rows != 0 || r->shift[n] / rows * (int64_t)advance != shift)
        return 0;
    up_graph_window(node, i, r->made[n], 1, &top, &unused);
    if (r->made[n] == 0 || top <= 0)
        return 0;
    up_graph_window(node, i, made, 1, &first, &end);
    up_graph_window(node, i, node->shape.height - 1, 1, &last_first, &last_end);
    up_edge_reads(node->op->edge[i], last_first, last_end, height, &low, &high);
    return smaller(times(end, shift, height), times(first, shift, (int64_t)low + 1));
}

static bool reads_the_same(const up_node *node, int input, int a, int b)
{
    int first[2], end[2];
    up_graph_window(node, input, a, 1, &first[0], &end[0]);
    up_graph_window(node, input, b, 1, &first[1], &end[1]);
    return first[0] == first[1] && end[0] == end[1];
}

/* Of rows a to b: they read what is made up beyond one end of the input, and that of the same rows
 * or of none, though by reflection it would be of other ones. */
static bool reads_beyond(const up_node *node, int input, int a, int b)
{
    int first, end, unused;
    up_graph_window(node, input, a, 1, &first, &unused);
    up_graph_window(node, input, b, 1, &unused, &end);
    return node->op->edge[input] != UP_EDGE_REFLECT &&
           (end <= 0 || first >= node->op->in[input].height);
}

static bool repeats(const up_recurrence *r, int n, int input)
{
    const up_op *op = r->graph->node[n].op;
    int rows = 0, advance = 0;
    if (op->repeat)
        op->repeat(op, input, &rows, &advance);
    return rows > 0 && r->shift[n] % rows == 0;
}

/* What is read stays: as long as all rows from the earlier state on read the same. Spans never turn
 * back, so that the ends tell. */
static int64_t times_staying(const up_recurrence *r, int n, int input, int made, int64_t most)
{
    const up_node *node = &r->graph->node[n];
    const bool beyond = repeats(r, n, input);
    int64_t low = 0, high = most;
    if (r->made[n] == 0)
        return 0;
    while (low < high) {
        const int64_t middle = low + (high - low + 1) / 2;
        const int last = (int)(made + middle * r->shift[n]);
        if (reads_the_same(node, input, r->made[n], last) ||
            (beyond && reads_beyond(node, input, r->made[n], last)))
            low = middle;
        else
            high = middle - 1;
    }
    return low;
}

/* Of all that a node reads; `most` at best. */
static int64_t times_of_node(const up_recurrence *r, const up_walk *walk, int n, int64_t most)
{
    const up_node *node = &r->graph->node[n];
    const int made = walk->node[n].made, shift = r->shift[n];
    if (shift > 0)
        most = smaller(most, times(made, shift, node->shape.height));
    for (int k = 0; k < node->pieces && !node->view && most > 0; k++) {
        const up_piece *piece = &node->piece[k];
        const bool moves = r->shift[piece->node] > 0;
        if (shift > 0 && moves)
            most = smaller(most, times_moving(r, n, piece, made));
        else if (shift > 0)
            most = times_staying(r, n, piece->input, made, most);
        else if (moves && made < node->shape.height)
            most = 0; /* it keeps what it will read, more and more of it */
    }
    return most;
}

static int64_t times_in_chunk(const up_recurrence *r, const up_walk *walk, int chunk)
{
    const up_graph *graph = r->graph;
    int64_t most = INT64_MAX;
    for (int o = 0; o < graph->outputs; o++) {
        const int n = graph->output[o];
        const int end =
            chunk < 0 ? graph->node[n].shape.height : up_graph_chunk_end(graph, o, chunk);
        if (r->shift[n] > 0)
            most = smaller(most, times(walk->node[n].made, r->shift[n], end));
    }
    return most;
}

int64_t up_recurrence_find(up_recurrence *recurrence, const up_walk *walk, int rows, int chunk)
{
    int64_t most = 0;
    recurrence->age++;
    if (!recurrence->graph->limited && moves_evenly(recurrence, walk, rows))
        most = times_in_chunk(recurrence, walk, chunk);
    for (int n = recurrence->graph->count - 1; n >= 0 && most > 0; n--)
        most = times_of_node(recurrence, walk, n, most);
    if (most == 0 && recurrence->age == recurrence->most_age) {
        remember(recurrence, walk);
        recurrence->most_age *= 2;
    }
    return most;
}

void up_recurrence_skip(const up_recurrence *recurrence, up_walk *walk, int64_t times)
{
    for (int n = 0; n < walk->graph->count; n++)
        walk->node[n].made += (int)(times * recurrence->shift[n]);
}
