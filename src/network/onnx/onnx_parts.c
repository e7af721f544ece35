/* SPDX-License-Identifier: MIT */
/* Parts of pictures, and pictures put together. */

#include "network/onnx/onnx_ops.h"

#include "base/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MOST_MULTIPLE 256

static int channels_of(const up_onnx *onnx, int node)
{
    return up_network_shape(onnx->builder->network, node).channels;
}

/* The channels of a view that has become another number of them. */
static void set_channels(const up_onnx *onnx, up_onnx_view *view, int dim)
{
    const int channels = channels_of(onnx, view->node);
    view->factors[dim] = channels > 1;
    view->factor[dim][0] = (up_onnx_factor){ 0, 1, channels };
}

/* The only input, in planes. */
static up_status read_pure(up_onnx *onnx, up_onnx_view *pure, int dim[3])
{
    const up_onnx_view *view = up_onnx_picture(onnx, 0);
    return view ? up_onnx_pure(onnx, view, pure, dim)
                : up_onnx_refuse(onnx, "its input is no picture");
}

/* ---------------------------------------------------------------- Concat */

/* A constant among pictures: planes of it, like the picture's. */
static up_status fill(up_onnx *onnx, const up_onnx_constant *constant, const up_onnx_view *like,
                      int dim, int *node)
{
    const int own = dim - (like->dims - constant->dims);
    const int channels = own < 0 || constant->shape[own] > 65536 ? 1 : (int)constant->shape[own];
    double *number, *weight;
    int count, zero[] = { 0 };
    up_onnx_view one = *like;
    UP_TRY(up_onnx_pick(onnx, like->node, zero, 1, &one.node));
    one.factors[dim] = 0;
    UP_TRY(up_onnx_repeat(onnx, &one, dim, channels));
    UP_TRY(up_onnx_per_channel(onnx, constant, &one, &number, &count));
    UP_TRY(up_onnx_keep(onnx, (size_t)count, sizeof *weight, &weight));
    return up_onnx_affine(onnx, one.node, weight, number, count, node);
}

up_status up_onnx_concat(up_onnx *onnx)
{
    const int inputs = onnx->node->inputs;
    up_onnx_view first = { .dims = 0 }, pure;
    int dim[3], axis = 0, *list, lead = 0;
    UP_TRY(up_onnx_keep(onnx, (size_t)inputs, sizeof *list, &list));
    while (!up_onnx_picture(onnx, lead))
        lead++;
    UP_TRY(up_onnx_pure(onnx, up_onnx_picture(onnx, lead), &first, dim));
    UP_TRY(up_onnx_axis(onnx, up_onnx_whole(onnx, "axis", 1), first.dims, &axis));
    if (axis != dim[0])
        return up_onnx_refuse(onnx, "puts pictures together along other axes than the channels");
    for (int i = 0; i < inputs; i++) {
        const up_onnx_view *view = up_onnx_picture(onnx, i);
        const up_onnx_constant *constant = up_onnx_constant_input(onnx, i);
        int own[3];
        if (!view && !constant)
            return up_onnx_refuse(onnx, "its input %d is missing", i);
        if (!view) {
            UP_TRY(fill(onnx, constant, &first, axis, &list[i]));
            continue;
        }
        UP_TRY(up_onnx_pure(onnx, view, &pure, own));
        if (pure.dims != first.dims || own[0] != axis)
            return up_onnx_refuse(onnx, "its pictures have shapes that do not go together");
        list[i] = pure.node;
    }
    if (inputs == 1)
        return up_onnx_set_view(onnx, 0, &first);
    UP_TRY(up_onnx_add_node(onnx, &up_layer_concat, NULL, list, inputs, &first.node));
    set_channels(onnx, &first, axis);
    return up_onnx_set_view(onnx, 0, &first);
}

/* ---------------------------------------------------------------- Slice, Split, Gather */

