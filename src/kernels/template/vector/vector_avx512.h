/* SPDX-License-Identifier: MIT */
/* AVX-512 F, BW, DQ, VL. */
#ifndef UP_KERNELS_TEMPLATE_VECTOR_AVX512_H
#define UP_KERNELS_TEMPLATE_VECTOR_AVX512_H

#include <immintrin.h>

#define TWELVE 0x0fff /* of 16 ints: what 12 bytes in each of 4 lanes come to */

INLINE vec multiply_add(vec a, vec b, vec c)
{
    return _mm512_fmadd_ps(a, b, c);
}

/* To an aligned place, past the caches. */
INLINE void store_past(float *p, vec v)
{
    _mm512_stream_ps(p, v);
}

INLINE vec least(vec a, vec b)
{
    return _mm512_min_ps(a, b);
}

INLINE vec most(vec a, vec b)
{
    return _mm512_max_ps(a, b);
}

INLINE ints truncate(vec v)
{
    return (ints)_mm512_cvttps_epi32(v);
}

INLINE vec look_up(const float *in, const int *at)
{
    return _mm512_i32gather_ps((__m512i)load_ints(at), in, 4);
}

INLINE vec look_near(const float *in, const int *at)
{
    return _mm512_permutexvar_ps((__m512i)(load_ints(at) - at[0]), load(in + at[0]));
}

INLINE vec look_around(const float *in, const int *at)
{
    ints order = load_ints(at) - at[0];
    return _mm512_permutex2var_ps(load(in + at[0]), (__m512i)order, load(in + at[0] + 16));
}

INLINE void zip(vec a, vec b, vec *low, vec *high)
{
    const ints even = { 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23 };
    *low = _mm512_permutex2var_ps(a, (__m512i)even, b);
    *high = _mm512_permutex2var_ps(a, (__m512i)(even + 8), b);
}

INLINE void unzip(vec low, vec high, vec *a, vec *b)
{
    const ints even = { 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30 };
    *a = _mm512_permutex2var_ps(low, (__m512i)even, high);
    *b = _mm512_permutex2var_ps(low, (__m512i)(even + 1), high);
}

INLINE vec follow(vec v, float last)
{
    return (vec)_mm512_alignr_epi32((__m512i)splat(last), (__m512i)v, 1);
}

INLINE void load_4(const float *p, vec v[4])
{
    const ints first = { 0, 4, 8, 12, 16, 20, 24, 28, 1, 5, 9, 13, 17, 21, 25, 29 };
    vec half[4]; /* columns 0 and 1 of either half, then 2 and 3 */
    for (int i = 0; i < 4; i++) {
        const float *from = p + i % 2 * 32;
        half[i] = _mm512_permutex2var_ps(load(from), (__m512i)(first + i / 2 * 2), load(from + 16));
    }
    for (int i = 0; i < 4; i += 2) {
        v[i] = _mm512_shuffle_f32x4(half[i], half[i + 1], 0x44);
        v[i + 1] = _mm512_shuffle_f32x4(half[i], half[i + 1], 0xee);
    }
}

INLINE void store_4(float *p, const vec v[4])
{
    vec even[2], odd[2], row[4];
    zip(v[0], v[2], &even[0], &even[1]);
    zip(v[1], v[3], &odd[0], &odd[1]);
    zip(even[0], odd[0], &row[0], &row[1]);
    zip(even[1], odd[1], &row[2], &row[3]);
    for (int i = 0; i < 4; i++)
        store(p + i * LANES, row[i]);
}

/* Each source is permuted once: its elements fall on different lanes of the three results. */
INLINE void store_3(float *p, vec a, vec b, vec c)
{
    const ints order_a = { 0, 11, 6, 1, 12, 7, 2, 13, 8, 3, 14, 9, 4, 15, 10, 5 };
    const ints order_b = { 5, 0, 11, 6, 1, 12, 7, 2, 13, 8, 3, 14, 9, 4, 15, 10 };
    const ints order_c = { 10, 5, 0, 11, 6, 1, 12, 7, 2, 13, 8, 3, 14, 9, 4, 15 };
    a = _mm512_permutexvar_ps((__m512i)order_a, a);
    b = _mm512_permutexvar_ps((__m512i)order_b, b);
    c = _mm512_permutexvar_ps((__m512i)order_c, c);
    store(p, _mm512_mask_mov_ps(_mm512_mask_mov_ps(a, 0x2492, b), 0x4924, c));
    store(p + 16, _mm512_mask_mov_ps(_mm512_mask_mov_ps(b, 0x2492, c), 0x4924, a));
    store(p + 32, _mm512_mask_mov_ps(_mm512_mask_mov_ps(c, 0x2492, a), 0x4924, b));
}

INLINE ints widen_bytes(const void *p)
{
    return (ints)_mm512_cvtepu8_epi32(_mm_loadu_si128(p));
}

