/* SPDX-License-Identifier: MIT */
#include "peer.h"

#include <omp.h>
#include <oneapi/dnnl/dnnl.h>
#include <stdio.h>
#include <stdlib.h>

/* oneDNN 2. Tensors have the layouts of its choice; they are brought there and back untimed. */
typedef struct {
    const bench_tconv *job;
    dnnl_engine_t engine;
    dnnl_stream_t stream;
    dnnl_primitive_desc_t plan;
    dnnl_primitive_t primitive;
    dnnl_memory_t in, weight, out;
} onednn_state;

static dnnl_memory_desc_t tensor(const dnnl_dims_t dims, dnnl_format_tag_t tag)
{
    dnnl_memory_desc_t desc;
    dnnl_memory_desc_init_by_tag(&desc, 4, dims, dnnl_f32, tag);
    return desc;
}

static bool make_plan(onednn_state *s)
{
    const bench_tconv *j = s->job;
    const dnnl_dims_t in = { 1, j->in_channels, j->height, j->width };
    const dnnl_dims_t weight = { j->out_channels, j->in_channels, j->kernel, j->kernel };
    const dnnl_dims_t out = { 1, j->out_channels, j->out_height, j->out_width };
    const dnnl_dims_t strides = { j->stride, j->stride };
    const dnnl_dims_t before = { j->padding, j->padding };
    const dnnl_dims_t after = { j->padding - j->output_padding, j->padding - j->output_padding };
    const dnnl_memory_desc_t from = tensor(in, dnnl_format_tag_any);
    const dnnl_memory_desc_t by = tensor(weight, dnnl_format_tag_any);
    const dnnl_memory_desc_t to = tensor(out, dnnl_format_tag_any);
    dnnl_deconvolution_desc_t desc;
    return dnnl_deconvolution_forward_desc_init(&desc, dnnl_forward_inference,
                                                dnnl_deconvolution_direct, &from, &by, NULL, &to,
                                                strides, before, after) == dnnl_success &&
           dnnl_primitive_desc_create(&s->plan, &desc, NULL, s->engine, NULL) == dnnl_success &&
           dnnl_primitive_create(&s->primitive, s->plan) == dnnl_success;
}

static bool reorder(const onednn_state *s, dnnl_memory_t from, dnnl_memory_t to)
{
    const dnnl_memory_desc_t *from_desc, *to_desc;
    dnnl_primitive_desc_t plan = NULL;
    dnnl_primitive_t primitive = NULL;
    const dnnl_exec_arg_t arguments[] = { { DNNL_ARG_FROM, from }, { DNNL_ARG_TO, to } };
    dnnl_memory_get_memory_desc(from, &from_desc);
    dnnl_memory_get_memory_desc(to, &to_desc);
    bool done = dnnl_reorder_primitive_desc_create(&plan, from_desc, s->engine, to_desc, s->engine,
                                                   NULL) == dnnl_success &&
                dnnl_primitive_create(&primitive, plan) == dnnl_success &&
                dnnl_primitive_execute(primitive, s->stream, 2, arguments) == dnnl_success;
    dnnl_stream_wait(s->stream);
    dnnl_primitive_destroy(primitive);
    dnnl_primitive_desc_destroy(plan);
    return done;
}

/* A tensor as the plan wants it, filled from `data` of a plain layout; NULL if it failed. */
static dnnl_memory_t make_memory(const onednn_state *s, dnnl_query_t what, const float *data,
                                 dnnl_format_tag_t tag)
{
    const dnnl_memory_desc_t *desc = dnnl_primitive_desc_query_md(s->plan, what, 0);
    const dnnl_memory_desc_t plain_desc = tensor(desc->dims, tag);
    dnnl_memory_t memory = NULL, plain = NULL;
    bool made =
        dnnl_memory_create(&memory, desc, s->engine, DNNL_MEMORY_ALLOCATE) == dnnl_success &&
        dnnl_memory_create(&plain, &plain_desc, s->engine, (void *)data) == dnnl_success &&
        reorder(s, plain, memory);
    dnnl_memory_destroy(plain);
    if (made)
        return memory;
    dnnl_memory_destroy(memory);
    return NULL;
}

static void run(void *state)
{
    const onednn_state *s = state;
    const dnnl_exec_arg_t arguments[] = {
        { DNNL_ARG_SRC, s->in },
        { DNNL_ARG_WEIGHTS, s->weight },
        { DNNL_ARG_DST, s->out },
    };
    omp_set_num_threads(s->job->threads);
    dnnl_primitive_execute(s->primitive, s->stream, 3, arguments);
    dnnl_stream_wait(s->stream);
}

static void destroy(onednn_state *s)
{
    dnnl_memory_destroy(s->in);
    dnnl_memory_destroy(s->weight);
    dnnl_memory_destroy(s->out);
    dnnl_primitive_destroy(s->primitive);
    dnnl_primitive_desc_destroy(s->plan);
    dnnl_stream_destroy(s->stream);
    dnnl_engine_destroy(s->engine);
    free(s);
}

static void finish(void *state)
{
    onednn_state *s = state;
    const bench_tconv *job = s->job;
    const dnnl_dims_t dims = { 1, job->out_channels, job->out_height, job->out_width };
    const dnnl_memory_desc_t desc = tensor(dims, dnnl_nchw);
    dnnl_memory_t plain = NULL;
    if (dnnl_memory_create(&plain, &desc, s->engine, job->out) == dnnl_success)
        reorder(s, s->out, plain);
    dnnl_memory_destroy(plain);
    destroy(s);
}

bool peer_onednn(const bench_tconv *job, bench_runner *runner)
{
    onednn_state *s = calloc(1, sizeof *s);
    if (!s)
        return false;
    s->job = job;
    omp_set_num_threads(job->threads);
    bool made =
        dnnl_engine_create(&s->engine, dnnl_cpu, 0) == dnnl_success &&
        dnnl_stream_create(&s->stream, s->engine, dnnl_stream_default_flags) == dnnl_success &&
        make_plan(s) && (s->in = make_memory(s, dnnl_query_src_md, job->in, dnnl_nchw)) &&
        (s->weight = make_memory(s, dnnl_query_weights_md, job->weight, dnnl_iohw)) &&
        (s->out = make_memory(s, dnnl_query_dst_md, job->out, dnnl_nchw));
    if (!made) {
        destroy(s);
        return false;
    }
    const dnnl_version_t *version = dnnl_version();
    *runner =
        (bench_runner){ .note = "layouts of its choice", .state = s, .run = run, .finish = finish };
    snprintf(runner->name, sizeof runner->name, "oneDNN %d.%d.%d", version->major, version->minor,
             version->patch);
    return true;
}
