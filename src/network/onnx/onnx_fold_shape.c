/* SPDX-License-Identifier: MIT */
/* Constants looked at in other shapes: parts of them, and several put together. */

#include "network/onnx/onnx_ops.h"

#include "base/memory.h"

#include <math.h>
#include <string.h>

static up_status set_constant(up_onnx *onnx, int output, const up_onnx_constant *constant)
{
    return up_onnx_set(onnx, output, (up_onnx_value){ .constant = constant });
}

/* The first input, with its numbers. */
static up_status first_input(up_onnx *onnx, const up_onnx_constant **constant)
{
    *constant = up_onnx_constant_input(onnx, 0);
    if (!*constant)
        return up_onnx_refuse(onnx, "has no input");
    return up_onnx_numbers(onnx, *constant);
}

/* The same numbers in another shape. */
static up_status reshaped(up_onnx *onnx, const up_onnx_constant *from, int dims,
                          const size_t *shape)
{
    up_onnx_constant *to;
    size_t count = 1;
    if (dims > UP_ONNX_RANK)
        return up_onnx_refuse(onnx, "a constant of more than %d axes", UP_ONNX_RANK);
    UP_TRY(up_onnx_keep(onnx, 1, sizeof *to, &to));
    *to = *from;
    to->dims = dims;
    for (int d = 0; d < dims; d++) {
        to->shape[d] = shape[d];
        if (!up_mul(count, shape[d], &count))
            count = SIZE_MAX;
    }
    if (count != from->count)
        return up_onnx_refuse(onnx, "gives a constant a shape of another size");
    return set_constant(onnx, 0, to);
}

/* ---------------------------------------------------------------- one part out of the other */

/* Element i of the result is element at[i] of `from`. */
static up_status gathered(up_onnx *onnx, int output, const up_onnx_constant *from, int dims,
                          const size_t *shape, const size_t *at)
{
    up_onnx_constant *to;
    UP_TRY(up_onnx_new_constant(onnx, dims, shape, from->probes, &to));
    to->integer = from->integer;
    for (int p = 0; p < from->probes; p++)
        for (size_t i = 0; i < to->count; i++)
            to->number[(size_t)p * to->count + i] = from->number[(size_t)p * from->count + at[i]];
    return set_constant(onnx, output, to);
}

/* Positions along each axis: `first + step * i`, or `index` where there are any. */
typedef struct {
    size_t size;
    int64_t first, step;
    const int *index;
} selection;

static up_status selected(up_onnx *onnx, int output, const up_onnx_constant *from,
                          const selection *axis)
{
    size_t shape[UP_ONNX_RANK], count = 1, *at;
    for (int d = 0; d < from->dims; d++) {
        shape[d] = axis[d].size;
        if (!up_mul(count, shape[d], &count))
            return up_onnx_refuse(onnx, "a constant is too large");
    }
    UP_TRY(up_onnx_keep(onnx, count, sizeof *at, &at));
    for (size_t i = 0; i < count; i++) {
        size_t rest = i, stride = 1;
        for (int d = from->dims; d-- > 0; rest /= shape[d], stride *= from->shape[d]) {
            const int64_t along = (int64_t)(rest % shape[d]);
            const int64_t position =
                axis[d].index ? axis[d].index[along] : axis[d].first + along * axis[d].step;
            at[i] += (size_t)position * stride;
        }
    }
    return gathered(onnx, output, from, from->dims, shape, at);
}

static void select_all(const up_onnx_constant *from, selection *axis)
{
    for (int d = 0; d < from->dims; d++)
        axis[d] = (selection){ from->shape[d], 0, 1, NULL };
}

/* ---------------------------------------------------------------- ops */