static up_status slice_channels(up_onnx *onnx, up_onnx_view *view, int dim,
                                const up_onnx_size *start, const up_onnx_size *end, int step)
{
    const int channels = channels_of(onnx, view->node);
    double first, last, low = step < 0 ? -1 : 0, high = step < 0 ? channels - 1 : channels;
    int *list, count = 0;
    if (!up_onnx_is_fixed(onnx, start, &first) || !up_onnx_is_fixed(onnx, end, &last))
        return up_onnx_refuse(onnx, "which channels are taken depends on the size of the image");
    first += first < 0 ? channels : 0;
    last += last < 0 ? channels : 0;
    first = fmin(fmax(first, 0), high);
    last = fmin(fmax(last, low), high);
    UP_TRY(up_onnx_keep(onnx, (size_t)channels, sizeof *list, &list));
    for (double c = first; step > 0 ? c < last : c > last; c += step)
        list[count++] = (int)c;
    if (!count)
        return up_onnx_refuse(onnx, "takes none of %d channels", channels);
    UP_TRY(up_onnx_pick(onnx, view->node, list, count, &view->node));
    set_channels(onnx, view, dim);
    return UP_OK;
}

/* A number of rows or columns that a slice names, from the first on. */
static up_onnx_size resolve(const up_onnx_size *at, const up_onnx_size *size)
{
    up_onnx_size resolved;
    for (int p = 0; p < UP_ONNX_PROBES; p++) {
        const double value = at->at[p] + (at->at[p] < 0 ? size->at[p] : 0);
        resolved.at[p] = fmin(fmax(value, 0), size->at[p]);
    }
    return resolved;
}

/* Pixels that are cut off: fixed, or so at the size that the file was made for. */
static up_status cut_of(up_onnx *onnx, const up_onnx_size *cut, int axis, int *pixels)
{
    double fixed;
    up_onnx_size known = *cut;
    if (!up_onnx_is_fixed(onnx, cut, &fixed) && up_onnx_is_declared(onnx, axis))
        known = up_onnx_size_of(cut->at[0]);
    return up_onnx_fixed(onnx, &known, "the pixels that it takes", pixels);
}

static up_status slice_pixels(up_onnx *onnx, up_onnx_view *view, int axis,
                              const up_onnx_size *start, const up_onnx_size *end, int step)
{
    const up_onnx_size size = up_onnx_plane_size(onnx, view->node, axis);
    const up_onnx_size first = resolve(start, &size), last = resolve(end, &size);
    up_onnx_size after;
    up_padding crop = { .mode = UP_PAD_ZEROS };
    up_slice slice = { .step = { 1, 1 } };
    for (int p = 0; p < UP_ONNX_PROBES; p++)
        after.at[p] = size.at[p] - last.at[p];
    if (step < 1)
        return up_onnx_refuse(onnx, "turns rows or columns around");
    UP_TRY(cut_of(onnx, &first, axis, &crop.amount[axis - 1]));
    UP_TRY(cut_of(onnx, &after, axis, &crop.amount[1 + axis]));
    if (crop.amount[axis - 1] || crop.amount[1 + axis])
        UP_TRY(up_onnx_add_node(onnx, &up_layer_crop, &crop, &view->node, 1, &view->node));
    slice.step[axis - 1] = step;
    if (step > 1)
        UP_TRY(up_onnx_add_node(onnx, &up_layer_slice, &slice, &view->node, 1, &view->node));
    return UP_OK;
}

/* Along an axis of size 1, all of which must be taken. */
static up_status slice_one(up_onnx *onnx, const up_onnx_size *start, const up_onnx_size *end)
{
    const up_onnx_size size = up_onnx_size_of(1), zero = up_onnx_size_of(0);
    const up_onnx_size first = resolve(start, &size), last = resolve(end, &size);
    return up_onnx_same(onnx, &first, &zero) && up_onnx_same(onnx, &last, &size)
               ? UP_OK
               : up_onnx_refuse(onnx, "takes nothing of an axis of 1");
}

static up_status slice_axis(up_onnx *onnx, up_onnx_view *view, const int dim[3], int axis,
                            const up_onnx_size *start, const up_onnx_size *end, int step)
{
    const int plane = up_onnx_plane_of(dim, axis);
    if (!view->factors[axis])
        return slice_one(onnx, start, end);
    return plane ? slice_pixels(onnx, view, plane, start, end, step)
                 : slice_channels(onnx, view, axis, start, end, step);
}

