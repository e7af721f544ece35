/* SPDX-License-Identifier: MIT */
/* Fewer rows than all: what is asked for of the outputs, and whatever that needs. */

#include "pipeline/graph.h"

#include "pipeline/walk.h"

#include "base/memory.h"

#include <limits.h>

static bool reaches_the_end(const up_graph *graph)
{
    bool all = true;
    for (int o = 0; o < graph->outputs; o++) {
        const up_node *node = &graph->node[graph->output[o]];
        all &= node->end == node->op->out.height;
    }
    return all;
}

/* What is fused is made in blocks by its host, row for row. */
static void settle(const up_graph *graph, up_node *node)
{
    const up_node *host = node->fused ? &graph->node[node->host] : NULL;
    if (node->first >= node->end) {
        node->first = node->end = 0; /* nobody reads it */
    } else if (host) {
        node->first = host->first;
        node->end = host->end;
    } else if (node->op) {
        const size_t end = up_round_up((size_t)node->end, (size_t)node->step);
        node->first = node->first / node->step * node->step;
        node->end = end < (size_t)node->op->out.height ? (int)end : node->op->out.height;
    }
}

void up_graph_limit(up_graph *graph)
{
    const bool to_the_end = reaches_the_end(graph);
    graph->limited = true;
    for (int n = 0; n < graph->count; n++)
        if (!graph->node[n].output)
            graph->node[n].first = INT_MAX, graph->node[n].end = 0;
    for (int n = graph->count - 1; n >= 0; n--) {
        up_node *node = &graph->node[n];
        settle(graph, node);
        for (int k = 0; k < node->pieces && node->first < node->end && !node->view; k++) {
            const up_piece *piece = &node->piece[k];
            up_node *from = &graph->node[piece->node];
            int low, high;
            up_walk_reads(node, piece->input, node->first, node->end, &low, &high);
            from->first = up_min(from->first, low);
            from->end = up_max(from->end, high);
        }
    }
    for (int n = 0; n < graph->inputs && to_the_end; n++)
        graph->node[n].end = graph->node[n].shape.height;
}
