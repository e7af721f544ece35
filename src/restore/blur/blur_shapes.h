/* SPDX-License-Identifier: MIT */
/* Kernels by their names: see blur.h. */
#ifndef UP_RESTORE_BLUR_SHAPES_H
#define UP_RESTORE_BLUR_SHAPES_H

#include "restore/blur/blur_kernel.h"

/* Allocates weight, and sets kernel and, of a reduction, stride; uses stride else. */
up_status up_blur_shape(up_blur *blur, const char *name, up_error *error);

#endif
