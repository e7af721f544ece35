/* SPDX-License-Identifier: MIT */
#include "network/onnx/onnx_view.h"

#include "base/memory.h"

#include <math.h>
#include <string.h>

#define MOST_PIECES 4096 /* of channels in another order */

static int channels_of(const up_onnx *onnx, int node)
{
    return up_network_shape(onnx->builder->network, node).channels;
}

static up_status push(const up_onnx *onnx, up_onnx_view *view, int dim, up_onnx_factor factor,
                      bool front)
{
    int *count = &view->factors[dim];
    up_onnx_factor *list = view->factor[dim];
    if (*count == UP_ONNX_FACTORS)
        return up_onnx_refuse(onnx, "an axis of too many parts");
    if (front)
        memmove(list + 1, list, (size_t)*count * sizeof *list);
    list[front ? 0 : *count] = factor;
    ++*count;
    return UP_OK;
}

up_onnx_view up_onnx_view_of(const up_onnx *onnx, int node)
{
    const up_layer_shape shape = up_network_shape(onnx->builder->network, node);
    up_onnx_view view = { .node = node, .dims = 4 };
    if (shape.channels > 1) {
        view.factors[1] = 1;
        view.factor[1][0] = (up_onnx_factor){ 0, 1, shape.channels };
    }
    for (int axis = 1; axis < 3; axis++)
        if (shape.size[axis - 1].scale) {
            view.factors[axis + 1] = 1;
            view.factor[axis + 1][0] = (up_onnx_factor){ axis, 1, 0 };
        }
    return view;
}

up_onnx_view up_onnx_view_with(const up_onnx_view *view, int node)
{
    up_onnx_view other = *view;
    other.node = node;
    return other;
}

bool up_onnx_views_same(const up_onnx_view *a, const up_onnx_view *b)
{
    if (a->dims != b->dims || memcmp(a->factors, b->factors, sizeof a->factors) != 0)
        return false;
    for (int d = 0; d < a->dims; d++)
        if (memcmp(a->factor[d], b->factor[d], (size_t)a->factors[d] * sizeof *a->factor[d]) != 0)
            return false;
    return true;
}

/* ---------------------------------------------------------------- channels */

up_status up_onnx_pick(up_onnx *onnx, int node, const int *channel, int count, int *to)
{
    int *piece, pieces = 0, next;
    bool all = count == channels_of(onnx, node);
    for (int c = 0; c < count; c++)
        all = all && channel[c] == c;
    *to = node;
    if (all)
        return UP_OK;
    UP_TRY(up_onnx_keep(onnx, (size_t)count, sizeof *piece, &piece));
    for (int c = 0; c < count; c = next) {
        next = c + 1;
        while (next < count && channel[next] == channel[next - 1] + 1)
            next++;
        const up_channels some = { channel[c], next - c };
        if (pieces == MOST_PIECES)
            return up_onnx_refuse(onnx, "puts channels into an order of too many pieces");
        UP_TRY(up_onnx_add_node(onnx, &up_layer_channels, &some, &node, 1, &piece[pieces++]));
    }
    *to = piece[0];
    return pieces == 1 ? UP_OK : up_onnx_add_node(onnx, &up_layer_concat, NULL, piece, pieces, to);
}

up_status up_onnx_repeat(up_onnx *onnx, up_onnx_view *view, int dim, int times)
{
    const int channels = channels_of(onnx, view->node);
    int *copy;
    if (times == 1)
        return UP_OK;
    if (times < 1 || times > 65536 / channels)
        return up_onnx_refuse(onnx, "makes %d copies of %d channels", times, channels);
    UP_TRY(push(onnx, view, dim, (up_onnx_factor){ 0, channels, times }, true));
    UP_TRY(up_onnx_keep(onnx, (size_t)times, sizeof *copy, &copy));
    for (int i = 0; i < times; i++)
        copy[i] = view->node;
    return up_onnx_add_node(onnx, &up_layer_concat, NULL, copy, times, &view->node);
}

/* ---------------------------------------------------------------- pure */

/* The dim that holds the open factor of an axis, or -1. */
static int open_dim(const up_onnx_view *view, int axis)
{
    for (int d = 0; d < view->dims; d++)
        for (int i = 0; i < view->factors[d]; i++)
            if (view->factor[d][i].axis == axis && !view->factor[d][i].size)
                return d;
    return -1;
}

