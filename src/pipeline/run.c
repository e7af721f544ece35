#include "pipeline/state.h"

#include "base/machine.h"
#include "base/memory.h"

#include <stdlib.h>

#define FEW_ROWS 4                      /* a band of less is too little to share and to start on */
#define CHUNK_BYTES ((size_t)512 << 10) /* raw output per chunk: a good deflate block */

static size_t raw_row_bytes(const up_shape *shape)
{
    return (size_t)shape->width * shape->bytes * shape->channels;
}

/* Of a row of the output, what a node makes. */
static double made_bytes(const up_graph *graph, int n)
{
    const up_shape *shape = up_graph_shape(graph, n);
    double share = shape->height / (double)up_graph_shape(graph, graph->output[0])->height;
    return graph->node[n].fused ? 0 : share * (double)raw_row_bytes(shape);
}

/* Rows per step so that what is made and read again stays in the cache: all of it, or else what the
 * largest op reads and makes. */
static int choose_band(const up_graph *graph, int threads)
{
    double all = 0, most = 0;
    for (int n = 0; n < graph->count; n++) {
        const up_node *node = &graph->node[n];
        double bytes = made_bytes(graph, n);
        all += bytes;
        for (int i = 0; n > 0 && i < node->op->inputs; i++)
            bytes += made_bytes(graph, node->input[i]);
        most = bytes > most ? bytes : most;
    }
    double room = 0.4 * (double)up_machine_cache() * threads;
    int band = up_clamp((int)(room / all), 2, 64);
    if (band < FEW_ROWS)
        band = up_clamp((int)(room / most), 2, 64);
    if (graph->wide || threads == 1)
        return band;
    return (int)up_round_up(band, 8 * (size_t)threads); /* whole shares */
}

up_status up_run_prepare(up_run *run, int band, bool mapped, up_error *error)
{
    up_graph *graph = run->graph;
    up_graph_fuse(graph);
    if (band <= 0)
        band = choose_band(graph, run->threads);
    int chunks = 1;
    for (int o = 0; o < graph->outputs; o++) {
        const up_shape *shape = up_graph_shape(graph, graph->output[o]);
        size_t rows = CHUNK_BYTES / (raw_row_bytes(shape) + 1) + 1;
        int most = (int)((shape->height + rows - 1) / rows);
        chunks = up_max(chunks, most);
    }
    run->slots = run->threads > 1 ? run->threads + 2 : 1;
    return up_graph_prepare(graph, mapped ? 1 : chunks, band, error);
}

size_t up_run_group_bytes(const up_run *run, int output)
{
    const up_graph *graph = run->graph;
    int most = 0, start = 0;
    for (int c = 0; c < graph->chunks; c++) {
        int end = up_graph_chunk_end(graph, output, c);
        most = up_max(most, end - start);
        start = end;
    }
    return most * raw_row_bytes(up_graph_shape(graph, graph->output[output]));
}

size_t up_run_bytes(const up_run *run)
{
    size_t bytes = up_graph_bytes(run->graph) + run->graph->scratch * run->threads;
    for (int o = 0; o < run->graph->outputs; o++)
        bytes += up_run_group_bytes(run, o) * run->slots;
    return bytes;
}

bool up_state_stopped(up_state *s)
{
    return atomic_load_explicit(&s->status, memory_order_acquire) != UP_OK;
}

void up_state_note(up_state *s, up_status status, const up_error *error)
{
    int none = UP_OK;
    if (status == UP_OK)
        return;
#pragma omp critical(up_run_error)
    if (atomic_compare_exchange_strong(&s->status, &none, (int)status))
        s->error = *error;
}

void up_state_check_cancel(up_state *s)
{
    up_error error;
    if (s->run->cancel && __atomic_load_n(s->run->cancel, __ATOMIC_RELAXED))
        up_state_note(s, up_fail(&error, UP_ERROR_INTERRUPTED, "interrupted"), &error);
}

static void bind_input(up_state *s)
{
    const up_pixels *mapped = &s->run->source->mapped;
    up_ring *ring = &s->run->graph->node[0].ring;
    if (!mapped->data)
        return;
    size_t frame = mapped->plane_stride * ring->shape.channels * (size_t)s->frame;
    up_ring_bind(ring, (char *)mapped->data + frame, mapped->row_stride, mapped->plane_stride, 0);
}

static void run_frames(up_state *s)
{
    for (s->frame = 0; s->frame < s->run->source->format.frames && !up_state_stopped(s);
         s->frame++) {
        up_graph_rewind(s->run->graph);
        bind_input(s);
        up_schedule_frame(s);
    }
}

static up_status allocate(up_state *s, up_error *error)
{
    up_run *run = s->run;
    UP_TRY(up_graph_allocate(run->graph, error));
    for (int o = 0; o < run->graph->outputs; o++) {
        s->group_bytes[o] = up_run_group_bytes(run, o);
        if (run->sink[o]->mapped.data)
            continue;
        s->slot[o] = up_alloc(run->slots, s->group_bytes[o]);
        if (!s->slot[o])
            return up_fail_memory(error, "output rows", s->group_bytes[o] * run->slots);
    }
    s->scratch = calloc(run->threads, sizeof *s->scratch);
    for (int t = 0; s->scratch && t < run->threads; t++) {
        s->scratch[t] = up_alloc(run->graph->scratch, 1);
        if (!s->scratch[t])
            return up_fail_memory(error, "scratch", run->graph->scratch);
    }
    return s->scratch ? UP_OK : up_fail_memory(error, "scratch", run->threads * sizeof(void *));
}

static void release(up_state *s)
{
    for (int t = 0; s->scratch && t < s->run->threads; t++)
        up_free(s->scratch[t]);
    free(s->scratch);
    for (int o = 0; o < UP_MAX_OUTPUTS; o++)
        up_free(s->slot[o]);
}

up_status up_run_start(up_run *run, up_error *error)
{
    up_state s = { .run = run };
    up_status status = allocate(&s, error);
    if (status == UP_OK) {
        run_frames(&s);
        status = (up_status)atomic_load(&s.status);
        if (status != UP_OK && error)
            *error = s.error;
    }
    release(&s);
    for (int o = 0; o < run->graph->outputs && status == UP_OK; o++)
        if (run->sink[o]->finish)
            status = run->sink[o]->finish(run->sink[o], error);
    return status;
}
