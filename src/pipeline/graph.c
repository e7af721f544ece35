/* SPDX-License-Identifier: MIT */
#include "pipeline/graph.h"

#include "base/memory.h"
#include "ops/arrange/arrange.h"

#include <stdlib.h>
#include <string.h>

#define MOST_TILED ((size_t)128 << 20)

void up_graph_init(up_graph *graph)
{
    *graph = (up_graph){ 0 };
}

void up_graph_free(up_graph *graph)
{
    for (int i = 0; i < graph->count; i++) {
        if (!graph->node[i].borrowed)
            up_op_destroy(&graph->node[i].op);
        free(graph->node[i].piece);
    }
    free(graph->node);
    free(graph->output);
    up_free(graph->consumer);
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
    graph->inputs++;
    return append(graph, &(up_node){ .shape = *shape }, &index, error);
}

up_status up_graph_borrow(up_graph *graph, const up_node *node, up_piece *piece, int pieces,
                          int *index, up_error *error)
{
    up_node added = { .op = node->op,
                      .borrowed = true,
                      .shape = node->op->out,
                      .piece = piece,
                      .pieces = pieces,
                      .edge = node->edge,
                      .edge_fixed = node->edge_fixed };
    up_status status = append(graph, &added, index, error);
    if (status != UP_OK)
        free(piece);
    return status;
}

static up_status add_copy(up_graph *graph, int from, int *to, up_error *error)
{
    return up_graph_add(graph, up_copy_plan(&graph->planned, up_graph_shape(graph, from), error),
                        &from, to, error);
}

/* A tensor has one kind of side padding: consumers that want another share a copy of it. */
static up_status settle_edge(up_graph *graph, int *from, up_edge edge, up_error *error)
{
    up_node *node = &graph->node[*from];
    const int whole = *from;
    if (node->edge_fixed && node->edge != edge) {
        *from = node->twin[edge];
        if (*from)
            return UP_OK;
        UP_TRY(add_copy(graph, whole, from, error));
        graph->node[whole].twin[edge] = *from;
        node = &graph->node[*from];
    }
    node->edge_fixed = true;
    node->edge = edge;
    return UP_OK;
}

static up_status append_piece(up_node *node, const up_piece *piece, up_error *error)
{
    up_piece *last = node->pieces ? &node->piece[node->pieces - 1] : NULL;
    if (last && last->input == piece->input && last->node == piece->node &&
        last->first + last->channels == piece->first) {
        last->channels += piece->channels;
        return UP_OK;
    }
    if ((node->pieces & (node->pieces - 1)) == 0) { /* full: it has room for powers of two */
        size_t bytes = (node->pieces ? 2 * (size_t)node->pieces : 1) * sizeof *piece;
        up_piece *grown = realloc(node->piece, bytes);
        if (!grown)
            return up_fail_memory(error, "the graph", bytes);
        node->piece = grown;
    }
    node->piece[node->pieces++] = *piece;
    return UP_OK;
}

/* Channels low .. high - 1 of a node become what an input reads, or is made up of. */
static up_status add_pieces(const up_graph *graph, up_node *to, int input, int from, int low,
                            int high, up_error *error)
{
    const up_node *node = &graph->node[from];
    const up_piece whole = { 0, from, 0, node->shape.channels };
    const up_piece *piece = node->view ? node->piece : &whole;
    const int pieces = node->view ? node->pieces : 1;
    for (int k = 0, start = 0; k < pieces; start += piece[k++].channels) {
        int first = up_max(low - start, 0), end = up_min(high - start, piece[k].channels);
        up_piece part = { input, piece[k].node, piece[k].first + first, end - first };
        if (first < end)
            UP_TRY(append_piece(to, &part, error));
    }
    return UP_OK;
}

/* From the nodes that an op is given to the pieces that it reads. */
static up_status find_pieces(const up_graph *graph, up_node *node, const int *input,
                             up_error *error)
{
    const up_op *op = node->op;
    int low = op->first, high = op->first + op->out.channels;
    for (int i = 0; i < op->inputs; i++) {
        int channels = graph->node[input[i]].shape.channels;
        if (op->view)
            UP_TRY(add_pieces(graph, node, 0, input[i], low, high, error));
        else
            UP_TRY(add_pieces(graph, node, i, input[i], 0, channels, error));
        low -= channels;
        high -= channels;
    }
    return UP_OK;
}

