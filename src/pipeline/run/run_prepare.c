/* SPDX-License-Identifier: MIT */
/* How a graph is run: cut into stages, strips for the threads, bands for the cache, chunks for what
 * streams. */

#include "pipeline/run/run.h"

#include "base/machine/machine.h"
#include "base/memory.h"
#include "pipeline/state.h"

#include <math.h>

#define FEW_ROWS 4                      /* a band of less is too little to start on */
#define LEAST_COLUMNS 64                /* of the output in a strip, or a slice */
#define MOST_EXCESS 1.05                /* that strips may make of what one would */
#define CHUNK_BYTES ((size_t)512 << 10) /* raw rows per chunk: a good deflate block */
#define CHUNK_READS ((size_t)16 << 20)  /* of the source per chunk: two are there at a time */

#define MOST_REMADE 2.0 /* times the graph's work that making again may come to */
#define MUCH_FASTER 0.75
#define SLIGHTLY_SLOWER 1.05
#define MOST_SEGMENTS 32
#define MANY_BYTES ((size_t)64 << 20) /* of rings: segments may be worth while */

static size_t raw_row_bytes(const up_shape *shape)
{
    return (size_t)shape->width * shape->bytes * shape->channels;
}

/* Of a row of the highest output, what a node makes. */
static double made_bytes(const up_graph *graph, int n)
{
    const up_node *node = &graph->node[n];
    const int height = up_graph_shape(graph, graph->output[up_graph_highest(graph)])->height;
    double share = node->shape.height / (double)height;
    return node->fused || node->view ? 0 : share * (double)raw_row_bytes(&node->shape);
}

static double read_bytes(const up_graph *graph, const up_node *node)
{
    double bytes = 0;
    for (int k = 0; k < node->pieces; k++) {
        const up_piece *piece = &node->piece[k];
        double share = (double)piece->channels / graph->node[piece->node].shape.channels;
        bytes += share * made_bytes(graph, piece->node);
    }
    return bytes;
}

/* Rows per step so that what is made and read again stays in the cache of a core: all of it, or
 * else what the largest op reads and makes. */
static int choose_band(const up_graph *graph, int strips)
{
    double all = 0, most = 0;
    for (int n = 0; n < graph->count; n++) {
        double bytes = made_bytes(graph, n);
        all += bytes;
        if (!graph->node[n].view)
            bytes += read_bytes(graph, &graph->node[n]);
        most = bytes > most ? bytes : most;
    }
    double room = 0.4 * (double)up_machine_cache() * strips;
    int band = up_clamp((int)(room / all), 2, 64);
    return band < FEW_ROWS ? up_clamp((int)(room / most), 2, 64) : band;
}

/* As many as there are threads, unless their borders come to too much work: then each thread gets a
 * slice of the rows that fewer make. */
static up_status choose_strips(up_strips *strips, up_stage *stage, int threads, up_error *error)
{
    const up_graph *graph = stage->graph;
    int width = 1;
    for (int o = 0; o < graph->outputs; o++)
        width = up_max(width, up_graph_shape(graph, graph->output[o])->width);
    int count = up_clamp(width / LEAST_COLUMNS, 1, threads);
    UP_TRY(up_strips_plan(strips, graph, count, stage->reads, error));
    while (count > 1 && up_strips_excess(strips) > MOST_EXCESS) {
        up_strips_free(strips);
        UP_TRY(up_strips_plan(strips, graph, --count, stage->reads, error));
    }
    stage->slices = strips->slices = up_clamp(width / LEAST_COLUMNS, 1, threads / count);
    return UP_OK;
}

static int chunks_of(const up_node *node, size_t bytes)
{
    size_t rows = bytes / (raw_row_bytes(&node->shape) + 1) + 1;
    return (int)((node->end - node->first + rows - 1) / rows);
}

/* For what goes to sinks, or else for what comes from the source, of which a strong reduction takes
 * many rows for few. */
