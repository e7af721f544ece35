/* SPDX-License-Identifier: MIT */
/* stb_image_resize2 where it is installed, else the version before it. */
#include "peer.h"

#include <stdio.h>

#if __has_include(<stb/stb_image_resize2.h>)
#define STB_IMAGE_RESIZE2_IMPLEMENTATION
#include <stb/stb_image_resize2.h>
#define STB_NAME "stb_image_resize2"
#else
#define STB_IMAGE_RESIZE_STATIC
#define STB_IMAGE_RESIZE_IMPLEMENTATION
#include <stb/stb_image_resize.h>
#define STB_NAME "stb_image_resize"
#endif

static const stbir_filter filters[] = {
    [BENCH_NEAREST] = STBIR_FILTER_BOX,
    [BENCH_BILINEAR] = STBIR_FILTER_TRIANGLE,
    [BENCH_BICUBIC] = STBIR_FILTER_CATMULLROM,
};

static void run(void *state)
{
    const bench_resize *job = state;
    const int wide = job->width * job->scale, high = job->height * job->scale;
#ifdef STB_IMAGE_RESIZE2_IMPLEMENTATION
    stbir_resize(job->in, job->width, job->height, 0, job->out, wide, high, 0, STBIR_RGB,
                 STBIR_TYPE_UINT8, STBIR_EDGE_CLAMP, filters[job->filter]);
#else
    stbir_resize_uint8_generic(job->in, job->width, job->height, 0, job->out, wide, high, 0, 3,
                               STBIR_ALPHA_CHANNEL_NONE, 0, STBIR_EDGE_CLAMP, filters[job->filter],
                               STBIR_COLORSPACE_LINEAR, NULL);
#endif
}

static void finish(void *state)
{
    (void)state;
}

bool peer_stb(const bench_resize *job, bench_runner *runner)
{
    bool other_cubic = job->filter == BENCH_BICUBIC && job->cubic_a != -0.5;
    if (job->planar || job->threads > 1 || job->filter == BENCH_LANCZOS || other_cubic)
        return false;
    *runner =
        (bench_runner){ .name = STB_NAME, .state = (void *)job, .run = run, .finish = finish };
    return true;
}
