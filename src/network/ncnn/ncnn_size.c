/* SPDX-License-Identifier: MIT */
/* Layers that make pictures larger and smaller. */

#include "network/ncnn/ncnn_layer.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "network/build/sizes.h"

enum { MOST = UP_MOST_PARAMETER };

/* ---------------------------------------------------------------- crop */

/* What is left out of channels (0), rows (1) and columns (2), before and behind. */
typedef struct {
    int64_t before[3], behind[3];
} margin;

static const double beyond = 1 << 30; /* an end that no picture reaches */

/* From start to end as NumPy has them, where -233 leaves the end open. */
static up_status cut_between(const up_ncnn_reader *reader, const up_ncnn_layer *layer,
                             const up_layer_shape *in, int axis, const double ends[2], margin *cut)
{
    const double start = ends[0] == UP_NCNN_REST ? 0 : ends[0];
    const double end = ends[1] == UP_NCNN_REST || ends[1] >= beyond ? 0 : ends[1];
    const bool known = axis == 0 || in->size[axis - 1].scale == 0;
    if (fabs(start) > beyond || fabs(end) > beyond)
        return up_ncnn_refuse(reader, layer, "crops more than there is");
    if (!known && (start < 0 || end > 0))
        return up_ncnn_refuse(reader, layer, "crops to a fixed size, which cannot be run");
    const int64_t size = axis == 0 ? in->channels : known ? up_size_at(in->size[axis - 1], 1) : 0;
    cut->before[axis] = (int64_t)start + (start < 0 ? size : 0);
    cut->behind[axis] = end <= 0 ? -(int64_t)end : (int64_t)fmax((double)size - end, 0);
    return UP_OK;
}

static up_status cut_by_lists(const up_ncnn_reader *reader, const up_ncnn_layer *layer,
                              const up_ncnn_blob *in, const up_ncnn_parameter *starts, margin *cut)
{
    const up_ncnn_parameter *ends, *axes;
    const up_layer_shape shape = up_network_shape(reader->builder->network, in->node);
    UP_TRY(up_ncnn_take_list(reader, layer, 10, &ends));
    UP_TRY(up_ncnn_take_list(reader, layer, 11, &axes));
    const int count = axes ? axes->count : in->dims;
    if (!ends || starts->count < count || ends->count < count)
        return up_ncnn_refuse(reader, layer, "fewer starts or ends than axes");
    for (int i = 0; i < count; i++) {
        const double stated = axes ? axes->value[i] : i,
                     axis = stated + (stated < 0 ? in->dims : 0);
        if (axis < 0 || axis >= in->dims || axis != floor(axis))
            return up_ncnn_refuse(reader, layer, "an axis that is not there");
        const double bounds[] = { starts->value[i], ends->value[i] };
        UP_TRY(cut_between(reader, layer, &shape, (int)axis, bounds, cut));
    }
    return UP_OK;
}

/* By as much at the end as leaves the size of another blob. */
static up_status cut_like(const up_ncnn_reader *reader, const up_ncnn_layer *layer,
                          const up_ncnn_blob *in, const up_ncnn_blob *like, margin *cut)
{
    const up_network *network = reader->builder->network;
    const up_layer_shape from = up_network_shape(network, in->node);
    const up_layer_shape to = up_network_shape(network, like->node);
    if (like->dims == 3)
        cut->behind[0] = from.channels - to.channels - cut->before[0];
    for (int axis = 0; axis < 2; axis++) {
        const up_network_axis a = from.size[axis], b = to.size[axis];
        const int64_t more = (int64_t)a.extra - b.extra;
        if (a.scale != b.scale || a.reduction != b.reduction || more % a.reduction != 0)
            return up_ncnn_refuse(reader, layer, "crops to a size of another scale");
        cut->behind[1 + axis] = more / a.reduction - cut->before[1 + axis];
    }
    return UP_OK;
}

/* Offsets of columns, rows, channels from both ends. */
static up_status cut_by_offsets(const up_ncnn_reader *reader, const up_ncnn_layer *layer,
                                margin *cut)
{
    for (int i = 0; i < 3; i++) {
        int before, behind;
        UP_TRY(up_ncnn_take_whole(reader, layer, 2 - i, 0, 0, MOST, &before));
        UP_TRY(up_ncnn_take_whole(reader, layer, 8 - i, 0, 0, MOST, &behind));
        cut->before[i] = before;
        cut->behind[i] = behind;
        if (layer->bottoms == 1)
            UP_TRY(up_ncnn_expect(reader, layer, 5 - i, 0, UP_NCNN_REST,
                                  "crops to a fixed size, which cannot be run"));
    }
    return UP_OK;
}

