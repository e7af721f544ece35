/* SPDX-License-Identifier: MIT */
/* Enlarging and reducing by a fixed filter. */

#include "network/layers.h"

#include "base/memory.h"
#include "network/build/sizes.h"
#include "ops/resample/replicate.h"
#include "ops/resample/resample.h"

#include <string.h>

static up_status check(up_network_builder *builder, up_network_node *node)
{
    const up_resize *resize = node->fields;
    if (node->inputs == 2) {
        const up_layer_shape like = up_network_shape(builder->network, node->input[1]);
        memcpy(node->size, like.size, sizeof node->size);
        return UP_OK;
    }
    for (int axis = 0; axis < 2; axis++)
        UP_TRY(up_size_axis(builder, node, axis, node->size[axis], resize->factor[axis], 0,
                            resize->divisor[axis]));
    return UP_OK;
}

/* Far from the edges a position of the output lies at this one of the input. */
static double place(up_network_axis in, up_network_axis out, double position)
{
    const double ratio = ((double)in.scale / in.reduction) / ((double)out.scale / out.reduction);
    return (position + 0.5) * ratio - 0.5;
}

static up_extent reach(const up_network *network, const up_network_node *node, int input, int axis,
                       up_extent out)
{
    const up_resize *resize = node->fields;
    const up_layer_shape in = up_network_shape(network, node->input[0]);
    const up_network_axis from = in.size[axis], to = node->size[axis];
    if (input == 1)
        return (up_extent){ INT64_MAX, INT64_MIN }; /* only its size */
    if (from.scale == 0 || to.scale == 0)
        return (up_extent){ 0, 0 };
    const double step = place(from, to, 1) - place(from, to, 0);
    const double stretch = resize->antialias && step > 1 ? step : 1;
    const double support = resize->mode == UP_RESIZE_NEAREST    ? 0.5
                           : resize->mode == UP_RESIZE_BILINEAR ? stretch
                                                                : 2 * stretch;
    const double first = place(from, to, (double)out.first) - support;
    const double last = place(from, to, (double)out.last) + support;
    int64_t low = (int64_t)first - (first < (double)(int64_t)first);
    int64_t high = (int64_t)last - (last < (double)(int64_t)last);
    return (up_extent){ low + 1, (double)high == last ? high - 1 : high };
}

/* ---------------------------------------------------------------- running */

static up_coordinates coordinates_of(const up_resize *resize)
{
    static const up_coordinates known[] = {
        [UP_RESIZE_USUAL] = UP_HALF_PIXEL,
        [UP_RESIZE_HALF_PIXEL] = UP_HALF_PIXEL,
        [UP_RESIZE_ASYMMETRIC] = UP_ASYMMETRIC,
        [UP_RESIZE_ALIGN_CORNERS] = UP_ALIGN_CORNERS,
        [UP_RESIZE_PYTORCH_HALF_PIXEL] = UP_HALF_PIXEL_PYTORCH,
    };
    const bool usual = resize->coordinates == UP_RESIZE_USUAL;
    return usual && resize->mode == UP_RESIZE_NEAREST ? UP_ASYMMETRIC : known[resize->coordinates];
}

static up_status add_nearest(const up_network_build *build, const up_resize *resize, int from,
                             const up_positions at[2], int *to)
{
    static const up_rounding known[] = {
        [UP_RESIZE_FLOOR] = UP_ROUND_FLOOR,
        [UP_RESIZE_CEIL] = UP_ROUND_CEIL,
        [UP_RESIZE_ROUND_DOWN] = UP_ROUND_HALF_DOWN,
        [UP_RESIZE_ROUND_UP] = UP_ROUND_HALF_UP,
    };
    return UP_ADD_OP(build->graph, from, to, build->error, up_nearest_plan, at,
                     known[resize->rounding]);
}

static up_status add_filtered(const up_network_build *build, const up_resize *resize, int from,
                              const up_positions at[2], int *to)
{
    const bool cubic = resize->mode == UP_RESIZE_BICUBIC;
    const up_filter *filter = cubic ? &up_filter_cubic : &up_filter_triangle;
    up_axis axis[2];
    for (int a = 0; a < 2; a++)
        up_axis_init(&axis[a], at[a], filter, (double)resize->cubic_a, resize->antialias,
                     resize->exclude_outside);
    UP_TRY(UP_ADD_OP(build->graph, from, to, build->error, up_resample_rows_plan, &axis[0]));
    return UP_ADD_OP(build->graph, *to, to, build->error, up_resample_columns_plan, &axis[1]);
}

static up_status build(const up_network_build *build, const up_network_node *node, const int *in,
                       int *to)
{
    const up_resize *resize = node->fields;
    const up_shape from = *up_graph_shape(build->graph, in[0]);
    const bool like = node->inputs == 2;
    const up_shape other = like ? *up_graph_shape(build->graph, in[1]) : from;
    const int size[2] = { from.height, from.width }, wanted[2] = { other.height, other.width };
    up_positions at[2];
    bool same = true;
    for (int a = 0; a < 2; a++) {
        const int out =
            like ? wanted[a] : (int)((int64_t)size[a] * resize->factor[a] / resize->divisor[a]);
        const up_ratio step = like ? up_ratio_make(size[a], out)
                                   : up_ratio_make(resize->divisor[a], resize->factor[a]);
        if (out < 1)
            return up_fail(build->error, UP_ERROR_WEIGHTS,
                           "the network reduces %dx%d pixels to nothing", size[1], size[0]);
        at[a] = up_positions_make(size[a], out, step, coordinates_of(resize));
        same = same && out == size[a] && step.num == step.den;
    }
    *to = in[0];
    if (same)
        return UP_OK;
    return resize->mode == UP_RESIZE_NEAREST ? add_nearest(build, resize, in[0], at, to)
                                             : add_filtered(build, resize, in[0], at, to);
}

/* ---------------------------------------------------------------- the kind */

static const char *const coordinate_names[] = { "usual",         "half_pixel",         "asymmetric",
                                                "align_corners", "pytorch_half_pixel", NULL };
static const char *const rounding_names[] = { "floor", "ceil", "round_down", "round_up", NULL };
static const char *const mode_names[] = { "nearest", "bilinear", "bicubic", NULL };

const up_layer_kind up_layer_resize = {
    .name = "resize",
    .least_inputs = 1,
    .most_inputs = 2,
    .fields_size = sizeof(up_resize),
    .defaults = &(const up_resize){ .factor = { 1, 1 }, .divisor = { 1, 1 }, .cubic_a = -0.75f },
    .field =
        (const up_layer_field[]){
            UP_FIELD("mode", UP_FIELD_CHOICE, up_resize, mode, .names = mode_names,
                     .required = true),
            UP_FIELD("factor", UP_FIELD_PAIR, up_resize, factor, .least = 1),
            UP_FIELD("divisor", UP_FIELD_PAIR, up_resize, divisor, .least = 1),
            UP_FIELD("coordinates", UP_FIELD_CHOICE, up_resize, coordinates,
                     .names = coordinate_names),
            UP_FIELD("rounding", UP_FIELD_CHOICE, up_resize, rounding, .names = rounding_names),
            UP_FIELD("cubic_a", UP_FIELD_NUMBER, up_resize, cubic_a),
            UP_FIELD("antialias", UP_FIELD_FLAG, up_resize, antialias),
            UP_FIELD("exclude_outside", UP_FIELD_FLAG, up_resize, exclude_outside),
            UP_LAST_FIELD,
        },
    .check = check,
    .reach = reach,
    .build = build,
};