/* The first dim from `from` on that is taken by none; -1: there is none. */
static int free_dim(const up_onnx_view *view, const int dim[3], int from)
{
    for (int d = from < 0 ? 0 : from; d < view->dims; d++)
        if (up_onnx_plane_of(dim, d) < 0)
            return d;
    return -1;
}

/* Which dims are channels, rows and columns. */
static up_status find_dims(const up_onnx *onnx, const up_onnx_view *view, int dim[3])
{
    dim[0] = -1;
    dim[1] = open_dim(view, 1);
    dim[2] = open_dim(view, 2);
    for (int d = 0; d < view->dims; d++) {
        if (!view->factors[d] || d == dim[1] || d == dim[2])
            continue;
        if (dim[0] >= 0)
            return up_onnx_refuse(onnx, "works on more axes than a picture has");
        dim[0] = d;
    }
    const bool last = dim[1] >= 0 && dim[1] == view->dims - 3;
    const int usual = view->dims - (last ? 1 : 3);
    if (dim[0] < 0 && usual >= 0 && up_onnx_plane_of(dim, usual) < 0)
        dim[0] = usual;
    if (dim[0] < 0)
        dim[0] = free_dim(view, dim, 0);
    for (int axis = 1; axis < 3; axis++)
        if (dim[axis] < 0)
            dim[axis] = free_dim(view, dim, dim[0] + 1);
    return UP_OK;
}

static const up_onnx_factor *find_part(const up_onnx_view *view, int dim, int axis, bool open)
{
    for (int i = 0; dim >= 0 && i < view->factors[dim]; i++)
        if (view->factor[dim][i].axis == axis && !view->factor[dim][i].size == open)
            return &view->factor[dim][i];
    return NULL;
}

/* Parts of rows and columns among the channels: takes those apart, which makes them channels. */
static up_status unshuffle(up_onnx *onnx, up_onnx_view *view)
{
    int divided[3] = { 0 };
    for (int axis = 1; axis < 3; axis++)
        for (int d = 0; d < view->dims; d++) {
            const up_onnx_factor *open = find_part(view, d, axis, true);
            divided[axis] = open && open->stride > 1 ? open->stride : divided[axis];
        }
    const int factor = divided[1];
    if (!divided[1] && !divided[2])
        return UP_OK;
    if (divided[1] != divided[2] || factor > 256)
        return up_onnx_refuse(onnx, "divides rows and columns differently");
    const up_shuffle shuffle = { factor, UP_SHUFFLE_PIXEL_LAST };
    for (int d = 0; d < view->dims; d++)
        for (int i = 0; i < view->factors[d]; i++) {
            up_onnx_factor *part = &view->factor[d][i];
            if (part->axis == 0)
                part->stride *= factor * factor;
            else if (!part->size)
                part->stride = 1;
            else
                *part = (up_onnx_factor){ 0, part->stride * (part->axis == 1 ? factor : 1),
                                          part->size };
        }
    return up_onnx_add_node(onnx, &up_layer_pixel_unshuffle, &shuffle, &view->node, 1, &view->node);
}

/* Channels in the order of factors, the last of which changes fastest. */
static up_status order_channels(up_onnx *onnx, const up_onnx_factor *factor, int count, int *node)
{
    const int channels = channels_of(onnx, *node);
    int64_t made = 1;
    int *order;
    for (int i = 0; i < count && made <= channels; i++)
        made *= factor[i].size;
    if (made != channels)
        return up_onnx_refuse(onnx, "rearranges only some of the channels");
    UP_TRY(up_onnx_keep(onnx, (size_t)channels, sizeof *order, &order));
    for (int c = 0; c < channels; c++)
        for (int i = count, rest = c; i-- > 0; rest /= factor[i].size)
            order[c] += rest % factor[i].size * factor[i].stride;
    return up_onnx_pick(onnx, *node, order, channels, node);
}

/* The channels that are among the rows (columns), from the last on; their sizes multiplied. */
static int collect(const up_onnx_view *view, int dim, up_onnx_factor *list, int *count)
{
    int size = 1;
    for (int i = 0; dim >= 0 && i < view->factors[dim]; i++)
        if (view->factor[dim][i].size) {
            list[(*count)++] = view->factor[dim][i];
            size *= view->factor[dim][i].size;
        }
    return size;
}

/* Whether channels come after the open part of the rows (columns), and nothing else does. */
static bool is_in_order(const up_onnx_view *view, int dim, int axis)
{
    for (int i = 0; dim >= 0 && i < view->factors[dim]; i++)
        if (view->factor[dim][i].axis != (i ? 0 : axis) || !view->factor[dim][i].size != !i)
            return false;
    return true;
}

