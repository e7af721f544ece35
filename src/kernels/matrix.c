/* SPDX-License-Identifier: MIT */
#include "kernels/matrix.h"

#include "kernels/variants.h"

static const up_kernels *best_kernels(void)
{
    const up_kernels *all[8];
    return all[up_kernels_all(all, 8) - 1];
}

#ifdef UPSCALE_AMX
#include <cpuid.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The system gives the tiles' memory to a process that asks for it. */
static bool tiles_allowed(void)
{
    enum { REQUEST_PERMISSION = 0x1023, TILE_DATA = 18 };
    return syscall(SYS_arch_prctl, REQUEST_PERMISSION, TILE_DATA) == 0;
}

const up_matrix_kernels *up_matrix_kernels_amx(void)
{
    enum { FEATURES = 7, BF16 = 1 << 22, TILE = 1 << 24 };
    unsigned a, b, c, d;
    bool tiles = __get_cpuid_count(FEATURES, 0, &a, &b, &c, &d) && (d & BF16) && (d & TILE);
    return best_kernels() == &up_kernels_avx512 && tiles && tiles_allowed() ? &up_matrix_amx : NULL;
}

#else

const up_matrix_kernels *up_matrix_kernels_amx(void)
{
    return NULL;
}

#endif

const up_matrix_kernels *up_matrix_kernels_get(void)
{
    bool best = up_kernels_get() == best_kernels();
    const up_matrix_kernels *amx = best ? up_matrix_kernels_amx() : NULL;
    return amx ? amx : &up_matrix_kernels_reference;
}
