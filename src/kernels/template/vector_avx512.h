/* AVX-512 F, BW, DQ, VL. */
#ifndef UP_KERNELS_TEMPLATE_VECTOR_AVX512_H
#define UP_KERNELS_TEMPLATE_VECTOR_AVX512_H

#include <immintrin.h>

INLINE vec multiply_add(vec a, vec b, vec c)
{
    return (vec)_mm512_fmadd_ps((__m512)a, (__m512)b, (__m512)c);
}

INLINE vec least(vec a, vec b)
{
    return (vec)_mm512_min_ps((__m512)a, (__m512)b);
}

INLINE vec most(vec a, vec b)
{
    return (vec)_mm512_max_ps((__m512)a, (__m512)b);
}

INLINE void zip(vec a, vec b, vec *low, vec *high)
{
    const ints even = { 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23 };
    *low = (vec)_mm512_permutex2var_ps((__m512)a, (__m512i)even, (__m512)b);
    *high = (vec)_mm512_permutex2var_ps((__m512)a, (__m512i)(even + 8), (__m512)b);
}

#endif
