/* SPDX-License-Identifier: MIT */
/* AVX2 and FMA. */
#ifndef UP_KERNELS_TEMPLATE_VECTOR_AVX2_H
#define UP_KERNELS_TEMPLATE_VECTOR_AVX2_H

#include <immintrin.h>

INLINE vec multiply_add(vec a, vec b, vec c)
{
    return _mm256_fmadd_ps(a, b, c);
}

/* To an aligned place, past the caches. */
INLINE void store_past(float *p, vec v)
{
    _mm256_stream_ps(p, v);
}

INLINE vec least(vec a, vec b)
{
    return _mm256_min_ps(a, b);
}

INLINE vec most(vec a, vec b)
{
    return _mm256_max_ps(a, b);
}

INLINE ints truncate(vec v)
{
    return (ints)_mm256_cvttps_epi32(v);
}

INLINE vec look_up(const float *in, const int *at)
{
    return _mm256_i32gather_ps(in, (__m256i)load_ints(at), 4);
}

INLINE vec look_near(const float *in, const int *at)
{
    return _mm256_permutevar8x32_ps(load(in + at[0]), (__m256i)(load_ints(at) - at[0]));
}

INLINE vec look_around(const float *in, const int *at)
{
    ints order = load_ints(at) - at[0];
    vec low = _mm256_permutevar8x32_ps(load(in + at[0]), (__m256i)order);
    vec high = _mm256_permutevar8x32_ps(load(in + at[0] + 8), (__m256i)order);
    return _mm256_blendv_ps(low, high, (vec)(order > 7));
}

INLINE void zip(vec a, vec b, vec *low, vec *high)
{
    vec even = _mm256_unpacklo_ps(a, b), odd = _mm256_unpackhi_ps(a, b);
    *low = _mm256_permute2f128_ps(even, odd, 0x20);
    *high = _mm256_permute2f128_ps(even, odd, 0x31);
}

INLINE void unzip(vec low, vec high, vec *a, vec *b)
{
    *a = (vec)_mm256_permute4x64_pd((__m256d)_mm256_shuffle_ps(low, high, 0x88), 0xd8);
    *b = (vec)_mm256_permute4x64_pd((__m256d)_mm256_shuffle_ps(low, high, 0xdd), 0xd8);
}

INLINE vec follow(vec v, float last)
{
    const ints order = { 1, 2, 3, 4, 5, 6, 7, 0 };
    return _mm256_blend_ps(_mm256_permutevar8x32_ps(v, (__m256i)order), splat(last), 0x80);
}

/* 4x4 in each lane. */
INLINE void transpose_4(vec v[4])
{
    vec a = _mm256_unpacklo_ps(v[0], v[1]), b = _mm256_unpackhi_ps(v[0], v[1]);
    vec c = _mm256_unpacklo_ps(v[2], v[3]), d = _mm256_unpackhi_ps(v[2], v[3]);
    v[0] = _mm256_shuffle_ps(a, c, 0x44);
    v[1] = _mm256_shuffle_ps(a, c, 0xee);
    v[2] = _mm256_shuffle_ps(b, d, 0x44);
    v[3] = _mm256_shuffle_ps(b, d, 0xee);
}

INLINE void load_4(const float *p, vec v[4])
{
    for (int i = 0; i < 4; i++)
        v[i] = _mm256_loadu2_m128(p + 16 + 4 * i, p + 4 * i);
    transpose_4(v);
}

INLINE void store_4(float *p, const vec v[4])
{
    vec row[4] = { v[0], v[1], v[2], v[3] };
    transpose_4(row);
    for (int i = 0; i < 4; i++)
        _mm256_storeu2_m128(p + 16 + 4 * i, p + 4 * i, row[i]);
}

/* Each source is permuted once: its elements fall on different lanes of the three results. */
INLINE void store_3(float *p, vec a, vec b, vec c)
{
    const ints order_a = { 0, 3, 6, 1, 4, 7, 2, 5 };
    const ints order_b = { 5, 0, 3, 6, 1, 4, 7, 2 };
    const ints order_c = { 2, 5, 0, 3, 6, 1, 4, 7 };
    a = _mm256_permutevar8x32_ps(a, (__m256i)order_a);
    b = _mm256_permutevar8x32_ps(b, (__m256i)order_b);
    c = _mm256_permutevar8x32_ps(c, (__m256i)order_c);
    store(p, _mm256_blend_ps(_mm256_blend_ps(a, b, 0x92), c, 0x24));
    store(p + 8, _mm256_blend_ps(_mm256_blend_ps(c, a, 0x92), b, 0x24));
    store(p + 16, _mm256_blend_ps(_mm256_blend_ps(b, c, 0x92), a, 0x24));
}

INLINE ints widen_bytes(const void *p)
{
    return (ints)_mm256_cvtepu8_epi32(_mm_loadl_epi64(p));
}

INLINE ints widen_words(const void *p)
{
    return (ints)_mm256_cvtepu16_epi32(_mm_loadu_si128(p));
}

INLINE __m128i words_of(ints v)
{
    __m256i wide = (__m256i)v;
    return _mm_packus_epi32(_mm256_castsi256_si128(wide), _mm256_extracti128_si256(wide, 1));
}

