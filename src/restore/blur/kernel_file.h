/* SPDX-License-Identifier: MIT */
/* Kernels as they are given: text (`1,2;3,4`), or a file of it, or .npy of two dimensions. */
#ifndef UP_RESTORE_KERNEL_FILE_H
#define UP_RESTORE_KERNEL_FILE_H

#include "restore/blur/blur_kernel.h"

/* Allocates weight and sets kernel; all of it is finite and not more than UP_MOST_KERNEL wide. */
up_status up_kernel_file_read(up_blur *blur, const char *text_or_path, up_error *error);

#endif
