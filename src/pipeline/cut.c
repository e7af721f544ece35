#include "pipeline/cut.h"

#include "base/memory.h"

#include <limits.h>
#include <string.h>

static double work_of(const up_node *node)
{
    const up_shape *made = &node->op->out;
    return (node->op->multiply_adds + (double)made->width * made->channels) * made->height;
}

/* Stages that could make a node: behind whatever it reads, and behind all of what was reduced. */
static void find_levels(up_cut *cut)
{
    const up_graph *graph = cut->graph;
    for (int n = graph->inputs; n < graph->count; n++) {
        const up_node *node = &graph->node[n];
        for (int k = 0; k < node->pieces; k++) {
            int from = node->piece[k].node;
            int level = cut->level[from] + up_graph_reduces(&graph->node[from]);
            cut->level[n] = up_max(cut->level[n], level);
        }
    }
    cut->stages = 1;
    for (int o = 0; o < graph->outputs; o++)
        cut->stages = up_max(cut->stages, cut->level[graph->output[o]] + 1);
}

static void find_made(up_cut *cut)
{
    const up_graph *graph = cut->graph;
    for (int n = 0; n < graph->count; n++)
        cut->made[n] = INT_MAX;
    for (int o = 0; o < graph->outputs; o++)
        cut->made[graph->output[o]] = cut->stages - 1;
    for (int n = graph->count - 1; n >= graph->inputs; n--) {
        const up_node *node = &graph->node[n];
        if (cut->made[n] == INT_MAX || node->view)
            continue;
        if (up_graph_reduces(node))
            cut->made[n] = cut->level[n];
        for (int k = 0; k < node->pieces; k++) {
            int *made = &cut->made[node->piece[k].node];
            *made = up_min(*made, cut->made[n]);
        }
    }
    for (int n = 0; n < graph->inputs; n++)
        cut->made[n] = 0;
}

/* Whether a node comes from the source by little work: cheaper made again than kept. */
static bool is_light(const up_cut *cut, const bool *light, int n)
{
    const up_node *node = &cut->graph->node[n];
    if (node->op->multiply_adds > 0 || up_graph_reduces(node))
        return false;
    for (int k = 0; k < node->pieces; k++)
        if (!light[node->piece[k].node])
            return false;
    return true;
}

/* What is read in a stage behind the one that makes it. */
static void find_kept(up_cut *cut)
{
    const up_graph *graph = cut->graph;
    bool *light = cut->needed;
    for (int n = 0; n < graph->count; n++) {
        light[n] = n < graph->inputs || is_light(cut, light, n);
        const up_node *node = &graph->node[n];
        for (int k = 0; k < node->pieces && !node->view && cut->made[n] < INT_MAX; k++) {
            int from = node->piece[k].node;
            const up_node *read = &graph->node[from];
            if (cut->made[from] < cut->made[n] && !light[from] && !read->shape.raw)
                cut->kept[from] = true;
        }
    }
}

bool up_cut_loads(const up_cut *cut, int n, int stage)
{
    return cut->needed[n] && (n < cut->graph->inputs || (cut->kept[n] && cut->made[n] < stage));
}

bool up_cut_makes(const up_cut *cut, int n, int stage)
{
    return cut->needed[n] && !up_cut_loads(cut, n, stage);
}

double up_cut_mark(up_cut *cut, int stage)
{
    const up_graph *graph = cut->graph;
    double work = 0;
    for (int n = 0; n < graph->count; n++)
        cut->needed[n] =
            cut->made[n] == stage && (graph->node[n].output || up_graph_reduces(&graph->node[n]));
    for (int n = graph->count - 1; n >= graph->inputs; n--) {
        if (!up_cut_makes(cut, n, stage))
            continue;
        const up_node *node = &graph->node[n];
        work += work_of(node);
        for (int k = 0; k < node->pieces; k++)
            cut->needed[node->piece[k].node] = true;
    }
    return work;
}

/* A frame for whatever a stage loads that has not made it. */
static void find_frames(up_cut *cut)
{
    const up_graph *graph = cut->graph;
    for (int n = 0; n < graph->count; n++)
        cut->frame[n] = cut->last[n] = -1;
    for (int s = 0; s < cut->stages; s++) {
        cut->work += up_cut_mark(cut, s);
        for (int n = 0; n < graph->count; n++)
            if (up_cut_loads(cut, n, s) && s > 0)
                cut->last[n] = s;
    }
    for (int n = 0; n < graph->count; n++)
        if (cut->last[n] >= 0 && !(n < graph->inputs && cut->mapped))
            cut->frame[n] = cut->frames++;
}

up_status up_cut_find(up_cut *cut, const up_graph *graph, bool remake, bool mapped, up_error *error)
{
    const size_t count = graph->count;
    *cut = (up_cut){ .graph = graph,
                     .mapped = mapped,
                     .level = up_alloc_zero(count, sizeof *cut->level),
                     .made = up_alloc(count, sizeof *cut->made),
                     .last = up_alloc(count, sizeof *cut->last),
                     .frame = up_alloc(count, sizeof *cut->frame),
                     .kept = up_alloc_zero(count, sizeof *cut->kept),
                     .needed = up_alloc_zero(count, sizeof *cut->needed) };
    if (!cut->level || !cut->made || !cut->last || !cut->frame || !cut->kept || !cut->needed) {
        up_cut_free(cut);
        return up_fail_memory(error, "the graph", count * sizeof *cut->level);
    }
    find_levels(cut);
    find_made(cut);
    find_kept(cut);
    for (int n = 0; n < graph->count && remake; n++)
        cut->kept[n] = false;
    for (int n = graph->inputs; n < graph->count; n++)
        cut->kept[n] |= up_graph_reduces(&graph->node[n]);
    find_frames(cut);
    return UP_OK;
}

void up_cut_free(up_cut *cut)
{
    up_free(cut->level);
    up_free(cut->made);
    up_free(cut->last);
    up_free(cut->frame);
    up_free(cut->kept);
    up_free(cut->needed);
    *cut = (up_cut){ 0 };
}
