/* SPDX-License-Identifier: MIT */
/* What several ops read alike. */

#include "network/onnx/onnx_ops.h"

#include "base/memory.h"

#include <math.h>
#include <string.h>

#define MOST_CHANNELS 65536

up_status up_onnx_perm(const up_onnx *onnx, int dims, int *perm)
{
    const up_onnx_attribute *attribute = up_onnx_find(onnx->node, "perm");
    unsigned seen = 0;
    for (int d = 0; d < dims; d++)
        perm[d] = dims - 1 - d;
    if (!attribute)
        return UP_OK;
    if (!attribute->wholes || attribute->count != (size_t)dims)
        return up_onnx_refuse(onnx, "perm must name %d axes", dims);
    for (int d = 0; d < dims; d++) {
        UP_TRY(up_onnx_axis(onnx, attribute->wholes[d], dims, &perm[d]));
        seen |= 1u << perm[d];
    }
    return seen + 1 == 1u << dims ? UP_OK : up_onnx_refuse(onnx, "perm names an axis twice");
}

up_status up_onnx_axes(up_onnx *onnx, int input, int dims, bool more, bool chosen[UP_ONNX_RANK],
                       int *count)
{
    up_onnx_size sizes[UP_ONNX_MOST_SIZES];
    UP_TRY(up_onnx_sizes_of(onnx, "axes", input, sizes, count));
    const int all = dims + (more ? up_max(*count, 0) : 0);
    if (all > UP_ONNX_RANK)
        return up_onnx_refuse(onnx, "more than %d axes", UP_ONNX_RANK);
    for (int i = 0; i < *count; i++) {
        int axis;
        UP_TRY(up_onnx_fixed(onnx, &sizes[i], "axes", &axis));
        UP_TRY(up_onnx_axis(onnx, axis, all, &axis));
        if (chosen[axis])
            return up_onnx_refuse(onnx, "names axis %d twice", axis);
        chosen[axis] = true;
    }
    return UP_OK;
}

up_status up_onnx_read_slice(up_onnx *onnx, int dims, up_onnx_slicing *slice)
{
    up_onnx_size start[UP_ONNX_MOST_SIZES], end[UP_ONNX_MOST_SIZES], axes[UP_ONNX_MOST_SIZES],
        steps[UP_ONNX_MOST_SIZES];
    int starts, ends, named, stepped;
    UP_TRY(up_onnx_sizes_of(onnx, "starts", 1, start, &starts));
    UP_TRY(up_onnx_sizes_of(onnx, "ends", 2, end, &ends));
    UP_TRY(up_onnx_sizes_of(onnx, "axes", 3, axes, &named));
    UP_TRY(up_onnx_sizes(onnx, 4, steps, &stepped));
    if (starts < 0 || starts != ends || starts > dims || (named >= 0 && named != starts) ||
        (stepped >= 0 && stepped != starts))
        return up_onnx_refuse(onnx, "starts, ends, axes and steps do not go together");
    slice->count = starts;
    for (int i = 0; i < starts; i++) {
        int axis = i;
        if (named >= 0)
            UP_TRY(up_onnx_fixed(onnx, &axes[i], "axes", &axis));
        UP_TRY(up_onnx_axis(onnx, axis, dims, &slice->axis[i]));
        slice->start[i] = start[i];
        slice->end[i] = end[i];
        slice->step[i] = 1;
        if (stepped >= 0)
            UP_TRY(up_onnx_fixed(onnx, &steps[i], "steps", &slice->step[i]));
        if (!slice->step[i])
            return up_onnx_refuse(onnx, "a step of 0");
    }
    return UP_OK;
}

up_status up_onnx_split_sizes(up_onnx *onnx, int size, int **sizes)
{
    up_onnx_size given[UP_ONNX_MOST_SIZES];
    const int outputs = onnx->node->outputs;
    int count, left = size;
    if (outputs < 1)
        return up_onnx_refuse(onnx, "has no outputs");
    UP_TRY(up_onnx_keep(onnx, (size_t)outputs, sizeof **sizes, sizes));
    UP_TRY(up_onnx_sizes_of(onnx, "split", 1, given, &count));
    const int each = (size - 1) / outputs + 1;
    if (count >= 0 && count != outputs)
        return up_onnx_refuse(onnx, "splits into %d parts for %d outputs", count, outputs);
    for (int i = 0; i < outputs; i++) {
        int part = up_min(each, left);
        if (count >= 0)
            UP_TRY(up_onnx_fixed(onnx, &given[i], "sizes of parts", &part));
        if (part < 0 || part > left)
            return up_onnx_refuse(onnx, "its parts come to more than there is");
        (*sizes)[i] = part;
        left -= part;
    }
    return left ? up_onnx_refuse(onnx, "its parts come to less than there is") : UP_OK;
}

up_status up_onnx_indices(up_onnx *onnx, int input, size_t size, int **index)
{
    const up_onnx_constant *list = up_onnx_constant_input(onnx, input);
    if (!list || size > INT_MAX)
        return up_onnx_refuse(onnx, "its indices are not constants");
    UP_TRY(up_onnx_numbers(onnx, list));
    UP_TRY(up_onnx_keep(onnx, list->count, sizeof **index, index));
    for (size_t i = 0; i < list->count; i++) {
        const up_onnx_size number = up_onnx_number(list, i);
        int at;
        UP_TRY(up_onnx_fixed(onnx, &number, "indices", &at));
        at += at < 0 ? (int)size : 0;
        if (at < 0 || at >= (int)size)
            return up_onnx_refuse(onnx, "an index of %d among %zu", at, size);
        (*index)[i] = at;
    }
    return UP_OK;
}

