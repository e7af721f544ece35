/* The tables of kernels, worst first. */
#ifndef UP_KERNELS_VARIANTS_H
#define UP_KERNELS_VARIANTS_H

#include "kernels/kernels.h"

extern const up_kernels up_kernels_reference;

#endif