static bool is_pixel_first(const up_onnx_factor *list, int channels_of_result, int parts, int of,
                           int factor)
{
    return channels_of_result == 1 && parts == 2 && of == 3 && list[0].stride == 1 &&
           list[2].stride == list[0].size && list[1].stride == list[0].size * factor;
}

up_status up_onnx_pure(up_onnx *onnx, const up_onnx_view *from, up_onnx_view *pure, int dim[3])
{
    up_onnx_view view = *from;
    up_onnx_factor list[3 * UP_ONNX_FACTORS];
    int count = 0, size[3];
    UP_TRY(find_dims(onnx, &view, dim));
    UP_TRY(unshuffle(onnx, &view));
    if ((find_part(&view, dim[1], 1, true) && !is_in_order(&view, dim[1], 1)) ||
        (find_part(&view, dim[2], 2, true) && !is_in_order(&view, dim[2], 2)) ||
        (dim[1] >= 0 && dim[1] == dim[2]))
        return up_onnx_refuse(onnx, "an order of rows and columns that no picture has");
    size[0] = collect(&view, dim[0], list, &count);
    const int channels = count;
    size[1] = collect(&view, dim[1], list, &count);
    size[2] = collect(&view, dim[2], list, &count);
    const int parts = count - channels;
    if (size[1] != size[2])
        return up_onnx_refuse(onnx, "makes rows and columns of channels, but not as many of both");
    const bool first = is_pixel_first(list, channels, parts, count, size[1]);
    if (!first)
        UP_TRY(order_channels(onnx, list, count, &view.node));
    const up_shuffle shuffle = { size[1], first ? UP_SHUFFLE_PIXEL_FIRST : UP_SHUFFLE_PIXEL_LAST };
    if (size[1] > 1)
        UP_TRY(
            up_onnx_add_node(onnx, &up_layer_pixel_shuffle, &shuffle, &view.node, 1, &view.node));
    const up_onnx_view plain = up_onnx_view_of(onnx, view.node);
    memset(view.factors, 0, sizeof view.factors);
    for (int plane = 0; plane < 3; plane++)
        if (dim[plane] >= 0) {
            view.factors[dim[plane]] = plain.factors[plane + 1];
            view.factor[dim[plane]][0] = plain.factor[plane + 1][0];
        }
    *pure = view;
    return UP_OK;
}

up_status up_onnx_planes(up_onnx *onnx, int input, int *node)
{
    const up_onnx_view *view = up_onnx_picture(onnx, input);
    up_onnx_view pure;
    int dim[3];
    if (!view)
        return up_onnx_refuse(onnx, "its input %d is no picture", input);
    UP_TRY(up_onnx_pure(onnx, view, &pure, dim));
    const int first = pure.dims - 3;
    if (first < 0 || first > 1 || dim[0] != first || dim[1] != first + 1 || dim[2] != first + 2)
        return up_onnx_refuse(
            onnx, "its input is no picture of channels, rows and columns in this order");
    *node = pure.node;
    return UP_OK;
}

/* ---------------------------------------------------------------- reshape */

/* The factors of a view, in order, that are yet to be dealt out. */
typedef struct {
    up_onnx *onnx;
    up_onnx_view *to;
    up_onnx_factor list[UP_ONNX_RANK * UP_ONNX_FACTORS];
    int first, end;
} dealing;

/* How much of `whole` is left when `part` is taken: a whole number for all sizes, or 0. Rows and
 * columns are looked at for sizes that most numbers divide: the network will ask for such. Where
 * one of them is a number that stands for a size, it is looked at for that. */
static int quotient(const dealing *d, const up_onnx_size *whole, const up_onnx_size *part, int axis)
{
    const int last = UP_ONNX_PROBES - 1;
    const double ratio = part->at[last] > 0 ? whole->at[last] / part->at[last] : 0;
    const double declared = part->at[0] > 0 ? whole->at[0] / part->at[0] : 0;
    bool good = true;
    for (int p = axis ? UP_ONNX_PROBES / 2 : 0; p < last; p++)
        good = good && part->at[p] * ratio == whole->at[p];
    const double times = good || !up_onnx_is_declared(d->onnx, axis) ? ratio : declared;
    good = good || up_onnx_is_declared(d->onnx, axis);
    return good && times >= 1 && times <= 65536 && times == trunc(times) ? (int)times : 0;
}

