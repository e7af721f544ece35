/* SPDX-License-Identifier: MIT */
#include "kernels/matrix.h"

#include "base/memory.h"
#include "kernels/variants.h"

enum { MOST_VARIANTS = 8, MOST_MATRIX = 3 };

static const up_kernels *best_kernels(void)
{
    const up_kernels *all[MOST_VARIANTS];
    return all[up_kernels_all(all, MOST_VARIANTS) - 1];
}

#ifdef UPSCALE_AVX512_BF16
#include <cpuid.h>

enum { FEATURES = 7, BF16_PAIRS = 1 << 5, BF16_TILES = 1 << 22, TILES = 1 << 24 };

/* Of processors that have them all have VNNI, too. */
static bool has_pairs(void)
{
    unsigned a, b, c, d;
    return best_kernels() == &up_kernels_avx512_vnni &&
           __get_cpuid_count(FEATURES, 1, &a, &b, &c, &d) && (a & BF16_PAIRS);
}
#endif

#ifdef UPSCALE_AMX
#include <sys/syscall.h>
#include <unistd.h>

/* The system gives the tiles' memory to a process that asks for it. */
static bool tiles_allowed(void)
{
    enum { REQUEST_PERMISSION = 0x1023, TILE_DATA = 18 };
    return syscall(SYS_arch_prctl, REQUEST_PERMISSION, TILE_DATA) == 0;
}

static bool has_tiles(void)
{
    unsigned a, b, c, d;
    return __get_cpuid_count(FEATURES, 0, &a, &b, &c, &d) && (d & BF16_TILES) && (d & TILES) &&
           tiles_allowed();
}
#endif

int up_matrix_kernels_all(const up_matrix_kernels *all[], int most)
{
    const up_matrix_kernels *found[MOST_MATRIX] = { &up_matrix_kernels_reference };
    int count = 1;
#if defined UPSCALE_AVX512_BF16
    if (has_pairs())
        found[count++] = &up_matrix_avx512_bf16;
#endif
#if defined UPSCALE_AMX
    if (has_pairs() && has_tiles())
        found[count++] = &up_matrix_amx;
#endif
    count = up_min(count, most);
    for (int i = 0; i < count; i++)
        all[i] = found[i];
    return count;
}

const up_matrix_kernels *up_matrix_kernels_get(void)
{
    const up_matrix_kernels *all[MOST_MATRIX];
    const int count = up_matrix_kernels_all(all, MOST_MATRIX);
    return up_kernels_get() == best_kernels() ? all[count - 1] : &up_matrix_kernels_reference;
}

bool up_matrix_kernels_gain(void)
{
    return up_matrix_kernels_get() != &up_matrix_kernels_reference;
}
