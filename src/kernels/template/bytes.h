/* SPDX-License-Identifier: MIT */
/*
 * Resampling of bytes in whole numbers. Whichever way a sum is put together, it is the same number.
 */
#ifndef UP_KERNELS_TEMPLATE_BYTES_H
#define UP_KERNELS_TEMPLATE_BYTES_H

#include "kernels/kernels.h"
#include "kernels/template/vector/vector.h"

#define WORDS (2 * LANES)
#define TOGETHER 4 /* made and stored together */
#define MOST_PAIRS (UP_BYTE_TAPS / 2)
#define MOST_ROUND 3 /* groups of a period whose weights are kept: all there are of RGB twofold */

typedef uint16_t counts __attribute__((vector_size(4 * LANES)));

INLINE ints splat_pair(const int16_t *weight)
{
    int32_t both;
    memcpy(&both, weight, sizeof both);
    return both - (ints){ 0 };
}

/* Sums that fit into 16 bits are right there, whatever their parts are. */
INLINE void mix_whole(int16_t *out, const uint8_t *const *in, const up_byte_rows *plan, int taps,
                      int n)
{
    counts weight[UP_BYTE_TAPS];
    for (int t = 0; t < taps; t++)
        weight[t] = (uint16_t)plan->weight[t] - (counts){ 0 };
    for (int x = 0; x < n; x += WORDS) {
        counts sum = (uint16_t)plan->bias - (counts){ 0 };
        for (int t = 0; t < taps; t++)
            sum += (counts)words_of_bytes(in[t] + x) * weight[t];
        store_shorts(out + x, (shorts)sum);
    }
}

INLINE void mix_rounded(int16_t *out, const uint8_t *const *in, const up_byte_rows *plan, int taps,
                        bool fine, int n)
{
    const int pairs = taps / 2;
    shorts weight[2 * MOST_PAIRS];
    for (int p = 0; p < (fine ? 2 * pairs : pairs); p++)
        weight[p] = (shorts)splat_pair(plan->weight + 2 * p);
    for (int x = 0; x < n; x += WORDS) {
        ints sum[2], part[2];
        sum[0] = sum[1] = plan->bias - (ints){ 0 };
        part[0] = part[1] = plan->fine_bias - (ints){ 0 };
        for (int p = 0; p < pairs; p++) {
            shorts v[2];
            zip_words(words_of_bytes(in[2 * p] + x), words_of_bytes(in[2 * p + 1] + x), &v[0],
                      &v[1]);
            for (int i = 0; i < 2; i++) {
                sum[i] = add_pair_sums(sum[i], v[i], weight[p]);
                if (fine)
                    part[i] = add_pair_sums(part[i], v[i], weight[pairs + p]);
            }
        }
        for (int i = 0; i < 2 && fine; i++)
            sum[i] += part[i] >> 8;
        store_shorts(out + x, join_words(sum[0] >> plan->shift, sum[1] >> plan->shift));
    }
}

INLINE void mix_taps(int16_t *out, const uint8_t *const *in, const up_byte_rows *plan, int taps,
                     int n)
{
    if (plan->shift == 0)
        mix_whole(out, in, plan, taps, n);
    else if (plan->fine)
        mix_rounded(out, in, plan, taps, true, n);
    else
        mix_rounded(out, in, plan, taps, false, n);
}

/* A multiple of WORDS columns. */
static void mix_vectors(int16_t *out, const uint8_t *const *in, const up_byte_rows *plan, int n)
{
    if (plan->taps == 2)
        mix_taps(out, in, plan, 2, n);
    else if (plan->taps == 4)
        mix_taps(out, in, plan, 4, n);
    else
        mix_taps(out, in, plan, 6, n);
}

static void mix_bytes(int16_t *out, const uint8_t *const *in, const up_byte_rows *plan, int n)
{
    const int whole = n / WORDS * WORDS;
    uint8_t last[UP_BYTE_TAPS][WORDS] = { { 0 } };
    const uint8_t *row[UP_BYTE_TAPS];
    mix_vectors(out, in, plan, whole);
    for (int t = 0; t < plan->taps && whole < n; t++) {
        memcpy(last[t], in[t] + whole, n - whole);
        row[t] = last[t];
    }
    if (whole < n)
        mix_vectors(out + whole, row, plan, WORDS);
}

/* What a group needs, copied: stores to bytes would make the compiler load it again and again. */
typedef struct {
    int start[LANES / BYTE_WINDOW];
    shorts order[MOST_PAIRS], weight[2 * MOST_PAIRS];
} group_plan;

INLINE group_plan load_group(const up_byte_columns *plan, int parts, int group)
{
    const int16_t *weight = plan->weight + (size_t)group * parts * WORDS;
    const shorts index = load_shorts(plan->index + (size_t)group * WORDS);
    group_plan g;
    for (int w = 0; w < LANES / BYTE_WINDOW; w++)
        g.start[w] = plan->start[group * (LANES / BYTE_WINDOW) + w];
    for (int p = 0; p < MOST_PAIRS; p++)
        g.order[p] = word_order(index + (int16_t)(p * plan->channels * 0x0404));
    for (int p = 0; p < parts; p++)
        g.weight[p] = load_shorts(weight + p * WORDS);
    return g;
}

