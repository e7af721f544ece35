/* SPDX-License-Identifier: MIT */
#include "peer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <vips/vips.h>

typedef struct {
    VipsKernel kernel;
    const char *note;
} vips_filter;

static const vips_filter filters[] = {
    [BENCH_NEAREST] = { VIPS_KERNEL_NEAREST, NULL },
    [BENCH_BILINEAR] = { VIPS_KERNEL_LINEAR, "a quarter pixel off centre" },
    [BENCH_BICUBIC] = { VIPS_KERNEL_CUBIC, "a quarter pixel off centre" },
    [BENCH_LANCZOS] = { VIPS_KERNEL_LANCZOS3, "off centre, and bicubic" },
};

typedef struct {
    const bench_resize *job;
    void *result; /* vips allocates it anew for every picture */
    size_t size;
} vips_state;

static void run(void *state)
{
    vips_state *s = state;
    const bench_resize *job = s->job;
    g_free(s->result);
    s->result = NULL;
    VipsImage *out = NULL;
    VipsImage *in = vips_image_new_from_memory(job->in, (size_t)job->width * job->height * 3,
                                               job->width, job->height, 3, VIPS_FORMAT_UCHAR);
    if (!in || vips_resize(in, &out, job->scale, "kernel", filters[job->filter].kernel, NULL))
        vips_error_exit("upscale_bench");
    s->result = vips_image_write_to_memory(out, &s->size);
    g_object_unref(out);
    g_object_unref(in);
}

static void finish(void *state)
{
    vips_state *s = state;
    const bench_resize *job = s->job;
    if (s->result && s->size == (size_t)job->width * job->height * 3 * job->scale * job->scale)
        memcpy(job->out, s->result, s->size);
    g_free(s->result);
    free(s);
}

bool peer_vips(const bench_resize *job, bench_runner *runner)
{
    bool other_cubic = job->filter == BENCH_BICUBIC && job->cubic_a != -0.5;
    if (job->planar || other_cubic || VIPS_INIT("upscale_bench"))
        return false;
    vips_cache_set_max(0);
    vips_concurrency_set(job->threads);
    vips_state *s = calloc(1, sizeof *s);
    if (!s)
        return false;
    s->job = job;
    *runner = (bench_runner){
        .note = filters[job->filter].note, .state = s, .run = run, .finish = finish
    };
    snprintf(runner->name, sizeof runner->name, "libvips %d.%d.%d", vips_version(0),
             vips_version(1), vips_version(2));
    return true;
}
