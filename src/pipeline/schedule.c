/* SPDX-License-Identifier: MIT */

#include "pipeline/state.h"

#include "base/memory.h"

#include <omp.h>

static void bind_output(up_state *s, up_strip *strip, int o, int slot)
{
    int node = s->stage->graph->output[o];
    up_ring *ring = &strip->part[node].ring;
    if (o >= s->stage->sinks) {
        up_frame_bind_made(&s->run->stages.frame[s->stage->to[o]], ring);
        return;
    }
    const up_pixels *mapped = &s->run->sink[o]->mapped;
    size_t row = (size_t)ring->shape.width * ring->shape.bytes;
    if (mapped->data) {
        size_t frame = mapped->plane_stride * ring->shape.channels * (size_t)s->frame;
        up_ring_bind(ring, (char *)mapped->data + frame, mapped->row_stride, mapped->plane_stride,
                     0);
    } else {
        up_ring_bind(ring, s->slot[o] + slot * s->group_bytes[o], row * ring->shape.channels, row,
                     strip->walk.node[node].made);
    }
}

static void compute(up_state *s, up_strip *strip, int chunk, int slot)
{
    for (int i = 0; i < s->stage->graph->inputs; i++)
        strip->part[i].ring = s->strips.input[i];
    for (int o = 0; o < s->stage->graph->outputs; o++)
        bind_output(s, strip, o, slot);
    up_engine_run(s, strip, chunk);
}

/* Pointers to `count` rows of every channel, as sources and sinks take them; to be freed. */
static void **row_pointers(up_state *s, int channels, int count)
{
    up_error error;
    void **row = up_alloc((size_t)channels * count, sizeof *row);
    if (!row)
        up_state_note(s, up_fail_memory(&error, "row pointers", (size_t)count * sizeof *row),
                      &error);
    return row;
}

static void read_rows(up_state *s, int first, int end)
{
    up_run *run = s->run;
    const up_ring *ring = &s->strips.input[0];
    int channels = ring->shape.channels, count = end - first;
    void **row;
    if (up_state_stopped(s) || count <= 0 || !s->stage->reads ||
        !(row = row_pointers(s, channels, count)))
        return;
    for (int c = 0; c < channels; c++)
        for (int i = 0; i < count; i++)
            row[c * count + i] = up_ring_row(ring, c, first + i);
    up_error error;
    up_state_note(s, up_source_read(run->source, row, count, &error), &error);
    up_free(row);
}

/* Rows first .. end - 1, of which the sink gets those that were asked for. */
static void accept(up_state *s, int o, int first, int end, int slot)
{
    up_sink *sink = s->run->sink[o];
    const up_shape *shape = up_graph_shape(s->stage->graph, s->stage->graph->output[o]);
    const int above = up_max(s->run->rows[0] - first, 0);
    int channels = shape->channels, count = end - first - above;
    void **row;
    if (up_state_stopped(s) || !(row = row_pointers(s, channels, count)))
        return;
    size_t bytes = (size_t)shape->width * shape->bytes;
    unsigned char *data = s->slot[o] + slot * s->group_bytes[o] + above * channels * bytes;
    for (int c = 0; c < channels; c++)
        for (int i = 0; i < count; i++)
            row[c * count + i] = data + ((size_t)i * channels + c) * bytes;
    up_error error;
    up_state_note(s, sink->accept(sink, slot, (const void *const *)row, count, &error), &error);
    up_free(row);
}

static void stage(up_state *s, int o, int slot, up_status (*step)(up_sink *, int, up_error *))
{
    up_error error;
    if (step && !up_state_stopped(s) && !s->run->sink[o]->mapped.data)
        up_state_note(s, step(s->run->sink[o], slot, &error), &error);
}

/*
 * What must wait for what is in the depend clauses: the source is read in order, at most one chunk
 * ahead of the slowest strip (two sets of tokens), and into a slot that has been emitted; each
 * strip works in order, and waits for no other; each sink takes and emits in order. They are all
 * inout: what OpenMP keeps for them would otherwise grow with the square of the chunks.
 */
