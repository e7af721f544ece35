/* SPDX-License-Identifier: MIT */
/* Videos that go through plane by plane, as they lie: luma by the method, chroma at its own size.
 */
#include "api/plan.h"
#include "io/y4m/y4m_header.h"
#include "methods/clean/cleaning_stage.h"
#include "methods/network_colour.h"
#include "methods/picture.h"

#include <string.h>

/* ---- whether */

static bool moves_samples(const up_method *method)
{
    return method == &up_nearest || method == &up_nearest_exact;
}

static bool is_network(const up_method *method)
{
    return method == &up_tconv;
}

/* Those inside the program are for luma, and have nothing that the picture is measured for. */
static bool sees_luma(const up_request *request)
{
    const up_network *network = request->network;
    return !network || (up_network_is_for_luma(network) && network->condition == UP_CONDITION_NONE);
}

static bool goes_by_planes(const up_plan *plan, const char *path, const up_pixels *pixels)
{
    const up_options *options = &plan->options;
    const up_sink_format *type;
    if (pixels || !plan->image->source->split || options->linear || options->back_project ||
        options->kernel || up_request_may_be_cleaned(&plan->request) ||
        up_plan_sink_format(plan, path, &type, NULL) != UP_OK || !type->planes)
        return false;
    return plan->method->resampling || moves_samples(plan->method) ||
           (is_network(plan->method) && sees_luma(&plan->request));
}

/* ---- what the output is */

static int wanted_depth(const up_plan *plan, const up_yuv *yuv)
{
    const int asked = plan->options.depth;
    return asked == 8 ? 8 : asked == 16 ? 16 : yuv->depth;
}

