/* SPDX-License-Identifier: MIT */
#include "pipeline/stages/cut.h"

#include "base/memory.h"

#include <limits.h>
#include <stdlib.h>

#define MOST_DEPTH (1 << 20) /* columns: beyond that there are no segments */
#define LEAST_REACH 8        /* of a segment, in columns */

/* ---- segments */

/* early[n]: columns that the ops before and of a node reach in a row. late[n]: as many of all as
 * are left to those behind it; nodes nobody needs have INT_MAX. Returns what all reach. */
static int find_depths(const up_graph *graph, int *early, int *late)
{
    int all = 0;
    for (int n = 0; n < graph->count; n++) {
        const up_node *node = &graph->node[n];
        early[n] = 0;
        late[n] = INT_MAX;
        for (int k = 0; k < node->pieces && !node->view; k++) {
            int reach = up_min(up_op_reach(node->op, node->piece[k].input), MOST_DEPTH);
            early[n] = up_max(early[n], up_min(early[node->piece[k].node] + reach, MOST_DEPTH));
        }
    }
    for (int o = 0; o < graph->outputs; o++)
        all = up_max(all, early[graph->output[o]]);
    for (int o = 0; o < graph->outputs; o++)
        late[graph->output[o]] = all;
    for (int n = graph->count - 1; n >= graph->inputs; n--) {
        const up_node *node = &graph->node[n];
        for (int k = 0; k < node->pieces && !node->view && late[n] < INT_MAX; k++) {
            int *from = &late[node->piece[k].node];
            int before = late[n] - up_op_reach(node->op, node->piece[k].input);
            *from = up_max(0, up_min(*from, before));
        }
    }
    return all;
}

/* samples[depth]: of what would be kept if the graph were cut there. `last` is scratch. */
static void find_widths(const up_graph *graph, const int *late, int *last, int all, double *samples)
{
    for (int n = 0; n < graph->count; n++)
        last[n] = late[n];
    for (int n = graph->inputs; n < graph->count; n++) {
        const up_node *node = &graph->node[n];
        for (int k = 0; k < node->pieces && !node->view && late[n] < INT_MAX; k++) {
            int *from = &last[node->piece[k].node];
            *from = up_max(*from, late[n]);
        }
    }
    for (int n = graph->inputs; n < graph->count; n++) {
        const up_shape *shape = &graph->node[n].shape;
        if (late[n] == INT_MAX)
            continue;
        samples[late[n]] += (double)shape->width * shape->height * shape->channels;
        samples[last[n]] -= (double)shape->width * shape->height * shape->channels;
    }
    for (int depth = 1; depth <= all; depth++)
        samples[depth] += samples[depth - 1];
}

/* The depth near the one wanted where least is kept. */
static int narrowest(const double *samples, int wanted, int range)
{
    int best = wanted;
    for (int depth = wanted - range; depth <= wanted + range; depth++) {
        bool nearer = abs(depth - wanted) < abs(best - wanted);
        if (samples[depth] < samples[best] || (samples[depth] <= samples[best] && nearer))
            best = depth;
    }
    return best;
}

static up_status find_segments(up_cut *cut, int segments, up_error *error)
{
    const up_graph *graph = cut->graph;
    int *late = cut->made; /* which is free until then, as are `level` and `last` */
    const int all = segments > 1 ? find_depths(graph, cut->level, late) : 0;
    if (segments < 2 || all >= MOST_DEPTH || all / segments < LEAST_REACH)
        return UP_OK;
    double *samples = up_alloc_zero((size_t)all + 1, sizeof *samples);
    if (!samples)
        return up_fail_memory(error, "the graph", ((size_t)all + 1) * sizeof *samples);
    find_widths(graph, late, cut->last, all, samples);
    for (int s = 1; s < segments; s++) {
        int depth = narrowest(samples, (int)((int64_t)all * s / segments), all / segments / 3);
        for (int n = graph->inputs; n < graph->count; n++)
            cut->segment[n] += late[n] > depth && late[n] < INT_MAX;
    }
    up_free(samples);
    return UP_OK;
}

/* ---- stages */

static double work_of(const up_node *node)
{
    const up_op *op = node->op;
    const up_shape *made = &op->out;
    return (op->multiply_adds + (double)made->width * made->channels) * made->height +
           op->finish_multiply_adds;
}

/* Stages that could make a node: behind whatever it reads, and behind all of what was reduced. */
static void find_levels(up_cut *cut)
{
    const up_graph *graph = cut->graph;
    for (int n = 0; n < graph->count; n++) {
        const up_node *node = &graph->node[n];
        cut->level[n] = 0;
        for (int k = 0; k < node->pieces && !node->view; k++) {
            int from = node->piece[k].node, level = cut->level[from];
            level += up_graph_is_whole(&graph->node[from]);
            level += up_max(0, cut->segment[n] - cut->segment[from]);
            cut->level[n] = up_max(cut->level[n], level);
        }
    }
    cut->stages = 1;
    for (int o = 0; o < graph->outputs; o++)
        cut->stages = up_max(cut->stages, cut->level[graph->output[o]] + 1);
}

