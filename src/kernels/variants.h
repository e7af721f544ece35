/* The tables of kernels, worst first. */
#ifndef UP_KERNELS_VARIANTS_H
#define UP_KERNELS_VARIANTS_H

#include "kernels/kernels.h"

extern const up_kernels up_kernels_reference;
extern const up_kernels up_kernels_baseline;
extern const up_kernels up_kernels_avx2;   /* x86-64 */
extern const up_kernels up_kernels_avx512; /* x86-64 */
extern const up_kernels up_kernels_neon;   /* AArch64 */

#endif
