/* SPDX-License-Identifier: MIT */
#include "io/deflate/deflate_runs.h"

#include "io/deflate/huffman.h"

#include <stdbool.h>
#include <string.h>

#define BLOCK ((size_t)256 << 10) /* bytes that share one Huffman code */
#define MOST_RUNS 8192            /* of a block, which else ends early */
#define HEADER 192                /* bytes of a block's code, and more */
#define SHORTEST 6                /* runs that are worth more than their literals */
#define LONGEST_MATCH 258
#define LONGEST_CODE 14 /* four of them and seven bits left over fit 64 bits */
#define END_OF_BLOCK 256
#define SYMBOLS 286

typedef struct {
    uint8_t *at;
    uint64_t bits; /* fewer than 8 between two calls */
    unsigned count;
} bit_writer;

static inline void add(bit_writer *w, uint64_t bits, unsigned count)
{
    w->bits |= bits << w->count;
    w->count += count;
}

static inline void flush(bit_writer *w)
{
    uint64_t little = w->bits;
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    little = __builtin_bswap64(little);
#endif
    memcpy(w->at, &little, sizeof little);
    w->at += w->count / 8;
    w->bits >>= w->count & 56;
    w->count &= 7;
}

static inline void put(bit_writer *w, uint64_t bits, unsigned count)
{
    add(w, bits, count);
    flush(w);
}

static inline void add_code(bit_writer *w, up_huffman_code code)
{
    add(w, code.code, code.length);
}

static inline uint32_t four(const uint8_t *at)
{
    uint32_t v;
    memcpy(&v, at, sizeof v);
    return v;
}

/* The next run in [at, end): bytes that equal the one before them. Looks at every fourth position
 * only: no run of 7 is missed. Returns its start, or `end` (as *run_end too) if there is none. */
static const uint8_t *find_run(const uint8_t *at, const uint8_t *end, const uint8_t **run_end)
{
    for (const uint8_t *p = at + 1; end - p >= 4; p += 4) {
        if (four(p) != four(p - 1))
            continue;
        const uint8_t *first = p, *last = p + 4;
        while (first > at + 1 && first[-2] == first[-1])
            first--;
        while (last < end && *last == last[-1])
            last++;
        *run_end = last;
        if (last - first >= SHORTEST)
            return first;
        p = last - 4;
    }
    *run_end = end;
    return end;
}

typedef struct {
    int symbol;
    unsigned extra, extra_bits;
} match_code;

static match_code code_of_match(size_t length)
{
    unsigned n = (unsigned)length - 3;
    if (n < 8)
        return (match_code){ 257 + (int)n, 0, 0 };
    if (length == LONGEST_MATCH)
        return (match_code){ 285, 0, 0 };
    unsigned extra_bits = 29 - (unsigned)__builtin_clz(n);
    return (match_code){ 257 + (int)(4 * extra_bits + (n >> extra_bits)),
                         n & ((1u << extra_bits) - 1), extra_bits };
}

/* The next match of a run; 0 if what is left is too short for one. */
static size_t next_match(const uint8_t *at, const uint8_t *end)
{
    size_t left = (size_t)(end - at);
    return left < 3 ? 0 : left < LONGEST_MATCH ? left : LONGEST_MATCH;
}

static void count_literals(uint32_t count[4][256], const uint8_t *at, const uint8_t *end)
{
    for (; end - at >= 4; at += 4)
        for (int i = 0; i < 4; i++)
            count[i][at[i]]++;
    for (; at < end; at++)
        count[0][*at]++;
}

/* Offsets of its runs, of which one at its end may be of no length. */
typedef struct {
    const uint8_t *in, *end;
    uint32_t first[MOST_RUNS], behind[MOST_RUNS];
    int runs;
} block;

/* From `in` on, at most to `end`. Runs are looked for once: it takes longer than to code them. */
static void find_block(block *b, const uint8_t *in, const uint8_t *end)
{
    b->in = b->end = in;
    for (b->runs = 0; b->runs < MOST_RUNS && b->end < end; b->runs++) {
        const uint8_t *run_end, *run = find_run(b->end, end, &run_end);
        b->first[b->runs] = (uint32_t)(run - in);
        b->behind[b->runs] = (uint32_t)(run_end - in);
        b->end = run_end;
    }
}

