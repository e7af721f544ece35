/* SPDX-License-Identifier: MIT */
/* The template for AArch64, where NEON is part of the baseline. */
#ifdef __aarch64__
#define UP_LEVEL_NEON

#include "kernels/variants.h"

#include "kernels/template/all.h"

const up_kernels up_kernels_neon = UP_KERNEL_TABLE("neon");
#endif
