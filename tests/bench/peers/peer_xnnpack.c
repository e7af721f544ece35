/* SPDX-License-Identifier: MIT */
#include "peer.h"

#include <math.h>
#include <stdlib.h>
#include <xnnpack.h>

/* XNNPACK wants channels last, in and out. */
typedef struct {
    const bench_tconv *job;
    xnn_operator_t operator;
    pthreadpool_t pool;
    float *in, *out;
} xnnpack_state;

/* XNNPACK may read a little past the end. */
static float *make_tensor(size_t count)
{
    return calloc(count + XNN_EXTRA_BYTES, sizeof(float));
}

/* [from, to, kernel, kernel] to [to, kernel, kernel, from]. */
static float *channels_last_weight(const bench_tconv *job)
{
    const size_t taps = (size_t)job->kernel * job->kernel;
    float *weight = make_tensor(taps * job->in_channels * job->out_channels);
    for (int i = 0; weight && i < job->in_channels; i++)
        for (int o = 0; o < job->out_channels; o++)
            for (size_t t = 0; t < taps; t++)
                weight[(o * taps + t) * job->in_channels + i] =
                    job->weight[((size_t)i * job->out_channels + o) * taps + t];
    return weight;
}

static bool plan(xnnpack_state *s, const float *weight)
{
    const bench_tconv *job = s->job;
    const uint32_t padding = job->padding, kernel = job->kernel, stride = job->stride;
    const size_t from = job->in_channels, to = job->out_channels;
    return xnn_create_deconvolution2d_nhwc_f32(padding, padding, padding, padding, kernel, kernel,
                                               stride, stride, 1, 1, 1, from, to, from, to, weight,
                                               NULL, -INFINITY, INFINITY, 0,
                                               &s->operator) == xnn_status_success &&
           xnn_setup_deconvolution2d_nhwc_f32(s->operator, 1, job->height, job->width,
                                              job->output_padding, job->output_padding, s->in,
                                              s->out, s->pool) == xnn_status_success;
}

static void run(void *state)
{
    const xnnpack_state *s = state;
    xnn_run_operator(s->operator, s->pool);
}

static void destroy(xnnpack_state *s)
{
    xnn_delete_operator(s->operator);
    if (s->pool)
        pthreadpool_destroy(s->pool);
    free(s->in);
    free(s->out);
    free(s);
}

static void finish(void *state)
{
    xnnpack_state *s = state;
    const bench_tconv *job = s->job;
    const size_t pixels = (size_t)job->out_width * job->out_height;
    for (int c = 0; c < job->out_channels; c++)
        for (size_t i = 0; i < pixels; i++)
            job->out[c * pixels + i] = s->out[i * job->out_channels + c];
    destroy(s);
}

bool peer_xnnpack(const bench_tconv *job, bench_runner *runner)
{
    if (xnn_initialize(NULL) != xnn_status_success)
        return false;
    xnnpack_state *s = calloc(1, sizeof *s);
    if (!s)
        return false;
    const size_t pixels = (size_t)job->width * job->height;
    s->job = job;
    s->pool = job->threads > 1 ? pthreadpool_create(job->threads) : NULL;
    s->in = make_tensor(pixels * job->in_channels);
    s->out = make_tensor((size_t)job->out_width * job->out_height * job->out_channels);
    float *weight = channels_last_weight(job);
    bool made = s->in && s->out && weight && plan(s, weight);
    free(weight);
    if (!made) {
        destroy(s);
        return false;
    }
    for (int c = 0; c < job->in_channels; c++)
        for (size_t i = 0; i < pixels; i++)
            s->in[i * job->in_channels + c] = job->in[c * pixels + i];
    *runner = (bench_runner){
        .name = "XNNPACK", .note = "channels last", .state = s, .run = run, .finish = finish
    };
    return true;
}
