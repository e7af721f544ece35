/* Kernels from files: .npy of two dimensions, or text, a row of numbers on each line. */
#ifndef UP_RESTORE_KERNEL_FILE_H
#define UP_RESTORE_KERNEL_FILE_H

#include "restore/blur.h"

/* Allocates weight and sets kernel; all of it is finite and not more than UP_MOST_KERNEL wide. */
up_status up_kernel_file_read(up_blur *blur, const char *path, up_error *error);

#endif
