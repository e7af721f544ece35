/* SPDX-License-Identifier: MIT */
/* Resize and Upsample. */

#include "network/onnx/onnx_ops.h"

#include "base/memory.h"

#include <math.h>
#include <string.h>

#define MOST_DIVISOR 64
#define WORK 64 /* to look at a node, as so many bytes */

/* ---------------------------------------------------------------- how */

static up_status read_mode(const up_onnx *onnx, up_resize *resize)
{
    const char *mode = up_onnx_text_of(onnx, "mode", "nearest");
    static const char *const names[] = { "nearest", "linear", "cubic", "bilinear" };
    static const up_resize_mode modes[] = { UP_RESIZE_NEAREST, UP_RESIZE_BILINEAR,
                                            UP_RESIZE_BICUBIC, UP_RESIZE_BILINEAR };
    for (int i = 0; i < 4; i++)
        if (strcmp(names[i], mode) == 0) {
            resize->mode = modes[i];
            return UP_OK;
        }
    return up_onnx_refuse(onnx, "an unknown mode of resizing");
}

static up_status read_rounding(const up_onnx *onnx, up_resize *resize)
{
    const char *text = up_onnx_text_of(onnx, "nearest_mode", "round_prefer_floor");
    static const char *const names[] = { "floor", "ceil", "round_prefer_floor",
                                         "round_prefer_ceil" };
    static const up_resize_rounding roundings[] = { UP_RESIZE_FLOOR, UP_RESIZE_CEIL,
                                                    UP_RESIZE_ROUND_DOWN, UP_RESIZE_ROUND_UP };
    for (int i = 0; i < 4; i++)
        if (strcmp(names[i], text) == 0) {
            resize->rounding = roundings[i];
            return UP_OK;
        }
    return up_onnx_refuse(onnx, "an unknown mode of rounding");
}

/* tf_half_pixel_for_nn is (x + 0.5) / scale, whose floor is what half pixels round up to. */
static up_status read_coordinates(const up_onnx *onnx, up_resize *resize)
{
    const char *text = up_onnx_text_of(onnx, "coordinate_transformation_mode", "half_pixel");
    static const char *const names[] = { "half_pixel", "half_pixel_symmetric", "asymmetric",
                                         "align_corners", "pytorch_half_pixel" };
    static const up_resize_coordinates known[] = { UP_RESIZE_HALF_PIXEL, UP_RESIZE_HALF_PIXEL,
                                                   UP_RESIZE_ASYMMETRIC, UP_RESIZE_ALIGN_CORNERS,
                                                   UP_RESIZE_PYTORCH_HALF_PIXEL };
    for (int i = 0; i < 5; i++)
        if (strcmp(names[i], text) == 0) {
            resize->coordinates = known[i];
            return UP_OK;
        }
    if (strcmp(text, "tf_half_pixel_for_nn") != 0 || resize->mode != UP_RESIZE_NEAREST ||
        resize->rounding != UP_RESIZE_FLOOR)
        return up_onnx_refuse(onnx, "a coordinate_transformation_mode that cannot be run");
    resize->coordinates = UP_RESIZE_HALF_PIXEL;
    resize->rounding = UP_RESIZE_ROUND_UP;
    return UP_OK;
}

static up_status read_how(const up_onnx *onnx, bool old, up_resize *resize)
{
    *resize = (up_resize){ .factor = { 1, 1 },
                           .divisor = { 1, 1 },
                           .coordinates = UP_RESIZE_ASYMMETRIC,
                           .cubic_a = (float)up_onnx_real(onnx, "cubic_coeff_a", -0.75),
                           .exclude_outside = up_onnx_whole(onnx, "exclude_outside", 0),
                           .antialias = up_onnx_whole(onnx, "antialias", 0) };
    UP_TRY(read_mode(onnx, resize));
    if (old)
        return UP_OK;
    UP_TRY(read_rounding(onnx, resize));
    if (strcmp(up_onnx_text_of(onnx, "keep_aspect_ratio_policy", "stretch"), "stretch") != 0)
        return up_onnx_refuse(onnx, "keeps the aspect ratio, which depends on the image");
    return read_coordinates(onnx, resize);
}