up_status up_onnx_fold_transpose(up_onnx *onnx)
{
    const up_onnx_constant *from;
    size_t shape[UP_ONNX_RANK], stride[UP_ONNX_RANK], *at;
    int perm[UP_ONNX_RANK];
    UP_TRY(first_input(onnx, &from));
    UP_TRY(up_onnx_perm(onnx, from->dims, perm));
    UP_TRY(up_onnx_keep(onnx, from->count, sizeof *at, &at));
    for (int d = 0; d < from->dims; d++) {
        stride[d] = 1;
        for (int other = perm[d] + 1; other < from->dims; other++)
            stride[d] *= from->shape[other];
        shape[d] = from->shape[perm[d]];
    }
    for (size_t i = 0; i < from->count; i++)
        for (size_t d = (size_t)from->dims, rest = i; d-- > 0; rest /= shape[d])
            at[i] += rest % shape[d] * stride[d];
    return gathered(onnx, 0, from, from->dims, shape, at);
}

up_status up_onnx_fold_reshape(up_onnx *onnx)
{
    const up_onnx_constant *from = up_onnx_constant_input(onnx, 0);
    up_onnx_size sizes[UP_ONNX_MOST_SIZES];
    size_t shape[UP_ONNX_RANK], known = 1;
    int count, inferred = -1;
    UP_TRY(up_onnx_sizes(onnx, 1, sizes, &count));
    if (!from || count < 0 || count > UP_ONNX_RANK)
        return up_onnx_refuse(onnx, "cannot shape this constant");
    const bool copies = !up_onnx_whole(onnx, "allowzero", 0);
    for (int d = 0; d < count; d++) {
        int size;
        UP_TRY(up_onnx_fixed(onnx, &sizes[d], "sizes of a constant", &size));
        if (size < -1 || (size == -1 && inferred >= 0))
            return up_onnx_refuse(onnx, "a size of %d", size);
        inferred = size == -1 ? d : inferred;
        shape[d] = size == 0 && copies && d < from->dims ? from->shape[d] : (size_t)size;
        if (size != -1 && !up_mul(known, shape[d], &known))
            return up_onnx_refuse(onnx, "a constant is too large");
    }
    if (inferred >= 0)
        shape[inferred] = known ? from->count / known : 0;
    return reshaped(onnx, from, count, shape);
}

up_status up_onnx_fold_flatten(up_onnx *onnx)
{
    const up_onnx_constant *from = up_onnx_constant_input(onnx, 0);
    size_t shape[2] = { 1, 1 };
    const int64_t axis = up_onnx_whole(onnx, "axis", 1);
    for (int d = 0; from && d < from->dims; d++)
        shape[d >= (axis < 0 ? axis + from->dims : axis)] *= from->shape[d];
    return from ? reshaped(onnx, from, 2, shape) : up_onnx_refuse(onnx, "has no input");
}

up_status up_onnx_fold_squeeze(up_onnx *onnx)
{
    const up_onnx_constant *from = up_onnx_constant_input(onnx, 0);
    const bool more = strcmp(onnx->node->op, "Unsqueeze") == 0;
    bool chosen[UP_ONNX_RANK] = { false };
    size_t shape[UP_ONNX_RANK];
    int count, dims = 0;
    if (!from)
        return up_onnx_refuse(onnx, "has no input");
    UP_TRY(up_onnx_axes(onnx, 1, from->dims, more, chosen, &count));
    if (count < 0)
        for (int d = 0; d < from->dims; d++)
            chosen[d] = !more && from->shape[d] == 1;
    for (int d = 0, own = 0; own < from->dims || (more && d < from->dims + count); d++) {
        if (more && chosen[d])
            shape[dims++] = 1;
        else if (own < from->dims && (more || !chosen[d] || from->shape[own] != 1))
            shape[dims++] = from->shape[own++];
        else
            own++;
    }
    return reshaped(onnx, from, dims, shape);
}

