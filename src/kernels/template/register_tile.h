/* SPDX-License-Identifier: MIT */
/* Sums that stay in registers while what is added to them goes by: outs x columns. */
#ifndef UP_KERNELS_TEMPLATE_REGISTER_TILE_H
#define UP_KERNELS_TEMPLATE_REGISTER_TILE_H

#include "kernels/template/vector/vector.h"

#define MOST_COLUMNS 8

/* Columns of a tile: with the sums, a column each and a weight must fit the registers. */
#if defined UP_LEVEL_AVX512 || defined UP_LEVEL_NEON
#define CONVOLVE_OUTS 8
#define TILE_COLUMNS(outs) ((outs) <= 2 ? 8 : (outs) == 3 ? 7 : (outs) <= 6 ? 10 - (outs) : 3)
#elif defined UP_LEVEL_AVX2
#define CONVOLVE_OUTS 6
#define TILE_COLUMNS(outs)                                                                         \
    ((outs) == 1 ? 6 : (outs) == 2 ? 4 : (outs) == 3 ? 3 : (outs) <= 6 ? 2 : 1)
#else
#define CONVOLVE_OUTS 4 /* a product each, too, before it is added */
#define TILE_COLUMNS(outs) ((outs) == 1 ? 4 : (outs) <= 3 ? 3 : (outs) == 4 ? 2 : 1)
#endif

/* Keeps the compiler from loading it anew for every use. */
INLINE vec held(vec v)
{
#if defined __x86_64__
    __asm__("" : "+v"(v));
#endif
    return v;
}

#endif