static void count_symbols(uint32_t total[SYMBOLS], const block *b)
{
    uint32_t count[4][256] = {
        0
    }; /* neighbours are often equal: four counters do not wait for one */
    memset(total, 0, SYMBOLS * sizeof *total);
    const uint8_t *at = b->in;
    for (int r = 0; r < b->runs; r++) {
        const uint8_t *run_end = b->in + b->behind[r];
        count_literals(count, at, b->in + b->first[r]);
        at = b->in + b->first[r];
        for (size_t n; (n = next_match(at, run_end)); at += n)
            total[code_of_match(n).symbol]++;
    }
    count_literals(count, at, b->end);
    for (int i = 0; i < 256; i++)
        total[i] = count[0][i] + count[1][i] + count[2][i] + count[3][i];
    total[END_OF_BLOCK] = 1;
}

/* A dynamic block's code: all lengths in four plain bits each, which costs less than it saves. */
static void put_header(bit_writer *w, const up_huffman_code code[SYMBOLS])
{
    put(w, 2 << 1, 3);        /* not final, dynamic */
    put(w, SYMBOLS - 257, 5); /* literal and length codes */
    put(w, 0, 5);             /* one distance code */
    put(w, 19 - 4, 4);
    for (int i = 0; i < 19; i++)
        put(w, i < 3 ? 0 : 4, 3); /* repeats (16, 17, 18) are not used, lengths 0..15 are */
    static const uint8_t reversed[16] = { 0, 8, 4, 12, 2, 10, 6, 14, 1, 9, 5, 13, 3, 11, 7, 15 };
    for (int i = 0; i < SYMBOLS; i++)
        put(w, reversed[code[i].length], 4);
    put(w, reversed[1], 4); /* distance 1 */
}

static void put_literals(bit_writer *w, const up_huffman_code *code, const uint8_t *at,
                         const uint8_t *end)
{
    for (; end - at >= 4; at += 4) {
        add_code(w, code[at[0]]);
        add_code(w, code[at[1]]);
        add_code(w, code[at[2]]);
        add_code(w, code[at[3]]);
        flush(w);
    }
    for (; at < end; at++) {
        add_code(w, code[*at]);
        flush(w);
    }
}

static void put_match(bit_writer *w, const up_huffman_code *code, size_t length)
{
    match_code m = code_of_match(length);
    add_code(w, code[m.symbol]);
    add(w, m.extra, m.extra_bits + 1); /* and the distance: one zero bit */
    flush(w);
}

static void put_block(bit_writer *out, const block *b)
{
    uint32_t count[SYMBOLS];
    up_huffman_code code[SYMBOLS];
    bit_writer w = *out;
    count_symbols(count, b);
    up_huffman_make(code, count, SYMBOLS, LONGEST_CODE);
    put_header(&w, code);
    const uint8_t *at = b->in;
    for (int r = 0; r < b->runs; r++) {
        const uint8_t *run_end = b->in + b->behind[r];
        put_literals(&w, code, at, b->in + b->first[r]);
        at = b->in + b->first[r];
        for (size_t n; (n = next_match(at, run_end)); at += n)
            put_match(&w, code, n);
    }
    put_literals(&w, code, at, b->end);
    add_code(&w, code[END_OF_BLOCK]);
    flush(&w);
    *out = w;
}

size_t up_deflate_runs_bound(size_t size)
{
    return size + size / 8 + (size / BLOCK + 2) * HEADER;
}

size_t up_deflate_runs(uint8_t *out, const uint8_t *in, size_t size)
{
    bit_writer w = { .at = out };
    block b = { .end = in };
    for (const uint8_t *end = in + size; b.end < end;) {
        const size_t left = (size_t)(end - b.end);
        find_block(&b, b.end, b.end + (left < BLOCK ? left : BLOCK));
        put_block(&w, &b);
    }
    put(&w, 0, 3); /* an empty stored block, whose lengths start at a byte boundary */
    put(&w, 0, (8 - w.count) & 7);
    put(&w, 0xffff0000, 32);
    return (size_t)(w.at - out);
}
