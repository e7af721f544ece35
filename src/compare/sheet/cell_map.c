/* SPDX-License-Identifier: MIT */
#include "compare/sheet/cell_map.h"

#include "base/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_GAIN = 32 };

static size_t samples_of(const up_cell_pixels *p)
{
    return 3 * (size_t)p->width * (size_t)p->height;
}

int up_cell_gain(const up_cell_pixels *a, const up_cell_pixels *b, int most)
{
    int largest = 0, gain = 1;
    for (size_t i = 0; i < samples_of(a); i++)
        largest = up_max(largest, abs(b->rgb[i] - a->rgb[i]));
    while (gain < MOST_GAIN && 2 * gain <= most && 2 * gain * largest <= 255)
        gain *= 2;
    return gain;
}

static double luma_of(const uint8_t *rgb)
{
    return 0.299 * rgb[0] + 0.587 * rgb[1] + 0.114 * rgb[2];
}

/* 0..255, ever lighter: a third of it goes to red, the next to green, the last to blue. */
static void put_heat(uint8_t *to, double level)
{
    for (int i = 0; i < 3; i++)
        to[i] = (uint8_t)lround(255 * fmin(fmax(3 * level / 255 - i, 0), 1));
}

up_status up_cell_map(up_cell_pixels *map, const up_cell_pixels *a, const up_cell_pixels *b,
                      up_sheet_map kind, int gain, up_error *error)
{
    const size_t samples = samples_of(a);
    *map = (up_cell_pixels){ up_alloc(samples, 1), a->width, a->height };
    if (!map->rgb)
        return up_fail_memory(error, "a map of differences", samples);
    for (size_t i = 0; i < samples; i += 3) {
        if (kind == UP_MAP_ERROR)
            put_heat(map->rgb + i,
                     fmin(gain * fabs(luma_of(b->rgb + i) - luma_of(a->rgb + i)), 255));
        for (size_t k = i; k < i + 3 && kind == UP_MAP_DIFFERENCE; k++)
            map->rgb[k] = (uint8_t)up_clamp(128 + gain * (b->rgb[k] - a->rgb[k]), 0, 255);
    }
    return UP_OK;
}

void up_cell_map_scale(const up_cell_pixels *scale, up_sheet_map kind)
{
    for (int i = 0; i < scale->width; i++) {
        const double level = 255.0 * i / (scale->width - 1);
        if (kind == UP_MAP_ERROR)
            put_heat(scale->rgb + 3 * i, level);
        else
            memset(scale->rgb + 3 * i, (int)lround(level), 3);
    }
}
