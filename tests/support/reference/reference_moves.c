/* SPDX-License-Identifier: MIT */
/* Layers that move pixels, and that put several tensors together, by definition. */
#include "support/reference/double_planes.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

/* ---------------------------------------------------------------- edges */

planes reference_pad(const up_network_node *node, const planes *in)
{
    const up_padding *pad = node->fields;
    return planes_pad(in, pad->amount, pad->mode, (double)pad->value);
}

planes reference_crop(const up_network_node *node, const planes *in)
{
    const up_padding *crop = node->fields;
    int amount[4];
    for (int side = 0; side < 4; side++)
        amount[side] = -crop->amount[side];
    return planes_pad(in, amount, UP_PAD_ZEROS, 0);
}

planes reference_slice(const up_network_node *node, const planes *in)
{
    const up_slice *slice = node->fields;
    const int size[2] = { in->height, in->width };
    int count[2] = { 0, 0 };
    for (int axis = 0; axis < 2; axis++)
        for (int i = slice->first[axis]; i < size[axis]; i += slice->step[axis])
            count[axis]++;
    planes out = planes_make(in->channels, count[0], count[1]);
    for (int c = 0; c < out.channels; c++)
        for (int y = 0; y < out.height; y++)
            for (int x = 0; x < out.width; x++)
                *planes_at(&out, c, y, x) = *planes_at(in, c, slice->first[0] + y * slice->step[0],
                                                       slice->first[1] + x * slice->step[1]);
    return out;
}

/* ---------------------------------------------------------------- shuffles */

/* The channel, of the many, that holds pixel i, j of the cell of channel c of the few. */
static int channel_of(const up_shuffle *shuffle, int few, int c, int i, int j)
{
    const int factor = shuffle->factor, pixel = i * factor + j;
    return shuffle->order == UP_SHUFFLE_PIXEL_LAST ? c * factor * factor + pixel : pixel * few + c;
}

planes reference_pixel_shuffle(const up_network_node *node, const planes *in)
{
    const up_shuffle *shuffle = node->fields;
    const int factor = shuffle->factor, few = in->channels / (factor * factor);
    planes out = planes_make(few, in->height * factor, in->width * factor);
    for (int c = 0; c < few; c++)
        for (int y = 0; y < out.height; y++)
            for (int x = 0; x < out.width; x++)
                *planes_at(&out, c, y, x) =
                    *planes_at(in, channel_of(shuffle, few, c, y % factor, x % factor), y / factor,
                               x / factor);
    return out;
}

planes reference_pixel_unshuffle(const up_network_node *node, const planes *in)
{
    const up_shuffle *shuffle = node->fields;
    const int factor = shuffle->factor, few = in->channels;
    cr_assert(in->height % factor == 0 && in->width % factor == 0, "cells that are not whole");
    planes out = planes_make(few * factor * factor, in->height / factor, in->width / factor);
    for (int c = 0; c < few; c++)
        for (int y = 0; y < in->height; y++)
            for (int x = 0; x < in->width; x++)
                *planes_at(&out, channel_of(shuffle, few, c, y % factor, x % factor), y / factor,
                           x / factor) = *planes_at(in, c, y, x);
    return out;
}

/* ---------------------------------------------------------------- joins */

static double joined(const char *kind, double a, double b)
{
    return strcmp(kind, "add") == 0       ? a + b
           : strcmp(kind, "mul") == 0     ? a * b
           : strcmp(kind, "sub") == 0     ? a - b
           : strcmp(kind, "div") == 0     ? a / b
           : strcmp(kind, "minimum") == 0 ? fmin(a, b)
           : strcmp(kind, "maximum") == 0 ? fmax(a, b)
                                          : NAN;
}

/* Of two lengths that are the same, or one of which is 1. */
static int met(int a, int b)
{
    cr_assert(a == b || a == 1 || b == 1, "%d does not go with %d", a, b);
    return a > b ? a : b;
}

/* What stands at a place where an axis of 1 counts for all of it. */
static double spread_at(const planes *p, int c, int y, int x)
{
    return *planes_at(p, p->channels == 1 ? 0 : c, p->height == 1 ? 0 : y, p->width == 1 ? 0 : x);
}

planes reference_arithmetic(const up_network_node *node, const planes *in)
{
    int channels = 1, height = 1, width = 1;
    for (int i = 0; i < node->inputs; i++) {
        channels = met(channels, in[i].channels);
        height = met(height, in[i].height);
        width = met(width, in[i].width);
    }
    planes out = planes_make(channels, height, width);
    for (int c = 0; c < channels; c++)
        for (int y = 0; y < height; y++)
            for (int x = 0; x < width; x++) {
                double value = spread_at(&in[0], c, y, x);
                for (int i = 1; i < node->inputs; i++)
                    value = joined(node->kind->name, value, spread_at(&in[i], c, y, x));
                *planes_at(&out, c, y, x) = value;
            }
    return out;
}

planes reference_concat(const up_network_node *node, const planes *in)
{
    int channels = 0;
    for (int i = 0; i < node->inputs; i++) {
        cr_assert(in[i].height == in[0].height && in[i].width == in[0].width);
        channels += in[i].channels;
    }
    planes out = planes_make(channels, in[0].height, in[0].width);
    double *to = out.value;
    for (int i = 0; i < node->inputs; i++) {
        memcpy(to, in[i].value, planes_count(&in[i]) * sizeof *to);
        to += planes_count(&in[i]);
    }
    return out;
}

planes reference_channels(const up_network_node *node, const planes *in)
{
    const up_channels *some = node->fields;
    planes out = planes_make(some->count, in->height, in->width);
    cr_assert(some->first >= 0 && some->first + some->count <= in->channels);
    memcpy(out.value, planes_at(in, some->first, 0, 0), planes_count(&out) * sizeof *out.value);
    return out;
}
