/* SPDX-License-Identifier: MIT */

#include "pipeline/state.h"

#include "base/memory.h"

#include <math.h>

#define SLICE_WORK 5e5 /* multiply-adds, or samples, that are worth a task of their own */
#define SLICE_LANES 64 /* columns that slices end at multiples of: one vector of tiles */

/* One call: rows y .. y + rows - 1, columns x0 .. x1 - 1 of a node. */
typedef struct {
    const up_strip *strip;
    int64_t frame;
    int y, rows, x0, x1;
    int block; /* columns of fused blocks */
} up_region;

static void *take(unsigned char **scratch, size_t bytes)
{
    void *taken = *scratch;
    *scratch += up_round_up(bytes, UP_ALIGN);
    return taken;
}

/* The rows of a piece of a window that lie in a ring. */
static const void **ring_rows(const up_region *at, const up_piece *piece, up_edge edge,
                              const up_window *window, const void **pointer)
{
    const up_ring *ring = &at->strip->part[piece->node].ring;
    for (int r = 0; r < window->count; r++) {
        int real = up_edge_row(edge, window->first + r, ring->shape.height);
        const unsigned char *row = real < 0 ? ring->zero : up_ring_row(ring, piece->first, real);
        size_t plane = real < 0 ? 0 : ring->plane_bytes;
        for (int c = 0; c < piece->channels; c++)
            pointer[c * window->count + r] = row + c * plane;
    }
    return pointer + (size_t)piece->channels * window->count;
}

/* The same of one that lies in the block of a fused node. */
static const void **block_rows(const up_region *at, const up_piece *piece, const void **block,
                               const up_window *window, const void **pointer)
{
    block += (size_t)piece->first * at->rows + window->first - at->y;
    for (int c = 0; c < piece->channels; c++, block += at->rows)
        for (int r = 0; r < window->count; r++)
            *pointer++ = block[r];
    return pointer;
}

/* Pointers to all rows that an op reads for rows y .. y + rows - 1. */
static const void **windows(const up_region *at, const up_node *node, const void ***block, int y,
                            int rows, const void **pointer, up_window *window)
{
    int input = -1;
    for (int k = 0; k < node->pieces; k++) {
        const up_piece *piece = &node->piece[k];
        up_window *in = &window[piece->input];
        if (piece->input != input) {
            int first, end;
            input = piece->input;
            up_graph_window(node, input, y, rows, &first, &end);
            *in = (up_window){ pointer, first, up_max(0, end - first) };
        }
        pointer = block[k] ? block_rows(at, piece, block[k], in, pointer)
                           : ring_rows(at, piece, node->op->edge[input], in, pointer);
    }
    return pointer;
}

static void make(const up_region *at, const up_node *node, void *const *out,
                 unsigned char *scratch);

/* Makes the block of a fused node; its pointers stand as if the block were a whole row. */
static const void **fused_block(const up_region *at, const up_node *fused, unsigned char **scratch)
{
    size_t rows = (size_t)fused->op->out.channels * at->rows;
    const void **row = take(scratch, rows * sizeof *row);
    float *block = take(scratch, rows * at->block * sizeof *block + UP_ALIGN);
    for (size_t i = 0; i < rows; i++)
        row[i] = block + i * at->block - at->x0;
    make(at, fused, (void *const *)row, *scratch);
    return row;
}

/* The blocks of the pieces of a node, NULL where they have none, each made once. */
static const void ***fused_blocks(const up_region *at, const up_node *node, unsigned char **scratch)
{
    const up_graph *graph = at->strip->walk.graph;
    const void ***block = take(scratch, node->pieces * sizeof *block);
    for (int k = 0; k < node->pieces; k++) {
        const int from = node->piece[k].node;
        block[k] = NULL;
        for (int j = 0; j < k && graph->node[from].fused; j++)
            if (node->piece[j].node == from)
                block[k] = block[j];
        if (graph->node[from].fused && !block[k])
            block[k] = fused_block(at, &graph->node[from], scratch);
    }
    return block;
}

/* As many calls of the op as the rows of the region take; out[c * at->rows + i]. */
static void make(const up_region *at, const up_node *node, void *const *out, unsigned char *scratch)
{
    const up_op *op = node->op;
    const void ***block = fused_blocks(at, node, &scratch);
    up_window window[UP_MAX_INPUTS];
    int rows;
    for (int done = 0; done < at->rows; done += rows) {
        rows = up_min(op->step, at->rows - done);
        const void **pointer =
            windows(at, node, block, at->y + done, rows, (const void **)scratch, window);
        void *const *to = (void *const *)pointer;
        for (int c = 0; c < op->out.channels; c++)
            for (int r = done; r < done + rows; r++)
                *pointer++ = out[c * at->rows + r];
        size_t used = up_round_up((unsigned char *)pointer - scratch, UP_ALIGN);
        up_target target = { to, at->y + done, rows, at->x0, at->x1, at->frame, scratch + used };
        op->run(op, window, &target);
    }
}