/* `together`: all taps of a sample are in its window. */
INLINE ints group_sums(const int16_t *in, const group_plan *g, int step, int pairs, bool fine,
                       bool together)
{
    ints sum = { 0 }, part = { 0 };
    const shorts windows = load_windows(in, g->start);
    for (int p = 0; p < pairs; p++) {
        shorts v = together ? pick_words(windows, g->order[p])
                            : pick_words(load_windows(in + p * step, g->start), g->order[0]);
        sum = add_pair_sums(sum, v, g->weight[p]);
        if (fine)
            part = add_pair_sums(part, v, g->weight[pairs + p]);
    }
    return fine ? sum + (part >> 8) : sum;
}

INLINE void store_samples(uint8_t *out, const ints level[TOGETHER], bool past, int n)
{
    uint8_t last[TOGETHER * LANES];
    if (n >= TOGETHER * LANES)
        return store_levels(out, level, past);
    store_levels(last, level, false);
    memcpy(out, last, n);
}

/* TOGETHER groups from the i-th on, of which g[] are kept. */
INLINE void store_round(uint8_t *out, const int16_t *in, const group_plan *g, int i, int period,
                        const up_byte_columns *plan, int pairs, bool together, bool past)
{
    const int step = 2 * plan->channels;
    const int16_t *at[TOGETHER];
    ints level[TOGETHER];
    for (int k = 0; k < TOGETHER; k++)
        at[k] = in + (i + k) / period * (ptrdiff_t)plan->advance;
    level[0] = group_sums(at[0], &g[i % period], step, pairs, false, together);
    level[1] = group_sums(at[1], &g[(i + 1) % period], step, pairs, false, together);
    level[2] = group_sums(at[2], &g[(i + 2) % period], step, pairs, false, together);
    level[3] = group_sums(at[3], &g[(i + 3) % period], step, pairs, false, together);
    for (int k = 0; k < TOGETHER; k++)
        level[k] >>= plan->shift;
    store_levels(out + i * LANES, level, past);
}

/* As many samples as go without loading weights again; returns how many. */
INLINE int resample_rounds(uint8_t *out, const int16_t *in, const up_byte_columns *given, int taps,
                           int period, bool together, bool past, int group, int n)
{
    const up_byte_columns plan = *given;
    const int pairs = taps / 2, samples = period * TOGETHER * LANES;
    group_plan g[MOST_ROUND];
    int x = 0;
    for (int i = 0; i < period; i++)
        g[i] = load_group(&plan, pairs, group + i);
    for (; x + samples <= n; x += samples, in += TOGETHER * plan.advance) {
        store_round(out + x, in, g, 0, period, &plan, pairs, together, past);
        if (period == 1)
            continue;
        store_round(out + x, in, g, TOGETHER, period, &plan, pairs, together, past);
        store_round(out + x, in, g, 2 * TOGETHER, period, &plan, pairs, together, past);
    }
    return x;
}

INLINE int resample_alike(uint8_t *out, const int16_t *in, const up_byte_columns *plan, int taps,
                          bool together, bool past, int group, int n)
{
    if (plan->period == 1)
        return resample_rounds(out, in, plan, taps, 1, together, past, group, n);
    if (plan->period == MOST_ROUND)
        return resample_rounds(out, in, plan, taps, MOST_ROUND, together, past, group, n);
    return 0;
}

/* From group `group` of a period on, which starts at `in`. */
INLINE void resample_groups(uint8_t *out, const int16_t *in, const up_byte_columns *plan, int taps,
                            bool fine, bool past, int group, int n)
{
    const int pairs = taps / 2, period = plan->period;
    for (int x = 0; x < n; x += TOGETHER * LANES) {
        ints level[TOGETHER];
        for (int i = 0; i < TOGETHER; i++) {
            const group_plan g = load_group(plan, fine ? 2 * pairs : pairs, group + i);
            level[i] = group_sums(in, &g, 2 * plan->channels, pairs, fine, false) >> plan->shift;
        }
        for (group += TOGETHER; group >= period; group -= period)
            in += plan->advance;
        store_samples(out + x, level, past, n - x);
    }
}

INLINE void resample_taps(uint8_t *out, const int16_t *in, const up_byte_columns *plan, int taps,
                          bool past, int first, int n)
{
    const int period = plan->period, group = first / LANES % period;
    int done;
    in += (ptrdiff_t)(first / LANES / period) * plan->advance;
    if (plan->fine)
        return resample_groups(out, in, plan, taps, true, past, group, n);
    if (plan->together)
        done = resample_alike(out, in, plan, taps, true, past, group, n);
    else
        done = resample_alike(out, in, plan, taps, false, past, group, n);
    in += (ptrdiff_t)(done / LANES / period) * plan->advance;
    resample_groups(out + done, in, plan, taps, false, past, group, n - done);
}

static void resample_bytes(uint8_t *out, const int16_t *in, const up_byte_columns *plan, bool past,
                           int first, int n)
{
    if (plan->taps == 2)
        resample_taps(out, in, plan, 2, past, first, n);
    else if (plan->taps == 4)
        resample_taps(out, in, plan, 4, past, first, n);
    else
        resample_taps(out, in, plan, 6, past, first, n);
}

#endif
