#include "pipeline/state.h"

#include "base/machine.h"
#include "base/memory.h"
#include "base/team.h"

#define FEW_ROWS 4                      /* a band of less is too little to start on */
#define LEAST_COLUMNS 64                /* of the output in a strip */
#define MOST_EXCESS 1.5                 /* that strips may make of what one would */
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

/* Rows per step so that what is made and read again stays in the cache of a core: all of it, or
 * else what the largest op reads and makes. */
static int choose_band(const up_graph *graph, int strips)
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
    double room = 0.4 * (double)up_machine_cache() * strips;
    int band = up_clamp((int)(room / all), 2, 64);
    return band < FEW_ROWS ? up_clamp((int)(room / most), 2, 64) : band;
}

static up_status plan_strips(up_strips *strips, const up_run *run, int count, up_error *error)
{
    UP_TRY(up_strips_plan(strips, run->graph, count, error));
    strips->input.bound = run->source->mapped.data != NULL;
    return UP_OK;
}

/* As many as there are threads, unless their borders come to half as much work again. */
static up_status choose_strips(up_strips *strips, const up_run *run, up_error *error)
{
    int width = up_graph_shape(run->graph, run->graph->output[0])->width;
    int count = up_clamp(width / LEAST_COLUMNS, 1, run->threads);
    UP_TRY(plan_strips(strips, run, count, error));
    while (count > 1 && up_strips_excess(strips) > MOST_EXCESS) {
        up_strips_free(strips);
        UP_TRY(plan_strips(strips, run, --count, error));
    }
    return UP_OK;
}

static int choose_chunks(const up_graph *graph)
{
    int chunks = 1;
    for (int o = 0; o < graph->outputs; o++) {
        const up_shape *shape = up_graph_shape(graph, graph->output[o]);
        size_t rows = CHUNK_BYTES / (raw_row_bytes(shape) + 1) + 1;
        int most = (int)((shape->height + rows - 1) / rows);
        chunks = up_max(chunks, most);
    }
    return chunks;
}

up_status up_run_prepare(up_run *run, int band, bool mapped, up_error *error)
{
    up_graph *graph = run->graph;
    up_strips strips;
    up_graph_fuse(graph);
    UP_TRY(choose_strips(&strips, run, error));
    run->strips = strips.count;
    run->slots = run->threads > 1 ? run->threads + 2 : 1;
    if (band <= 0)
        band = choose_band(graph, strips.count);
    up_status status = up_graph_prepare(graph, mapped ? 1 : choose_chunks(graph), band, error);
    if (status == UP_OK)
        status = up_strips_lay_out(&strips, error);
    if (status == UP_OK)
        run->bytes = up_strips_bytes(&strips);
    up_strips_free(&strips);
    return status;
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
    size_t bytes = run->bytes;
    for (int o = 0; o < run->graph->outputs; o++)
        bytes += up_alloc_bytes(up_run_group_bytes(run, o) * run->slots);
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
    up_ring *ring = &s->strips.input;
    if (!mapped->data)
        return;
    size_t frame = mapped->plane_stride * ring->shape.channels * (size_t)s->frame;
    up_ring_bind(ring, (char *)mapped->data + frame, mapped->row_stride, mapped->plane_stride, 0);
}

void up_state_report(up_state *s, double done)
{
    int64_t frames = s->run->source->format.frames;
    if (s->run->progress && !up_state_stopped(s))
        s->run->progress(s->run->user, frames ? ((double)s->frame + done) / (double)frames : done);
}

static void run_frames(void *user)
{
    up_state *s = user;
    if (s->run->source->format.frames == 0)
        up_state_report(s, 1);
    for (s->frame = 0; s->frame < s->run->source->format.frames && !up_state_stopped(s);
         s->frame++) {
        for (int i = 0; i < s->strips.count; i++)
            up_walk_rewind(&s->strips.strip[i].walk);
        bind_input(s);
        up_schedule_frame(s);
    }
}

static up_status allocate(up_state *s, up_error *error)
{
    up_run *run = s->run;
    UP_TRY(plan_strips(&s->strips, run, run->strips, error));
    UP_TRY(up_strips_lay_out(&s->strips, error));
    UP_TRY(up_strips_allocate(&s->strips, error));
    for (int o = 0; o < run->graph->outputs; o++) {
        s->group_bytes[o] = up_run_group_bytes(run, o);
        if (run->sink[o]->mapped.data)
            continue;
        s->slot[o] = up_alloc(run->slots, s->group_bytes[o]);
        if (!s->slot[o])
            return up_fail_memory(error, "output rows", s->group_bytes[o] * run->slots);
    }
    return UP_OK;
}

static void release(up_state *s)
{
    up_strips_free(&s->strips);
    for (int o = 0; o < UP_MAX_OUTPUTS; o++)
        up_free(s->slot[o]);
}

up_status up_run_start(up_run *run, up_error *error)
{
    up_state s = { .run = run };
    up_status status = allocate(&s, error);
    if (status == UP_OK) {
        up_team_run(run_frames, &s);
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
