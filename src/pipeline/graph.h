/*
 * Ops joined into a graph, and how its rows are made: on demand, each once in a strip. How many of
 * each tensor must be kept follows from a dry run of the very same walk that the real run takes.
 */
#ifndef UP_PIPELINE_GRAPH_H
#define UP_PIPELINE_GRAPH_H

#include "ops/op.h"

typedef struct {
    up_op *op; /* NULL: the input of the graph */
    int input[UP_MAX_INPUTS];
    up_shape shape;
    bool output;
    bool fused;      /* made in blocks by its only consumer, which is pointwise; has no ring */
    int step;        /* rows made together: the op's, or that of what is fused into it */
    int block;       /* columns made together with what is fused into it; 0: nothing is */
    up_edge edge;    /* what lies beyond the sides */
    bool edge_fixed; /* some consumer reaches there: edge is settled */
    int share;       /* most rows per call: those of a band far from the top */
    int rows;        /* that must be kept */
} up_node;

typedef struct {
    up_node *node; /* in topological order; [0] is the input */
    int count, capacity;
    int *output; /* nodes, in the order they were marked */
    int outputs;
    int chunks; /* set by up_graph_prepare */
    int band;
    int *input_end;                /* [chunks] input rows that the chunks up to this one take */
    size_t scratch;                /* bytes per strip: row pointers, fused blocks, the ops' own */
    size_t held_bytes, most_bytes; /* by its ops, and what they are made from; 0: no limit */
} up_graph;

void up_graph_init(up_graph *graph);
void up_graph_free(up_graph *graph);

/* Node 0. */
up_status up_graph_add_input(up_graph *graph, const up_shape *shape, up_error *error);

/* Whether so many bytes more may be held; an error if they may not. */
up_status up_graph_check_room(const up_graph *graph, size_t bytes, up_error *error);

/* Takes the op over, also on failure. `input`: as many nodes as the op has inputs. */
up_status up_graph_add(up_graph *graph, up_op *op, const int *input, int *node, up_error *error);

/* The channels of any number of nodes of one size in their order. */
up_status up_graph_add_concat(up_graph *graph, const int *input, int inputs, int *node,
                              up_error *error);

up_status up_graph_mark_output(up_graph *graph, int node, up_error *error);

static inline const up_shape *up_graph_shape(const up_graph *graph, int node)
{
    return &graph->node[node].shape;
}

/* Before it is prepared: whatever is read by one pointwise op alone is made in blocks with it. */
void up_graph_fuse(up_graph *graph);

/* Settles the rows of every ring for `chunks` chunks walked in bands of `band` output rows. The
 * input ring has room for the rows of one chunk ahead. */
up_status up_graph_prepare(up_graph *graph, int chunks, int band, up_error *error);

/* Rows of an output at the end of a chunk. */
int up_graph_chunk_end(const up_graph *graph, int output, int chunk);

/* Rows that one call of `node`'s op reads of an input: *first .. *end - 1 as the op sees them. */
void up_graph_window(const up_node *node, int input, int y, int rows, int *first, int *end);

/* The input of a node as one more node, where it is fused into it; else NULL. */
static inline const up_node *up_graph_fused(const up_graph *graph, const up_node *node, int input)
{
    const up_node *from = &graph->node[node->input[input]];
    return from->fused ? from : NULL;
}

/* Whether the rows of a node lie in a ring of their own: those of an output go to its sink. */
static inline bool up_graph_keeps(const up_node *node)
{
    return !node->output && !node->fused;
}

/* Multiply-adds for a whole frame. */
double up_graph_multiply_adds(const up_graph *graph);

#endif
