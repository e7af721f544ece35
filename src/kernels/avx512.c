/* SPDX-License-Identifier: MIT */
/* The template for x86-64-v4. */
#ifdef __AVX512F__
#define UP_LEVEL_AVX512

#include "kernels/variants.h"

#include "kernels/template/all.h"

const up_kernels up_kernels_avx512 = UP_KERNEL_TABLE("avx512");
#endif
