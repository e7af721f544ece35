/* SPDX-License-Identifier: MIT */
#include "explain/explain_engine.h"

#include "api/plan.h"
#include "base/memory.h"
#include "ops/conv/conv.h"
#include "pipeline/add_ops.h"

static up_format format_of(int channels, int height, int width)
{
    return (up_format){ .width = width,
                        .height = height,
                        .channels = channels,
                        .frames = 1,
                        .color = UP_COLOR_TENSOR,
                        .sample = UP_SAMPLE_F32,
                        .depth = 32,
                        .planar = true };
}

up_status up_explain_floats(float **floats, const up_small *t, up_error *error)
{
    const size_t count = up_small_count(t);
    *floats = up_alloc(count, sizeof **floats);
    if (!*floats)
        return up_fail_memory(error, "a small tensor", count * sizeof **floats);
    for (size_t i = 0; i < count; i++)
        (*floats)[i] = (float)t->value[i];
    return UP_OK;
}

static up_status pixels_of(up_pixels *pixels, const up_small *t, up_error *error)
{
    float *floats;
    *pixels = (up_pixels){ .format = format_of(t->channels, t->height, t->width) };
    UP_TRY(up_explain_floats(&floats, t, error));
    pixels->data = floats;
    return UP_OK;
}

/* Memory for pixels of a format, whose values `y` gets by take_values(). */
static up_status make_result(up_pixels *pixels, const up_format *format, up_error *error)
{
    const size_t count = (size_t)format->channels * format->height * format->width;
    *pixels = (up_pixels){ .format = *format, .data = up_alloc(count, sizeof(float)) };
    return pixels->data ? UP_OK : up_fail_memory(error, "a result", count * sizeof(float));
}

static up_status take_values(up_small *y, const up_pixels *pixels, up_error *error)
{
    const up_format *f = &pixels->format;
    const float *value = pixels->data;
    UP_TRY(up_small_make(y, f->channels, f->height, f->width, error));
    for (size_t i = 0; i < up_small_count(y); i++)
        y->value[i] = value[i];
    return UP_OK;
}

typedef struct {
    up_explain_planner *plan;
    const void *what;
} planning;

/* input -> unpack -> the op -> pack -> output. */
static up_status build(up_plan *plan, const planning *p, up_error *error)
{
    up_graph *graph = &plan->graph;
    int node;
    UP_TRY(up_add_input(graph, &plan->request.input, &node, error));
    UP_TRY(UP_ADD_OP(graph, node, &node, error, p->plan, p->what));
    const up_shape *made = up_graph_shape(graph, node);
    plan->to[0].format = format_of(made->channels, made->height, made->width);
    UP_TRY(up_add_output(graph, node, &plan->to[0].format, error));
    return up_plan_finish(plan, error);
}

static up_status run_plan(up_small *y, up_plan *plan, up_error *error)
{
    up_pixels made;
    UP_TRY(make_result(&made, &plan->to[0].format, error));
    up_status status = up_plan_run_to_pixels(plan, &made, error);
    if (status == UP_OK)
        status = take_values(y, &made, error);
    up_free(made.data);
    return status;
}

static up_status run_pixels(up_small *y, const up_pixels *x, const planning *p, up_error *error)
{
    const up_options options = { .threads = 1 };
    up_image *image;
    up_plan *plan;
    UP_TRY(up_image_from_pixels(&image, x, error));
    up_status status = up_plan_begin(&plan, image, &options, error);
    if (status == UP_OK)
        status = build(plan, p, error);
    if (status == UP_OK)
        status = run_plan(y, plan, error);
    up_plan_destroy(&plan);
    up_image_close(&image);
    return status;
}

up_status up_explain_run(up_small *y, const up_small *x, up_explain_planner *plan, const void *what,
                         up_error *error)
{
    up_pixels pixels;
    UP_TRY(pixels_of(&pixels, x, error));
    up_status status = run_pixels(y, &pixels, &(planning){ plan, what }, error);
    up_free(pixels.data);
    return status;
}

static up_status upscale(up_small *y, const up_pixels *x, const up_options *options,
                         up_error *error)
{
    up_format format;
    up_pixels made;
    UP_TRY(up_output_format(&x->format, options, &format, error));
    UP_TRY(make_result(&made, &format, error));
    up_status status = up_upscale_pixels(x, &made, options, error);
    if (status == UP_OK)
        status = take_values(y, &made, error);
    up_free(made.data);
    return status;
}

up_status up_explain_upscale(up_small *y, const up_small *x, const up_options *options,
                             up_error *error)
{
    up_pixels pixels;
    UP_TRY(pixels_of(&pixels, x, error));
    up_status status = upscale(y, &pixels, options, error);
    up_free(pixels.data);
    return status;
}

up_status up_explain_plan_conv(up_op **op, const up_shape *in, const void *conv, up_error *error)
{
    return up_conv_plan(op, in, conv, error);
}
