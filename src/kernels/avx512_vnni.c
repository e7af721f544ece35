/* SPDX-License-Identifier: MIT */
/* The template for x86-64-v4 with VNNI, which multiplies and adds pairs of words at once: of
 * resampling bytes, a seventh of the time. */
#ifdef __AVX512VNNI__
#define UP_LEVEL_AVX512

#include "kernels/variants.h"

#include "kernels/template/all.h"

const up_kernels up_kernels_avx512_vnni = UP_KERNEL_TABLE("avx512-vnni");
#endif