static up_status settle_edges(up_graph *graph, const up_node *node, up_error *error)
{
    const up_op *op = node->op;
    int reach = 0, input = -1;
    for (int k = 0; k < node->pieces && !op->view; k++) {
        up_piece *piece = &node->piece[k];
        if (piece->input != input)
            reach = up_op_reach(op, piece->input);
        input = piece->input;
        if (reach > 0)
            UP_TRY(settle_edge(graph, &piece->node, op->edge[input], error));
    }
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

/* They get half of the memory that there is, so that what fits without them still does, and no more
 * than MOST_TILED, which keeps a Real-ESRGAN of 512x512 pixels below 400 MiB and its weights. */
bool up_graph_take_tiles(up_graph *graph, size_t bytes)
{
    const size_t most = graph->most_bytes / 2, held = graph->held_bytes;
    const bool fits = graph->most_bytes == 0 || (held < most && bytes <= most - held);
    if (!graph->fast || !fits || bytes > MOST_TILED - graph->tiled_bytes)
        return false;
    graph->tiled_bytes += bytes;
    return true;
}

/* Frees what the node has been given where it cannot be added. */
static up_status join(up_graph *graph, up_node *added, const int *input, int *node, up_error *error)
{
    up_status status = find_pieces(graph, added, input, error);
    if (status == UP_OK)
        status = settle_edges(graph, added, error);
    if (status == UP_OK)
        status = append(graph, added, node, error);
    if (status != UP_OK)
        free(added->piece);
    return status;
}

up_status up_graph_add(up_graph *graph, up_status planned, const int *input, int *node,
                       up_error *error)
{
    UP_TRY(planned);
    up_op *op = graph->planned;
    up_node added = { .op = op, .shape = op->out, .view = op->view };
    up_status status = up_graph_check_room(graph, op->bytes, error);
    graph->held_bytes += op->bytes;
    if (status == UP_OK)
        status = join(graph, &added, input, node, error);
    if (status != UP_OK)
        up_op_destroy(&op);
    return status;
}

up_status up_graph_add_again(up_graph *graph, int node, const int *input, int *again,
                             up_error *error)
{
    up_op *op = graph->node[node].op;
    up_node added = { .op = op, .borrowed = true, .shape = op->out, .view = op->view };
    return join(graph, &added, input, again, error);
}

static up_status add_joined(up_graph *graph, const int *input, int inputs, int *node,
                            up_error *error)
{
    up_shape shape[UP_MAX_INPUTS];
    for (int i = 0; i < inputs; i++)
        shape[i] = *up_graph_shape(graph, input[i]);
    return up_graph_add(graph, up_concat_plan(&graph->planned, shape, inputs, error), input, node,
                        error);
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

up_status up_graph_add_whole(up_graph *graph, up_status planned, int from, int *node,
                             up_error *error)
{
    UP_TRY(up_graph_add(graph, planned, &from, node, error));
    graph->node[*node].shape = graph->node[*node].op->result;
    return UP_OK;
}

up_status up_graph_add_reduction(up_graph *graph, int from, up_reduction kind, int *node,
                                 up_error *error)
{
    const up_shape *in = up_graph_shape(graph, from);
    return up_graph_add_whole(graph, up_reduce_plan(&graph->planned, in, kind, error), from, node,
                              error);
}

static bool is_read(const up_graph *graph, int n)
{
    for (int m = n + 1; m < graph->count; m++)
        for (int k = 0; k < graph->node[m].pieces; k++)
            if (graph->node[m].piece[k].node == n)
                return true;
    return false;
}

up_status up_graph_mark_output(up_graph *graph, int node, up_error *error)
{
    const up_node *made = &graph->node[node];
    bool result = up_graph_is_whole(made) && !made->borrowed;
    if (!made->op || made->view || made->output || result || is_read(graph, node)) {
        UP_TRY(add_copy(graph, node, &node, error));
    }
    int *grown = realloc(graph->output, (graph->outputs + 1) * sizeof *grown);
    if (!grown)
        return up_fail_memory(error, "the graph", (graph->outputs + 1) * sizeof *grown);
    graph->output = grown;
    graph->output[graph->outputs++] = node;
    graph->node[node].output = true;
    return UP_OK;
}

double up_graph_multiply_adds(const up_graph *graph)
{
    double sum = 0;
    for (int n = graph->inputs; n < graph->count; n++) {
        const up_op *op = graph->node[n].op;
        const int rows = graph->node[n].end - graph->node[n].first;
        sum += op->multiply_adds * rows + op->finish_multiply_adds;
    }
    return sum;
}

void up_graph_window(const up_node *node, int input, int y, int rows, int *first, int *end)
{
    int unused;
    node->op->span(node->op, input, y, first, &unused);
    node->op->span(node->op, input, y + rows - 1, &unused, end);
}
