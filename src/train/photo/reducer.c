/* SPDX-License-Identifier: MIT */
#include "train/photo/reducer.h"

#include "base/memory.h"
#include "kernels/kernels.h"
#include "ops/resample/axis.h"

#include <math.h>

enum { COLORS = 3 };
#define WIDE 3 /* deviations of a Gaussian that are looked at */

static double filter_at(up_reducer_kind reduction, double distance)
{
    const up_filter *filter = reduction == UP_REDUCE_LANCZOS    ? &up_filter_lanczos3
                              : reduction == UP_REDUCE_BILINEAR ? &up_filter_triangle
                                                                : &up_filter_cubic;
    if (reduction == UP_REDUCE_BOX)
        return distance < 0.5;
    return distance < filter->support ? filter->at(distance, -0.5) : 0;
}

/* weight[reach + t] of tap t of sample 0, without the Gaussian. */
static void fill_filter(double *weight, int reach, up_reducer_kind reduction, int scale)
{
    const double middle = 0.5 * scale - 0.5;
    for (int t = -reach; t <= reach; t++)
        weight[reach + t] = reduction == UP_REDUCE_NEAREST
                                ? t == (scale - 1) / 2
                                : filter_at(reduction, fabs(t - middle) / scale);
}

void up_reducer_make(up_reducer *reducer, up_reducer_kind reduction, int scale, double blur)
{
    enum { REACH = 4 * 8, MOST = UP_REDUCE_TAPS };
    double filter[2 * REACH + 1], all[MOST] = { 0 }, sum = 0;
    const int wide = (int)ceil(WIDE * blur * scale), middle = REACH + wide;
    fill_filter(filter, REACH, reduction, scale);
    for (int t = 0; t < 2 * REACH + 1; t++)
        for (int g = -wide; filter[t] != 0 && g <= wide; g++) {
            const double away = blur > 0 ? g / (blur * scale) : 0;
            all[t + wide + g] += filter[t] * exp(-0.5 * away * away);
        }
    int first = 0, last = 2 * middle;
    while (first < middle && all[first] == 0)
        first++;
    while (last > middle && all[last] == 0)
        last--;
    for (int t = first; t <= last; t++)
        sum += all[t];
    *reducer = (up_reducer){ .scale = scale, .first = first - middle, .taps = last - first + 1 };
    for (int t = 0; t < reducer->taps; t++)
        reducer->weight[t] = (float)(all[first + t] / sum);
}

/* So that it reaches from tap `first` to tap `end`, which it does not go beyond. */
static void widen(up_reducer *r, int first, int end)
{
    up_reducer wide = { .scale = r->scale, .first = first, .taps = end - first };
    for (int t = 0; t < r->taps; t++)
        wide.weight[r->first - first + t] = r->weight[t];
    *r = wide;
}

void up_reducers_align(up_reducer *a, up_reducer *b)
{
    const int first = up_min(a->first, b->first);
    const int end = up_max(a->first + a->taps, b->first + b->taps);
    widen(a, first, end);
    widen(b, first, end);
}

int up_reducer_span(const up_reducer *reducer, int size)
{
    return (size - 1) * reducer->scale + reducer->taps;
}

void up_reduce(const up_reducer *r, const float *in, int size, float *rows, float *out)
{
    const int width = up_reducer_span(r, size) * COLORS;
    const size_t stride = up_round_up((size_t)width, 16) + 16;
    const float *row[UP_REDUCE_TAPS];
    for (int y = 0; y < size; y++) {
        for (int t = 0; t < r->taps; t++)
            row[t] = in + (size_t)(y * r->scale + t) * width;
        up_kernels_get()->mix_rows(rows + y * stride, row, r->weight, r->taps, width);
    }
    for (int y = 0; y < size; y++)
        for (int x = 0; x < size; x++)
            for (int c = 0; c < COLORS; c++) {
                const float *from = rows + y * stride + x * r->scale * COLORS + c;
                float sum = 0;
                for (int t = 0; t < r->taps; t++)
                    sum += r->weight[t] * from[t * COLORS];
                *out++ = sum;
            }
}
