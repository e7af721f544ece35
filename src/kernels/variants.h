/* SPDX-License-Identifier: MIT */
/* The tables of kernels, worst first. */
#ifndef UP_KERNELS_VARIANTS_H
#define UP_KERNELS_VARIANTS_H

#include "kernels/kernels.h"

extern const up_kernels up_kernels_reference;
extern const up_kernels up_kernels_baseline;
/* Of builds for x86-64. */
extern const up_kernels up_kernels_avx2, up_kernels_avx512, up_kernels_avx512_vnni;
extern const up_kernels up_kernels_neon; /* AArch64 */

/* up_kernels.map: every table has its own functions of these names. */
#define UP_MAP_ROWS                                                                                \
    {                                                                                              \
        [UP_MAP_TANH] = tanh_row, [UP_MAP_SIGMOID] = sigmoid_row, [UP_MAP_SILU] = silu_row,        \
        [UP_MAP_MISH] = mish_row, [UP_MAP_GELU] = gelu_row, [UP_MAP_GELU_TANH] = gelu_tanh_row,    \
        [UP_MAP_ELU] = elu_row, [UP_MAP_SOFTPLUS] = softplus_row, [UP_MAP_EXP] = exp_row,          \
        [UP_MAP_LOG] = log_row, [UP_MAP_ERF] = erf_row,                                            \
    }

#endif
