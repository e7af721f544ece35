/* SPDX-License-Identifier: MIT */
#include "network/build/sizes.h"
#include "base/floor.h"

#include <string.h>

#define MOST_SCALE 65536
#define MOST_EXTRA (1 << 30)

static int64_t common_divisor(int64_t a, int64_t b)
{
    return b ? common_divisor(b, a % b) : a;
}

/* Asks for inputs that leave nothing over when they are reduced, so that the size is a whole number
 * of pixels for each of theirs, and can be enlarged. */
static up_status make_exact(up_network_builder *builder, const up_network_node *node, int axis,
                            up_network_axis *size)
{
    int *multiple = &builder->network->multiple[axis];
    int64_t each = size->reduction / common_divisor(size->scale, size->reduction);
    int64_t both = *multiple / common_divisor(*multiple, each) * each;
    if (both > MOST_SCALE)
        return up_network_refuse(builder, node, "reduces by more than 65536");
    *multiple = (int)both;
    size->extra = (int)(up_floor_div(size->extra, size->reduction) * size->reduction);
    return UP_OK;
}

up_status up_size_axis(up_network_builder *builder, up_network_node *node, int axis,
                       up_network_axis size, int times, int64_t more, int reduction)
{
    if (reduction > MOST_SCALE || times > MOST_SCALE)
        return up_network_refuse(builder, node, "scales by more than 65536");
    if (times > 1 && size.reduction > 1)
        UP_TRY(make_exact(builder, node, axis, &size));
    int64_t scale = (int64_t)size.scale * times, divisor = (int64_t)size.reduction * reduction;
    int64_t extra = (int64_t)size.extra * times + more * size.reduction;
    /* floor((g a + extra) / (g b)) = floor((a + floor(extra / g)) / b) */
    const int64_t common = common_divisor(scale, divisor);
    scale /= common;
    divisor /= common;
    extra = up_floor_div(extra, common);
    if (scale > MOST_SCALE || divisor > MOST_SCALE)
        return up_network_refuse(builder, node, "scales by more than 65536");
    if (extra > MOST_EXTRA || extra < -MOST_EXTRA)
        return up_network_refuse(builder, node, "pads or crops too much");
    if (scale == 0 && extra < 1)
        return up_network_refuse(builder, node, "makes nothing of the one pixel that it gets");
    node->size[axis] = (up_network_axis){ (int)scale, (int)extra, (int)divisor };
    return UP_OK;
}

up_status up_size_divide(up_network_builder *builder, up_network_node *node, int axis,
                         up_network_axis size, int by)
{
    up_network_axis parts = { size.scale, 0, size.reduction * by };
    const int64_t extra = up_floor_div(size.extra, size.reduction);
    UP_TRY(make_exact(builder, node, axis, &parts));
    if (extra % by)
        return up_network_refuse(builder, node,
                                 "cannot split its input, whose size is no multiple of %d", by);
    size.extra = (int)(extra * size.reduction);
    return up_size_axis(builder, node, axis, size, 1, 0, by);
}

bool up_size_equal(const up_network_axis a[2], const up_network_axis b[2])
{
    return memcmp(a, b, 2 * sizeof *a) == 0;
}

int up_size_input_for(up_network_axis size, int wanted)
{
    if (size.scale == 0)
        return 1;
    int64_t missing = (int64_t)wanted * size.reduction - size.extra;
    int64_t input = -up_floor_div(-missing, size.scale);
    return input > INT32_MAX ? INT32_MAX : (int)input;
}

int64_t up_size_at(up_network_axis axis, int64_t input)
{
    return up_floor_div(input * axis.scale + axis.extra, axis.reduction);
}
