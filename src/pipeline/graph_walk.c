/* In which order rows are made: what a band needs, and of that what lies nearest to the output. */
#include "pipeline/graph.h"

#include "base/memory.h"

void up_graph_rewind(up_graph *graph)
{
    for (int i = 0; i < graph->count; i++)
        graph->node[i].made = graph->node[i].need = 0;
}

void up_graph_window(const up_node *node, int input, int y, int rows, int *first, int *end)
{
    int unused;
    node->op->span(node->op, input, y, first, &unused);
    node->op->span(node->op, input, y + rows - 1, &unused, end);
}

/* Rows of the image behind the window [first, end): what must exist and be kept for it. */
static void real_rows(const up_node *node, int input, int first, int end, int *low, int *high)
{
    int height = node->op->in[input].height;
    up_edge edge = node->op->edge[input];
    *low = up_clamp(first, 0, height);
    *high = up_clamp(end, 0, height);
    if (end <= first)
        return;
    if (edge != UP_EDGE_ZERO) {
        *low = up_min(*low, height - 1);
        *high = up_max(*high, 1);
    }
    if (edge == UP_EDGE_REFLECT) {
        for (int y = first; y < 0 && y < end; y++)
            *high = up_max(*high, up_edge_row(edge, y, height) + 1);
        for (int y = end - 1; y >= height && y >= first; y--)
            *low = up_min(*low, up_edge_row(edge, y, height));
    }
}

/* From the rows wanted of the outputs to the rows needed of everything. */
static void spread_needs(up_graph *graph)
{
    for (int n = graph->count - 1; n > 0; n--) {
        up_node *node = &graph->node[n];
        int height = node->ring.shape.height;
        node->need = up_min(height, (int)up_round_up(node->need, node->step));
        if (node->need <= node->made) {
            node->need = node->made;
            continue;
        }
        for (int i = 0; i < node->op->inputs; i++) {
            int first, end, low, high;
            up_graph_window(node, i, node->made, node->need - node->made, &first, &end);
            real_rows(node, i, first, end, &low, &high);
            up_node *from = &graph->node[node->input[i]];
            from->need = up_max(from->need, high);
        }
    }
}

int up_graph_chunk_end(const up_graph *graph, int output, int chunk)
{
    const up_node *node = &graph->node[graph->output[output]];
    int height = node->ring.shape.height;
    int64_t end = (int64_t)height * (chunk + 1) / graph->chunks;
    return up_min(height, (int)up_round_up((size_t)end, node->step));
}

bool up_graph_next_band(up_graph *graph, int chunk)
{
    for (int n = 0; n < graph->count; n++)
        graph->node[n].need = graph->node[n].made;
    for (int o = 0; o < graph->outputs; o++) {
        up_node *node = &graph->node[graph->output[o]];
        int end = up_graph_chunk_end(graph, o, chunk);
        if (node->made < end) {
            node->need = up_min(end, node->made + graph->band);
            spread_needs(graph);
            graph->node[0].made = graph->node[0].need;
            return true;
        }
    }
    return false;
}

/* Whether all that rows made .. end - 1 read is there. */
static bool is_ready(const up_graph *graph, const up_node *node, int end)
{
    for (int i = 0; i < node->op->inputs; i++) {
        const up_node *from = &graph->node[node->input[i]];
        int first, last, low, high;
        up_graph_window(node, i, node->made, end - node->made, &first, &last);
        real_rows(node, i, first, last, &low, &high);
        if (from->fused ? !is_ready(graph, from, end) : from->made < high)
            return false;
    }
    return true;
}

int up_graph_next(up_graph *graph)
{
    for (int n = graph->count - 1; n > 0; n--) {
        up_node *node = &graph->node[n];
        if (node->fused || node->made == node->need)
            continue;
        node->next = up_min(node->need, node->made + node->share);
        while (node->made == 0 && node->next > node->step && !is_ready(graph, node, node->next))
            node->next -= node->step; /* to end from now on where what it reads ends */
        if (is_ready(graph, node, node->next))
            return n;
    }
    return 0;
}

void up_graph_advance(up_graph *graph, int n)
{
    up_node *node = &graph->node[n];
    for (int i = 0; i < node->op->inputs; i++) {
        up_node *from = &graph->node[node->input[i]];
        if (!from->fused)
            continue;
        from->next = node->next;
        up_graph_advance(graph, node->input[i]);
    }
    node->made = node->next;
}

int up_graph_oldest(const up_graph *graph, int n)
{
    int oldest = graph->node[n].ring.shape.height;
    for (int m = n + 1; m < graph->count; m++) {
        const up_node *node = &graph->node[m];
        int height = node->ring.shape.height;
        for (int i = 0; i < node->op->inputs; i++) {
            if (node->input[i] != n || node->made >= height)
                continue;
            int first, end, low, high;
            up_graph_window(node, i, node->made, 1, &first, &end);
            real_rows(node, i, first, end, &low, &high);
            oldest = up_min(oldest, low);
            up_graph_window(node, i, height - 1, 1, &first, &end);
            real_rows(node, i, first, end, &low, &high);
            oldest = up_min(oldest, low);
        }
    }
    return oldest;
}
