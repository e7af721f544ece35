/* SPDX-License-Identifier: MIT */
/* Four lanes of any machine, by the compiler's vectors alone but for what SSE2 does much better. */
#ifndef UP_KERNELS_TEMPLATE_VECTOR_PLAIN_H
#define UP_KERNELS_TEMPLATE_VECTOR_PLAIN_H

#include "kernels/template/vector/vector_four.h"

INLINE vec multiply_add(vec a, vec b, vec c)
{
    return a * b + c;
}

#ifdef __SSE2__

#include <emmintrin.h>

INLINE void store_past(float *p, vec v)
{
    _mm_stream_ps(p, v);
}

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

INLINE ints widen_words(const void *p)
{
    return (ints)_mm_unpacklo_epi16(_mm_loadl_epi64(p), _mm_setzero_si128());
}

INLINE ints widen_bytes(const void *p)
{
    int four;
    memcpy(&four, p, 4);
    __m128i words = _mm_unpacklo_epi8(_mm_cvtsi32_si128(four), _mm_setzero_si128());
    return (ints)_mm_unpacklo_epi16(words, _mm_setzero_si128());
}

/* SSE2 packs signed words only: the upper half is kept at bay by extending the sign. */
INLINE void narrow_words(void *p, ints v)
{
    __m128i extended = (__m128i)(v << 16 >> 16);
    _mm_storel_epi64(p, _mm_packs_epi32(extended, extended));
}

INLINE void narrow_bytes(void *p, ints v)
{
    __m128i words = _mm_packs_epi32((__m128i)v, (__m128i)v);
    int four = _mm_cvtsi128_si32(_mm_packus_epi16(words, words));
    memcpy(p, &four, 4);
}

INLINE ints merge_bytes(ints a, ints b, ints c, ints d)
{
    __m128i ab = _mm_packs_epi32((__m128i)a, (__m128i)b);
    __m128i cd = _mm_packs_epi32((__m128i)c, (__m128i)d);
    __m128i abcd = _mm_packus_epi16(ab, cd);
    __m128i acbd = _mm_unpacklo_epi8(abcd, _mm_srli_si128(abcd, 8));
    return (ints)_mm_unpacklo_epi8(acbd, _mm_srli_si128(acbd, 8));
}

INLINE shorts words_of_bytes(const void *p)
{
    return (shorts)_mm_unpacklo_epi8(_mm_loadl_epi64(p), _mm_setzero_si128());
}

INLINE shorts join_words(ints low, ints high)
{
    return (shorts)_mm_packs_epi32((__m128i)low, (__m128i)high);
}

INLINE ints pair_sums(shorts a, shorts b)
{
    return (ints)_mm_madd_epi16((__m128i)a, (__m128i)b);
}

INLINE void store_levels(void *p, const ints v[4], bool past)
{
    __m128i ab = _mm_packs_epi32((__m128i)v[0], (__m128i)v[1]);
    __m128i cd = _mm_packs_epi32((__m128i)v[2], (__m128i)v[3]);
    __m128i bytes = _mm_xor_si128(_mm_packs_epi16(ab, cd), _mm_set1_epi8(-128));
    if (past)
        _mm_stream_si128(p, bytes);
    else
        _mm_storeu_si128(p, bytes);
}

#else

INLINE void store_past(float *p, vec v)
{
    store(p, v);
}

INLINE shorts words_of_bytes(const void *p)
{
    const uint8_t *v = p;
    return (shorts){ v[0], v[1], v[2], v[3], v[4], v[5], v[6], v[7] };
}

INLINE ints kept_between(ints v, int low, int high)
{
    ints above = v > high, below = v < low;
    return (v & ~(above | below)) | (above & high) | (below & low);
}

INLINE shorts join_words(ints low, ints high)
{
    shorts a = (shorts)kept_between(low, INT16_MIN, INT16_MAX);
    shorts b = (shorts)kept_between(high, INT16_MIN, INT16_MAX);
    return __builtin_shufflevector(a, b, 0, 2, 4, 6, 8, 10, 12, 14);
}

INLINE ints pair_sums(shorts a, shorts b)
{
    ints even = ((ints)a << 16 >> 16) * ((ints)b << 16 >> 16);
    return even + ((ints)a >> 16) * ((ints)b >> 16);
}

INLINE void store_levels(void *p, const ints v[4], bool past)
{
    (void)past;
    for (int i = 0; i < 4; i++) {
        ints level = kept_between(v[i] + 128, 0, 255);
        uint8_t bytes[] = { (uint8_t)level[0], (uint8_t)level[1], (uint8_t)level[2],
                            (uint8_t)level[3] };
        memcpy((char *)p + 4 * i, bytes, 4);
    }
}

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

INLINE ints widen_words(const void *p)
{
    uint16_t v[4];
    memcpy(v, p, sizeof v);
    return (ints){ v[0], v[1], v[2], v[3] };
}

INLINE ints widen_bytes(const void *p)
{
    const uint8_t *v = p;
    return (ints){ v[0], v[1], v[2], v[3] };
}

INLINE void narrow_words(void *p, ints v)
{
    uint16_t words[] = { (uint16_t)v[0], (uint16_t)v[1], (uint16_t)v[2], (uint16_t)v[3] };
    memcpy(p, words, sizeof words);
}

INLINE void narrow_bytes(void *p, ints v)
{
    uint8_t bytes[] = { (uint8_t)v[0], (uint8_t)v[1], (uint8_t)v[2], (uint8_t)v[3] };
    memcpy(p, bytes, sizeof bytes);
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

INLINE void store_bytes_3(void *p, ints a, ints b, ints c)
{
    pair v = (pair)merge_bytes(a, b, c, c);
    squeeze_words(p, (ints)((v & 0xffffff) | (v >> 8 & 0xffffff000000)));
}

INLINE shorts word_order(shorts at)
{
    return (at & 0xff) >> 1;
}

INLINE shorts pick_words(shorts windows, shorts at)
{
    int16_t v[8], place[8];
    memcpy(v, &windows, sizeof v);
    memcpy(place, &at, sizeof place);
    for (int i = 0; i < 8; i++)
        windows[i] = v[place[i]];
    return windows;
}

#endif
