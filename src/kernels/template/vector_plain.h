/* Four lanes of any machine, by the compiler's vectors alone but for what SSE2 does much better. */
#ifndef UP_KERNELS_TEMPLATE_VECTOR_PLAIN_H
#define UP_KERNELS_TEMPLATE_VECTOR_PLAIN_H

#ifdef __SSE2__
#include <emmintrin.h>
#endif

INLINE vec multiply_add(vec a, vec b, vec c)
{
    return a * b + c;
}

INLINE vec least(vec a, vec b)
{
#ifdef __SSE2__
    return (vec)_mm_min_ps((__m128)a, (__m128)b);
#else
    ints take = a < b;
    return (vec)(((ints)a & take) | ((ints)b & ~take));
#endif
}

INLINE vec most(vec a, vec b)
{
#ifdef __SSE2__
    return (vec)_mm_max_ps((__m128)a, (__m128)b);
#else
    ints take = a > b;
    return (vec)(((ints)a & take) | ((ints)b & ~take));
#endif
}

INLINE void zip(vec a, vec b, vec *low, vec *high)
{
    *low = __builtin_shufflevector(a, b, 0, 4, 1, 5);
    *high = __builtin_shufflevector(a, b, 2, 6, 3, 7);
}

#endif
