/* Enlarging and reducing by a fixed filter. */
#include "base/memory.h"
#include "network/layers.h"
#include "network/sizes.h"
#include "ops/replicate.h"
#include "ops/resample.h"

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
        UP_TRY(up_size_axis(builder, node, axis, node->size[axis], up_max(resize->factor[axis], 1),
                            0, 1));
    return UP_OK;
}

/* Far from the edges a position of the output lies at this one of the input. */
static double place(up_network_axis in, up_network_axis out, double position)
{
    const double ratio = ((double)in.scale / in.reduction) / ((double)out.scale / out.reduction);
    return (position + 0.5) * ratio - 0.5;
}

static up_positions reach(const up_network *network, const up_network_node *node, int input,
                          int axis, up_positions out)
{
    const up_resize *resize = node->fields;
    const up_layer_shape in = up_network_shape(network, node->input[0]);
    const up_network_axis from = in.size[axis], to = node->size[axis];
    if (input == 1)
        return (up_positions){ INT64_MAX, INT64_MIN }; /* only its size */
    if (from.scale == 0 || to.scale == 0)
        return (up_positions){ 0, 0 };
    const double support = resize->mode == UP_RESIZE_NEAREST    ? 0.5
                           : resize->mode == UP_RESIZE_BILINEAR ? 1
                                                                : 2;
    const double first = place(from, to, (double)out.first) - support;
    const double last = place(from, to, (double)out.last) + support;
    int64_t low = (int64_t)first - (first < (double)(int64_t)first);
    int64_t high = (int64_t)last - (last < (double)(int64_t)last);
    return (up_positions){ low + 1, (double)high == last ? high - 1 : high };
}

static up_status add_interpolation(const up_network_build *build, const up_resize *resize, int from,
                                   int height, int width, int *to)
{
    const bool cubic = resize->mode == UP_RESIZE_BICUBIC;
    const up_filter *filter = cubic ? &up_filter_cubic : &up_filter_triangle;
    const up_shape in = *up_graph_shape(build->graph, from);
    const double a = (double)resize->cubic_a;
    up_axis rows, columns;
    up_op *op;
    up_axis_init(&rows, in.height, height, up_ratio_make(in.height, height), filter, a, false,
                 false);
    up_axis_init(&columns, in.width, width, up_ratio_make(in.width, width), filter, a, false,
                 false);
    UP_TRY(up_resample_rows_plan(&op, &in, &rows, build->error));
    UP_TRY(up_graph_add(build->graph, op, &from, to, build->error));
    UP_TRY(
        up_resample_columns_plan(&op, up_graph_shape(build->graph, *to), &columns, build->error));
    return up_graph_add(build->graph, op, to, to, build->error);
}

static up_status build(const up_network_build *build, const up_network_node *node, const int *in,
                       int *to)
{
    const up_resize *resize = node->fields;
    const up_shape from = *up_graph_shape(build->graph, in[0]);
    up_shape like = { .height = from.height * up_max(resize->factor[0], 1),
                      .width = from.width * up_max(resize->factor[1], 1) };
    up_op *op;
    if (node->inputs == 2)
        like = *up_graph_shape(build->graph, in[1]);
    *to = in[0];
    if (like.height == from.height && like.width == from.width)
        return UP_OK;
    if (resize->mode != UP_RESIZE_NEAREST)
        return add_interpolation(build, resize, in[0], like.height, like.width, to);
    const up_ratio step[2] = { up_ratio_make(from.height, like.height),
                               up_ratio_make(from.width, like.width) };
    UP_TRY(up_nearest_plan(&op, &from, like.height, like.width, step, false, build->error));
    return up_graph_add(build->graph, op, in, to, build->error);
}

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
            UP_FIELD("cubic_a", UP_FIELD_NUMBER, up_resize, cubic_a),
            UP_LAST_FIELD,
        },
    .check = check,
    .reach = reach,
    .build = build,
};