up_status up_onnx_fold_concat(up_onnx *onnx)
{
    const up_onnx_constant *first;
    size_t shape[UP_ONNX_RANK], outer = 1, inner = 1, done = 0;
    int axis, probes = 1;
    up_onnx_constant *to;
    UP_TRY(first_input(onnx, &first));
    UP_TRY(up_onnx_axis(onnx, up_onnx_whole(onnx, "axis", 1), first->dims, &axis));
    memcpy(shape, first->shape, sizeof shape);
    shape[axis] = 0;
    for (int i = 0; i < onnx->node->inputs; i++) {
        const up_onnx_constant *part = up_onnx_constant_input(onnx, i);
        bool good = part && part->dims == first->dims;
        for (int d = 0; good && d < first->dims; d++)
            good = d == axis || part->shape[d] == first->shape[d];
        if (!good || !up_add(shape[axis], part->shape[axis], &shape[axis]))
            return up_onnx_refuse(onnx, "its constants have shapes that do not go together");
        UP_TRY(up_onnx_numbers(onnx, part));
        probes = up_max(probes, part->probes);
    }
    UP_TRY(up_onnx_new_constant(onnx, first->dims, shape, probes, &to));
    to->integer = first->integer;
    for (int d = 0; d < first->dims; d++)
        *(d < axis ? &outer : &inner) *= d == axis ? 1 : shape[d];
    for (int i = 0; i < onnx->node->inputs; i++) {
        const up_onnx_constant *part = up_onnx_constant_input(onnx, i);
        const size_t run = part->shape[axis] * inner;
        for (int p = 0; p < probes && run; p++)
            for (size_t o = 0; o < outer; o++)
                memcpy(to->number + (size_t)p * to->count + o * shape[axis] * inner + done,
                       part->number + (part->probes > 1 ? (size_t)p : 0) * part->count + o * run,
                       run * sizeof *to->number);
        done += run;
    }
    return set_constant(onnx, 0, to);
}

/* Where a slice begins along an axis of `size`, and how many it takes. */
static selection slice_axis(double start, double end, double step, size_t size)
{
    const double length = (double)size, low = step < 0 ? -1 : 0,
                 high = step < 0 ? length - 1 : length;
    start += start < 0 ? length : 0;
    end += end < 0 ? length : 0;
    start = fmin(fmax(start, step < 0 ? low + 1 : 0), high);
    end = fmin(fmax(end, low), high);
    const double count = ceil((end - start) / step);
    if (!(count >= 1) || !size)
        return (selection){ 0, 0, 1, NULL };
    return (selection){ (size_t)count, (int64_t)start, (int64_t)step, NULL };
}

up_status up_onnx_fold_slice(up_onnx *onnx)
{
    const up_onnx_constant *from;
    selection axis[UP_ONNX_RANK];
    up_onnx_slicing slice;
    UP_TRY(first_input(onnx, &from));
    UP_TRY(up_onnx_read_slice(onnx, from->dims, &slice));
    select_all(from, axis);
    for (int i = 0; i < slice.count; i++) {
        double start, end;
        if (!up_onnx_is_fixed(onnx, &slice.start[i], &start) ||
            !up_onnx_is_fixed(onnx, &slice.end[i], &end))
            return up_onnx_refuse(onnx, "which part is taken depends on the size of the image");
        axis[slice.axis[i]] = slice_axis(start, end, slice.step[i], from->shape[slice.axis[i]]);
    }
    return selected(onnx, 0, from, axis);
}

up_status up_onnx_fold_split(up_onnx *onnx)
{
    const up_onnx_constant *from;
    selection part[UP_ONNX_RANK];
    int axis, *sizes, first = 0;
    UP_TRY(first_input(onnx, &from));
    UP_TRY(up_onnx_axis(onnx, up_onnx_whole(onnx, "axis", 0), from->dims, &axis));
    if (from->shape[axis] > INT_MAX)
        return up_onnx_refuse(onnx, "a constant is too large");
    UP_TRY(up_onnx_split_sizes(onnx, (int)from->shape[axis], &sizes));
    select_all(from, part);
    for (int i = 0; i < onnx->node->outputs; first += sizes[i++]) {
        part[axis] = (selection){ (size_t)sizes[i], first, 1, NULL };
        UP_TRY(selected(onnx, i, from, part));
    }
    return UP_OK;
}