up_status up_onnx_slice(up_onnx *onnx)
{
    up_onnx_slicing slice;
    up_onnx_view pure;
    int dim[3];
    UP_TRY(read_pure(onnx, &pure, dim));
    UP_TRY(up_onnx_read_slice(onnx, pure.dims, &slice));
    for (int i = 0; i < slice.count; i++)
        UP_TRY(slice_axis(onnx, &pure, dim, slice.axis[i], &slice.start[i], &slice.end[i],
                          slice.step[i]));
    return up_onnx_set_view(onnx, 0, &pure);
}

up_status up_onnx_split(up_onnx *onnx)
{
    up_onnx_view pure;
    int dim[3], axis, *sizes, first = 0;
    UP_TRY(read_pure(onnx, &pure, dim));
    UP_TRY(up_onnx_axis(onnx, up_onnx_whole(onnx, "axis", 0), pure.dims, &axis));
    if (axis != dim[0])
        return up_onnx_refuse(onnx, "splits along other axes than the channels");
    UP_TRY(up_onnx_split_sizes(onnx, channels_of(onnx, pure.node), &sizes));
    for (int i = 0; i < onnx->node->outputs; first += sizes[i++]) {
        const up_channels some = { first, sizes[i] };
        up_onnx_view part = pure;
        UP_TRY(up_onnx_add_node(onnx, &up_layer_channels, &some, &pure.node, 1, &part.node));
        set_channels(onnx, &part, axis);
        UP_TRY(up_onnx_set_view(onnx, i, &part));
    }
    return UP_OK;
}

/* Some of the channels; with one index that is no list the axis goes. */
up_status up_onnx_gather(up_onnx *onnx)
{
    const up_onnx_constant *list = up_onnx_constant_input(onnx, 1);
    up_onnx_view pure;
    int dim[3], axis, *index;
    UP_TRY(read_pure(onnx, &pure, dim));
    UP_TRY(up_onnx_axis(onnx, up_onnx_whole(onnx, "axis", 0), pure.dims, &axis));
    if (!list || list->dims > 1 || (axis != dim[0] && pure.factors[axis]))
        return up_onnx_refuse(onnx, "takes other things than some of the channels");
    const size_t size = axis == dim[0] ? (size_t)channels_of(onnx, pure.node) : 1;
    UP_TRY(up_onnx_indices(onnx, 1, size, &index));
    if (list->count < 1 || list->count > 65536 || (size == 1 && list->count > 1))
        return up_onnx_refuse(onnx, "takes %zu of %zu", list->count, size);
    if (size > 1) {
        UP_TRY(up_onnx_pick(onnx, pure.node, index, (int)list->count, &pure.node));
        set_channels(onnx, &pure, axis);
    }
    for (int d = axis; !list->dims && d + 1 < pure.dims; d++) {
        pure.factors[d] = pure.factors[d + 1];
        memcpy(pure.factor[d], pure.factor[d + 1], sizeof pure.factor[d]);
    }
    pure.dims -= !list->dims;
    return up_onnx_set_view(onnx, 0, &pure);
}

/* ---------------------------------------------------------------- Pad */

static up_status read_pad_mode(up_onnx *onnx, up_padding *pad)
{
    const char *mode = up_onnx_text_of(onnx, "mode", "constant");
    const up_onnx_constant *constant = up_onnx_constant_input(onnx, 2);
    bool single = true;
    double value = up_onnx_real(onnx, "value", 0);
    if (strcmp(mode, "constant") != 0 && strcmp(mode, "reflect") != 0 && strcmp(mode, "edge") != 0)
        return up_onnx_refuse(onnx, "an unknown mode of padding");
    if (constant)
        UP_TRY(up_onnx_single(onnx, constant, &single, &value));
    if (!single || !isfinite(value))
        return up_onnx_refuse(onnx, "what it pads with is not one number");
    pad->value = *mode == 'c' ? (float)value : 0;
    pad->mode = *mode == 'c' ? UP_PAD_ZEROS : *mode == 'r' ? UP_PAD_REFLECT : UP_PAD_REPLICATE;
    return UP_OK;
}

static int64_t common_divisor(int64_t a, int64_t b)
{
    return b ? common_divisor(b, a % b) : a;
}

