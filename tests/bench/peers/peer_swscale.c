/* SPDX-License-Identifier: MIT */
#include "peer.h"

#include <libavutil/frame.h>
#include <libavutil/opt.h>
#include <libswscale/swscale.h>
#include <stdio.h>
#include <stdlib.h>

/* RGB as one interleaved picture, or as three grey ones. */
typedef struct {
    struct SwsContext *context;
    AVFrame *in[3], *out[3];
    int pictures;
} swscale_state;

static void keep(void *opaque, uint8_t *data)
{
    (void)opaque, (void)data;
}

/* A frame around memory that stays the caller's. */
static AVFrame *frame_of(uint8_t *data, int width, int height, bool grey)
{
    const int stride = grey ? width : width * 3;
    AVFrame *frame = av_frame_alloc();
    if (!frame)
        return NULL;
    frame->format = grey ? AV_PIX_FMT_GRAY8 : AV_PIX_FMT_RGB24;
    frame->width = width;
    frame->height = height;
    frame->data[0] = data;
    frame->linesize[0] = stride;
    frame->buf[0] = av_buffer_create(data, (size_t)stride * height, keep, NULL, 0);
    return frame;
}

static struct SwsContext *context_of(const bench_resize *job)
{
    static const int flags[] = {
        [BENCH_NEAREST] = SWS_POINT,
        [BENCH_BILINEAR] = SWS_BILINEAR,
        [BENCH_BICUBIC] = SWS_BICUBIC,
        [BENCH_LANCZOS] = SWS_LANCZOS,
    };
    const int format = job->planar ? AV_PIX_FMT_GRAY8 : AV_PIX_FMT_RGB24;
    struct SwsContext *context = sws_alloc_context();
    if (!context)
        return NULL;
    av_opt_set_int(context, "srcw", job->width, 0);
    av_opt_set_int(context, "srch", job->height, 0);
    av_opt_set_int(context, "src_format", format, 0);
    av_opt_set_int(context, "src_range", 1, 0);
    av_opt_set_int(context, "dstw", job->width * job->scale, 0);
    av_opt_set_int(context, "dsth", job->height * job->scale, 0);
    av_opt_set_int(context, "dst_format", format, 0);
    av_opt_set_int(context, "dst_range", 1, 0);
    av_opt_set_int(context, "sws_flags", flags[job->filter], 0);
    av_opt_set_int(context, "threads", job->threads, 0);
    if (job->filter == BENCH_LANCZOS)
        av_opt_set_double(context, "param0", 3, 0);
    if (job->filter == BENCH_BICUBIC) {
        av_opt_set_double(context, "param0", 0, 0);
        av_opt_set_double(context, "param1", -job->cubic_a, 0);
    }
    if (sws_init_context(context, NULL, NULL) >= 0)
        return context;
    sws_freeContext(context);
    return NULL;
}

static void run(void *state)
{
    swscale_state *s = state;
    for (int i = 0; i < s->pictures; i++)
        sws_scale_frame(s->context, s->out[i], s->in[i]);
}

static void finish(void *state)
{
    swscale_state *s = state;
    for (int i = 0; i < s->pictures; i++) {
        av_frame_free(&s->in[i]);
        av_frame_free(&s->out[i]);
    }
    sws_freeContext(s->context);
    free(s);
}

bool peer_swscale(const bench_resize *job, bench_runner *runner)
{
    swscale_state *s = calloc(1, sizeof *s);
    if (!s)
        return false;
    const int wide = job->width * job->scale, high = job->height * job->scale;
    s->context = context_of(job);
    s->pictures = job->planar ? 3 : 1;
    bool made = s->context != NULL;
    for (int i = 0; i < s->pictures; i++) {
        uint8_t *in = (uint8_t *)job->in + (size_t)i * job->width * job->height;
        s->in[i] = frame_of(in, job->width, job->height, job->planar);
        s->out[i] = frame_of(job->out + (size_t)i * wide * high, wide, high, job->planar);
        made = made && s->in[i] && s->out[i];
    }
    if (!made) {
        finish(s);
        return false;
    }
    *runner = (bench_runner){ .state = s, .run = run, .finish = finish };
    runner->note = job->planar ? "three grey pictures" : "goes through YUV";
    const unsigned version = swscale_version();
    snprintf(runner->name, sizeof runner->name, "swscale %u.%u.%u", version >> 16,
             version >> 8 & 255, version & 255);
    return true;
}
