/* SPDX-License-Identifier: MIT */

#include "kernels/kernels.h"

#include "kernels/variants.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#define MOST_VARIANTS 8

int up_kernels_all(const up_kernels *all[], int most)
{
    const up_kernels *found[MOST_VARIANTS];
    int count = 0;
    found[count++] = &up_kernels_reference;
    found[count++] = &up_kernels_baseline;
#if defined __x86_64__
    bool fma = __builtin_cpu_supports("fma") && __builtin_cpu_supports("bmi2");
    bool avx2 = fma && __builtin_cpu_supports("avx2");
    if (avx2)
        found[count++] = &up_kernels_avx2;
    bool avx512 = avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                  __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq") &&
                  __builtin_cpu_supports("avx512vl");
    if (avx512)
        found[count++] = &up_kernels_avx512;
    if (avx512 && __builtin_cpu_supports("avx512vnni"))
        found[count++] = &up_kernels_avx512_vnni;
#elif defined __aarch64__
    found[count++] = &up_kernels_neon;
#endif
    if (count > most)
        count = most;
    for (int i = 0; i < count; i++)
        all[i] = found[i];
    return count;
}

static const up_kernels *choose(void)
{
    const up_kernels *all[MOST_VARIANTS];
    int count = up_kernels_all(all, MOST_VARIANTS);
    const char *wanted = getenv("UPSCALE_CPU");
    for (int i = 0; wanted && i < count; i++)
        if (strcmp(all[i]->name, wanted) == 0)
            return all[i];
    return all[count - 1];
}

const up_kernels *up_kernels_get(void)
{
    static _Atomic(const up_kernels *) chosen; /* threads that race here choose the same */
    const up_kernels *kernels = atomic_load_explicit(&chosen, memory_order_relaxed);
    if (!kernels) {
        kernels = choose();
        atomic_store_explicit(&chosen, kernels, memory_order_relaxed);
    }
    return kernels;
}