static up_status add_cut(up_ncnn_reader *reader, const up_ncnn_layer *layer, const margin *cut,
                         int *node)
{
    const int channels = up_network_shape(reader->builder->network, *node).channels;
    up_padding sides = { .mode = UP_PAD_ZEROS };
    for (int axis = 0; axis < 3; axis++)
        if (cut->before[axis] < 0 || cut->behind[axis] < 0 || cut->before[axis] > INT_MAX / 4 ||
            cut->behind[axis] > INT_MAX / 4)
            return up_ncnn_refuse(reader, layer, "crops more than there is");
    const int64_t count = channels - cut->before[0] - cut->behind[0];
    const up_channels some = { (int)cut->before[0], (int)count };
    if (count != channels)
        UP_TRY(up_ncnn_add(reader, layer, &up_layer_channels, &some, node));
    for (int axis = 0; axis < 2; axis++) {
        sides.amount[axis] = (int)cut->before[1 + axis];
        sides.amount[2 + axis] = (int)cut->behind[1 + axis];
    }
    if (sides.amount[0] || sides.amount[1] || sides.amount[2] || sides.amount[3])
        UP_TRY(up_ncnn_add(reader, layer, &up_layer_crop, &sides, node));
    return UP_OK;
}

up_status up_ncnn_make_crop(up_ncnn_reader *reader, const up_ncnn_layer *layer)
{
    const up_ncnn_parameter *starts;
    const up_ncnn_blob *in, *like;
    margin cut = { { 0 }, { 0 } };
    UP_TRY(up_ncnn_input(reader, layer, 0, &in));
    UP_TRY(up_ncnn_take_list(reader, layer, 9, &starts));
    if (layer->bottoms > 2 || (starts && layer->bottoms != 1) || (!starts && in->dims != 3))
        return up_ncnn_refuse(reader, layer, "cannot work on %d blobs like these", layer->bottoms);
    if (starts)
        UP_TRY(cut_by_lists(reader, layer, in, starts, &cut));
    else
        UP_TRY(cut_by_offsets(reader, layer, &cut));
    if (layer->bottoms == 2) {
        UP_TRY(up_ncnn_input(reader, layer, 1, &like));
        UP_TRY(cut_like(reader, layer, in, like, &cut));
    }
    const int dims = in->dims;
    int node = in->node;
    UP_TRY(add_cut(reader, layer, &cut, &node));
    up_ncnn_made(reader, layer, node, dims);
    return UP_OK;
}

/* ---------------------------------------------------------------- padding */

up_status up_ncnn_make_padding(up_ncnn_reader *reader, const up_ncnn_layer *layer)
{
    static const int side[] = { 0, 2, 1, 3 }; /* top, bottom, left, right among ours */
    const up_ncnn_blob *in;
    up_padding pad = { .mode = UP_PAD_ZEROS };
    int mode;
    UP_TRY(up_ncnn_input(reader, layer, 0, &in));
    if (in->dims != 3)
        return up_ncnn_refuse(reader, layer, "pads a vector");
    int node = in->node;
    for (int i = 0; i < 4; i++)
        UP_TRY(up_ncnn_take_whole(reader, layer, i, 0, 0, MOST, &pad.amount[side[i]]));
    UP_TRY(up_ncnn_take_whole(reader, layer, 4, UP_PAD_ZEROS, UP_PAD_ZEROS, UP_PAD_REFLECT, &mode));
    UP_TRY(up_ncnn_take_number(reader, layer, 5, 0, &pad.value));
    UP_TRY(up_ncnn_expect(reader, layer, 7, 0, 0, "adds channels, which cannot be run"));
    UP_TRY(up_ncnn_expect(reader, layer, 8, 0, 0, "adds channels, which cannot be run"));
    pad.mode = (up_pad_mode)mode;
    pad.value = pad.mode == UP_PAD_ZEROS ? pad.value : 0;
    UP_TRY(up_ncnn_add(reader, layer, &up_layer_pad, &pad, &node));
    up_ncnn_made(reader, layer, node, 3);
    return UP_OK;
}

/* ---------------------------------------------------------------- resize */

