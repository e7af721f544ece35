/* SPDX-License-Identifier: MIT */
#include "pipeline/stages/stages.h"

#include "base/memory.h"
#include "ops/arrange/planes.h"
#include "pipeline/add_ops.h"
#include "pipeline/stages/cut.h"

#include <stdlib.h>

void up_stages_free(up_stages *stages)
{
    for (int s = 0; s < stages->count; s++) {
        up_stage *stage = &stages->stage[s];
        up_graph_free(&stage->own);
        up_free(stage->origin);
        up_free(stage->from);
        up_free(stage->to);
    }
    for (int f = 0; f < stages->frames; f++)
        up_frame_close(&stages->frame[f]);
    up_free(stages->stage);
    up_free(stages->frame);
    *stages = (up_stages){ 0 };
}

/* ---- what is where */

static bool touches(const up_stage *stage, const up_frame *frame, const up_stages *stages)
{
    for (int i = 0; i < stage->graph->inputs; i++)
        if (stage->from[i] >= 0 && &stages->frame[stage->from[i]] == frame)
            return true;
    for (int o = stage->sinks; o < stage->graph->outputs; o++)
        if (&stages->frame[stage->to[o]] == frame)
            return true;
    return false;
}

/* Rows that a strip has in hand of what it makes or reads. */
static int rows_in_hand(const up_stage *stage)
{
    int most = stage->graph->band;
    for (int n = 0; n < stage->graph->inputs; n++)
        most = up_max(most, stage->graph->node[n].share);
    return most;
}

static size_t frame_bytes(const up_stages *stages, const up_frame *frame, int s)
{
    const up_stage *stage = &stages->stage[s];
    if (s < frame->first || s > frame->last)
        return 0;
    size_t finishing = 0;
    if (s == frame->first && frame->whole)
        finishing = up_alloc_bytes(frame->parts_bytes) + frame->whole->finish_bytes;
    if (!frame->in_file)
        return up_alloc_bytes(frame->bytes) + finishing;
    if (!touches(stage, frame, stages))
        return 0;
    size_t bytes = stage->strips * up_frame_window_bytes(frame, rows_in_hand(stage));
    return bytes < frame->bytes ? bytes : frame->bytes;
}

static size_t stage_bytes(const up_stages *stages, int s)
{
    size_t bytes = stages->stage[s].bytes;
    for (int f = 0; f < stages->frames; f++)
        bytes += frame_bytes(stages, &stages->frame[f], s);
    return bytes;
}

static size_t peak_of(const up_stages *stages, int first, int last)
{
    size_t most = 0;
    for (int s = first; s <= last; s++) {
        size_t bytes = stage_bytes(stages, s);
        most = bytes > most ? bytes : most;
    }
    return most;
}

size_t up_stages_peak(const up_stages *stages)
{
    return peak_of(stages, 0, stages->count - 1);
}

bool up_stages_place(up_stages *stages, size_t most)
{
    bool all = true;
    for (int f = 0; f < stages->frames; f++)
        stages->frame[f].in_file = !stages->frame[f].whole;
    for (int f = 0; f < stages->frames; f++) {
        up_frame *frame = &stages->frame[f];
        frame->in_file = false;
        if (!frame->whole && peak_of(stages, frame->first, frame->last) > most) {
            frame->in_file = true;
            all = false;
        }
    }
    return all;
}

/* ---- the graphs */

static up_format rows_format(const up_shape *shape)
{
    return (up_format){ .width = shape->width,
                        .height = shape->height,
                        .channels = shape->channels,
                        .sample = UP_SAMPLE_F32,
                        .planar = true };
}

typedef struct {
    const up_cut *cut;
    up_stages *stages;
    up_stage *stage;
    int s;
    int *map; /* from nodes of the whole graph to those of this one */
} builder;

static void note_edge(up_graph *graph, int node, const up_node *whole)
{
    graph->node[node].edge = whole->edge;
    graph->node[node].edge_fixed = whole->edge_fixed;
}

/* What is given, the source first. */
static up_status add_inputs(builder *b, up_error *error)
{
    const up_cut *cut = b->cut;
    up_graph *graph = &b->stage->own;
    for (int n = 0; n < cut->graph->count; n++) {
        if (!up_cut_loads(cut, n, b->s))
            continue;
        const int f = cut->frame[n];
        const up_shape *shape = f < 0 ? &cut->graph->node[n].shape : &b->stages->frame[f].shape;
        b->stage->from[graph->inputs] = f;
        b->map[n] = graph->inputs;
        UP_TRY(up_graph_add_input(graph, shape, error));
    }
    return UP_OK;
}

/* From the rows of frames to planes. */
static up_status add_loads(builder *b, up_error *error)
{
    const up_graph *whole = b->cut->graph;
    for (int n = whole->inputs; n < whole->count; n++) {
        if (!up_cut_loads(b->cut, n, b->s))
            continue;
        const up_format format = rows_format(&whole->node[n].shape);
        UP_TRY(up_add_unpack(&b->stage->own, b->map[n], &format, &b->map[n], error));
        note_edge(&b->stage->own, b->map[n], &whole->node[n]);
    }
    return UP_OK;
}

static up_status add_made(builder *b, int n, up_error *error)
{
    const up_node *node = &b->cut->graph->node[n];
    up_piece *piece = malloc(node->pieces * sizeof *piece);
    if (!piece)
        return up_fail_memory(error, "the graph", node->pieces * sizeof *piece);
    for (int k = 0; k < node->pieces; k++) {
        piece[k] = node->piece[k];
        piece[k].node = b->map[piece[k].node];
    }
    return up_graph_borrow(&b->stage->own, node, piece, node->pieces, &b->map[n], error);
}

