/* SPDX-License-Identifier: MIT */
#include "train/data/residual.h"

#include "base/memory.h"
#include "ops/resample/axis.h"

#include <math.h>

enum { TAPS = UP_RESIDUAL_TAPS, REACH = UP_RESIDUAL_REACH };

static const up_resize bicubic = { .mode = UP_RESIZE_BICUBIC, .cubic_a = -0.5f };

bool up_residual_knows(const up_resize *resize)
{
    const bool usual = resize->coordinates == UP_RESIZE_USUAL;
    const bool half = resize->coordinates == UP_RESIZE_HALF_PIXEL && !resize->exclude_outside;
    return usual || (half && resize->mode != UP_RESIZE_NEAREST);
}

/* Of the tap that is `distance` from an output pixel along an axis. */
static double weigh(const up_resize *resize, double distance)
{
    const up_filter *filter =
        resize->mode == UP_RESIZE_BICUBIC ? &up_filter_cubic : &up_filter_triangle;
    if (resize->mode == UP_RESIZE_NEAREST)
        return distance < 0.5;
    return distance < filter->support ? filter->at(distance, (double)resize->cubic_a) : 0;
}

static double weigh_tap(const up_resize *resize, int scale, int phase, int row, int column)
{
    const double down = (phase / scale + 0.5) / scale - 0.5 - (row - REACH);
    const double right = (phase % scale + 0.5) / scale - 0.5 - (column - REACH);
    return resize ? weigh(resize, fabs(down)) * weigh(resize, fabs(right)) : 0;
}

static up_status make_filter(float (**filter)[TAPS][TAPS], int phases, up_error *error)
{
    *filter = up_alloc((size_t)phases, sizeof **filter);
    return *filter ? UP_OK : up_fail_memory(error, "a filter", (size_t)phases * sizeof **filter);
}

static void fill(up_residual *residual, const up_resize *resize)
{
    const int scale = residual->scale;
    for (int i = 0; i < scale * scale * TAPS * TAPS; i++) {
        const int p = i / (TAPS * TAPS), row = i / TAPS % TAPS, column = i % TAPS;
        const double added = weigh_tap(resize, scale, p, row, column);
        if (residual->added)
            residual->added[p][row][column] = (float)added;
        if (residual->difference)
            residual->difference[p][row][column] =
                (float)(weigh_tap(&bicubic, scale, p, row, column) - added);
    }
}

up_status up_residual_make(up_residual *residual, const up_resize *resize, int scale,
                           up_error *error)
{
    const bool usual =
        resize && resize->mode == UP_RESIZE_BICUBIC && resize->cubic_a == bicubic.cubic_a;
    up_status status = UP_OK;
    *residual = (up_residual){ .scale = scale };
    if (resize)
        status = make_filter(&residual->added, scale * scale, error);
    if (status == UP_OK && !usual)
        status = make_filter(&residual->difference, scale * scale, error);
    if (status == UP_OK)
        fill(residual, resize);
    else
        up_residual_free(residual);
    return status;
}

void up_residual_free(up_residual *residual)
{
    up_free(residual->difference);
    up_free(residual->added);
    residual->difference = residual->added = NULL;
}

void up_residual_take(const up_residual *residual, int phase, const float *const around[TAPS],
                      float *restrict to, int n)
{
    for (int i = 0; residual->added && i < TAPS * TAPS; i++) {
        const float weight = residual->added[phase][i / TAPS][i % TAPS];
        const float *from = around[i / TAPS] + i % TAPS - REACH;
        for (int x = 0; weight != 0 && x < n; x++)
            to[x] -= weight * from[x];
    }
}

static int clamp(int place, int size)
{
    return up_max(0, up_min(place, size - 1));
}

/* Borders are repeated, as by the enlargements. */
float up_residual_difference(const up_residual *residual, const up_train_picture *picture,
                             ptrdiff_t at)
{
    const int scale = residual->scale, width = picture->width * scale;
    const int y = (int)(at / width), x = (int)(at % width);
    const float(*weight)[TAPS] = residual->difference[y % scale * scale + x % scale];
    float sum = 0;
    for (int row = 0; row < TAPS; row++) {
        const int v = clamp(y / scale + row - REACH, picture->height);
        const float *low = picture->low + (size_t)v * picture->width;
        for (int column = 0; column < TAPS; column++)
            sum += weight[row][column] * low[clamp(x / scale + column - REACH, picture->width)];
    }
    return sum;
}
