/* Sizes, cost and reach of a network. */
#include <stdint.h>

#include "base/memory.h"
#include "network/network_builder.h"

#define MOST_SCALE 65536
#define MOST_EXTRA (1 << 30)
#define MOST_PHASES 1024 /* looked at for the receptive field: more than any sane scale has */

static const up_network_axis unchanged = { 1, 0, 1 };

static up_network_axis axis_of(const up_network *network, int from, int axis)
{
    return from == UP_NETWORK_INPUT ? unchanged : network->item[from].size[axis];
}

static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

/* -------------------------------------------------------------- sizes */

static up_status refuse(const up_network_builder *builder, const up_network_item *item,
                        const char *reason)
{
    return up_network_refuse(builder, (int)(item - builder->network->item), item->op, "%s", reason);
}

/* size * times + more, then divided by `reduction`. */
static up_status resize_axis(const up_network_builder *builder, up_network_item *item, int axis,
                             up_network_axis size, int times, int64_t more, int reduction)
{
    if (times > 1 && size.reduction > 1)
        return refuse(builder, item, "enlarges what an earlier layer has reduced");
    int64_t scale = (int64_t)size.scale * times;
    int64_t divisor = (int64_t)size.reduction * reduction;
    int64_t extra = (int64_t)size.extra * times + more * size.reduction;
    if (scale > MOST_SCALE || divisor > MOST_SCALE)
        return refuse(builder, item, "scales by more than 65536");
    if (extra > MOST_EXTRA || extra < -MOST_EXTRA)
        return refuse(builder, item, "pads or crops too much");
    item->size[axis] = (up_network_axis){ (int)scale, (int)extra, (int)divisor };
    return UP_OK;
}

/* How much larger than `from` the item's input is; 0 if not by a whole number. */
static int times_larger(up_network_axis size, up_network_axis from)
{
    int times = size.scale / from.scale;
    bool whole = size.scale == from.scale * times && size.reduction == from.reduction &&
                 size.extra == (int64_t)from.extra * times;
    return whole && (times == 1 || from.reduction == 1) ? times : 0;
}

static up_status measure_join(const up_network_builder *builder, up_network_item *item, int axis,
                              up_network_axis size)
{
    int times = times_larger(size, axis_of(builder->network, item->from, axis));
    if (!times || (times > 1 && item->resize == UP_NETWORK_RESIZE_NONE))
        return refuse(builder, item,
                      times ? "joins pictures of different size: state resize"
                            : "joins pictures whose sizes are not a whole number of times apart");
    item->resize_factor[axis] = times;
    item->size[axis] = size;
    return UP_OK;
}

static up_status measure_axis(const up_network_builder *builder, up_network_item *item, int axis,
                              up_network_axis size)
{
    int64_t padding = item->padding[axis], stride = item->stride[axis];
    int64_t span = (int64_t)item->dilation[axis] * (item->kernel[axis] - 1) + 1;
    switch (item->op) {
    case UP_NETWORK_CONV2D:
        return resize_axis(builder, item, axis, size, 1, 2 * padding - span + stride, (int)stride);
    case UP_NETWORK_CONV_TRANSPOSE2D:
        return resize_axis(builder, item, axis, size, (int)stride,
                           span - stride - 2 * padding + item->output_padding[axis], 1);
    case UP_NETWORK_PIXEL_SHUFFLE:
        return resize_axis(builder, item, axis, size, item->factor, 0, 1);
    case UP_NETWORK_PAD:
        return resize_axis(builder, item, axis, size, 1, 2 * padding, 1);
    case UP_NETWORK_ADD:
    case UP_NETWORK_CONCAT:
        return measure_join(builder, item, axis, size);
    default:
        item->size[axis] = size;
        return UP_OK;
    }
}

static double pixels(const up_network_axis size[2])
{
    return (double)size[0].scale / size[0].reduction * size[1].scale / size[1].reduction;
}

up_status up_network_measure_item(const up_network_builder *builder, up_network_item *item)
{
    int before = (int)(item - builder->network->item) - 1;
    const up_network_axis in[2] = { axis_of(builder->network, before, 0),
                                    axis_of(builder->network, before, 1) };
    UP_TRY(measure_axis(builder, item, 0, in[0]));
    UP_TRY(measure_axis(builder, item, 1, in[1]));
    bool transposed = item->op == UP_NETWORK_CONV_TRANSPOSE2D;
    double taps = (double)item->kernel[0] * item->kernel[1] * item->in_channels *
                  item->out_channels / item->groups;
    item->multiply_adds = taps * pixels(transposed ? in : item->size);
    return UP_OK;
}