/* Columns x0 .. x1 - 1 of the rows of the current call. */
static void make_columns(const up_state *s, const up_strip *strip, int n, int slice, int x0, int x1)
{
    const up_node *node = &strip->walk.graph->node[n];
    const up_progress *at = &strip->walk.node[n];
    const up_part *part = &strip->part[n];
    const int columns = node->block ? node->block : x1 - x0;
    int channels = node->op->out.channels, rows;
    for (int y = at->made; y < at->next; y += rows) {
        rows = up_min(node->step, at->next - y);
        unsigned char *scratch = up_strips_scratch(&s->strips, strip, slice);
        void **out = take(&scratch, (size_t)channels * rows * sizeof *out);
        for (int c = 0; c < channels; c++)
            for (int r = 0; r < rows; r++)
                out[c * rows + r] = up_ring_row(&part->ring, c, y + r);
        for (int x = x0; x < x1; x += columns) {
            const up_region region = { strip,      s->frame, y, rows, x, up_min(x + columns, x1),
                                       node->block };
            make(&region, node, out, scratch);
        }
    }
}

/* Of a row, with what is fused into it: multiply-adds, or samples. */
static double row_work(const up_graph *graph, int n)
{
    const up_node *node = &graph->node[n];
    double work = node->op->multiply_adds + (double)node->shape.width * node->op->out.channels;
    for (int k = 0; k < node->pieces; k++) {
        const int from = node->piece[k].node;
        if (graph->node[from].fused && (k == 0 || from != node->piece[k - 1].node))
            work += row_work(graph, from);
    }
    return work;
}

/* Of the current call: as many as there are, if each has enough to do. */
static int choose_slices(const up_state *s, const up_strip *strip, int n)
{
    const up_node *node = &strip->walk.graph->node[n];
    const up_progress *at = &strip->walk.node[n];
    const int columns = strip->part[n].x1 - strip->part[n].x0;
    if (s->strips.slices == 1 || node->op->running || up_graph_is_whole(node))
        return 1;
    const double work = row_work(strip->walk.graph, n) * (at->next - at->made);
    const double most = work * columns / node->shape.width / SLICE_WORK;
    return up_clamp((int)fmin(most, columns / SLICE_LANES), 1, s->strips.slices);
}

static int border(const up_part *part, int slice, int slices)
{
    const int columns = (int)((int64_t)(part->x1 - part->x0) * slice / slices);
    return slice == slices ? part->x1
                           : part->x0 + (columns + SLICE_LANES / 2) / SLICE_LANES * SLICE_LANES;
}

typedef struct {
    const up_state *state;
    const up_strip *strip;
    int node, slices;
} up_call;

static void make_slice(void *user, int slice)
{
    const up_call *call = user;
    const up_part *part = &call->strip->part[call->node];
    make_columns(call->state, call->strip, call->node, slice, border(part, slice, call->slices),
                 border(part, slice + 1, call->slices));
}

/* The rows of the current call, as far as they belong to the strip. */
static void make_rows(const up_state *s, up_strip *strip, int n)
{
    const up_progress *at = &strip->walk.node[n];
    const up_part *part = &strip->part[n];
    if (part->x0 >= part->x1)
        return; /* the output is narrower than the strips are many */
    up_call call = { s, strip, n, choose_slices(s, strip, n) };
    if (call.slices > 1)
        up_slices_run(&strip->shared, call.slices, make_slice, &call);
    else
        make_slice(&call, 0);
    up_ring_pad(&part->ring, at->made, at->next);
}

/* Where there is one chunk, nothing else tells how far it is. */
static void report_band(up_state *s, const up_strip *strip)
{
    const up_graph *graph = s->stage->graph;
    const int highest = graph->output[up_graph_highest(graph)];
    const int made = strip->walk.node[highest].made;
    const int first = graph->node[highest].first, end = graph->node[highest].end;
    if (graph->chunks == 1 && made < end)
        up_state_report(s, (double)(made - first) / (end - first));
}

/* Rows of frames in files need not stay in memory behind the band. */
static void release_rows(up_state *s, up_strip *strip)
{
    const up_graph *graph = s->stage->graph;
    const up_frame *frame = s->run->stages.frame;
    for (int i = 0; i < graph->inputs; i++)
        if (s->stage->from[i] >= 0)
            up_frame_release(&frame[s->stage->from[i]], &strip->released[i],
                             up_walk_oldest(&strip->walk, i));
    for (int o = s->stage->sinks; o < graph->outputs; o++)
        up_frame_release(&frame[s->stage->to[o]], &strip->released[graph->inputs + o],
                         strip->walk.node[graph->output[o]].made);
}

static void tell_made(const up_state *s, int n)
{
    const int node = s->stage->origin ? s->stage->origin[n] : n;
    if (node >= 0)
        s->run->made(s->run->watcher, node);
}

void up_engine_run(up_state *s, up_strip *strip, int chunk)
{
    const up_run *run = s->run;
    bool first = strip == s->strips.strip, watched = run->made && first;
    const bool shares = s->strips.slices > 1;
    if (shares)
        up_slices_open(&strip->shared);
    while (!up_state_stopped(s) && up_walk_next_band(&strip->walk, chunk)) {
        up_state_check_cancel(s);
        for (int n; !up_state_stopped(s) && (n = up_walk_next(&strip->walk)) > 0;) {
            make_rows(s, strip, n);
            up_walk_advance(&strip->walk, n);
            if (watched)
                tell_made(s, n);
        }
        release_rows(s, strip);
        if (first)
            report_band(s, strip);
    }
    if (shares)
        up_slices_close(&strip->shared);
}
