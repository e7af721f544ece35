/* SPDX-License-Identifier: MIT */
#include "peer.h"

#include <c_api.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Float32 throughout, which is what ncnn is told where results have to be as exact as ours. */
typedef struct {
    const bench_network *job;
    ncnn_option_t option;
    ncnn_net_t net;
    ncnn_mat_t in, out;
    char result[24];
} ncnn_state;

static void run(void *state)
{
    ncnn_state *s = state;
    ncnn_extractor_t extractor = ncnn_extractor_create(s->net);
    if (s->out)
        ncnn_mat_destroy(s->out);
    ncnn_extractor_input(extractor, "blob0", s->in);
    ncnn_extractor_extract(extractor, s->result, &s->out);
    ncnn_extractor_destroy(extractor);
}

static void finish(void *state)
{
    ncnn_state *s = state;
    const size_t plane = (size_t)ncnn_mat_get_w(s->out) * ncnn_mat_get_h(s->out);
    for (int c = 0; c < ncnn_mat_get_c(s->out); c++)
        memcpy(s->job->out + c * plane, ncnn_mat_get_channel_data(s->out, c),
               plane * sizeof(float));
    ncnn_mat_destroy(s->out);
    ncnn_mat_destroy(s->in);
    ncnn_net_destroy(s->net);
    ncnn_option_destroy(s->option);
    free(s);
}

bool peer_ncnn(const bench_network *job, bench_runner *runner)
{
    ncnn_state *s = calloc(1, sizeof *s);
    if (!s)
        return false;
    s->job = job;
    s->option = ncnn_option_create();
    ncnn_option_set_num_threads(s->option, job->threads);
    ncnn_option_set_use_bf16_storage(s->option, 0);
    ncnn_option_set_use_fp16_packed(s->option, 0);
    ncnn_option_set_use_fp16_storage(s->option, 0);
    ncnn_option_set_use_fp16_arithmetic(s->option, 0);
    s->net = ncnn_net_create();
    ncnn_net_set_option(s->net, s->option);
    s->in =
        ncnn_mat_create_external_3d(job->width, job->height, job->channels, (void *)job->in, NULL);
    snprintf(s->result, sizeof s->result, "blob%d", job->result_blob);
    if (ncnn_net_load_param(s->net, job->param) || ncnn_net_load_model(s->net, job->bin)) {
        fprintf(stderr, "upscale_bench: ncnn does not read %s\n", job->param);
        exit(1);
    }
    *runner = (bench_runner){
        .name = "ncnn", .note = ncnn_version(), .state = s, .run = run, .finish = finish
    };
    return true;
}
