/* SPDX-License-Identifier: MIT */
/* The colours of a picture as plain sRGB. */
#ifndef UP_COLOUR_CONVERSION_H
#define UP_COLOUR_CONVERSION_H

#include "base/status.h"
#include "colour/transfer.h"

#include <stddef.h>
#include <stdint.h>

typedef struct up_conversion up_conversion;

/* What the colours are. The first that is there counts: a profile, which Little CMS converts
 * (relative colorimetric, with black-point compensation); else curves and primaries. */
typedef struct {
    int channels;       /* of colours: 1 (grey), 3 (RGB) or 4 (CMYK) */
    const uint8_t *icc; /* for as many channels; NULL: none */
    size_t icc_size;
    const up_light *light;        /* of grey and RGB */
    const double *chromaticities; /* white, red, green, blue x y; NULL: those of sRGB */
    double peak; /* cd/m2, of PQ: from there it is mapped by BT.2446-1, method A, as HLG is from
                    1000; 0: from 1000, too */
} up_conversion_recipe;

/* *conversion is NULL where nothing is to be done: no sample of `white` levels would change by more
 * than a quarter of one. A profile that is damaged is UP_ERROR_INPUT. CMYK without a profile is
 * taken as (1 - ink) (1 - black). The recipe need not outlive it. */
up_status up_conversion_make(up_conversion **conversion, const up_conversion_recipe *recipe,
                             double white, up_error *error);
void up_conversion_free(up_conversion **conversion);

/* Channels it makes: 1 or 3. Samples of both are 0 .. 1 (CMYK: 0 is no ink), one pixel after the
 * other; what is made may lie outside. Any number of threads at once. */
int up_conversion_channels(const up_conversion *conversion);
void up_conversion_apply(const up_conversion *conversion, float *out, const float *in, int pixels);

/* Memory that it takes, about. */
size_t up_conversion_bytes(const up_conversion *conversion);

#endif
