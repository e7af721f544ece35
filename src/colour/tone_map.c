/* SPDX-License-Identifier: MIT */
#include "colour/tone_map.h"

#include <math.h>

/* BT.2020, of R'G'B' as of linear light. */
static const double luma[3] = { 0.2627, 0.6780, 0.0593 };

enum { SDR_PEAK = 100, LEAST_PEAK = 100, MOST_PEAK = 10000 /* cd/m2 */ };

#define DISPLAY_GAMMA 2.4
#define HLG_GAMMA 1.2 /* of the system, at 1000 cd/m2 */

static double rho_of(double peak)
{
    return 1 + 32 * pow(peak / 10000, 1 / DISPLAY_GAMMA);
}

up_tone_map up_tone_map_of(double peak)
{
    const double held = fmin(fmax(peak, LEAST_PEAK), MOST_PEAK);
    return (up_tone_map){ .peak = held, .rho_hdr = rho_of(held), .rho_sdr = rho_of(SDR_PEAK) };
}

static double weigh(const double rgb[3])
{
    return luma[0] * rgb[0] + luma[1] * rgb[1] + luma[2] * rgb[2];
}

/* Table 2 of the report: to lightness, the knee, and back. */
static double map_luma(const up_tone_map *map, double y)
{
    const double p = log(1 + (map->rho_hdr - 1) * y) / log(map->rho_hdr);
    const double c = p <= 0.7399  ? 1.0770 * p
                     : p < 0.9909 ? (-1.1510 * p + 2.7811) * p - 0.6302
                                  : 0.5 * p + 0.5;
    return (pow(map->rho_sdr, c) - 1) / (map->rho_sdr - 1);
}

void up_tone_map_apply(const up_tone_map *map, double rgb[3])
{
    double coded[3];
    for (int c = 0; c < 3; c++)
        coded[c] = pow(fmin(fmax(rgb[c], 0), 1), 1 / DISPLAY_GAMMA);
    const double y = weigh(coded), mapped = map_luma(map, y);
    const double factor = y > 0 ? mapped / (1.1 * y) : 0;
    const double blue = factor * (coded[2] - y), red = factor * (coded[0] - y);
    const double v = 2 * (1 - luma[0]); /* by which the report divides red for C'r */
    const double corrected = mapped - fmax(0.1 * red / v, 0);
    coded[0] = corrected + red;
    coded[1] = corrected - (luma[0] * red + luma[2] * blue) / luma[1];
    coded[2] = corrected + blue;
    for (int c = 0; c < 3; c++)
        rgb[c] = pow(fmax(coded[c], 0), DISPLAY_GAMMA);
}

void up_hlg_display(double rgb[3])
{
    const double factor = pow(fmax(weigh(rgb), 0), HLG_GAMMA - 1);
    for (int c = 0; c < 3; c++)
        rgb[c] *= factor;
}