INLINE ints widen_words(const void *p)
{
    return (ints)_mm512_cvtepu16_epi32(_mm256_loadu_si256(p));
}

INLINE void narrow_bytes(void *p, ints v)
{
    _mm_storeu_si128(p, _mm512_cvtepi32_epi8((__m512i)v));
}

INLINE void narrow_words(void *p, ints v)
{
    _mm256_storeu_si256(p, _mm512_cvtepi32_epi16((__m512i)v));
}

INLINE __m512i shuffle_in_lanes(__m512i v, __m128i order)
{
    return _mm512_shuffle_epi8(v, _mm512_broadcast_i32x4(order));
}

/* In each lane four bytes of a, of b, of c and of d; clamped. */
INLINE __m512i pack_bytes(ints a, ints b, ints c, ints d)
{
    __m512i ab = _mm512_packs_epi32((__m512i)a, (__m512i)b);
    __m512i cd = _mm512_packs_epi32((__m512i)c, (__m512i)d);
    return _mm512_packus_epi16(ab, cd);
}

INLINE ints merge_bytes(ints a, ints b, ints c, ints d)
{
    __m128i order = _mm_setr_epi8(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
    return (ints)shuffle_in_lanes(pack_bytes(a, b, c, d), order);
}

INLINE __m512i spread_twelves(const void *p)
{
    const ints order = { 0, 1, 2, 2, 3, 4, 5, 5, 6, 7, 8, 8, 9, 10, 11, 11 };
    return _mm512_permutexvar_epi32((__m512i)order, _mm512_maskz_loadu_epi32(TWELVE, p));
}

INLINE void squeeze_twelves(void *p, __m512i v)
{
    const ints order = { 0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, 0, 0, 0, 0 };
    _mm512_mask_storeu_epi32(p, TWELVE, _mm512_permutexvar_epi32((__m512i)order, v));
}

INLINE ints spread_bytes(const void *p)
{
    __m128i order = _mm_setr_epi8(0, 1, 2, -1, 3, 4, 5, -1, 6, 7, 8, -1, 9, 10, 11, -1);
    return (ints)shuffle_in_lanes(spread_twelves(p), order);
}

INLINE ints spread_words(const void *p)
{
    __m128i order = _mm_setr_epi8(0, 1, 2, 3, 4, 5, -1, -1, 6, 7, 8, 9, 10, 11, -1, -1);
    return (ints)shuffle_in_lanes(spread_twelves(p), order);
}

INLINE void squeeze_words(void *p, ints v)
{
    __m128i order = _mm_setr_epi8(0, 1, 2, 3, 4, 5, 8, 9, 10, 11, 12, 13, -1, -1, -1, -1);
    squeeze_twelves(p, shuffle_in_lanes((__m512i)v, order));
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
    return (shorts)_mm512_cvtepu8_epi16(_mm256_loadu_si256(p));
}

INLINE void zip_words(shorts a, shorts b, shorts *low, shorts *high)
{
    *low = (shorts)_mm512_unpacklo_epi16((__m512i)a, (__m512i)b);
    *high = (shorts)_mm512_unpackhi_epi16((__m512i)a, (__m512i)b);
}

INLINE shorts join_words(ints low, ints high)
{
    return (shorts)_mm512_packs_epi32((__m512i)low, (__m512i)high);
}

INLINE ints pair_sums(shorts a, shorts b)
{
    return (ints)_mm512_madd_epi16((__m512i)a, (__m512i)b);
}

#ifdef __AVX512VNNI__
#define HAS_ADD_PAIR_SUMS
INLINE ints add_pair_sums(ints sum, shorts a, shorts b)
{
    return (ints)_mm512_dpwssd_epi32((__m512i)sum, (__m512i)a, (__m512i)b);
}
#endif

INLINE void store_levels(void *p, const ints v[4], bool past)
{
    const ints order = { 0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15 };
    __m512i ab = _mm512_packs_epi32((__m512i)v[0], (__m512i)v[1]);
    __m512i cd = _mm512_packs_epi32((__m512i)v[2], (__m512i)v[3]);
    __m512i mixed = _mm512_permutexvar_epi32((__m512i)order, _mm512_packs_epi16(ab, cd));
    mixed = _mm512_xor_si512(mixed, _mm512_set1_epi8(-128));
    if (past)
        _mm512_stream_si512(p, mixed);
    else
        _mm512_storeu_si512(p, mixed);
}

#define BYTE_WINDOW 16

/* Five bits count, of the words' place. */
INLINE shorts word_order(shorts at)
{
    return at >> 1;
}

INLINE shorts load_windows(const int16_t *from, const int *start)
{
    return load_shorts(from + *start);
}

INLINE shorts pick_words(shorts windows, shorts at)
{
    return (shorts)_mm512_permutexvar_epi16((__m512i)at, (__m512i)windows);
}

#endif
