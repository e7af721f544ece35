/* SPDX-License-Identifier: MIT */
/* The same samples in another order or shape. */

#include "network/onnx/onnx_ops.h"

#include "base/memory.h"

#include <math.h>
#include <string.h>

static void copy_dim(up_onnx_view *to, int d, const up_onnx_view *from, int own)
{
    to->factors[d] = from->factors[own];
    memcpy(to->factor[d], from->factor[own], sizeof from->factor[own]);
}

up_status up_onnx_transpose(up_onnx *onnx)
{
    const up_onnx_view *view = up_onnx_picture(onnx, 0);
    up_onnx_view made = *view;
    int perm[UP_ONNX_RANK];
    UP_TRY(up_onnx_perm(onnx, view->dims, perm));
    for (int d = 0; d < view->dims; d++)
        copy_dim(&made, d, view, perm[d]);
    return up_onnx_set_view(onnx, 0, &made);
}

up_status up_onnx_reshape(up_onnx *onnx)
{
    const up_onnx_view *view = up_onnx_picture(onnx, 0);
    const up_onnx_size zero = up_onnx_size_of(0), open = up_onnx_size_of(-1);
    up_onnx_size sizes[UP_ONNX_MOST_SIZES];
    up_onnx_view made;
    int count, inferred = 0;
    UP_TRY(up_onnx_sizes(onnx, 1, sizes, &count));
    if (!view || count < 0 || count > UP_ONNX_RANK)
        return up_onnx_refuse(onnx, "needs a constant shape of at most %d axes", UP_ONNX_RANK);
    for (int d = 0; d < count; d++) {
        if (up_onnx_same(onnx, &sizes[d], &zero) && d < view->dims &&
            !up_onnx_whole(onnx, "allowzero", 0))
            sizes[d] = up_onnx_dim_size(onnx, view, d);
        inferred += up_onnx_same(onnx, &sizes[d], &open);
        if (!up_onnx_same(onnx, &sizes[d], &open) && !(sizes[d].at[UP_ONNX_PROBES - 1] >= 1))
            return up_onnx_refuse(onnx, "a size below 1");
    }
    if (inferred > 1)
        return up_onnx_refuse(onnx, "more than one size is left open");
    UP_TRY(up_onnx_reshape_view(onnx, view, sizes, count, &made));
    return up_onnx_set_view(onnx, 0, &made);
}

up_status up_onnx_flatten(up_onnx *onnx)
{
    const up_onnx_view *view = up_onnx_picture(onnx, 0);
    up_onnx_view made = { .node = view->node, .dims = 2 };
    int64_t axis = up_onnx_whole(onnx, "axis", 1);
    axis += axis < 0 ? view->dims : 0;
    for (int d = 0; d < view->dims; d++)
        for (int i = 0; i < view->factors[d]; i++) {
            const int to = d >= axis;
            if (made.factors[to] == UP_ONNX_FACTORS)
                return up_onnx_refuse(onnx, "an axis of too many parts");
            made.factor[to][made.factors[to]++] = view->factor[d][i];
        }
    return up_onnx_set_view(onnx, 0, &made);
}

/* Squeeze and Unsqueeze. */
up_status up_onnx_squeeze(up_onnx *onnx)
{
    const up_onnx_view *view = up_onnx_picture(onnx, 0);
    const bool more = strcmp(onnx->node->op, "Unsqueeze") == 0;
    bool chosen[UP_ONNX_RANK] = { false };
    up_onnx_view made = { .node = view->node };
    int count, own = 0;
    UP_TRY(up_onnx_axes(onnx, 1, view->dims, more, chosen, &count));
    if (more && count < 0)
        return up_onnx_refuse(onnx, "does not say which axes");
    for (int d = 0; count < 0 && d < view->dims; d++)
        chosen[d] = !view->factors[d];
    const int dims = more ? view->dims + count : view->dims;
    for (int d = 0; d < dims; d++) {
        if (more && chosen[d])
            made.factors[made.dims++] = 0;
        else if (more || !chosen[d])
            copy_dim(&made, made.dims++, view, own++);
        else if (view->factors[own++])
            return up_onnx_refuse(onnx, "axis %d has more than one", d);
    }
    return up_onnx_set_view(onnx, 0, &made);
}

