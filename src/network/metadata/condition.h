/* SPDX-License-Identifier: MIT */
/*
 * What the extra input plane of a network means: the metadata key upscale.condition. The plane lies
 * behind those of colour and is constant over the picture. Its one meaning so far is "strength":
 * how much is to be cleaned away, from 0 (nothing) to 1, whatever upscale.range is.
 *
 * Of a JPEG of libjpeg quality Q, and noise of standard deviation sigma (8-bit levels), it is
 *     s = min(1, sqrt(sj^2 + sn^2)),   sj = (100 - Q) / 70,   sn = sigma / 15,
 * where sj and sn are clipped to 0 .. 1. Networks are trained by it, and runs estimate it.
 */
#ifndef UP_NETWORK_CONDITION_H
#define UP_NETWORK_CONDITION_H

typedef enum {
    UP_CONDITION_NONE,
    UP_CONDITION_STRENGTH,
} up_condition;

/* Planes that a network takes behind those of colour. */
static inline int up_condition_planes(up_condition condition)
{
    return condition == UP_CONDITION_NONE ? 0 : 1;
}

/* As metadata spells it, "strength"; NULL for none. */
const char *up_condition_name(up_condition condition);

enum { UP_QUALITY_NONE = 100 }; /* where there is no JPEG; costs as little as one of quality 100 */

double up_condition_strength(double quality, double noise);

#endif