/* The fraction of small numbers that a scale is meant to be. */
static up_status take_fraction(const up_ncnn_reader *reader, const up_ncnn_layer *layer, int id,
                               int *factor, int *divisor)
{
    float scale;
    UP_TRY(up_ncnn_take_number(reader, layer, id, 1, &scale));
    for (*divisor = 1; *divisor <= 64 && scale > 0 && scale <= 1024; ++*divisor) {
        *factor = (int)lroundf(scale * (float)*divisor);
        if (*factor > 0 && fabsf((float)*factor / (float)*divisor - scale) <= scale * 0x1p-22f)
            return UP_OK;
    }
    return up_ncnn_refuse(reader, layer, "a scale of %g cannot be run", (double)scale);
}

enum { NEAREST = 1, BILINEAR, BICUBIC };

up_status up_ncnn_make_interp(up_ncnn_reader *reader, const up_ncnn_layer *layer)
{
    static const up_resize_mode modes[] = { [NEAREST] = UP_RESIZE_NEAREST,
                                            [BILINEAR] = UP_RESIZE_BILINEAR,
                                            [BICUBIC] = UP_RESIZE_BICUBIC };
    const char *fixed = "makes a picture of a fixed size, which cannot be run";
    const up_ncnn_blob *in, *like;
    up_resize resize = { .factor = { 1, 1 }, .divisor = { 1, 1 }, .cubic_a = -0.75f };
    int type, dynamic, corners;
    UP_TRY(up_ncnn_input(reader, layer, 0, &in));
    int node = in->node;
    UP_TRY(up_ncnn_take_whole(reader, layer, 0, 0, NEAREST, BICUBIC, &type));
    UP_TRY(up_ncnn_take_whole(reader, layer, 5, 0, 0, 1, &dynamic));
    UP_TRY(up_ncnn_take_whole(reader, layer, 6, 0, 0, 1, &corners));
    UP_TRY(up_ncnn_expect(reader, layer, 3, 0, 0, fixed));
    UP_TRY(up_ncnn_expect(reader, layer, 4, 0, 0, fixed));
    if (layer->bottoms != 1 + dynamic)
        return up_ncnn_refuse(reader, layer, "cannot work on %d blobs", layer->bottoms);
    resize.mode = modes[type];
    resize.coordinates = type == NEAREST ? UP_RESIZE_ASYMMETRIC
                         : corners       ? UP_RESIZE_ALIGN_CORNERS
                                         : UP_RESIZE_HALF_PIXEL;
    if (dynamic) {
        UP_TRY(up_ncnn_input(reader, layer, 1, &like));
        UP_TRY(up_ncnn_add_two(reader, layer, &up_layer_resize, &resize, like->node, &node));
    } else {
        for (int axis = 0; axis < 2; axis++)
            UP_TRY(take_fraction(reader, layer, 1 + axis, &resize.factor[axis],
                                 &resize.divisor[axis]));
        UP_TRY(up_ncnn_add(reader, layer, &up_layer_resize, &resize, &node));
    }
    up_ncnn_made(reader, layer, node, 3);
    return UP_OK;
}

/* ---------------------------------------------------------------- shuffles */

static up_status make_shuffle(up_ncnn_reader *reader, const up_ncnn_layer *layer,
                              const up_layer_kind *kind)
{
    int node, dims;
    up_shuffle shuffle;
    int first;
    UP_TRY(up_ncnn_begin(reader, layer, &node, &dims));
    UP_TRY(up_ncnn_take_whole(reader, layer, 0, 1, 1, 256, &shuffle.factor));
    UP_TRY(up_ncnn_take_whole(reader, layer, 1, 0, 0, 1, &first));
    shuffle.order = first ? UP_SHUFFLE_PIXEL_FIRST : UP_SHUFFLE_PIXEL_LAST;
    UP_TRY(up_ncnn_add(reader, layer, kind, &shuffle, &node));
    up_ncnn_made(reader, layer, node, dims);
    return UP_OK;
}

up_status up_ncnn_make_pixel_shuffle(up_ncnn_reader *reader, const up_ncnn_layer *layer)
{
    return make_shuffle(reader, layer, &up_layer_pixel_shuffle);
}

up_status up_ncnn_make_reorg(up_ncnn_reader *reader, const up_ncnn_layer *layer)
{
    return make_shuffle(reader, layer, &up_layer_pixel_unshuffle);
}