/* ---------------------------------------------------------------- pixels and channels */

static up_status shuffle(up_onnx *onnx, const up_layer_kind *kind, up_shuffle_order order)
{
    const int64_t factor = up_onnx_whole(onnx, "blocksize", 0);
    int node;
    if (factor < 1 || factor > 256)
        return up_onnx_refuse(onnx, "a block of %lld pixels", (long long)factor);
    const up_shuffle fields = { (int)factor, order };
    UP_TRY(up_onnx_planes(onnx, 0, &node));
    UP_TRY(up_onnx_add_node(onnx, kind, &fields, &node, 1, &node));
    const up_onnx_view made = up_onnx_view_of(onnx, node);
    return up_onnx_set_view(onnx, 0, &made);
}

up_status up_onnx_depth_to_space(up_onnx *onnx)
{
    const char *mode = up_onnx_text_of(onnx, "mode", "DCR");
    return shuffle(onnx, &up_layer_pixel_shuffle,
                   strcmp(mode, "CRD") == 0 ? UP_SHUFFLE_PIXEL_LAST : UP_SHUFFLE_PIXEL_FIRST);
}

up_status up_onnx_space_to_depth(up_onnx *onnx)
{
    return shuffle(onnx, &up_layer_pixel_unshuffle, UP_SHUFFLE_PIXEL_FIRST);
}

/* ---------------------------------------------------------------- copies */

up_status up_onnx_tile(up_onnx *onnx)
{
    up_onnx_view made = *up_onnx_picture(onnx, 0);
    up_onnx_size sizes[UP_ONNX_MOST_SIZES];
    int count;
    UP_TRY(up_onnx_sizes(onnx, 1, sizes, &count));
    if (count != made.dims)
        return up_onnx_refuse(onnx, "needs a number for each axis");
    for (int d = 0; d < count; d++) {
        int times;
        UP_TRY(up_onnx_fixed(onnx, &sizes[d], "numbers of copies", &times));
        for (int i = 0; i < made.factors[d] && times != 1; i++)
            if (made.factor[d][i].axis)
                return up_onnx_refuse(onnx, "copies of rows or columns cannot be run");
        UP_TRY(up_onnx_repeat(onnx, &made, d, times));
    }
    return up_onnx_set_view(onnx, 0, &made);
}

static bool expands_to_itself(const up_onnx *onnx, const up_onnx_view *view, int d,
                              const up_onnx_size *wanted)
{
    const up_onnx_size size = up_onnx_dim_size(onnx, view, d), one = up_onnx_size_of(1);
    const int axis =
        view->factors[d] == 1 && !view->factor[d][0].size ? view->factor[d][0].axis : 0;
    return up_onnx_same(onnx, wanted, &one) || up_onnx_stands_for(onnx, wanted, &size, axis);
}

up_status up_onnx_expand(up_onnx *onnx)
{
    up_onnx_view made = *up_onnx_picture(onnx, 0);
    up_onnx_size sizes[UP_ONNX_MOST_SIZES];
    int count, times;
    UP_TRY(up_onnx_sizes(onnx, 1, sizes, &count));
    if (count < 0 || count > made.dims)
        return up_onnx_refuse(onnx, "needs a constant shape of at most %d axes", made.dims);
    for (int i = 0; i < count; i++) {
        const int d = i + made.dims - count;
        if (expands_to_itself(onnx, &made, d, &sizes[i]))
            continue;
        if (made.factors[d])
            return up_onnx_refuse(onnx, "axis %d has more than one already", d);
        UP_TRY(up_onnx_fixed(onnx, &sizes[i], "sizes", &times));
        UP_TRY(up_onnx_repeat(onnx, &made, d, times));
    }
    return up_onnx_set_view(onnx, 0, &made);
}