/* Pads that make rows (columns) a multiple: images are to be such multiples, which need none. */
static void ask_for_multiple(up_onnx *onnx, const up_onnx_view *view, int plane,
                             const up_onnx_size *pad)
{
    const up_onnx_size size = up_onnx_plane_size(onnx, view->node, plane);
    const up_network_axis axis =
        up_network_shape(onnx->builder->network, view->node).size[plane - 1];
    int64_t divisor = 0;
    double fixed;
    bool none = up_onnx_is_fixed(onnx, pad, &fixed) || axis.extra || axis.reduction > 1;
    for (int p = 0; p < UP_ONNX_PROBES && !none; p++) {
        if (!(pad->at[p] >= 0 && pad->at[p] <= MOST_MULTIPLE))
            return;
        divisor = common_divisor(divisor, (int64_t)(size.at[p] + pad->at[p]));
        none = p >= UP_ONNX_PROBES / 2 && pad->at[p] != 0;
    }
    int *multiple = &onnx->builder->network->multiple[plane - 1];
    if (!none && divisor > 1 && divisor <= MOST_MULTIPLE)
        *multiple = (int)(*multiple / common_divisor(*multiple, divisor) * divisor);
}

/* before[] and after[] of each axis. */
static up_status read_pads(up_onnx *onnx, const up_onnx_view *view, const int dim[3], int *before,
                           int *after)
{
    const int dims = view->dims;
    up_onnx_size sizes[UP_ONNX_MOST_SIZES], axes[UP_ONNX_MOST_SIZES];
    int count, named;
    UP_TRY(up_onnx_sizes_of(onnx, "pads", 1, sizes, &count));
    UP_TRY(up_onnx_sizes(onnx, 3, axes, &named));
    const int each = named < 0 ? dims : named;
    if (count != 2 * each || each > dims)
        return up_onnx_refuse(onnx, "its pads do not go with the axes");
    for (int i = 0; i < each; i++) {
        int axis = i;
        if (named >= 0)
            UP_TRY(up_onnx_fixed(onnx, &axes[i], "axes", &axis));
        UP_TRY(up_onnx_axis(onnx, axis, dims, &axis));
        const int plane = up_onnx_plane_of(dim, axis);
        if (plane > 0 && view->factors[axis])
            ask_for_multiple(onnx, view, plane, &sizes[each + i]);
        UP_TRY(up_onnx_fixed(onnx, &sizes[i], "its pads", &before[axis]));
        UP_TRY(up_onnx_fixed(onnx, &sizes[each + i], "its pads", &after[axis]));
        if (abs(before[axis]) > 65536 || abs(after[axis]) > 65536)
            return up_onnx_refuse(onnx, "pads by more than 65536");
    }
    return UP_OK;
}

up_status up_onnx_pad(up_onnx *onnx)
{
    int dim[3], before[UP_ONNX_RANK] = { 0 }, after[UP_ONNX_RANK] = { 0 };
    up_onnx_view pure;
    up_padding pad = { .mode = UP_PAD_ZEROS }, crop = pad;
    bool pads = false, crops = false;
    UP_TRY(read_pure(onnx, &pure, dim));
    UP_TRY(read_pad_mode(onnx, &pad));
    UP_TRY(read_pads(onnx, &pure, dim, before, after));
    for (int d = 0; d < pure.dims; d++) {
        const int plane = up_onnx_plane_of(dim, d);
        if (!before[d] && !after[d])
            continue;
        if (plane < 1 || !pure.factors[d])
            return up_onnx_refuse(onnx, "pads other axes than rows and columns");
        for (int side = 0; side < 2; side++) {
            const int amount = side ? after[d] : before[d];
            pad.amount[2 * side + plane - 1] = up_max(amount, 0);
            crop.amount[2 * side + plane - 1] = up_max(-amount, 0);
            pads = pads || amount > 0;
            crops = crops || amount < 0;
        }
    }
    if (crops)
        UP_TRY(up_onnx_add_node(onnx, &up_layer_crop, &crop, &pure.node, 1, &pure.node));
    if (pads)
        UP_TRY(up_onnx_add_node(onnx, &up_layer_pad, &pad, &pure.node, 1, &pure.node));
    return up_onnx_set_view(onnx, 0, &pure);
}
