/* SPDX-License-Identifier: MIT */
/* Windows, and whole pictures, that become one value for each channel. */
#include "network/ncnn/ncnn_layer.h"

enum { MOST = UP_MOST_PARAMETER };
enum { GREATEST, MEAN };
enum { FULL, VALID, SAME_UPPER, SAME_LOWER };

static up_status make_global(up_ncnn_reader *reader, const up_ncnn_layer *layer, int type, int dims)
{
    const up_ncnn_blob *in;
    UP_TRY(up_ncnn_input(reader, layer, 0, &in));
    int node = in->node;
    UP_TRY(up_ncnn_add(reader, layer,
                       type == MEAN ? &up_layer_global_average_pool : &up_layer_global_max_pool,
                       NULL, &node));
    up_ncnn_made(reader, layer, node, dims);
    return UP_OK;
}

/* Columns first, rows the same where they are not stated. */
static up_status take_windows(const up_ncnn_reader *reader, const up_ncnn_layer *layer,
                              up_pooling *pool)
{
    int *padding = pool->padding;
    UP_TRY(up_ncnn_take_whole(reader, layer, 1, 0, 1, MOST, &pool->kernel[1]));
    UP_TRY(up_ncnn_take_whole(reader, layer, 11, pool->kernel[1], 1, MOST, &pool->kernel[0]));
    UP_TRY(up_ncnn_take_whole(reader, layer, 2, 1, 1, MOST, &pool->stride[1]));
    UP_TRY(up_ncnn_take_whole(reader, layer, 12, pool->stride[1], 1, MOST, &pool->stride[0]));
    UP_TRY(up_ncnn_take_whole(reader, layer, 3, 0, 0, MOST, &padding[1]));
    UP_TRY(up_ncnn_take_whole(reader, layer, 13, padding[1], 0, MOST, &padding[0]));
    UP_TRY(up_ncnn_take_whole(reader, layer, 14, padding[1], 0, MOST, &padding[3]));
    return up_ncnn_take_whole(reader, layer, 15, padding[0], 0, MOST, &padding[2]);
}

static up_status make_windows(up_ncnn_reader *reader, const up_ncnn_layer *layer, int type)
{
    int node, dims;
    up_pooling pool = { .ceil_mode = false };
    int mode, counts;
    UP_TRY(up_ncnn_begin(reader, layer, &node, &dims));
    UP_TRY(take_windows(reader, layer, &pool));
    UP_TRY(up_ncnn_take_whole(reader, layer, 5, FULL, FULL, SAME_LOWER, &mode));
    UP_TRY(up_ncnn_take_whole(reader, layer, 6, 0, 0, 1, &counts));
    if (mode >= SAME_UPPER)
        UP_TRY(up_ncnn_same_padding(reader, layer, node, pool.kernel, pool.stride,
                                    mode == SAME_LOWER, pool.padding));
    pool.ceil_mode = mode == FULL && (pool.stride[0] > 1 || pool.stride[1] > 1);
    if (type == MEAN && counts && pool.ceil_mode)
        return up_ncnn_refuse(reader, layer, "means over windows that reach beyond the padding");
    pool.count_include_pad = type == MEAN && (counts || mode >= SAME_UPPER);
    UP_TRY(up_ncnn_add(reader, layer, type == MEAN ? &up_layer_average_pool : &up_layer_max_pool,
                       &pool, &node));
    up_ncnn_made(reader, layer, node, dims);
    return UP_OK;
}

up_status up_ncnn_make_pooling(up_ncnn_reader *reader, const up_ncnn_layer *layer)
{
    int type, global, adaptive, width, height;
    UP_TRY(up_ncnn_take_whole(reader, layer, 0, GREATEST, GREATEST, MEAN, &type));
    UP_TRY(up_ncnn_take_whole(reader, layer, 4, 0, 0, 1, &global));
    UP_TRY(up_ncnn_take_whole(reader, layer, 7, 0, 0, 1, &adaptive));
    UP_TRY(up_ncnn_take_whole(reader, layer, 8, 0, UP_NCNN_REST, MOST, &width));
    UP_TRY(up_ncnn_take_whole(reader, layer, 18, width, UP_NCNN_REST, MOST, &height));
    if (global)
        return make_global(reader, layer, type, 1);
    if (!adaptive)
        return make_windows(reader, layer, type);
    if (width != 1 || height != 1)
        return up_ncnn_refuse(reader, layer, "pools to a fixed size, which cannot be run");
    return make_global(reader, layer, type, 3);
}

/* ---------------------------------------------------------------- reduction */

enum { REDUCE_MEAN = 3, REDUCE_MAX = 4 };

static up_status check_axes(const up_ncnn_reader *reader, const up_ncnn_layer *layer)
{
    const up_ncnn_parameter *axes;
    bool seen[3] = { false };
    UP_TRY(up_ncnn_take_list(reader, layer, 3, &axes));
    UP_TRY(up_ncnn_expect(reader, layer, 1, 1, 0, "a reduction of everything cannot be run"));
    UP_TRY(up_ncnn_expect(reader, layer, 5, 0, 1,
                          "a reduction of an old form; convert the network again"));
    for (int i = 0; axes && i < axes->count; i++) {
        const double axis = axes->value[i] + (axes->value[i] < 0 ? 3 : 0);
        if (axis != 0 && axis != 1 && axis != 2)
            return up_ncnn_refuse(reader, layer, "an axis that is not there");
        seen[(int)axis] = true;
    }
    if (!seen[0] && seen[1] && seen[2])
        return UP_OK;
    return up_ncnn_refuse(reader, layer, "a reduction of anything but rows and columns");
}

up_status up_ncnn_make_reduction(up_ncnn_reader *reader, const up_ncnn_layer *layer)
{
    const up_ncnn_blob *in;
    float factor;
    int operation, keeps;
    UP_TRY(up_ncnn_input(reader, layer, 0, &in));
    UP_TRY(up_ncnn_take_whole(reader, layer, 0, 0, 0, MOST, &operation));
    UP_TRY(up_ncnn_take_number(reader, layer, 2, 1, &factor));
    UP_TRY(up_ncnn_take_whole(reader, layer, 4, 0, 0, 1, &keeps));
    if (in->dims != 3 || (operation != REDUCE_MEAN && operation != REDUCE_MAX) || factor != 1)
        return up_ncnn_refuse(reader, layer, "a reduction that is no plain mean or maximum");
    UP_TRY(check_axes(reader, layer));
    return make_global(reader, layer, operation == REDUCE_MEAN ? MEAN : GREATEST, keeps ? 3 : 1);
}