static void divide(up_onnx_size *size, const up_onnx_size *by, bool baked)
{
    for (int p = 0; p < UP_ONNX_PROBES; p++)
        size->at[p] /= by->at[baked ? 0 : p];
}

static up_status cannot(const dealing *d)
{
    return up_onnx_refuse(d->onnx, "gives a picture a shape that cannot be followed");
}

/* Takes a part of the outermost factor, so that `left` times it stays. */
static up_status split_front(dealing *d, int dim, const up_onnx_factor *part, int left)
{
    up_onnx_factor taken = *part, rest = *part;
    taken.stride *= left;
    taken.size = part->size / left;
    rest.size = left;
    d->list[--d->first] = rest;
    return push(d->onnx, d->to, dim, taken, false);
}

/* Takes the inner part of the innermost factor, `inner` of it. */
static up_status split_back(dealing *d, int dim, const up_onnx_factor *part, int inner)
{
    up_onnx_factor taken = *part, rest = *part;
    taken.size = inner;
    rest.stride *= inner;
    rest.size = part->size / inner;
    d->list[d->end++] = rest;
    return push(d->onnx, d->to, dim, taken, true);
}

/* Whether only a part of a factor is wanted; if so it is taken. */
static up_status split(dealing *d, int dim, bool back, const up_onnx_factor *part,
                       const up_onnx_size *wanted, bool *done)
{
    const up_onnx_size size = up_onnx_factor_size(d->onnx, d->to->node, part);
    const int left = quotient(d, &size, wanted, part->size ? 0 : part->axis);
    double inner;
    *done = true;
    if (back && up_onnx_is_fixed(d->onnx, wanted, &inner) && inner >= 2 && inner <= 65536 &&
        inner == trunc(inner) && (!part->size || (left && part->size % (int)inner == 0)))
        return split_back(d, dim, part, (int)inner);
    if (!back && left)
        return split_front(d, dim, part, left);
    *done = false;
    return UP_OK;
}

/* Deals factors to a dim until it has the wanted size. */
static up_status deal(dealing *d, int dim, up_onnx_size wanted, bool back)
{
    const up_onnx_size one = up_onnx_size_of(1);
    while (!up_onnx_same(d->onnx, &wanted, &one)) {
        bool done;
        double number;
        if (d->first == d->end)
            return cannot(d);
        const up_onnx_factor part = d->list[back ? --d->end : d->first++];
        const up_onnx_size size = up_onnx_factor_size(d->onnx, d->to->node, &part);
        if (up_onnx_stands_for(d->onnx, &wanted, &size, part.size ? 0 : part.axis))
            return push(d->onnx, d->to, dim, part, back);
        UP_TRY(split(d, dim, back, &part, &wanted, &done));
        if (done)
            return UP_OK;
        divide(&wanted, &size,
               !part.size && up_onnx_is_declared(d->onnx, part.axis) &&
                   up_onnx_is_fixed(d->onnx, &wanted, &number));
        for (int p = UP_ONNX_PROBES / 2; p < UP_ONNX_PROBES; p++)
            if (!(wanted.at[p] >= 1) || wanted.at[p] != trunc(wanted.at[p]))
                return cannot(d);
        UP_TRY(push(d->onnx, d->to, dim, part, back));
    }
    return UP_OK;
}

up_status up_onnx_reshape_view(up_onnx *onnx, const up_onnx_view *view, const up_onnx_size *shape,
                               int dims, up_onnx_view *to)
{
    dealing d = { .onnx = onnx, .to = to };
    const up_onnx_size open = up_onnx_size_of(-1);
    int inferred = -1;
    *to = (up_onnx_view){ .node = view->node, .dims = dims };
    for (int i = 0; i < view->dims; i++)
        for (int f = 0; f < view->factors[i]; f++)
            d.list[d.end++] = view->factor[i][f];
    for (int i = 0; i < dims && inferred < 0; i++) {
        if (up_onnx_same(onnx, &shape[i], &open))
            inferred = i;
        else
            UP_TRY(deal(&d, i, shape[i], false));
    }
    for (int i = dims; inferred >= 0 && --i > inferred;)
        UP_TRY(deal(&d, i, shape[i], true));
    while (inferred >= 0 && d.first < d.end)
        UP_TRY(push(onnx, to, inferred, d.list[d.first++], false));
    return d.first == d.end ? UP_OK : cannot(&d);
}