static int choose_chunks(const up_stage *stage, bool streams)
{
    const up_graph *graph = stage->graph;
    int chunks = 1;
    if (stage->reads && (streams || stage->sinks == 0))
        chunks = chunks_of(&graph->node[0], stage->sinks ? CHUNK_READS : CHUNK_BYTES);
    for (int o = 0; o < stage->sinks && streams; o++)
        chunks = up_max(chunks, chunks_of(&graph->node[graph->output[o]], CHUNK_BYTES));
    return up_max(chunks, 1);
}

/* Of the outputs what was asked for, and of what goes to frames what later stages read there. */
static void limit_rows(up_stage *stage, up_stages *stages, const int rows[2])
{
    up_graph *graph = stage->graph;
    for (int o = 0; o < graph->outputs; o++) {
        up_node *node = &graph->node[graph->output[o]];
        const up_frame *frame = o < stage->sinks ? NULL : &stages->frame[stage->to[o]];
        if (frame && frame->whole)
            continue;
        node->first = frame ? frame->low : rows[0];
        node->end = frame ? frame->high : rows[1];
    }
    up_graph_limit(graph);
    for (int i = 0; i < graph->inputs; i++) {
        up_frame *frame = stage->from[i] < 0 ? NULL : &stages->frame[stage->from[i]];
        const up_node *node = &graph->node[i];
        if (!frame || node->first >= node->end)
            continue;
        frame->low = frame->low < frame->high ? up_min(frame->low, node->first) : node->first;
        frame->high = up_max(frame->high, node->end);
    }
}

/* Behind all later ones, which say what they read of it. */
static up_status prepare_stage(const up_run *run, up_stages *stages, up_stage *stage,
                               up_error *error)
{
    up_graph *graph = stage->graph;
    up_strips strips;
    int band = run->band;
    UP_TRY(up_graph_fuse(graph, error));
    if (run->rows[1] > 0)
        limit_rows(stage, stages, run->rows);
    const int most = run->most_strips ? up_min(run->most_strips, run->threads) : run->threads;
    UP_TRY(choose_strips(&strips, stage, most, error));
    stage->strips = strips.count;
    stage->excess = up_strips_excess(&strips);
    if (band <= 0)
        band = choose_band(graph, strips.count);
    const int chunks = choose_chunks(stage, !run->mapped);
    up_status status = up_graph_prepare(graph, chunks, band, run->cancel, error);
    if (status == UP_OK)
        status = up_strips_lay_out(&strips, error);
    if (status == UP_OK)
        stage->bytes = up_strips_bytes(&strips);
    up_strips_free(&strips);
    return status;
}

up_status up_stage_strips(const up_stage *stage, up_strips *strips, up_error *error)
{
    UP_TRY(up_strips_plan(strips, stage->graph, stage->strips, stage->reads, error));
    strips->slices = stage->slices;
    up_status status = up_strips_lay_out(strips, error);
    if (status != UP_OK)
        up_strips_free(strips);
    return status;
}

static up_status cut(up_run *run, up_stages *stages, int segments, double most_work,
                     up_error *error)
{
    const bool held = run->source->mapped.data != NULL;
    UP_TRY(up_stages_cut(stages, run->graph, segments, held, most_work, error));
    up_status status = UP_OK;
    for (int s = stages->count - 1; s >= 0 && status == UP_OK; s--)
        status = prepare_stage(run, stages, &stages->stage[s], error);
    if (status != UP_OK)
        up_stages_free(stages);
    return status;
}

up_status up_run_prepare(up_run *run, bool mapped, up_error *error)
{
    const bool remakes = run->keep == UP_KEEP_NOTHING;
    up_run_clear(run);
    run->mapped = mapped;
    run->slots = run->threads > 1 ? run->threads + 2 : 1;
    UP_TRY(cut(run, &run->stages, remakes ? 0 : up_max(run->segments, 1), INFINITY, error));
    up_stages_place(&run->stages, remakes || run->keep == UP_KEEP_IN_MEMORY ? SIZE_MAX : 0);
    return UP_OK;
}

/* ---- the cheapest way */

/* In the time that one thread takes for a unit of work. */
static double duration(const up_stages *stages)
{
    double sum = 0;
    for (int s = 0; s < stages->count; s++)
        sum += stages->stage[s].work * stages->stage[s].excess / stages->stage[s].strips /
               stages->stage[s].slices;
    return sum;
}

