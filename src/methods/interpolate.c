/* SPDX-License-Identifier: MIT */
/* Separable resampling with a fixed filter: bilinear, bicubic, lanczos. */

#include "methods/method.h"

#include "ops/resample/resample.h"
#include "ops/resample/resample_bytes.h"
#include "pipeline/add_ops.h"

const up_resampling up_bicubic_resampling = { &up_filter_cubic, -0.5, false, true, 0 };

/* Multiply-adds of either order; enlarging, rows first is the cheaper one. */
static bool rows_first(const up_shape *in, const up_axis *rows, const up_axis *columns)
{
    double rows_then = (double)rows->taps * in->width * rows->at.out +
                       (double)columns->taps * columns->at.out * rows->at.out;
    double columns_then = (double)columns->taps * columns->at.out * in->height +
                          (double)rows->taps * columns->at.out * rows->at.out;
    return rows_then <= columns_then;
}

static up_status add_pass(up_graph *graph, int *node, bool vertical, const up_axis *axis,
                          up_error *error)
{
    const size_t table = vertical ? 0 : (size_t)axis->at.out * (size_t)axis->taps * sizeof(float);
    UP_TRY(up_graph_check_room(graph, table, error));
    if (vertical)
        return UP_ADD_OP(graph, *node, node, error, up_resample_rows_plan, axis);
    return UP_ADD_OP(graph, *node, node, error, up_resample_columns_plan, axis);
}

static up_positions positions(const up_request *request, int axis, int in, bool align_corners)
{
    const int out = axis ? request->width : request->height;
    const int *sited = request->sited[axis];
    if (sited[0] && !align_corners)
        return up_positions_sited(in, out, request->step[axis], sited);
    return up_positions_make(in, out, request->step[axis],
                             align_corners ? UP_ALIGN_CORNERS : UP_HALF_PIXEL);
}

static void set_axes(up_axis *rows, up_axis *columns, const up_shape *in, const up_resampling *r,
                     const up_request *request)
{
    up_axis_init(rows, positions(request, 0, in->height, r->align_corners), r->filter, r->parameter,
                 r->antialias, false);
    up_axis_init(columns, positions(request, 1, in->width, r->align_corners), r->filter,
                 r->parameter, r->antialias, false);
}

up_status up_add_resample(up_graph *graph, int from, const up_resampling *resampling,
                          const up_request *request, int *to, up_error *error)
{
    const up_resampling *r = resampling;
    const up_shape in = *up_graph_shape(graph, from);
    up_axis rows, columns;
    set_axes(&rows, &columns, &in, r, request);
    bool vertical = r->rounded > 0 || rows_first(&in, &rows, &columns);
    *to = from;
    UP_TRY(add_pass(graph, to, vertical, vertical ? &rows : &columns, error));
    if (r->rounded > 0)
        UP_TRY(up_add_point(graph, *to, -1, &up_point_round, &r->rounded, 1, to, error));
    return add_pass(graph, to, !vertical, vertical ? &columns : &rows, error);
}

up_status up_add_resample_bytes(up_graph *graph, int from, const up_resampling *resampling,
                                const up_request *request, int *to, up_error *error)
{
    const up_shape in = *up_graph_shape(graph, from);
    up_axis rows, columns;
    *to = from;
    if (resampling->rounded > 0)
        return UP_OK;
    set_axes(&rows, &columns, &in, resampling, request);
    UP_TRY(up_resample_bytes_plan(&graph->planned, &in, &rows, &columns, request->past, error));
    return graph->planned ? up_graph_add(graph, UP_OK, &from, to, error) : UP_OK;
}

static void set_resampling(up_resampling *resampling, const up_filter *filter, double parameter,
                           const up_request *request)
{
    *resampling = (up_resampling){
        .filter = filter,
        .parameter = parameter,
        .align_corners = request->options->align_corners,
        .antialias = !request->options->no_antialias,
    };
}

static void bilinear(const up_request *request, up_resampling *resampling)
{
    set_resampling(resampling, &up_filter_triangle, 0, request);
}

/* Where MATLAB's imresize would be used: it rounds 8-bit pictures between the passes. */
static bool reduces_bytes(const up_request *request)
{
    const up_options *o = request->options;
    const up_format *in = &request->input;
    bool plain = !o->linear && !o->no_antialias && !o->align_corners &&
                 o->cubic_a == up_bicubic_resampling.parameter;
    return plain && !request->tensor && in->sample == UP_SAMPLE_U8 &&
           !up_color_has_alpha(in->color) && request->width < in->width &&
           request->height < in->height;
}

static void bicubic(const up_request *request, up_resampling *resampling)
{
    set_resampling(resampling, &up_filter_cubic, request->options->cubic_a, request);
    resampling->rounded = reduces_bytes(request) ? request->white : 0;
}

static void lanczos(const up_request *request, up_resampling *resampling)
{
    set_resampling(resampling, &up_filter_lanczos3, 0, request);
}

static up_status build_bilinear(up_graph *graph, int from, up_request *request, int *to,
                                up_error *error)
{
    up_resampling resampling;
    bilinear(request, &resampling);
    return up_add_resample(graph, from, &resampling, request, to, error);
}

static up_status build_bicubic(up_graph *graph, int from, up_request *request, int *to,
                               up_error *error)
{
    up_resampling resampling;
    bicubic(request, &resampling);
    return up_add_resample(graph, from, &resampling, request, to, error);
}

static up_status build_lanczos(up_graph *graph, int from, up_request *request, int *to,
                               up_error *error)
{
    up_resampling resampling;
    lanczos(request, &resampling);
    return up_add_resample(graph, from, &resampling, request, to, error);
}

static up_status check_corners(up_request *request, up_error *error)
{
    if (request->options->align_corners)
        return up_fail(error, UP_ERROR_ARGUMENT,
                       "--align-corners goes with bilinear and bicubic only");
    return UP_OK;
}

const up_method up_bilinear = {
    .info = { "bilinear", "two taps; half-pixel centres, or --align-corners" },
    .domain = UP_ON_COLOUR,
    .resampling = bilinear,
    .build = build_bilinear,
};

const up_method up_bicubic = {
    .info = { "bicubic", "four taps, Keys a = -0.5 (MATLAB, Pillow), or --cubic-a" },
    .domain = UP_ON_COLOUR,
    .resampling = bicubic,
    .build = build_bicubic,
};

const up_method up_lanczos = {
    .info = { "lanczos", "six taps: windowed sinc with 3 lobes, normalised" },
    .domain = UP_ON_COLOUR,
    .prepare = check_corners,
    .resampling = lanczos,
    .build = build_lanczos,
};
