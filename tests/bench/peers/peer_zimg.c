/* SPDX-License-Identifier: MIT */
#include "peer.h"

#include <stdio.h>
#include <stdlib.h>
#include <zimg.h>

enum { MOST_THREADS = 2 };

/* zimg has no threads of its own: each makes the rows of its strip. */
typedef struct {
    const bench_resize *job;
    zimg_filter_graph *graph[MOST_THREADS];
    void *scratch[MOST_THREADS];
} zimg_state;

static zimg_image_format format_of(int width, int height)
{
    zimg_image_format format;
    zimg_image_format_default(&format, ZIMG_API_VERSION);
    format.width = width;
    format.height = height;
    format.pixel_type = ZIMG_PIXEL_BYTE;
    format.depth = 8;
    format.color_family = ZIMG_COLOR_RGB;
    format.matrix_coefficients = ZIMG_MATRIX_RGB;
    format.pixel_range = ZIMG_RANGE_FULL;
    return format;
}

static zimg_graph_builder_params filter_of(const bench_resize *job)
{
    static const zimg_resample_filter_e filters[] = {
        [BENCH_NEAREST] = ZIMG_RESIZE_POINT,
        [BENCH_BILINEAR] = ZIMG_RESIZE_BILINEAR,
        [BENCH_BICUBIC] = ZIMG_RESIZE_BICUBIC,
        [BENCH_LANCZOS] = ZIMG_RESIZE_LANCZOS,
    };
    zimg_graph_builder_params params;
    zimg_graph_builder_params_default(&params, ZIMG_API_VERSION);
    params.resample_filter = filters[job->filter];
    if (job->filter == BENCH_LANCZOS)
        params.filter_param_a = 3;
    if (job->filter == BENCH_BICUBIC) {
        params.filter_param_a = 0;
        params.filter_param_b = -job->cubic_a;
    }
    params.cpu_type = ZIMG_CPU_AUTO_64B;
    return params;
}

static bool plan_strip(zimg_state *s, int strip)
{
    const bench_resize *job = s->job;
    zimg_image_format from = format_of(job->width, job->height);
    zimg_image_format to =
        format_of(job->width * job->scale, job->height * job->scale / job->threads);
    from.active_region.width = job->width;
    from.active_region.height = (double)job->height / job->threads;
    from.active_region.left = 0;
    from.active_region.top = strip * from.active_region.height;
    zimg_graph_builder_params params = filter_of(job);
    size_t size = 0;
    s->graph[strip] = zimg_filter_graph_build(&from, &to, &params);
    if (!s->graph[strip] || zimg_filter_graph_get_tmp_size(s->graph[strip], &size))
        return false;
    s->scratch[strip] = aligned_alloc(64, (size + 64) / 64 * 64);
    return s->scratch[strip] != NULL;
}

static void run_strip(const zimg_state *s, int strip)
{
    const bench_resize *job = s->job;
    const ptrdiff_t stride = (ptrdiff_t)job->width * job->scale;
    const ptrdiff_t rows = (ptrdiff_t)job->height * job->scale, first = rows / job->threads * strip;
    zimg_image_buffer_const from = { .version = ZIMG_API_VERSION };
    zimg_image_buffer to = { .version = ZIMG_API_VERSION };
    for (int c = 0; c < 3; c++) {
        from.plane[c].data = job->in + (size_t)c * job->width * job->height;
        from.plane[c].stride = job->width;
        from.plane[c].mask = to.plane[c].mask = ZIMG_BUFFER_MAX;
        to.plane[c].data = job->out + (c * rows + first) * stride;
        to.plane[c].stride = stride;
    }
    zimg_filter_graph_process(s->graph[strip], &from, &to, s->scratch[strip], NULL, NULL, NULL,
                              NULL);
}

static void run(void *state)
{
    const zimg_state *s = state;
#pragma omp parallel for num_threads(s->job->threads) schedule(static, 1)
    for (int strip = 0; strip < s->job->threads; strip++)
        run_strip(s, strip);
}

static void finish(void *state)
{
    zimg_state *s = state;
    for (int strip = 0; strip < MOST_THREADS; strip++) {
        zimg_filter_graph_free(s->graph[strip]);
        free(s->scratch[strip]);
    }
    free(s);
}

bool peer_zimg(const bench_resize *job, bench_runner *runner)
{
    if (!job->planar || job->threads > MOST_THREADS || job->height % job->threads)
        return false;
    zimg_state *s = calloc(1, sizeof *s);
    if (!s)
        return false;
    s->job = job;
    for (int strip = 0; strip < job->threads; strip++)
        if (!plan_strip(s, strip)) {
            finish(s);
            return false;
        }
    unsigned version[3];
    zimg_get_version_info(&version[0], &version[1], &version[2]);
    *runner = (bench_runner){ .state = s, .run = run, .finish = finish };
    snprintf(runner->name, sizeof runner->name, "zimg %u.%u.%u", version[0], version[1],
             version[2]);
    return true;
}
