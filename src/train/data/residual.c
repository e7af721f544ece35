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

up_status up_residual_make(up_residual *residual, const up_resize *resize, int scale,
                           up_error *error)
{
    const size_t phases = (size_t)scale * scale;
    *residual = (up_residual){ .scale = scale };
    if (resize && resize->mode == UP_RESIZE_BICUBIC && resize->cubic_a == bicubic.cubic_a)
        return UP_OK;
    residual->difference = up_alloc(phases, sizeof *residual->difference);
    if (!residual->difference)
        return up_fail_memory(error, "a filter", phases * sizeof *residual->difference);
    for (int p = 0; p < (int)phases; p++)
        for (int i = 0; i < TAPS * TAPS; i++)
            residual->difference[p][i / TAPS][i % TAPS] =
                (float)(weigh_tap(&bicubic, scale, p, i / TAPS, i % TAPS) -
                        weigh_tap(resize, scale, p, i / TAPS, i % TAPS));
    return UP_OK;
}

void up_residual_free(up_residual *residual)
{
    up_free(residual->difference);
    residual->difference = NULL;
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