/* Whether a node comes from the source by little work: cheaper made again than kept. */
static bool is_light(const up_graph *graph, const bool *light, int n)
{
    const up_node *node = &graph->node[n];
    if (n < graph->inputs)
        return true;
    if (node->op->multiply_adds > 0 || up_graph_is_whole(node))
        return false;
    for (int k = 0; k < node->pieces; k++)
        if (!light[node->piece[k].node])
            return false;
    return true;
}

/* What a segment makes for later ones, but for what is light. */
static void find_pinned(up_cut *cut)
{
    const up_graph *graph = cut->graph;
    bool *light = cut->needed;
    for (int n = 0; n < graph->count; n++) {
        const up_node *node = &graph->node[n];
        light[n] = is_light(graph, light, n);
        for (int k = 0; k < node->pieces && !node->view; k++) {
            const int from = node->piece[k].node;
            if (cut->segment[from] < cut->segment[n] && !light[from])
                cut->pinned[from] = !graph->node[from].shape.raw;
        }
    }
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
        if (up_graph_is_whole(node) || cut->pinned[n])
            cut->made[n] = cut->level[n];
        for (int k = 0; k < node->pieces; k++) {
            int *made = &cut->made[node->piece[k].node];
            *made = up_min(*made, cut->made[n]);
        }
    }
    for (int n = 0; n < graph->inputs; n++)
        cut->made[n] = 0;
}

/* What a stage is there for. */
static bool is_aim(const up_cut *cut, int n)
{
    const up_node *node = &cut->graph->node[n];
    return node->output || up_graph_is_whole(node) || cut->pinned[n];
}

/* A segment of light nodes alone leaves nothing to be made in a stage of its own. */
static void drop_empty_stages(up_cut *cut)
{
    const up_graph *graph = cut->graph;
    for (int s = cut->stages - 1; s >= 0; s--) {
        bool used = false;
        for (int n = graph->inputs; n < graph->count; n++)
            used |= cut->made[n] == s && is_aim(cut, n);
        for (int n = 0; n < graph->count && !used; n++)
            cut->made[n] -= cut->made[n] > s && cut->made[n] < INT_MAX;
        cut->stages -= !used;
    }
}

/* What is read in a stage behind the one that makes it. */
static void find_kept(up_cut *cut, bool remakes)
{
    const up_graph *graph = cut->graph;
    bool *light = cut->needed;
    for (int n = 0; n < graph->count; n++) {
        const up_node *node = &graph->node[n];
        light[n] = is_light(graph, light, n);
        cut->kept[n] |= up_graph_is_whole(node);
        for (int k = 0; k < node->pieces && !node->view && cut->made[n] < INT_MAX; k++) {
            const int from = node->piece[k].node;
            if (cut->made[from] < cut->made[n] && !light[from] && !remakes)
                cut->kept[from] = !graph->node[from].shape.raw;
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
        cut->needed[n] = cut->made[n] == stage && is_aim(cut, n);
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

up_status up_cut_find(up_cut *cut, const up_graph *graph, int segments, bool mapped,
                      up_error *error)
{
    const size_t count = graph->count;
    *cut = (up_cut){ .graph = graph,
                     .mapped = mapped,
                     .segment = up_alloc_zero(count, sizeof *cut->segment),
                     .level = up_alloc(count, sizeof *cut->level),
                     .made = up_alloc(count, sizeof *cut->made),
                     .last = up_alloc(count, sizeof *cut->last),
                     .frame = up_alloc(count, sizeof *cut->frame),
                     .kept = up_alloc_zero(count, sizeof *cut->kept),
                     .pinned = up_alloc_zero(count, sizeof *cut->pinned),
                     .needed = up_alloc_zero(count, sizeof *cut->needed) };
    up_status status = UP_OK;
    if (!cut->segment || !cut->level || !cut->made || !cut->last || !cut->frame || !cut->kept ||
        !cut->pinned || !cut->needed)
        status = up_fail_memory(error, "the graph", count * sizeof *cut->level);
    if (status == UP_OK)
        status = find_segments(cut, segments, error);
    if (status != UP_OK) {
        up_cut_free(cut);
        return status;
    }
    find_levels(cut);
    find_pinned(cut);
    find_made(cut);
    drop_empty_stages(cut);
    find_kept(cut, segments == 0);
    find_frames(cut);
    return UP_OK;
}

void up_cut_free(up_cut *cut)
{
    up_free(cut->segment);
    up_free(cut->level);
    up_free(cut->made);
    up_free(cut->last);
    up_free(cut->frame);
    up_free(cut->kept);
    up_free(cut->pinned);
    up_free(cut->needed);
    *cut = (up_cut){ 0 };
}
