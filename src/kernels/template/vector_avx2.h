/* AVX2 and FMA. */
#ifndef UP_KERNELS_TEMPLATE_VECTOR_AVX2_H
#define UP_KERNELS_TEMPLATE_VECTOR_AVX2_H

#include <immintrin.h>

INLINE vec multiply_add(vec a, vec b, vec c)
{
    return (vec)_mm256_fmadd_ps((__m256)a, (__m256)b, (__m256)c);
}

INLINE vec least(vec a, vec b)
{
    return (vec)_mm256_min_ps((__m256)a, (__m256)b);
}

INLINE vec most(vec a, vec b)
{
    return (vec)_mm256_max_ps((__m256)a, (__m256)b);
}

INLINE void zip(vec a, vec b, vec *low, vec *high)
{
    __m256 even = _mm256_unpacklo_ps((__m256)a, (__m256)b);
    __m256 odd = _mm256_unpackhi_ps((__m256)a, (__m256)b);
    *low = (vec)_mm256_permute2f128_ps(even, odd, 0x20);
    *high = (vec)_mm256_permute2f128_ps(even, odd, 0x31);
}

#endif
