/* SPDX-License-Identifier: MIT */
/*
 * Ops joined into a graph, and how its rows are made: on demand, each once in a strip. How many of
 * each tensor must be kept follows from a dry run of the very same walk that the real run takes.
 *
 * Views (selected and joined channels) make nothing and keep nothing: whoever reads one reads the
 * rows that it is made up of where they lie, as pieces of other nodes.
 */
#ifndef UP_PIPELINE_GRAPH_H
#define UP_PIPELINE_GRAPH_H

#include "ops/pool/reduce.h"

/* Channels that an op reads. */
typedef struct {
    int input; /* of the op */
    int node;  /* that makes or is given them: never a view */
    int first, channels;
} up_piece;

typedef struct {
    int node, input;
} up_consumer;

typedef struct {
    up_op *op;     /* NULL: its rows are given */
    bool borrowed; /* the op belongs to another graph, or another node */
    up_shape shape;
    up_piece *piece; /* what it reads, input by input; of a view: what it is made up of */
    int pieces;
    bool view, output;
    up_edge edge;    /* what lies beyond the sides */
    bool edge_fixed; /* some consumer reaches there: edge is settled */
    int twin[3];     /* copies of it with other edges; 0: none */

    /* Set by up_graph_fuse(). */
    int consumer, consumers; /* in graph->consumer, from which on and how many */
    bool fused;        /* made in blocks by its only consumer, which is pointwise; has no ring */
    int host;          /* that consumer */
    int inside, depth; /* channels, and levels, of what is fused into it */
    int step;          /* rows made together: the op's, or that of what is fused into it */
    int block;         /* columns made together with what is fused into it; 0: nothing is */
    int first, end;    /* rows made, or given: all, unless up_graph_limit() takes fewer */

    /* Set by up_graph_prepare(). */
    int share; /* most rows per call: those of a band far from the top; given rows: in use at once
                */
    int rows;  /* that must be kept */
} up_node;

typedef struct {
    up_node *node; /* in topological order, those that are given first */
    int count, capacity;
    int inputs;
    int *output; /* nodes, in the order they were marked */
    int outputs;
    up_consumer *consumer;
    int chunks, chunk_rows; /* set by up_graph_prepare; rows of the highest output in each */
    int band;
    int *input_end;     /* [chunks] rows of node 0 that the chunks up to this one take */
    size_t scratch;     /* bytes per strip: row pointers, fused blocks, the ops' own */
    bool limited;       /* some rows are not made: see up_graph_limit() */
    bool fast;          /* convolutions may be made faster, rounded otherwise: see up_conv, */
    bool bfloat16;      /* and then of bfloat16 */
    size_t tiled_bytes; /* of weights given out to these */
    size_t held_bytes, most_bytes; /* by its ops, and what they are made from; 0: no limit */
    up_op *planned;                /* to be added next: see up_graph_add() */
} up_graph;

void up_graph_init(up_graph *graph);
void up_graph_free(up_graph *graph);

/* Before any op; the first is node 0. */
up_status up_graph_add_input(up_graph *graph, const up_shape *shape, up_error *error);

/* Whether so many bytes more may be held; an error if they may not. */
up_status up_graph_check_room(const up_graph *graph, size_t bytes, up_error *error);

/* Whether a convolution may be made faster, with so many bytes of weights: see up_conv. */
bool up_graph_take_tiles(up_graph *graph, size_t bytes);

/* Takes over graph->planned, which a call made that returned `planned`: where that is a failure
 * there is no op, and it is returned. `input`: as many nodes as the op has inputs. */
up_status up_graph_add(up_graph *graph, up_status planned, const int *input, int *node,
                       up_error *error);

/* Plans an op of one input and adds it: plan(&op, shape of `from`, ..., error). */
#define UP_ADD_OP(graph, from, to, error, plan, ...)                                               \
    up_graph_add(graph, plan(&(graph)->planned, up_graph_shape(graph, from), __VA_ARGS__, error),  \
                 &(const int){ from }, to, error)

/* The op of a node, which is no whole one, once more, on inputs of the same shapes: weights are
 * held once. */
up_status up_graph_add_again(up_graph *graph, int node, const int *input, int *again,
                             up_error *error);

/* The channels of any number of nodes of one size in their order. */
up_status up_graph_add_concat(up_graph *graph, const int *input, int inputs, int *node,
                              up_error *error);

/* The same with an op that has finish(); the run is cut behind it into stages. */
up_status up_graph_add_whole(up_graph *graph, up_status planned, int from, int *node,
                             up_error *error);

/* What a whole plane comes to: see ops/reduce.h. */
up_status up_graph_add_reduction(up_graph *graph, int from, up_reduction kind, int *node,
                                 up_error *error);

/* Nothing may read an output later. What is read, or is no row of its own, is copied for it; but
 * a borrowed reduction is an output as it runs. */
up_status up_graph_mark_output(up_graph *graph, int node, up_error *error);

/* A node of this graph that runs the op of another one and reads `piece`, which it takes over. */
up_status up_graph_borrow(up_graph *graph, const up_node *node, up_piece *piece, int pieces,
                          int *index, up_error *error);

static inline const up_shape *up_graph_shape(const up_graph *graph, int node)
{
    return &graph->node[node].shape;
}

/* Whether what others read of a node is made when all its rows are there. */
static inline bool up_graph_is_whole(const up_node *node)
{
    return node->op && node->op->finish;
}

/* Before it is prepared: finds out who reads what, and whatever is read by one pointwise op alone
 * is made in blocks with it. */
up_status up_graph_fuse(up_graph *graph, up_error *error);

/* After that: of the outputs only the rows first .. end - 1 that their nodes say now, as many as
 * are made together, and of all else what those need. What is given is read to its end for the end
 * of the outputs. */
void up_graph_limit(up_graph *graph);

/* Settles the rows of every ring for at most `chunks` chunks, walked in bands of `band` rows of the
 * highest output, unless *cancel is set meanwhile. The input ring has room for the rows of one
 * chunk ahead. */
up_status up_graph_prepare(up_graph *graph, int chunks, int band, const volatile int *cancel,
                           up_error *error);

/* The highest output, which says how far a band goes. */
int up_graph_highest(const up_graph *graph);

/* Rows of an output at the end of a chunk, or with -1 before the first. */
int up_graph_chunk_end(const up_graph *graph, int output, int chunk);

/* Rows that one call of `node`'s op reads of an input: *first .. *end - 1 as the op sees them. */
void up_graph_window(const up_node *node, int input, int y, int rows, int *first, int *end);

/* Whether the rows of a node lie in a ring of its own: those of an output go to its sink. */
static inline bool up_graph_keeps(const up_node *node)
{
    return !node->output && !node->fused && !node->view;
}

/* Multiply-adds for the rows of a frame that are made. */
double up_graph_multiply_adds(const up_graph *graph);

#endif
