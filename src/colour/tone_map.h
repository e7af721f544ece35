/* SPDX-License-Identifier: MIT */
/* Pictures of high dynamic range brought to 100 cd/m2: ITU-R BT.2446-1, method A. */
#ifndef UP_COLOUR_TONE_MAP_H
#define UP_COLOUR_TONE_MAP_H

#define UP_HDR_PEAK 1000.0 /* cd/m2: the method's, and what HLG is made for */

typedef struct {
    double peak;             /* cd/m2 that white becomes */
    double rho_hdr, rho_sdr; /* of the method */
} up_tone_map;

/* `peak` is held to 100 .. 10000 cd/m2. */
up_tone_map up_tone_map_of(double peak);

/* Linear light of BT.2020, 1 is the peak, to linear light of the same primaries for a display of
 * 100 cd/m2, 0 .. 1 but for colours that leave the gamut. */
void up_tone_map_apply(const up_tone_map *map, double rgb[3]);

/* ITU-R BT.2100: light of the scene, as HLG has it, to light of a display of 1000 cd/m2, where both
 * are 1. */
void up_hlg_display(double rgb[3]);

#endif