up_status up_onnx_fold_gather(up_onnx *onnx)
{
    const up_onnx_constant *from, *list = up_onnx_constant_input(onnx, 1);
    selection part[UP_ONNX_RANK];
    size_t shape[UP_ONNX_RANK];
    int axis, *index, dims = 0;
    UP_TRY(first_input(onnx, &from));
    UP_TRY(up_onnx_axis(onnx, up_onnx_whole(onnx, "axis", 0), from->dims, &axis));
    UP_TRY(up_onnx_indices(onnx, 1, from->shape[axis], &index));
    select_all(from, part);
    part[axis] = (selection){ list->count, 0, 1, index };
    UP_TRY(selected(onnx, 0, from, part));
    if (from->dims - 1 + list->dims > UP_ONNX_RANK)
        return up_onnx_refuse(onnx, "a constant of more than %d axes", UP_ONNX_RANK);
    for (int d = 0; d < from->dims; d++) {
        if (d != axis)
            shape[dims++] = from->shape[d];
        for (int i = 0; d == axis && i < list->dims; i++)
            shape[dims++] = list->shape[i];
    }
    const up_onnx_value made = up_onnx_output(onnx, 0);
    return made.constant ? reshaped(onnx, made.constant, dims, shape) : UP_OK;
}

/* ---------------------------------------------------------------- new ones */

/* A shape out of an input, none of which depends on the size of the image. */
static up_status read_shape(up_onnx *onnx, int input, int *dims, size_t *shape)
{
    up_onnx_size sizes[UP_ONNX_MOST_SIZES];
    UP_TRY(up_onnx_sizes(onnx, input, sizes, dims));
    if (*dims < 0 || *dims > UP_ONNX_RANK)
        return up_onnx_refuse(onnx, "needs a shape of at most %d axes", UP_ONNX_RANK);
    for (int d = 0; d < *dims; d++) {
        int size;
        UP_TRY(up_onnx_fixed(onnx, &sizes[d], "sizes of a constant", &size));
        if (size < 0)
            return up_onnx_refuse(onnx, "a size of %d", size);
        shape[d] = (size_t)size;
    }
    return UP_OK;
}

up_status up_onnx_fold_constant_of_shape(up_onnx *onnx)
{
    const up_onnx_attribute *value = up_onnx_find(onnx->node, "value");
    const up_onnx_constant *one = NULL;
    up_onnx_constant *made;
    size_t shape[UP_ONNX_RANK];
    int dims;
    UP_TRY(read_shape(onnx, 0, &dims, shape));
    if (value && value->tensor) {
        UP_TRY(up_onnx_tensor_constant(onnx, value->tensor, false, &one));
        UP_TRY(up_onnx_numbers(onnx, one));
    }
    if (one && one->count != 1)
        return up_onnx_refuse(onnx, "its value is not one number");
    UP_TRY(up_onnx_new_constant(onnx, dims, shape, 1, &made));
    made->integer = one && one->integer;
    for (size_t i = 0; one && i < made->count; i++)
        made->number[i] = one->number[0];
    return set_constant(onnx, 0, made);
}

