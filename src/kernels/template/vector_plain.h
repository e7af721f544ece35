/* Four lanes of any machine, by the compiler's vectors alone but for what SSE2 does much better. */
#ifndef UP_KERNELS_TEMPLATE_VECTOR_PLAIN_H
#define UP_KERNELS_TEMPLATE_VECTOR_PLAIN_H

#include "kernels/template/vector_four.h"

INLINE vec multiply_add(vec a, vec b, vec c)
{
    return a * b + c;
}

#ifdef __SSE2__

#include <emmintrin.h>

INLINE vec least(vec a, vec b)
{
    return _mm_min_ps(a, b);
}

INLINE vec most(vec a, vec b)
{
    return _mm_max_ps(a, b);
}

INLINE ints truncate(vec v)
{
    return (ints)_mm_cvttps_epi32(v);
}

INLINE ints merge_bytes(ints a, ints b, ints c, ints d)
{
    __m128i ab = _mm_packs_epi32((__m128i)a, (__m128i)b);
    __m128i cd = _mm_packs_epi32((__m128i)c, (__m128i)d);
    __m128i abcd = _mm_packus_epi16(ab, cd);
    __m128i acbd = _mm_unpacklo_epi8(abcd, _mm_srli_si128(abcd, 8));
    return (ints)_mm_unpacklo_epi8(acbd, _mm_srli_si128(acbd, 8));
}

#else

INLINE vec choose(ints take, vec a, vec b)
{
    return (vec)(((ints)a & take) | ((ints)b & ~take));
}

INLINE vec least(vec a, vec b)
{
    return choose(a < b, a, b);
}

INLINE vec most(vec a, vec b)
{
    return choose(a > b, a, b);
}

INLINE ints truncate(vec v)
{
    return __builtin_convertvector(most(v, splat(-1)), ints);
}

INLINE ints byte_of(ints v)
{
    v &= v > 0;
    return (v | (v > 255)) & 255;
}

INLINE ints merge_bytes(ints a, ints b, ints c, ints d)
{
    return byte_of(a) | byte_of(b) << 8 | byte_of(c) << 16 | byte_of(d) << 24;
}

#endif

#endif