static void schedule_sink(up_state *s, int o, int chunk, int slot)
{
    const up_graph *graph = s->stage->graph;
    const up_sink *sink = s->run->sink[o];
    int start = up_graph_chunk_end(graph, o, chunk - 1);
    int end = up_graph_chunk_end(graph, o, chunk);
    if (s->run->rows[1] > 0)
        end = up_min(end, s->run->rows[1]);
    if (sink->mapped.data || end <= up_max(start, s->run->rows[0]))
        return;
    up_shared *shared = s->shared;
    const int lane = s->lane;
#pragma omp task depend(inout                                                                      \
                        : shared->token.accept[o], shared->token.slot[slot][o],                    \
                          shared->token.out[lane][slot][o])
    accept(s, o, start, end, slot);
    if (sink->pack) {
#pragma omp task depend(inout : shared->token.slot[slot][o])
        stage(s, o, slot, sink->pack);
    }
    if (sink->emit) {
#pragma omp task depend(inout                                                                      \
                        : shared->token.emit[o], shared->token.slot[slot][o],                      \
                          shared->token.out[lane][slot][o])
        stage(s, o, slot, sink->emit);
    }
}

static void schedule_chunk(up_state *s, int c)
{
    const up_graph *graph = s->stage->graph;
    int from = c ? graph->input_end[c - 1] : graph->node[0].first, to = graph->input_end[c];
    up_shared *shared = s->shared;
    int slot = (int)(shared->chunks++ % shared->slots);
    int ahead = c % 2, strips = s->strips.count;
#define EVERY_STRIP iterator(int i = 0 : strips), inout : s->token.ahead[ahead][i]
#pragma omp task depend(EVERY_STRIP)                                                               \
    depend(inout                                                                                   \
           : shared->token.source, shared->token.slot[slot][0], shared->token.slot[slot][1])
    read_rows(s, from, to);
    for (int i = 0; i < strips; i++) {
#pragma omp task depend(inout : s->token.strip[i], s->token.ahead[ahead][i])
        compute(s, &s->strips.strip[i], c, slot);
    }
#pragma omp task depend(EVERY_STRIP)                                                               \
    depend(inout                                                                                   \
           : shared->token.progress, shared->token.slot[slot][0], shared->token.slot[slot][1])
    up_state_report(s, (c + 1.0) / graph->chunks);
#undef EVERY_STRIP
    for (int o = 0; o < s->stage->sinks; o++)
        schedule_sink(s, o, c, slot);
}

/* Chunks whose tasks are made before it waits for them. GNU's OpenMP keeps 64 tasks for a thread
 * and does further ones at once: eight of them are left for those that help with slices. */
static int chunks_ahead(const up_state *s)
{
    const int tasks = s->strips.count + 2 + 3 * s->stage->sinks;
    return s->strips.slices > 1 ? up_clamp(56 * omp_get_num_threads() / tasks, 2, 256) : 256;
}

/* It waits now and then, so that what OpenMP keeps for tasks does not grow with the picture: at the
 * end of a group, where the thread takes all tasks meanwhile, also those that tasks create. */
void up_schedule_chunks(up_state *s)
{
    const int chunks = s->stage->graph->chunks, ahead = chunks_ahead(s);
    int c = 0;
    while (chunks - c > ahead) {
        const int end = c + ahead;
#pragma omp taskgroup
        while (c < end)
            schedule_chunk(s, c++);
    }
    while (c < chunks)
        schedule_chunk(s, c++);
}

/* The master makes the tasks: what OpenMP keeps for that is then freed before the program can end.
 * The others wait at the end of the region, where they take tasks, also those that a task creates.
 */
void up_schedule_frame(up_state *s)
{
    const int threads = s->run->most_strips == 1 ? 1 : s->run->threads;
#pragma omp parallel num_threads(threads)
#pragma omp master
    up_schedule_chunks(s);
}