/* The input that makes floor((n * scale + extra) / reduction) at least `wanted`. */
static int input_for(up_network_axis size, int wanted)
{
    int64_t missing = (int64_t)wanted * size.reduction - size.extra;
    int64_t input = -floor_div(-missing, size.scale);
    return input > INT32_MAX ? INT32_MAX : (int)input;
}

static int least_input(const up_network *network, int axis)
{
    int least = 1;
    for (int i = 0; i < network->items; i++) {
        const up_network_item *item = &network->item[i];
        least = up_max(least, input_for(item->size[axis], 1));
        if (item->padding_mode == UP_NETWORK_REFLECT)
            least =
                up_max(least, input_for(axis_of(network, i - 1, axis), item->padding[axis] + 1));
    }
    return least;
}

/* -------------------------------------------------------------- receptive field */

typedef struct {
    int64_t first, last;
} positions;

static const positions nowhere = { INT64_MAX, INT64_MIN };

static positions hull(positions a, positions b)
{
    return (positions){ a.first < b.first ? a.first : b.first, a.last > b.last ? a.last : b.last };
}

/* What these positions of the output need of the item before. */
static positions needed(const up_network_item *item, int axis, positions out)
{
    int64_t padding = item->padding[axis], stride = item->stride[axis];
    int64_t reach = (int64_t)item->dilation[axis] * (item->kernel[axis] - 1);
    switch (item->op) {
    case UP_NETWORK_CONV2D:
        return (positions){ out.first * stride - padding, out.last * stride - padding + reach };
    case UP_NETWORK_CONV_TRANSPOSE2D:
        return (positions){ -floor_div(-(out.first + padding - reach), stride),
                            floor_div(out.last + padding, stride) };
    case UP_NETWORK_PIXEL_SHUFFLE:
        return (positions){ floor_div(out.first, item->factor), floor_div(out.last, item->factor) };
    case UP_NETWORK_PAD:
        return (positions){ out.first - padding, out.last - padding };
    default:
        return out;
    }
}

/* What they need of `from`. */
static positions needed_from(const up_network_item *item, int axis, positions out)
{
    int64_t times = item->resize_factor[axis];
    if (times == 1)
        return out;
    if (item->resize == UP_NETWORK_RESIZE_NEAREST)
        return (positions){ floor_div(out.first, times), floor_div(out.last, times) };
    int64_t more = item->resize == UP_NETWORK_RESIZE_BICUBIC;
    return (positions){ floor_div(2 * out.first + 1 - times, 2 * times) - more,
                        floor_div(2 * out.last + 1 - times, 2 * times) + 1 + more };
}

/* How many positions of the input reach position `at` of the output, far from all edges. */
static int64_t reached(const up_network *network, int axis, int64_t at)
{
    positions need[UP_NETWORK_MOST_ITEMS + 1]; /* from the input on */
    for (int i = 0; i < network->items; i++)
        need[i] = nowhere;
    need[network->items] = (positions){ at, at };
    for (int i = network->items; i-- > 0;) {
        const up_network_item *item = &network->item[i];
        positions out = need[i + 1];
        if (out.first > out.last)
            continue;
        need[i] = hull(need[i], needed(item, axis, out));
        if (item->op == UP_NETWORK_ADD || item->op == UP_NETWORK_CONCAT)
            need[item->from + 1] = hull(need[item->from + 1], needed_from(item, axis, out));
    }
    return need[0].first > need[0].last ? 0 : need[0].last - need[0].first + 1;
}

static int receptive_field(const up_network *network, int axis)
{
    int64_t most = 0, scale = network->scale[axis], far = scale * MOST_EXTRA;
    for (int64_t phase = 0; phase < scale && phase < MOST_PHASES; phase++) {
        int64_t count = reached(network, axis, far + phase);
        most = count > most ? count : most;
    }
    return most > INT32_MAX ? INT32_MAX : (int)most;
}

/* -------------------------------------------------------------- network */

static void measure_output(up_network *network, int axis)
{
    up_network_axis size = axis_of(network, network->items - 1, axis);
    network->scale[axis] = size.scale;
    network->extra[axis] = size.extra;
    network->reduction[axis] = size.reduction;
    if (size.reduction > 1)
        return;
    if (size.extra < 0)
        network->missing[axis] = (int)-floor_div(size.extra, 2 * (int64_t)size.scale);
    network->surplus[axis] = (int)(size.extra + 2 * (int64_t)network->missing[axis] * size.scale);
}

void up_network_measure(up_network *network)
{
    for (int axis = 0; axis < 2; axis++) {
        measure_output(network, axis);
        network->least[axis] = least_input(network, axis);
        network->receptive_field[axis] = receptive_field(network, axis);
    }
    for (int i = 0; i < network->items; i++) {
        network->parameters += network->item[i].parameters;
        network->multiply_adds += network->item[i].multiply_adds;
    }
    network->out_channels = network->item[network->items - 1].out_channels;
}
