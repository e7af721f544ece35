/* SPDX-License-Identifier: MIT */
/* What libjxl does in parallel, by OpenMP. */
#ifndef UP_IO_JXL_THREADS_H
#define UP_IO_JXL_THREADS_H

#include <jxl/parallel_runner.h>

/* A JxlParallelRunner; `threads` leads to an int, how many there are. */
JxlParallelRetCode up_jxl_run(void *threads, void *opaque, JxlParallelRunInit init,
                              JxlParallelRunFunction run, uint32_t first, uint32_t end);

#endif
