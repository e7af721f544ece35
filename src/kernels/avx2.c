/* SPDX-License-Identifier: MIT */
/* The template for x86-64-v3. */
#ifdef __AVX2__
#define UP_LEVEL_AVX2

#include "kernels/variants.h"

#include "kernels/template/all.h"

const up_kernels up_kernels_avx2 = UP_KERNEL_TABLE("avx2");
#endif