/* Rows and columns are left as they are: a constant is spread over those of what it meets. */
up_status up_onnx_fold_expand(up_onnx *onnx)
{
    const up_onnx_constant *from;
    up_onnx_size sizes[UP_ONNX_MOST_SIZES];
    size_t shape[UP_ONNX_RANK], spread[UP_ONNX_RANK], total = 1, *at;
    int count;
    UP_TRY(first_input(onnx, &from));
    UP_TRY(up_onnx_sizes(onnx, 1, sizes, &count));
    const int dims = up_max(count, from->dims);
    if (count < 0 || dims > UP_ONNX_RANK)
        return up_onnx_refuse(onnx, "needs a shape of at most %d axes", UP_ONNX_RANK);
    for (int d = 0; d < dims; d++) {
        double wanted = 1;
        const int own = d - (dims - from->dims), asked = d - (dims - count);
        shape[d] = own < 0 ? 1 : from->shape[own];
        const bool fixed = asked < 0 || up_onnx_is_fixed(onnx, &sizes[asked], &wanted);
        if (wanted == 1 || (double)shape[d] == wanted)
            wanted = (double)shape[d];
        else if (shape[d] != 1 || wanted < 0 || wanted > 65536)
            return up_onnx_refuse(onnx, "a constant cannot be expanded so");
        spread[d] = !fixed || (dims >= 4 && d >= dims - 2) ? shape[d] : (size_t)wanted;
        if (!up_mul(total, spread[d], &total))
            return up_onnx_refuse(onnx, "a constant is too large");
    }
    UP_TRY(up_onnx_keep(onnx, total, sizeof *at, &at));
    for (size_t i = 0; i < total; i++) {
        size_t rest = i, stride = 1;
        for (int d = dims; d-- > 0; rest /= spread[d], stride *= shape[d])
            at[i] += (shape[d] == 1 ? 0 : rest % spread[d]) * stride;
    }
    return gathered(onnx, 0, from, dims, spread, at);
}

up_status up_onnx_fold_range(up_onnx *onnx)
{
    up_onnx_size sizes[UP_ONNX_MOST_SIZES];
    double bound[3];
    up_onnx_constant *made;
    for (int i = 0; i < 3; i++) {
        int count;
        UP_TRY(up_onnx_sizes(onnx, i, sizes, &count));
        if (count != 1 || !up_onnx_is_fixed(onnx, &sizes[0], &bound[i]))
            return up_onnx_refuse(onnx, "its bounds are not fixed");
    }
    const double steps = ceil((bound[1] - bound[0]) / bound[2]);
    if (!(fabs(steps) <= 65536))
        return up_onnx_refuse(onnx, "makes too many numbers");
    const size_t count = steps > 0 ? (size_t)steps : 0;
    UP_TRY(up_onnx_new_constant(onnx, 1, &count, 1, &made));
    made->integer = up_onnx_constant_input(onnx, 0)->integer;
    for (size_t i = 0; i < count; i++)
        made->number[i] = bound[0] + (double)i * bound[2];
    return set_constant(onnx, 0, made);
}

/* ---------------------------------------------------------------- shapes */

static up_status set_shape(up_onnx *onnx, int dims, const up_onnx_size *sizes)
{
    int64_t first = up_onnx_whole(onnx, "start", 0), end = up_onnx_whole(onnx, "end", dims);
    up_onnx_constant *made;
    first += first < 0 ? dims : 0;
    end += end < 0 ? dims : 0;
    first = first < 0 ? 0 : first > dims ? dims : first;
    end = end < first ? first : end > dims ? dims : end;
    const size_t count = (size_t)(end - first);
    UP_TRY(up_onnx_new_constant(onnx, 1, &count, UP_ONNX_PROBES, &made));
    made->integer = true;
    for (int p = 0; p < UP_ONNX_PROBES; p++)
        for (size_t i = 0; i < count; i++)
            made->number[(size_t)p * count + i] = sizes[(size_t)first + i].at[p];
    return set_constant(onnx, 0, made);
}

up_status up_onnx_shape(up_onnx *onnx)
{
    const up_onnx_view *view = up_onnx_picture(onnx, 0);
    up_onnx_size sizes[UP_ONNX_RANK];
    for (int d = 0; view && d < view->dims; d++)
        sizes[d] = up_onnx_dim_size(onnx, view, d);
    return view ? set_shape(onnx, view->dims, sizes) : up_onnx_refuse(onnx, "has no input");
}

up_status up_onnx_fold_constant_shape(up_onnx *onnx)
{
    const up_onnx_constant *constant = up_onnx_constant_input(onnx, 0);
    up_onnx_size sizes[UP_ONNX_RANK];
    for (int d = 0; constant && d < constant->dims; d++)
        sizes[d] = up_onnx_size_of((double)constant->shape[d]);
    return constant ? set_shape(onnx, constant->dims, sizes) : up_onnx_refuse(onnx, "has no input");
}