static up_status add_keep(builder *b, int n, up_error *error)
{
    up_graph *graph = &b->stage->own;
    const up_node *node = &b->cut->graph->node[n];
    int kept = b->map[n];
    b->stage->to[graph->outputs] = b->cut->frame[n];
    if (!up_graph_is_whole(node)) {
        const up_format format = rows_format(&node->shape);
        UP_TRY(up_add_pack(graph, kept, &format, true, &kept, error));
    }
    return up_graph_mark_output(graph, kept, error);
}

static up_status add_nodes(builder *b, up_error *error)
{
    const up_cut *cut = b->cut;
    const up_graph *whole = cut->graph;
    up_graph *graph = &b->stage->own;
    UP_TRY(add_inputs(b, error));
    UP_TRY(add_loads(b, error));
    for (int n = whole->inputs; n < whole->count; n++)
        if (up_cut_makes(cut, n, b->s))
            UP_TRY(add_made(b, n, error));
    for (int o = 0; o < whole->outputs && b->s == cut->stages - 1; o++) {
        b->stage->sinks++;
        UP_TRY(up_graph_mark_output(graph, b->map[whole->output[o]], error));
    }
    for (int n = whole->inputs; n < whole->count; n++)
        if (cut->frame[n] >= 0 && cut->made[n] == b->s)
            UP_TRY(add_keep(b, n, error));
    b->stage->origin = up_alloc(graph->count, sizeof *b->stage->origin);
    if (!b->stage->origin)
        return up_fail_memory(error, "the graph", graph->count * sizeof *b->stage->origin);
    for (int n = 0; n < graph->count; n++)
        b->stage->origin[n] = -1;
    for (int n = 0; n < whole->count; n++)
        if (up_cut_makes(cut, n, b->s))
            b->stage->origin[b->map[n]] = n;
    return UP_OK;
}

static up_status build_stage(up_stages *stages, up_cut *cut, int s, int *map, up_error *error)
{
    up_stage *stage = &stages->stage[s];
    builder b = { cut, stages, stage, s, map };
    const size_t most = cut->graph->count + cut->graph->outputs;
    stage->graph = &stage->own;
    stage->reads = s == 0 && !cut->mapped;
    stage->from = up_alloc(most, sizeof *stage->from);
    stage->to = up_alloc(most, sizeof *stage->to);
    if (!stage->from || !stage->to)
        return up_fail_memory(error, "the graph", most * sizeof *stage->to);
    stage->work = up_cut_mark(cut, s);
    for (int f = 0; f < stages->frames; f++)
        if (stages->frame[f].first == s && stages->frame[f].whole)
            stage->finishing += stages->frame[f].whole->finish_multiply_adds;
    return add_nodes(&b, error);
}

static up_status lay_out_frames(up_stages *stages, const up_cut *cut, up_error *error)
{
    const up_graph *whole = cut->graph;
    stages->frame = up_alloc_zero(cut->frames + 1, sizeof *stages->frame);
    if (!stages->frame)
        return up_fail_memory(error, "frames", cut->frames * sizeof *stages->frame);
    stages->frames = cut->frames;
    for (int n = 0; n < whole->count; n++) {
        if (cut->frame[n] < 0)
            continue;
        const up_node *node = &whole->node[n];
        const up_format format = rows_format(&node->shape);
        up_frame *frame = &stages->frame[cut->frame[n]];
        *frame = (up_frame){ .node = n,
                             .shape = n < whole->inputs ? node->shape : up_raw_shape(&format),
                             .whole = up_graph_is_whole(node) ? node->op : NULL,
                             .first = cut->made[n],
                             .last = cut->last[n] };
        UP_TRY(up_frame_layout(frame, error));
    }
    return UP_OK;
}

static up_status build_stages(up_stages *stages, up_cut *cut, up_error *error)
{
    int *map = up_alloc(cut->graph->count, sizeof *map);
    stages->stage = up_alloc_zero(cut->stages, sizeof *stages->stage);
    up_status status = map && stages->stage ? lay_out_frames(stages, cut, error)
                                            : up_fail_memory(error, "stages", cut->stages);
    if (status == UP_OK)
        stages->count = cut->stages;
    for (int s = 0; s < stages->count && status == UP_OK; s++)
        status = build_stage(stages, cut, s, map, error);
    up_free(map);
    return status;
}

static up_status one_stage(up_stages *stages, up_graph *whole, bool mapped, double work,
                           up_error *error)
{
    up_stage *stage = stages->stage = up_alloc_zero(1, sizeof *stages->stage);
    if (!stage)
        return up_fail_memory(error, "stages", sizeof *stage);
    stages->count = 1;
    *stage = (up_stage){ .graph = whole,
                         .from = up_alloc(whole->inputs, sizeof *stage->from),
                         .sinks = whole->outputs,
                         .reads = !mapped,
                         .work = work };
    for (int i = 0; i < whole->inputs && stage->from; i++)
        stage->from[i] = -1;
    return stage->from ? UP_OK : up_fail_memory(error, "stages", sizeof *stage->from);
}

up_status up_stages_cut(up_stages *stages, up_graph *whole, int segments, bool mapped,
                        double most_work, up_error *error)
{
    up_cut cut;
    *stages = (up_stages){ .whole = whole };
    UP_TRY(up_cut_find(&cut, whole, segments, mapped, error));
    up_status status = UP_OK;
    stages->work = cut.work;
    if (cut.stages == 1)
        status = one_stage(stages, whole, mapped, cut.work, error);
    else if (cut.work <= most_work)
        status = build_stages(stages, &cut, error);
    up_cut_free(&cut);
    if (status != UP_OK)
        up_stages_free(stages);
    return status;
}