static int64_t divisor(int64_t a, int64_t b)
{
    while (b) {
        const int64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

/* Pixels that are enlarged more one way than the other have another shape, unless they fit in none
 * that a header could say. */
static void set_aspect(up_video *video, const up_format *in, const up_request *request)
{
    int64_t wide = (int64_t)video->aspect[0] * in->width, high = (int64_t)video->aspect[1];
    if (video->aspect[0] == 0 || (request->step[0].num == request->step[1].num &&
                                  request->step[0].den == request->step[1].den))
        return;
    high *= request->width;
    const int64_t first = divisor(wide, high);
    wide = wide / first * request->height;
    high = high / first * in->height;
    const int64_t second = divisor(wide, high);
    if (wide / second <= INT32_MAX && high / second <= INT32_MAX) {
        video->aspect[0] = (int)(wide / second);
        video->aspect[1] = (int)(high / second);
    }
}

static up_status describe_video(up_plan *plan, up_error *error)
{
    const up_source *source = plan->image->source;
    plan->video = *source->planes;
    if (!up_y4m_set_depth(&plan->video, wanted_depth(plan, &plan->video.yuv)))
        return up_fail(error, UP_ERROR_UNSUPPORTED,
                       "%s: there is no Y4M of the kind C%s with %d bits; leave --depth out",
                       source->name, plan->video.name, plan->options.depth);
    set_aspect(&plan->video, &source->format, &plan->request);
    return UP_OK;
}

static void set_levels(up_levels *levels, const up_plan *plan, int plane)
{
    up_yuv_levels(&plan->image->source->planes->yuv, plane, levels->in);
    up_yuv_levels(&plan->video.yuv, plane, levels->out);
    levels->set = true;
}

static bool changes_depth(const up_plan *plan)
{
    return plan->video.yuv.depth != plan->image->source->planes->yuv.depth;
}

up_status up_plan_split(up_plan *plan, const char *path, const up_pixels *pixels, up_error *error)
{
    up_source *source = plan->image->source;
    up_request *request = &plan->request;
    if (!source->split)
        return UP_OK;
    const bool by_planes = goes_by_planes(plan, path, pixels);
    source->split(source, by_planes);
    UP_TRY(describe_video(plan, error));
    if (!by_planes) {
        if (source->planes->yuv.planes > 1)
            up_request_say(request, "to RGB by BT.%s", source->planes->yuv.bt709 ? "709" : "601");
        return UP_OK;
    }
    request->given = request->input = source->format;
    if (is_network(plan->method) || changes_depth(plan))
        set_levels(&request->levels, plan, 0);
    return up_picture_format(plan->method, request, &plan->to[0].format, error);
}

/* ---- chroma */

static up_format plane_format(const up_format *luma, const up_yuv *yuv)
{
    up_format format = *luma;
    format.height = up_plane_side(yuv, 1, 0, luma->height);
    format.width = up_plane_side(yuv, 1, 1, luma->width);
    return format;
}

/* The step is that of luma to the last digit, whatever the sizes were rounded to. */
static void set_request(up_chroma *chroma, const up_plan *plan)
{
    const up_yuv *in = &plan->image->source->planes->yuv, *out = &plan->video.yuv;
    up_request *request = &chroma->request;
    *request = plan->request;
    request->given = request->input = plane_format(&plan->request.input, in);
    request->height = chroma->format.height;
    request->width = chroma->format.width;
    request->network = NULL;
    request->loaded = (up_model){ 0 };
    request->plain.conversion = NULL;
    request->indices = NULL;
    request->blur = (up_blur){ 0 };
    request->levels.set = false;
    request->steps[0] = 0;
    for (int a = 0; a < 2; a++) {
        request->sited[a][0] = in->siting[a];
        request->sited[a][1] = out->siting[a];
    }
    if (changes_depth(plan))
        set_levels(&request->levels, plan, 1);
}

up_status up_plan_chroma(up_plan *plan, up_error *error)
{
    up_chroma *chroma = &plan->chroma;
    const bool network = is_network(plan->method);
    const up_method *method = network ? &up_bicubic : plan->method;
    if (!plan->image->source->by_planes || plan->video.yuv.planes == 1)
        return UP_OK;
    chroma->used = true;
    chroma->format = plane_format(&plan->to[0].format, &plan->video.yuv);
    set_request(chroma, plan);
    up_graph_init(&chroma->graph);
    chroma->graph.most_bytes = plan->graph.most_bytes;
    UP_TRY(up_build_picture(&chroma->graph, method, &chroma->request, &chroma->format, error));
    up_request_say(&plan->request, "chroma %s to %dx%d", method->info.name, chroma->format.width,
                   chroma->format.height);
    return UP_OK;
}

/* Of a plane with less, threads that wait for each other take longer than the work does, the more
 * so where programs at both ends of a pipe want the cores, too. */
#define WORK_FOR_THREADS 1e8 /* multiply-adds */

up_status up_plan_prepare_run(const up_plan *plan, up_run *run, bool mapped, up_error *error)
{
    UP_TRY(up_run_prepare(run, mapped, error));
    if (!plan->image->source->by_planes || run->threads == 1 ||
        up_run_multiply_adds(run) >= WORK_FOR_THREADS)
        return UP_OK;
    if (run == &plan->run)
        run->threads = 1;
    else
        run->most_strips = 1; /* beside the luma of another frame, which has all threads */
    return up_run_prepare(run, mapped, error);
}

up_status up_plan_finish_chroma(up_plan *plan, size_t most, up_error *error)
{
    up_chroma *chroma = &plan->chroma;
    if (!chroma->used)
        return UP_OK;
    chroma->run = plan->run;
    chroma->run.graph = &chroma->graph;
    chroma->run.progress = NULL;
    chroma->run.stages = (up_stages){ 0 };
    chroma->run.frames.first = chroma->run.frames.count = 0;
    UP_TRY(up_plan_prepare_run(plan, &chroma->run, false, error));
    UP_TRY(up_run_fit(&chroma->run, most, error));
    plan->run.further = &chroma->run;
    plan->run.further_planes = UP_VIDEO_PLANES - 1;
    return UP_OK;
}

size_t up_plan_chroma_bytes(const up_plan *plan)
{
    const up_chroma *chroma = &plan->chroma;
    const size_t run = chroma->run.stages.count ? up_run_bytes(&chroma->run) : 0;
    return run + chroma->graph.held_bytes;
}

size_t up_plan_chroma_group(const up_plan *plan)
{
    return plan->chroma.run.stages.count ? up_run_group_bytes(&plan->chroma.run, 0) : 0;
}

void up_plan_clear_chroma(up_plan *plan)
{
    up_chroma *chroma = &plan->chroma;
    if (!chroma->used)
        return;
    up_run_clear(&chroma->run);
    up_graph_free(&chroma->graph);
    up_request_clear(&chroma->request);
}
