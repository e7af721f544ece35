#include "pipeline/walk.h"

#include "base/memory.h"
#include "pipeline/ring.h"

up_status up_walk_init(up_walk *walk, const up_graph *graph, up_error *error)
{
    *walk = (up_walk){ graph, up_alloc_zero(graph->count, sizeof *walk->node) };
    return walk->node ? UP_OK
                      : up_fail_memory(error, "the graph", graph->count * sizeof *walk->node);
}

void up_walk_free(up_walk *walk)
{
    up_free(walk->node);
}

void up_walk_rewind(up_walk *walk)
{
    for (int n = 0; n < walk->graph->count; n++)
        walk->node[n] = (up_progress){ 0 };
}

/* Rows of the image that rows y0 .. y1 - 1 of a node read: what must exist and be kept for them. */
static void read_rows(const up_node *node, int input, int y0, int y1, int *low, int *high)
{
    int first, end;
    up_graph_window(node, input, y0, y1 - y0, &first, &end);
    up_edge_reads(node->op->edge[input], first, end, node->op->in[input].height, low, high);
}

/* From the rows wanted of the outputs to the rows needed of everything. */
static void spread_needs(up_walk *walk)
{
    for (int n = walk->graph->count - 1; n > 0; n--) {
        const up_node *node = &walk->graph->node[n];
        up_progress *at = &walk->node[n];
        at->need = up_min(node->shape.height, (int)up_round_up(at->need, node->step));
        if (at->need <= at->made) {
            at->need = at->made;
            continue;
        }
        for (int i = 0; i < node->op->inputs; i++) {
            int low, high;
            read_rows(node, i, at->made, at->need, &low, &high);
            up_progress *from = &walk->node[node->input[i]];
            from->need = up_max(from->need, high);
        }
    }
}

bool up_walk_next_band(up_walk *walk, int chunk)
{
    const up_graph *graph = walk->graph;
    for (int n = 0; n < graph->count; n++)
        walk->node[n].need = walk->node[n].made;
    for (int o = 0; o < graph->outputs; o++) {
        up_progress *at = &walk->node[graph->output[o]];
        int end = up_graph_chunk_end(graph, o, chunk);
        if (at->made < end) {
            at->need = up_min(end, at->made + graph->band);
            spread_needs(walk);
            walk->node[0].made = walk->node[0].need;
            return true;
        }
    }
    return false;
}

/* Whether all that rows made .. end - 1 read is there. */
static bool is_ready(const up_walk *walk, int n, int end)
{
    const up_node *node = &walk->graph->node[n];
    for (int i = 0; i < node->op->inputs; i++) {
        int low, high, from = node->input[i];
        read_rows(node, i, walk->node[n].made, end, &low, &high);
        if (walk->graph->node[from].fused ? !is_ready(walk, from, end)
                                          : walk->node[from].made < high)
            return false;
    }
    return true;
}

int up_walk_next(up_walk *walk)
{
    for (int n = walk->graph->count - 1; n > 0; n--) {
        const up_node *node = &walk->graph->node[n];
        up_progress *at = &walk->node[n];
        if (node->fused || at->made == at->need)
            continue;
        at->next = up_min(at->need, at->made + node->share);
        while (at->made == 0 && at->next > node->step && !is_ready(walk, n, at->next))
            at->next -= node->step; /* to end from now on where what it reads ends */
        if (is_ready(walk, n, at->next))
            return n;
    }
    return 0;
}

void up_walk_advance(up_walk *walk, int n)
{
    const up_node *node = &walk->graph->node[n];
    for (int i = 0; i < node->op->inputs; i++) {
        if (!up_graph_fused(walk->graph, node, i))
            continue;
        walk->node[node->input[i]].next = walk->node[n].next;
        up_walk_advance(walk, node->input[i]);
    }
    walk->node[n].made = walk->node[n].next;
}

int up_walk_oldest(const up_walk *walk, int n)
{
    const up_graph *graph = walk->graph;
    int oldest = graph->node[n].shape.height;
    for (int m = n + 1; m < graph->count; m++) {
        const up_node *node = &graph->node[m];
        int height = node->shape.height, made = walk->node[m].made;
        for (int i = 0; i < node->op->inputs; i++) {
            if (node->input[i] != n || made >= height)
                continue;
            int low, high;
            read_rows(node, i, made, made + 1, &low, &high);
            oldest = up_min(oldest, low);
            read_rows(node, i, height - 1, height, &low, &high);
            oldest = up_min(oldest, low);
        }
    }
    return oldest;
}