INLINE void narrow_bytes(void *p, ints v)
{
    __m128i words = words_of(v);
    _mm_storel_epi64(p, _mm_packus_epi16(words, words));
}

INLINE void narrow_words(void *p, ints v)
{
    _mm_storeu_si128(p, words_of(v));
}

INLINE __m256i shuffle_in_lanes(__m256i v, __m128i order)
{
    return _mm256_shuffle_epi8(v, _mm256_broadcastsi128_si256(order));
}

/* In each lane four bytes of a, of b, of c and of d; clamped. */
INLINE __m256i pack_bytes(ints a, ints b, ints c, ints d)
{
    __m256i ab = _mm256_packs_epi32((__m256i)a, (__m256i)b);
    __m256i cd = _mm256_packs_epi32((__m256i)c, (__m256i)d);
    return _mm256_packus_epi16(ab, cd);
}

INLINE ints merge_bytes(ints a, ints b, ints c, ints d)
{
    __m128i order = _mm_setr_epi8(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
    return (ints)shuffle_in_lanes(pack_bytes(a, b, c, d), order);
}

/* 24 bytes: 0..11 in the lower lane, 8..23 in the upper, where they are wanted from byte 4 on. */
INLINE __m256i load_twelves(const void *p)
{
    return _mm256_loadu2_m128i((const __m128i *)((const char *)p + 8), p);
}

INLINE void squeeze_twelves(void *p, __m256i v)
{
    v = _mm256_permutevar8x32_epi32(v, _mm256_setr_epi32(0, 1, 2, 4, 5, 6, 0, 0));
    _mm_storeu_si128(p, _mm256_castsi256_si128(v));
    _mm_storel_epi64((__m128i *)((char *)p + 16), _mm256_extracti128_si256(v, 1));
}

INLINE ints spread_bytes(const void *p)
{
    __m256i order = _mm256_setr_epi8(0, 1, 2, -1, 3, 4, 5, -1, 6, 7, 8, -1, 9, 10, 11, -1, 4, 5, 6,
                                     -1, 7, 8, 9, -1, 10, 11, 12, -1, 13, 14, 15, -1);
    return (ints)_mm256_shuffle_epi8(load_twelves(p), order);
}

INLINE ints spread_words(const void *p)
{
    __m256i order = _mm256_setr_epi8(0, 1, 2, 3, 4, 5, -1, -1, 6, 7, 8, 9, 10, 11, -1, -1, 4, 5, 6,
                                     7, 8, 9, -1, -1, 10, 11, 12, 13, 14, 15, -1, -1);
    return (ints)_mm256_shuffle_epi8(load_twelves(p), order);
}

INLINE void squeeze_words(void *p, ints v)
{
    __m128i order = _mm_setr_epi8(0, 1, 2, 3, 4, 5, 8, 9, 10, 11, 12, 13, -1, -1, -1, -1);
    squeeze_twelves(p, shuffle_in_lanes((__m256i)v, order));
}

INLINE void store_bytes_3(void *p, ints a, ints b, ints c)
{
    __m128i order = _mm_setr_epi8(0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11, -1, -1, -1, -1);
    squeeze_twelves(p, shuffle_in_lanes(pack_bytes(a, b, c, c), order));
}

#define HAS_PICK

INLINE octets pick(octets from, octets at)
{
    return (octets)_mm_shuffle_epi8((__m128i)from, (__m128i)at);
}

INLINE shorts words_of_bytes(const void *p)
{
    return (shorts)_mm256_cvtepu8_epi16(_mm_loadu_si128(p));
}

INLINE void zip_words(shorts a, shorts b, shorts *low, shorts *high)
{
    *low = (shorts)_mm256_unpacklo_epi16((__m256i)a, (__m256i)b);
    *high = (shorts)_mm256_unpackhi_epi16((__m256i)a, (__m256i)b);
}

INLINE shorts join_words(ints low, ints high)
{
    return (shorts)_mm256_packs_epi32((__m256i)low, (__m256i)high);
}

INLINE ints pair_sums(shorts a, shorts b)
{
    return (ints)_mm256_madd_epi16((__m256i)a, (__m256i)b);
}

INLINE void store_levels(void *p, const ints v[4], bool past)
{
    __m256i ab = _mm256_packs_epi32((__m256i)v[0], (__m256i)v[1]);
    __m256i cd = _mm256_packs_epi32((__m256i)v[2], (__m256i)v[3]);
    __m256i order = _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7);
    __m256i mixed = _mm256_permutevar8x32_epi32(_mm256_packs_epi16(ab, cd), order);
    mixed = _mm256_xor_si256(mixed, _mm256_set1_epi8(-128));
    if (past)
        _mm256_stream_si256(p, mixed);
    else
        _mm256_storeu_si256(p, mixed);
}

#define BYTE_WINDOW 4

INLINE shorts word_order(shorts at)
{
    return at;
}

INLINE shorts load_windows(const int16_t *from, const int *start)
{
    return (shorts)_mm256_loadu2_m128i((const __m128i *)(from + start[1]),
                                       (const __m128i *)(from + start[0]));
}

INLINE shorts pick_words(shorts windows, shorts at)
{
    return (shorts)_mm256_shuffle_epi8((__m256i)windows, (__m256i)at);
}

#endif
