/* Separable resampling with a fixed filter: bilinear, bicubic, lanczos. */
#include "methods/method.h"
#include "ops/resample.h"

up_status up_add_resample(up_graph *graph, int from, const up_filter *filter, double parameter,
                          bool align_corners, bool antialias, const up_request *request, int *to,
                          up_error *error)
{
    const up_shape *in = up_graph_shape(graph, from);
    up_axis rows, columns;
    up_axis_init(&rows, in->height, request->height, request->step[0], filter, parameter,
                 align_corners, antialias);
    up_axis_init(&columns, in->width, request->width, request->step[1], filter, parameter,
                 align_corners, antialias);
    /* Multiply-adds of either order; enlarging, rows first is the cheaper one. */
    double rows_first = (double)rows.taps * in->width * request->height;
    double columns_first = (double)columns.taps * request->width * in->height;
    rows_first += (double)columns.taps * request->width * request->height;
    columns_first += (double)rows.taps * request->width * request->height;
    for (int pass = 0; pass < 2; pass++) {
        up_op *op;
        if ((pass == 0) == (rows_first <= columns_first))
            UP_TRY(up_resample_rows_plan(&op, up_graph_shape(graph, from), &rows, error));
        else
            UP_TRY(up_resample_columns_plan(&op, up_graph_shape(graph, from), &columns, error));
        UP_TRY(up_graph_add(graph, op, from, -1, &from, error));
    }
    *to = from;
    return UP_OK;
}

static up_status build(up_graph *graph, int from, up_request *request, const char *name,
                       const up_filter *filter, double parameter, int *to, up_error *error)
{
    const up_options *options = request->options;
    up_request_say(request, "%s to %dx%d", name, request->width, request->height);
    return up_add_resample(graph, from, filter, parameter, options->align_corners,
                           !options->no_antialias, request, to, error);
}

static up_status build_bilinear(up_graph *graph, int from, up_request *request, int *to,
                                up_error *error)
{
    return build(graph, from, request, "bilinear", &up_filter_triangle, 0, to, error);
}

static up_status build_bicubic(up_graph *graph, int from, up_request *request, int *to,
                               up_error *error)
{
    double a = request->options->cubic_a;
    return build(graph, from, request, "bicubic", &up_filter_cubic, a != 0 ? a : -0.5, to, error);
}

static up_status build_lanczos(up_graph *graph, int from, up_request *request, int *to,
                               up_error *error)
{
    return build(graph, from, request, "lanczos", &up_filter_lanczos3, 0, to, error);
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
    .build = build_bilinear,
};

const up_method up_bicubic = {
    .info = { "bicubic", "four taps, Keys a = -0.5 (MATLAB, Pillow), or --cubic-a" },
    .domain = UP_ON_COLOUR,
    .build = build_bicubic,
};

const up_method up_lanczos = {
    .info = { "lanczos", "six taps: windowed sinc with 3 lobes, normalised" },
    .domain = UP_ON_COLOUR,
    .prepare = check_corners,
    .build = build_lanczos,
};