/* ---------------------------------------------------------------- how much */

/* The smallest fraction that is this float32. */
static bool as_fraction(double value, int *factor, int *divisor)
{
    for (int d = 1; d <= MOST_DIVISOR; d++) {
        const double times = nearbyint(value * d);
        if (times >= 1 && times <= 65536 && fabs(times / d - value) <= 1e-6 * value) {
            *factor = (int)times;
            *divisor = d;
            return true;
        }
    }
    return false;
}

typedef struct {
    up_onnx_view pure;
    int dim[3], count;
    int axis[UP_ONNX_RANK]; /* of the numbers that are given */
    up_onnx_size size[UP_ONNX_MOST_SIZES];
} request;

/* What is given for a plane (0 channels, 1 rows, 2 columns); NULL: nothing. */
static const up_onnx_size *given(const request *r, int plane)
{
    for (int i = 0; i < r->count; i++)
        if (r->axis[i] == r->dim[plane])
            return &r->size[i];
    return NULL;
}

static up_status read_scales(up_onnx *onnx, const request *r, up_resize *resize)
{
    for (int i = 0; i < r->count; i++) {
        double scale;
        const int plane = up_onnx_plane_of(r->dim, r->axis[i]);
        if (!up_onnx_is_fixed(onnx, &r->size[i], &scale))
            return up_onnx_refuse(onnx, "its scales depend on the size of the image");
        if (plane < 1
                ? scale != 1
                : !as_fraction(scale, &resize->factor[plane - 1], &resize->divisor[plane - 1]))
            return up_onnx_refuse(onnx, "a scale of %g cannot be run", scale);
    }
    return UP_OK;
}

/* A fixed ratio to the size of the input, at all sizes or at the one of the file. */
static bool find_ratio(const up_onnx *onnx, const request *r, int plane, bool baked,
                       up_resize *resize)
{
    const up_onnx_size *wanted = given(r, plane);
    const up_onnx_size size = up_onnx_plane_size(onnx, r->pure.node, plane);
    up_onnx_size ratio;
    double value;
    if (!wanted)
        return true;
    for (int p = 0; p < UP_ONNX_PROBES; p++)
        ratio.at[p] = wanted->at[p] / size.at[p];
    if (baked)
        ratio = up_onnx_size_of(ratio.at[0]);
    return up_onnx_is_fixed(onnx, &ratio, &value) &&
           as_fraction(value, &resize->factor[plane - 1], &resize->divisor[plane - 1]);
}

/* Whether a node is as large as is wanted, at all sizes or at the one of the file. */
static bool is_as_large(const up_onnx *onnx, const request *r, int node, bool baked)
{
    for (int plane = 1; plane < 3; plane++) {
        const up_onnx_size *wanted = given(r, plane);
        const int from = wanted ? node : r->pure.node;
        const up_onnx_size size = up_onnx_plane_size(onnx, node, plane);
        const up_onnx_size own = up_onnx_plane_size(onnx, from, plane);
        if (!wanted)
            wanted = &own;
        if (baked ? wanted->at[0] != size.at[0] : !up_onnx_same(onnx, wanted, &size))
            return false;
    }
    return true;
}

/* The first node that is; INT_MAX: none. Files may ask for much of this. */
static int find_as_large(up_onnx *onnx, const request *r, bool baked)
{
    const size_t work = WORK * (size_t)onnx->builder->network->nodes;
    if (work > onnx->budget)
        return INT_MAX;
    onnx->budget -= work;
    for (int node = UP_NETWORK_INPUT; node < onnx->builder->network->nodes; node++)
        if (is_as_large(onnx, r, node, baked))
            return node;
    return INT_MAX;
}

