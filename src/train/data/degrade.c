/* SPDX-License-Identifier: MIT */
#include "train/data/degrade.h"

#include "base/memory.h"
#include "base/random.h"
#include "degrade/degrade_samples.h"
#include "io/jpeg/jpeg_round_trip.h"

#include <math.h>
#include <stdio.h>

enum { MOST_NOISE = 100, MOST_QUALITY = 100 };

static bool is_within(up_range range, double low, double high)
{
    return range.low >= low && range.low <= range.high && range.high <= high;
}

static bool is_none(up_range range)
{
    return range.low == 0 && range.high == 0;
}

up_status up_degradation_check(const up_degradation *d, up_error *error)
{
    if (!is_within(d->noise, 0, MOST_NOISE))
        return up_fail(error, UP_ERROR_ARGUMENT,
                       "--degrade: noise is 0 to %d levels, the lower number first, not %g-%g",
                       MOST_NOISE, d->noise.low, d->noise.high);
    const bool whole = floor(d->jpeg.low) == d->jpeg.low && floor(d->jpeg.high) == d->jpeg.high;
    if (!is_none(d->jpeg) && !(whole && is_within(d->jpeg, 1, MOST_QUALITY)))
        return up_fail(error, UP_ERROR_ARGUMENT,
                       "--degrade: JPEG qualities are whole numbers from 1 to %d, the lower first, "
                       "not %g-%g",
                       MOST_QUALITY, d->jpeg.low, d->jpeg.high);
    return UP_OK;
}

static up_status degrade_tile(const up_pixels *tile, const up_degradation *d, up_random *random,
                              up_error *error)
{
    const uint64_t qualities = (uint64_t)(d->jpeg.high - d->jpeg.low) + 1;
    const int quality = (int)(d->jpeg.low + (double)up_random_below(random, qualities));
    const double deviation = d->noise.low + (d->noise.high - d->noise.low) * up_random_unit(random);
    if (!is_none(d->noise))
        up_degrade_noise(tile, deviation, random);
    return is_none(d->jpeg) ? UP_OK : up_jpeg_round_trip(tile, quality, UP_SUBSAMPLING_420, error);
}

up_status up_degrade(const up_pixels *picture, const up_degradation *degradation, uint64_t seed,
                     uint64_t place, up_error *error)
{
    const up_format *f = &picture->format;
    uint64_t last = UINT64_MAX; /* downwards: patches and weights take numbers from below */
    for (int y = 0; y < f->height; y += UP_DEGRADE_TILE)
        for (int x = 0; x < f->width; x += UP_DEGRADE_TILE) {
            up_random random = up_random_make(seed, place, last--);
            up_pixels tile = *picture;
            tile.data = (uint8_t *)picture->data + (size_t)y * picture->row_stride +
                        (size_t)x * (size_t)f->channels;
            tile.format.width = up_min(UP_DEGRADE_TILE, f->width - x);
            tile.format.height = up_min(UP_DEGRADE_TILE, f->height - y);
            UP_TRY(degrade_tile(&tile, degradation, &random, error));
        }
    return UP_OK;
}

void up_degradation_text(char text[UP_DEGRADATION_TEXT], const up_degradation *d)
{
    const bool noise = !is_none(d->noise), jpeg = !is_none(d->jpeg);
    int used = snprintf(text, UP_DEGRADATION_TEXT, "%s", noise || jpeg ? " --degrade " : "");
    if (noise)
        used += snprintf(text + used, UP_DEGRADATION_TEXT - (size_t)used, "noise:%g-%g%s",
                         d->noise.low, d->noise.high, jpeg ? "," : "");
    if (jpeg)
        snprintf(text + used, UP_DEGRADATION_TEXT - (size_t)used, "jpeg:%g-%g", d->jpeg.low,
                 d->jpeg.high);
}