up_onnx_value up_onnx_output(const up_onnx *onnx, int output)
{
    for (size_t low = 0, high = onnx->entries; low < high && output < onnx->node->outputs;) {
        const size_t middle = low + (high - low) / 2;
        const int order = strcmp(onnx->node->output[output], onnx->entry[middle].name);
        if (order == 0)
            return onnx->entry[middle].value;
        *(order < 0 ? &high : &low) = middle + (order > 0);
    }
    return (up_onnx_value){ NULL, NULL };
}

/* ---------------------------------------------------------------- arithmetic with constants */

static up_status refuse_shapes(const up_onnx *onnx)
{
    return up_onnx_refuse(onnx, "its constant has other values for other pixels, or another shape");
}

/* Where number `i` of a constant belongs, if it has this many for each channel. */
static up_status check_pixels(const up_onnx *onnx, const up_onnx_constant *constant, int own,
                              double *number)
{
    const size_t count = own < 0 ? 1 : constant->shape[own];
    size_t inner = 1;
    for (int d = own + 1; d < constant->dims; d++)
        inner *= constant->shape[d];
    for (size_t i = 0; i < constant->count; i++) {
        const size_t channel = i / inner % count;
        if (i / inner < count && i % inner == 0)
            number[channel] = constant->number[i];
        else if (number[channel] != constant->number[i])
            return refuse_shapes(onnx);
    }
    return UP_OK;
}

/* Repeats the picture where the constant has several for one of it. */
static up_status grow(up_onnx *onnx, const up_onnx_constant *constant, up_onnx_view *picture)
{
    while (picture->dims < constant->dims) {
        if (picture->dims == UP_ONNX_RANK)
            return refuse_shapes(onnx);
        memmove(picture->factors + 1, picture->factors, sizeof picture->factors - sizeof(int));
        memmove(picture->factor + 1, picture->factor,
                sizeof picture->factor - sizeof *picture->factor);
        picture->factors[0] = 0;
        picture->dims++;
    }
    for (int own = 0; own < constant->dims; own++) {
        const int d = own + picture->dims - constant->dims;
        const up_onnx_size size = up_onnx_dim_size(onnx, picture, d);
        double number;
        if (constant->shape[own] == 1 || constant->shape[own] > MOST_CHANNELS)
            continue;
        if (up_onnx_is_fixed(onnx, &size, &number) && number == 1)
            UP_TRY(up_onnx_repeat(onnx, picture, d, (int)constant->shape[own]));
    }
    return UP_OK;
}

up_status up_onnx_per_channel(up_onnx *onnx, const up_onnx_constant *constant,
                              up_onnx_view *picture, double **number, int *count)
{
    double single;
    bool same;
    int dim[3];
    up_onnx_view pure;
    UP_TRY(up_onnx_single(onnx, constant, &same, &single));
    UP_TRY(grow(onnx, constant, picture));
    *count = 1;
    if (same) {
        UP_TRY(up_onnx_keep(onnx, 1, sizeof **number, number));
        **number = single;
        return UP_OK;
    }
    UP_TRY(up_onnx_pure(onnx, picture, &pure, dim));
    *picture = pure;
    const int own = dim[0] - (pure.dims - constant->dims);
    const int channels = up_network_shape(onnx->builder->network, pure.node).channels;
    if (constant->probes > 1 ||
        (own >= 0 && constant->shape[own] != 1 && constant->shape[own] != (size_t)channels))
        return refuse_shapes(onnx);
    *count = own < 0 ? 1 : (int)constant->shape[own];
    UP_TRY(up_onnx_keep(onnx, (size_t)*count, sizeof **number, number));
    return check_pixels(onnx, constant, own, *number);
}

up_status up_onnx_affine(up_onnx *onnx, int from, const double *weight, const double *bias,
                         int count, int *to)
{
    const size_t shape = (size_t)count;
    up_values values[2];
    float *write[2];
    for (int i = 0; i < 2; i++)
        UP_TRY(up_network_new_values(onnx->builder, 1, &shape, &values[i], &write[i]));
    for (int c = 0; c < count; c++) {
        write[0][c] = (float)weight[c];
        write[1][c] = (float)bias[c];
        if (!isfinite(write[0][c]) || !isfinite(write[1][c]))
            return up_onnx_refuse(onnx, "works with NaN or infinity");
    }
    return up_onnx_add_weighted(onnx, &up_layer_affine, NULL, from, &values[0], &values[1], to);
}

up_status up_onnx_plain(up_onnx *onnx, const up_layer_kind *kind, const void *fields)
{
    const up_onnx_view *view = up_onnx_picture(onnx, 0);
    int node;
    if (!view)
        return up_onnx_refuse(onnx, "its input is no picture");
    UP_TRY(up_onnx_add_node(onnx, kind, fields, &view->node, 1, &node));
    const up_onnx_view made = up_onnx_view_with(view, node);
    return up_onnx_set_view(onnx, 0, &made);
}