static bool uses_files(const up_stages *stages)
{
    for (int f = 0; f < stages->frames; f++)
        if (stages->frame[f].in_file)
            return true;
    return false;
}

/* Files are for what does not fit otherwise. */
static bool is_better(const up_stages *stages, const up_stages *than, size_t most)
{
    const size_t bytes = up_stages_peak(stages), before = up_stages_peak(than);
    const double share = duration(stages) / duration(than);
    if (bytes > most || before > most)
        return bytes <= most;
    if (uses_files(stages) != uses_files(than))
        return uses_files(than);
    return share < MUCH_FASTER || (share < SLIGHTLY_SLOWER && bytes < before);
}

/* Takes `other` over where that is better, and frees what is not taken; whether it was. */
static bool take_better(up_run *run, up_stages *other, size_t most)
{
    const bool better = other->count > 0 && is_better(other, &run->stages, most);
    if (better) {
        const up_stages before = run->stages;
        run->stages = *other;
        *other = before;
    }
    up_stages_free(other);
    return better;
}

static bool has_many_rings(const up_stages *stages)
{
    for (int s = 0; s < stages->count; s++)
        if (stages->stage[s].bytes > MANY_BYTES)
            return true;
    return false;
}

static up_status try_segments(up_run *run, size_t most, up_error *error)
{
    bool taken = false, more = true;
    for (int segments = 2; segments <= MOST_SEGMENTS && more && has_many_rings(&run->stages);
         segments *= 2) {
        up_stages other;
        UP_TRY(cut(run, &other, segments, INFINITY, error));
        more = other.count > run->stages.count;
        up_stages_place(&other, most);
        const bool better = take_better(run, &other, most);
        more = more && (better || !taken);
        taken |= better;
    }
    return UP_OK;
}

static up_status try_remaking(up_run *run, size_t most, up_error *error)
{
    up_stages other;
    UP_TRY(cut(run, &other, 0, MOST_REMADE * run->stages.work, error));
    if (up_stages_place(&other, most))
        take_better(run, &other, most);
    else
        up_stages_free(&other);
    return UP_OK;
}

static size_t output_bytes(const up_run *run)
{
    size_t bytes = 0;
    for (int o = 0; o < run->graph->outputs; o++)
        bytes += up_alloc_bytes(up_run_group_bytes(run, o) * run->slots);
    return bytes;
}

up_status up_run_fit(up_run *run, size_t most, up_error *error)
{
    const size_t outputs = output_bytes(run);
    if (run->keep != UP_KEEP_CHEAPEST)
        return UP_OK;
    most -= outputs < most ? outputs : most;
    if (!up_stages_place(&run->stages, most))
        UP_TRY(try_remaking(run, most, error));
    return run->segments ? UP_OK : try_segments(run, most, error);
}

void up_run_clear(up_run *run)
{
    up_stages_free(&run->stages);
}

size_t up_run_group_bytes(const up_run *run, int output)
{
    const up_graph *graph = run->stages.stage[run->stages.count - 1].graph;
    int most = 0, start = up_graph_chunk_end(graph, output, -1);
    for (int c = 0; c < graph->chunks; c++) {
        int end = up_graph_chunk_end(graph, output, c);
        most = up_max(most, end - start);
        start = end;
    }
    return most * raw_row_bytes(up_graph_shape(graph, graph->output[output]));
}

bool up_run_overlaps(const up_run *run)
{
    const up_stages *stages = &run->stages;
    const bool streams = run->threads > 1 && !run->mapped && stages->count == 1 &&
                         stages->frames == 0 && stages->stage[0].reads &&
                         stages->stage[0].graph->node[0].first == 0;
    return streams && (!run->further || up_run_overlaps(run->further));
}

size_t up_run_bytes(const up_run *run)
{
    return up_stages_peak(&run->stages) * (size_t)up_max(run->frames.at_once, 1) +
           output_bytes(run);
}

double up_run_multiply_adds(const up_run *run)
{
    double sum = 0;
    for (int s = 0; s < run->stages.count; s++)
        sum += up_graph_multiply_adds(run->stages.stage[s].graph);
    return sum;
}
