/*
 * Ops joined into a graph. Rows are made on demand, each exactly once; how many of each tensor
 * must be kept follows from a dry run of the very same walk that the real run takes.
 */
#ifndef UP_PIPELINE_GRAPH_H
#define UP_PIPELINE_GRAPH_H

#include "ops/op.h"
#include "pipeline/ring.h"

typedef struct {
    up_op *op; /* NULL: the input of the graph */
    int input[UP_MAX_INPUTS];
    up_ring ring;
    bool output;
    bool fused;      /* made in blocks by its only consumer, which is pointwise; has no ring */
    int step;        /* rows made together: the op's, or that of what is fused into it */
    int block;       /* columns made together with what is fused into it; 0: nothing is */
    bool edge_fixed; /* some consumer reaches beyond the sides: ring.edge is settled */
    int made;        /* rows made so far, of the current frame */
    int need;        /* rows that the current band asks for */
    int next;        /* rows there are when the current call is done */
    int share;       /* most rows per call: those of a band far from the top */
} up_node;

typedef struct {
    up_node *node; /* in topological order; [0] is the input */
    int count, capacity;
    int *output; /* nodes, in the order they were marked */
    int outputs;
    int chunks; /* set by up_graph_prepare */
    bool wide;  /* some rows are so large that threads had better share columns than rows */
    int band;
    int *input_end; /* [chunks] input rows that the chunks up to this one take */
    void *rings;    /* one block for all of them, which huge pages can hold */
    size_t scratch; /* bytes per thread: row pointers, fused blocks, the ops' own */
} up_graph;

void up_graph_init(up_graph *graph);
void up_graph_free(up_graph *graph);

/* Node 0. */
up_status up_graph_add_input(up_graph *graph, const up_shape *shape, up_error *error);

/* Takes the op over, also on failure. `b` is -1 for ops with one input. */
up_status up_graph_add(up_graph *graph, up_op *op, int a, int b, int *node, up_error *error);

up_status up_graph_mark_output(up_graph *graph, int node, up_error *error);

static inline const up_shape *up_graph_shape(const up_graph *graph, int node)
{
    return &graph->node[node].ring.shape;
}

/* Before it is prepared: whatever is read by one pointwise op alone is made in blocks with it. */
void up_graph_fuse(up_graph *graph);

/* Sizes every ring for `chunks` chunks walked in bands of `band` output rows. The input ring has
 * room for the rows of one chunk ahead. Output rings are not counted: they get bound. */
up_status up_graph_prepare(up_graph *graph, int chunks, int band, up_error *error);

size_t up_graph_bytes(const up_graph *graph);
up_status up_graph_allocate(up_graph *graph, up_error *error);

/* Back to row 0, for the next frame. */
void up_graph_rewind(up_graph *graph);

/* Rows of an output at the end of a chunk. */
int up_graph_chunk_end(const up_graph *graph, int output, int chunk);

/* The next band of a chunk: sets `need` of every node; false when the chunk is complete. */
bool up_graph_next_band(up_graph *graph, int chunk);

/* The next call of the band: a node, of which the caller makes rows made .. next - 1 and then
 * advances it; 0 when the band is complete. What is nearest to the output comes first, so that rows
 * are read soon after they were made, at the top of the image too. */
int up_graph_next(up_graph *graph);
void up_graph_advance(up_graph *graph, int node);

/* The oldest row of a node that some consumer will still read; its height if none. */
int up_graph_oldest(const up_graph *graph, int node);

/* Rows that one call of `node`'s op reads of an input: *first .. *end - 1 as the op sees them. */
void up_graph_window(const up_node *node, int input, int y, int rows, int *first, int *end);

/* The input of a node as one more node, where it is fused into it; else NULL. */
static inline const up_node *up_graph_fused(const up_graph *graph, const up_node *node, int input)
{
    const up_node *from = &graph->node[node->input[input]];
    return from->fused ? from : NULL;
}

/* Multiply-adds for a whole frame. */
double up_graph_multiply_adds(const up_graph *graph);

#endif
