/* SPDX-License-Identifier: MIT */
/* Who reads what, and what needs no ring for that. */

#include "pipeline/graph.h"

#include "base/memory.h"
#include "pipeline/strip.h"

#define BLOCK_COLUMNS 192  /* blocks are a multiple of this */
#define BLOCK_FLOATS 12288 /* of fused blocks: what the first-level cache can hold */
#define MOST_DEPTH 32      /* of ops fused into one another: each level is a call within a call */

static void add_consumers(up_graph *graph, int n)
{
    const up_node *node = &graph->node[n];
    for (int k = 0; k < node->pieces; k++) {
        up_node *from = &graph->node[node->piece[k].node];
        const up_consumer added = { n, node->piece[k].input };
        up_consumer *next = &graph->consumer[from->consumer + from->consumers];
        if (from->consumers == 0 || next[-1].node != n || next[-1].input != added.input) {
            *next = added;
            from->consumers++;
        }
    }
}

static up_status find_consumers(up_graph *graph, up_error *error)
{
    size_t pieces = 0;
    for (int n = 0; n < graph->count; n++)
        graph->node[n].consumer = graph->node[n].consumers = 0;
    for (int n = 0; n < graph->count; n++)
        for (int k = 0; k < graph->node[n].pieces && !graph->node[n].view; k++, pieces++)
            graph->node[graph->node[n].piece[k].node].consumers++;
    up_free(graph->consumer);
    graph->consumer = up_alloc(pieces, sizeof *graph->consumer);
    if (!graph->consumer)
        return up_fail_memory(error, "the graph", pieces * sizeof *graph->consumer);
    for (int n = 0, start = 0; n < graph->count; n++) {
        graph->node[n].consumer = start;
        start += graph->node[n].consumers;
        graph->node[n].consumers = 0;
    }
    for (int n = 0; n < graph->count; n++)
        if (!graph->node[n].view)
            add_consumers(graph, n);
    return UP_OK;
}

/* The only node that reads this one, however often; 0: there is none, or another. */
static int only_consumer(const up_graph *graph, const up_node *node)
{
    const up_consumer *consumer = &graph->consumer[node->consumer];
    for (int r = 1; r < node->consumers; r++)
        if (consumer[r].node != consumer[0].node)
            return 0;
    return node->consumers ? consumer[0].node : 0;
}

/* Whether what a node makes can be made with its host: a pointwise op, column for column. */
static bool can_fuse(const up_graph *graph, const up_node *node)
{
    const up_node *host = &graph->node[node->host];
    return node->host && host->op->pointwise && !node->output && !node->shape.raw &&
           node->depth < MOST_DEPTH && host->shape.width == node->shape.width &&
           host->shape.height == node->shape.height;
}

/* Calls of either start where they may then. */
static int common_multiple(int a, int b)
{
    int multiple = a;
    while (multiple % b)
        multiple += a;
    return multiple;
}

/* What is fused into a node says how it is made. */
static void settle_block(up_graph *graph, up_node *node)
{
    const up_node *before = NULL;
    node->inside = node->depth = 0;
    node->step = node->op->step;
    for (int k = 0; k < node->pieces; k++) {
        const up_node *from = &graph->node[node->piece[k].node];
        if (!from->fused || from == before)
            continue;
        before = from;
        node->inside += from->shape.channels + from->inside;
        node->depth = up_max(node->depth, from->depth + 1);
        node->step = common_multiple(node->step, from->step);
    }
    int floats = node->inside * node->step;
    int columns = floats ? up_clamp(BLOCK_FLOATS / floats, BLOCK_COLUMNS, 2048) : 0;
    node->block = columns / BLOCK_COLUMNS * BLOCK_COLUMNS;
}

up_status up_graph_fuse(up_graph *graph, up_error *error)
{
    UP_TRY(find_consumers(graph, error));
    graph->limited = false;
    for (int n = 0; n < graph->count; n++) {
        up_node *node = &graph->node[n];
        node->first = 0;
        node->end = node->op ? node->op->out.height : node->shape.height;
    }
    for (int n = graph->inputs; n < graph->count; n++) {
        up_node *node = &graph->node[n];
        settle_block(graph, node);
        node->host = only_consumer(graph, node);
        node->fused = !node->view && can_fuse(graph, node);
    }
    return UP_OK;
}
