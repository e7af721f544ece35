/* SPDX-License-Identifier: MIT */
/* The machine's limits, by loops that do nothing else. */
#include "bench.h"

#include "base/memory.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef __x86_64__
#include <immintrin.h>
#endif

enum { BLOCK = 3840 * 2160 * 3, CACHED = 12 << 10, CACHED_TIMES = 4096, ROUNDS = 1 << 18 };

typedef struct {
    char *from, *to;
    volatile uint64_t sink;
} blocks;

static void fill(void *user)
{
    blocks *b = user;
    memset(b->to, (int)b->sink, BLOCK);
    __asm__ volatile("" ::: "memory");
}

static void copy(void *user)
{
    blocks *b = user;
    memcpy(b->to, b->from, BLOCK);
    __asm__ volatile("" ::: "memory");
}

static void copy_cached(void *user)
{
    blocks *b = user;
    for (int i = 0; i < CACHED_TIMES; i++) {
        memcpy(b->to, b->from, CACHED);
        __asm__ volatile("" ::: "memory");
    }
}

/* Four streams, so that more lines are on their way at a time. */
static void read_all(void *user)
{
    typedef uint64_t line __attribute__((vector_size(64)));
    enum { STREAM = BLOCK / sizeof(line) / 4 };
    blocks *b = user;
    const line *from = (const line *)b->from;
    line sum[4] = { 0 };
    for (size_t i = 0; i < STREAM; i++)
        for (int j = 0; j < 4; j++)
            sum[j] += from[i + (size_t)j * STREAM];
    b->sink = sum[0][0] + sum[1][0] + sum[2][0] + sum[3][0];
}

/* Twelve sums hide the latency of a multiply-add on two units. */
#define MULTIPLY_ADDS(name, attributes, vec, set, madd)                                            \
    attributes static void name(void *user)                                                        \
    {                                                                                              \
        vec sum[12], factor = set(0.999f), term = set(0.001f);                                     \
        for (int i = 0; i < 12; i++)                                                               \
            sum[i] = set((float)i);                                                                \
        for (int round = 0; round < ROUNDS; round++)                                               \
            for (int i = 0; i < 12; i++)                                                           \
                sum[i] = madd(sum[i], factor, term);                                               \
        for (int i = 1; i < 12; i++)                                                               \
            sum[0] += sum[i];                                                                      \
        ((blocks *)user)->sink = (uint64_t)sum[0][0];                                              \
    }

#ifdef __x86_64__
#define MULTIPLY_THEN_ADD(a, b, c) ((a) * (b) + (c))
MULTIPLY_ADDS(multiply_add_4, , __m128, _mm_set1_ps, MULTIPLY_THEN_ADD)
MULTIPLY_ADDS(multiply_add_8, __attribute__((target("avx2,fma"))), __m256, _mm256_set1_ps,
              _mm256_fmadd_ps)
MULTIPLY_ADDS(multiply_add_16, __attribute__((target("avx512f"))), __m512, _mm512_set1_ps,
              _mm512_fmadd_ps)
#else
typedef float float_4 __attribute__((vector_size(16)));
#define SET_4(v) ((v) - (float_4){ 0 })
#define MULTIPLY_ADD_4(a, b, c)                                                                    \
    ((float_4){ __builtin_fmaf((a)[0], (b)[0], (c)[0]), __builtin_fmaf((a)[1], (b)[1], (c)[1]),    \
                __builtin_fmaf((a)[2], (b)[2], (c)[2]), __builtin_fmaf((a)[3], (b)[3], (c)[3]) })
MULTIPLY_ADDS(multiply_add_4, , float_4, SET_4, MULTIPLY_ADD_4)
#endif

typedef struct {
    void (*run)(void *);
    double count, seconds; /* of multiply-adds in a run */
} arithmetic;

static void take_faster(arithmetic *best, void (*run)(void *), int lanes)
{
    blocks b;
    const arithmetic loop = { run, 12.0 * lanes * ROUNDS, bench_seconds(run, &b) };
    if (loop.count / loop.seconds > best->count / best->seconds)
        *best = loop;
}

static arithmetic fastest_arithmetic(void)
{
    arithmetic best = { .seconds = 1 };
    take_faster(&best, multiply_add_4, 4);
#ifdef __x86_64__
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
        take_faster(&best, multiply_add_8, 8);
    if (__builtin_cpu_supports("avx512f"))
        take_faster(&best, multiply_add_16, 16);
#endif
    return best;
}

void bench_multiply_adds(double count, int threads)
{
    static arithmetic loop;
    if (!loop.run)
        loop = fastest_arithmetic();
    const long runs = (long)ceil(count / threads / loop.count);
#pragma omp parallel num_threads(threads)
    {
        blocks b;
        for (long i = 0; i < runs; i++)
            loop.run(&b);
    }
}

/* What one thread reaches while the others do the same. */
static void measure_share(bench_limits *limits)
{
    blocks b = { .from = up_alloc_zero(BLOCK, 1), .to = up_alloc_zero(BLOCK, 1) };
    if (!b.from || !b.to) {
        fprintf(stderr, "upscale_bench: out of memory\n");
        exit(75);
    }
#pragma omp barrier
    limits->read = BLOCK / bench_seconds(read_all, &b);
#pragma omp barrier
    limits->fill = BLOCK / bench_seconds(fill, &b);
#pragma omp barrier
    limits->copy = 2.0 * BLOCK / bench_seconds(copy, &b);
#pragma omp barrier
    limits->cached_copy = 2.0 * CACHED * CACHED_TIMES / bench_seconds(copy_cached, &b);
#pragma omp barrier
    const arithmetic loop = fastest_arithmetic();
    limits->multiply_adds = loop.count / loop.seconds;
    up_free(b.from);
    up_free(b.to);
}

void bench_measure(bench_limits *limits, int threads)
{
    *limits = (bench_limits){ 0 };
#pragma omp parallel num_threads(threads)
    {
        bench_limits share;
        measure_share(&share);
#pragma omp critical
        {
            limits->read += share.read;
            limits->fill += share.fill;
            limits->copy += share.copy;
            limits->cached_copy += share.cached_copy;
            limits->multiply_adds += share.multiply_adds;
        }
    }
}