/* Sizes are a ratio, or those of another picture. Where they are numbers of the file and the input
 * was reduced, so that its size was rounded, another picture comes first. */
static up_status read_sizes(up_onnx *onnx, const request *r, up_resize *resize, int *like)
{
    const up_layer_shape in = up_network_shape(onnx->builder->network, r->pure.node);
    const bool declared = up_onnx_is_declared(onnx, 1) && up_onnx_is_declared(onnx, 2);
    const bool rounded = in.size[0].reduction > 1 || in.size[1].reduction > 1;
    for (int pass = 0; pass < (declared ? 2 : 1); pass++) {
        *like = INT_MAX;
        if (pass && rounded && (*like = find_as_large(onnx, r, true)) != INT_MAX)
            return UP_OK;
        if (find_ratio(onnx, r, 1, pass, resize) && find_ratio(onnx, r, 2, pass, resize))
            return UP_OK;
        if ((*like = find_as_large(onnx, r, pass)) != INT_MAX)
            return UP_OK;
    }
    return up_onnx_refuse(onnx, "its size follows from the image in a way that cannot be run");
}

/* ---------------------------------------------------------------- ops */

static up_status read_request(up_onnx *onnx, request *r, bool old, bool *sizes)
{
    bool chosen[UP_ONNX_RANK] = { false };
    int named, listed = 0;
    const up_onnx_attribute *axes = up_onnx_find(onnx->node, "axes");
    UP_TRY(up_onnx_pure(onnx, up_onnx_picture(onnx, 0), &r->pure, r->dim));
    UP_TRY(up_onnx_sizes_of(onnx, "scales", old ? 1 : 2, r->size, &r->count));
    *sizes = r->count < 1;
    if (*sizes)
        UP_TRY(up_onnx_sizes(onnx, old ? -1 : 3, r->size, &r->count));
    UP_TRY(up_onnx_axes(onnx, -1, r->pure.dims, false, chosen, &named));
    for (int i = 0; named >= 0 && i < named; i++)
        UP_TRY(up_onnx_axis(onnx, axes->wholes ? axes->wholes[i] : 0, r->pure.dims,
                            &r->axis[listed++]));
    for (int d = 0; named < 0 && d < r->pure.dims; d++)
        r->axis[listed++] = d;
    return r->count == listed ? UP_OK
                              : up_onnx_refuse(onnx, "its scales or sizes do not go with the axes");
}

/* Sizes of other axes than rows and columns must be what they are. */
static up_status check_others(const up_onnx *onnx, const request *r)
{
    for (int i = 0; i < r->count; i++) {
        const up_onnx_size size = up_onnx_dim_size(onnx, &r->pure, r->axis[i]);
        if (up_onnx_plane_of(r->dim, r->axis[i]) < 1 && !up_onnx_same(onnx, &size, &r->size[i]))
            return up_onnx_refuse(onnx, "resizes other axes than rows and columns");
    }
    return UP_OK;
}

up_status up_onnx_resize(up_onnx *onnx)
{
    const bool old = onnx->graph->opset < 11;
    request r = { .count = 0 };
    up_resize resize;
    int like = INT_MAX;
    bool sizes;
    UP_TRY(read_request(onnx, &r, old, &sizes));
    UP_TRY(read_how(onnx, old, &resize));
    if (sizes) {
        UP_TRY(check_others(onnx, &r));
        UP_TRY(read_sizes(onnx, &r, &resize, &like));
    } else {
        UP_TRY(read_scales(onnx, &r, &resize));
    }
    const int input[2] = { r.pure.node, like };
    UP_TRY(up_onnx_add_node(onnx, &up_layer_resize, &resize, input, like == INT_MAX ? 1 : 2,
                            &r.pure.node));
    return up_onnx_set_view(onnx, 0, &r.pure);
}
