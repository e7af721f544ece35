/* SPDX-License-Identifier: MIT */
/* The code points of ITU-T H.273, by which cICP names primaries and transfer functions. Their
 * names are in upscale.h. */
#ifndef UP_COLOUR_H273_H
#define UP_COLOUR_H273_H

#include "colour/transfer.h"

#include <stdbool.h>

/* False for what is reserved or unspecified; transfer->black and white are those of full range. */
bool up_h273_transfer(up_transfer *transfer, int code);
/* White, red, green, blue, x and y of each; NULL for what is reserved or unspecified. */
const double *up_h273_primaries(int code);

#endif
