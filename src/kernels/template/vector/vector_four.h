/* SPDX-License-Identifier: MIT */
/* What any machine with vectors of four floats does alike, by the compiler's own vectors. */
#ifndef UP_KERNELS_TEMPLATE_VECTOR_FOUR_H
#define UP_KERNELS_TEMPLATE_VECTOR_FOUR_H

typedef uint64_t pair __attribute__((vector_size(16)));

INLINE vec look_up(const float *in, const int *at)
{
    return (vec){ in[at[0]], in[at[1]], in[at[2]], in[at[3]] };
}

INLINE vec look_near(const float *in, const int *at)
{
    return look_up(in, at);
}

INLINE vec look_around(const float *in, const int *at)
{
    return look_up(in, at);
}

INLINE void zip(vec a, vec b, vec *low, vec *high)
{
    *low = __builtin_shufflevector(a, b, 0, 4, 1, 5);
    *high = __builtin_shufflevector(a, b, 2, 6, 3, 7);
}

INLINE void unzip(vec low, vec high, vec *a, vec *b)
{
    *a = __builtin_shufflevector(low, high, 0, 2, 4, 6);
    *b = __builtin_shufflevector(low, high, 1, 3, 5, 7);
}

INLINE void store_3(float *p, vec a, vec b, vec c)
{
    vec ab = __builtin_shufflevector(a, b, 0, 4, 1, 5); /* a0 b0 a1 b1 */
    vec bc = __builtin_shufflevector(b, c, 1, 5, 2, 6); /* b1 c1 b2 c2 */
    vec ca = __builtin_shufflevector(c, a, 0, 5, 2, 7); /* c0 a1 c2 a3 */
    vec bd = __builtin_shufflevector(b, c, 3, 7, 3, 7); /* b3 c3 */
    store(p, __builtin_shufflevector(ab, ca, 0, 1, 4, 5));
    vec a2 = __builtin_shufflevector(a, bc, 2, 6, 2, 6); /* a2 b2 */
    store(p + 4, __builtin_shufflevector(bc, a2, 0, 1, 4, 5));
    store(p + 8, __builtin_shufflevector(ca, bd, 2, 3, 4, 5));
}

INLINE vec follow(vec v, float last)
{
    return __builtin_shufflevector(v, splat(last), 1, 2, 3, 4);
}

INLINE void transpose_4(vec v[4])
{
    vec low[2], high[2];
    zip(v[0], v[2], &low[0], &low[1]);
    zip(v[1], v[3], &high[0], &high[1]);
    zip(low[0], high[0], &v[0], &v[1]);
    zip(low[1], high[1], &v[2], &v[3]);
}

INLINE void load_4(const float *p, vec v[4])
{
    for (int i = 0; i < 4; i++)
        v[i] = load(p + i * LANES);
    transpose_4(v);
}

INLINE void store_4(float *p, const vec v[4])
{
    vec row[4] = { v[0], v[1], v[2], v[3] };
    transpose_4(row);
    for (int i = 0; i < 4; i++)
        store(p + i * LANES, row[i]);
}

INLINE uint64_t load_8(const char *p)
{
    uint64_t v;
    memcpy(&v, p, 8);
    return v;
}

/* Two groups of 6 bytes, each in 8. */
INLINE ints spread_words(const void *p)
{
    uint64_t low = load_8(p) << 16 >> 16, high = load_8((const char *)p + 4) >> 16;
    return (ints)(pair){ low, high };
}

INLINE void squeeze_words(void *p, ints v)
{
    pair groups = (pair)v;
    uint64_t first = groups[0] | groups[1] << 48, last = groups[1] >> 16;
    memcpy(p, &first, 8);
    memcpy((char *)p + 8, &last, 4);
}

INLINE ints spread_bytes(const void *p)
{
    pair v = (pair)spread_words(p);
    return (ints)((v & 0xffffff) | (v << 8 & 0xffffff00000000));
}

#define BYTE_WINDOW 4

INLINE void zip_words(shorts a, shorts b, shorts *low, shorts *high)
{
    *low = __builtin_shufflevector(a, b, 0, 8, 1, 9, 2, 10, 3, 11);
    *high = __builtin_shufflevector(a, b, 4, 12, 5, 13, 6, 14, 7, 15);
}

INLINE shorts load_windows(const int16_t *from, const int *start)
{
    return load_shorts(from + *start);
}

#endif
