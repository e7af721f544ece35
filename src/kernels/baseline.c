/* SPDX-License-Identifier: MIT */
/* The template for any machine: SSE2 on x86-64. */

#include "kernels/variants.h"

#include "kernels/template/all.h"

const up_kernels up_kernels_baseline = UP_KERNEL_TABLE("baseline");
