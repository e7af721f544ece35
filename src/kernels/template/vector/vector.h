/* SPDX-License-Identifier: MIT */
/*
 * One vector register as this level has it: what the kernels are written in. LANES floats make a
 * vec and LANES 32-bit integers an ints; + - * & | << >> and comparisons are the compiler's own.
 * Every level has the same set of functions, and every kernel makes whole vectors only, so that a
 * column is rounded the same way wherever a slice starts or ends.
 */
#ifndef UP_KERNELS_TEMPLATE_VECTOR_H
#define UP_KERNELS_TEMPLATE_VECTOR_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define INLINE static inline __attribute__((always_inline))

#ifdef __clang__
#define UNROLLED _Pragma("clang loop unroll(full)")
#else
#define UNROLLED _Pragma("GCC unroll 16")
#endif

#if defined UP_LEVEL_AVX512
#define LANES 16
#elif defined UP_LEVEL_AVX2
#define LANES 8
#else
#define LANES 4
#endif

typedef float vec __attribute__((vector_size(4 * LANES)));
typedef int32_t ints __attribute__((vector_size(4 * LANES)));
typedef uint32_t bits __attribute__((vector_size(4 * LANES))); /* of what may overflow */

typedef int16_t shorts __attribute__((vector_size(4 * LANES)));

typedef uint8_t octets __attribute__((vector_size(16)));

typedef vec vec_anywhere __attribute__((aligned(1), may_alias));
typedef ints ints_anywhere __attribute__((aligned(1), may_alias));
typedef shorts shorts_anywhere __attribute__((aligned(1), may_alias));
typedef octets octets_anywhere __attribute__((aligned(1), may_alias));

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "pixels are taken apart as integers");

INLINE vec load(const float *p)
{
    return *(const vec_anywhere *)p;
}

INLINE void store(float *p, vec v)
{
    *(vec_anywhere *)p = v;
}

INLINE ints load_ints(const void *p)
{
    return *(const ints_anywhere *)p;
}

INLINE void store_ints(void *p, ints v)
{
    *(ints_anywhere *)p = v;
}

INLINE shorts load_shorts(const void *p)
{
    return *(const shorts_anywhere *)p;
}

INLINE void store_shorts(void *p, shorts v)
{
    *(shorts_anywhere *)p = v;
}

INLINE octets load_octets(const void *p)
{
    return *(const octets_anywhere *)p;
}

INLINE void store_octets(void *p, octets v)
{
    *(octets_anywhere *)p = v;
}

INLINE vec splat(float v)
{
    return v - (vec){ 0 };
}

INLINE vec to_float(ints v)
{
    return __builtin_convertvector(v, vec);
}

/*
 * What the levels do differently:
 *   vec multiply_add(vec a, vec b, vec c)  a * b + c, rounded once or twice but always alike
 *   vec least(vec a, vec b), most(a, b)    b where either is NaN
 *   store_past(float *p, vec v)            to an aligned place, past the caches if there is a way
 *   ints truncate(vec v)                   towards zero; NaN and what is too small: not above 0
 *   vec look_up(const float *in, const int *at)  in[at[0]], in[at[1]] ...
 *   vec look_near(in, at), look_around(in, at)   the same where no position is below the first and
 *                                          all of them lie within LANES or 2 * LANES: faster
 *   zip(a, b, &low, &high), unzip          a0 b0 a1 b1 ... and back
 *   void store_3(float *p, vec a, b, c)    a0 b0 c0 a1 b1 c1 ...
 *   void store_4(float *p, const vec v[4]) the same of four; load_4(p, vec v[4]): and back
 *   vec follow(vec v, float last)          v1 v2 ... last
 *   ints widen_bytes(const void *p)        LANES bytes; widen_words: LANES 16-bit words
 *   narrow_bytes(p, ints v), narrow_words  and back, for values that fit
 *   ints merge_bytes(ints a, b, c, d)      the bytes a0 b0 c0 d0, a1 ...; each clamped to 0..255
 *   ints spread_bytes(const void *p)       LANES groups of 3 bytes, each in an int of its own
 *   ints spread_words(const void *p)       LANES / 2 groups of 6 bytes, each in two ints
 *   squeeze_words(p, ints v)               and back
 *   store_bytes_3(p, ints a, b, c)         the bytes a0 b0 c0 a1 ...; each clamped to 0..255
 *   octets pick(octets from, octets at)    from[at], where HAS_PICK is defined
 *   shorts words_of_bytes(const void *p)    2 * LANES bytes
 *   zip_words(shorts a, b, &low, &high)     a0 b0 a1 b1 ..., in parts of 16 bytes
 *   shorts join_words(ints low, ints high)  what zip_words took apart; each clamped to 16 bits
 *   ints pair_sums(shorts a, shorts b)       a0 * b0 + a1 * b1, a2 * b2 + a3 * b3 ...
 *   ints add_pair_sums(ints sum, a, b)       sum + those; at once where HAS_ADD_PAIR_SUMS is
 * defined store_levels(p, const ints v[4], bool past)  4 * LANES bytes: 128 + v, clamped; past the
 * caches if asked to, and there is a way: to an aligned place shorts load_windows(const int16_t
 * *from, const int *start)  from[start[w]] and on, for every window w of BYTE_WINDOW samples shorts
 * pick_words(shorts windows, shorts at)  for every sample two words of its window; at is what
 * word_order() makes of a plan's index
 */
#if defined UP_LEVEL_AVX512
#include "kernels/template/vector/vector_avx512.h"
#elif defined UP_LEVEL_AVX2
#include "kernels/template/vector/vector_avx2.h"
#elif defined UP_LEVEL_NEON
#include "kernels/template/vector/vector_neon.h"
#else
#include "kernels/template/vector/vector_plain.h"
#endif

#ifndef HAS_ADD_PAIR_SUMS
INLINE ints add_pair_sums(ints sum, shorts a, shorts b)
{
    return sum + pair_sums(a, b);
}
#endif

#endif
