/* SPDX-License-Identifier: MIT */
/* Whole numbers: every variant makes what the reference makes, to the last bit, of rows and columns
 * of any plan, whole and in slices, and writes nothing but that. */
#include "support/reference/kernel_check.h"

#include "base/memory.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_WIDTH = 400, MOST_GROUPS = 64, MARGIN = 64, SPARE = 512 };

static uint32_t seed = 11;

static int between(int low, int high)
{
    return low + random_below(&seed, high - low + 1);
}

static uint8_t random_byte(void)
{
    return (uint8_t)(random_below(&seed, 4) ? random_below(&seed, 256)
                                            : 255 * random_below(&seed, 2));
}

/* Weights whose sums of any bytes fit. */
static up_byte_rows make_rows(int taps, int shift, bool fine)
{
    up_byte_rows plan = { .taps = taps, .shift = shift, .fine = fine };
    const int most = shift ? 32767 >> (shift < 12 ? 12 - shift : 0) : 128 / taps;
    int sum = 0, part = 0;
    for (int t = 0; t < taps; t++) {
        sum += plan.weight[t] = (int16_t)(between(-most, most) / (shift ? taps : 1));
        part += plan.weight[taps + t] = (int16_t)(fine ? between(-128, 127) : 0);
    }
    plan.bias = -128 * sum + (shift ? 1 << (shift - 1) : 64);
    plan.fine_bias = -128 * part;
    return plan;
}

static void check_rows(const up_byte_rows *plan, int n)
{
    uint8_t *row[UP_BYTE_TAPS];
    const uint8_t *in[UP_BYTE_TAPS];
    int16_t wanted[MOST_WIDTH];
    for (int t = 0; t < plan->taps; t++) {
        in[t] = row[t] = malloc((size_t)n);
        for (int x = 0; x < n; x++)
            row[t][x] = random_byte();
    }
    kernel_variant(0)->mix_bytes(wanted, in, plan, n);
    FOR_EACH_VARIANT(kernels)
    {
        guarded out = guarded_make(up_round_up(n, 32) * sizeof(int16_t), 0);
        kernels->mix_bytes(out.data, in, plan, n);
        cr_assert_arr_eq(out.data, wanted, n * sizeof(int16_t),
                         "%s mix_bytes, %d taps, shift %d, width %d", kernels->name, plan->taps,
                         plan->shift, n);
        cr_expect(guarded_intact(&out), "%s mix_bytes writes beyond %d", kernels->name, n);
        guarded_free(&out);
    }
    for (int t = 0; t < plan->taps; t++)
        free(row[t]);
}

Test(kernels_bytes, rows)
{
    for (int taps = 2; taps <= UP_BYTE_TAPS; taps += 2)
        for (int shift = 0; shift <= 12; shift += 4)
            for (int fine = 0; fine <= (shift > 0); fine++)
                for (int n = 1; n <= MOST_WIDTH; n += n < 70 ? 1 : 31) {
                    const up_byte_rows plan = make_rows(taps, shift, fine);
                    check_rows(&plan, n);
                }
}

typedef struct {
    up_byte_columns columns;
    int start[MOST_GROUPS * 16];
    int16_t index[MOST_GROUPS * 32], weight[MOST_GROUPS * 32 * UP_BYTE_TAPS];
} plan;

/* What sample i of a row is made from, whatever groups and windows a variant has. */
typedef struct {
    int taps, channels, repeat, advance; /* samples, words */
    bool fine;
    int shift;
    int first[96]; /* words */
    int16_t weight[96][2 * UP_BYTE_TAPS];
} meaning;

static meaning make_meaning(int taps, int channels, int scale, bool fine)
{
    meaning m = { .taps = taps,
                  .channels = channels,
                  .repeat = scale * channels,
                  .advance = channels,
                  .fine = fine,
                  .shift = 20 };
    const int turn = random_below(&seed, scale + 1);
    for (int i = 0; i < m.repeat; i++) {
        m.first[i] = (i / channels >= turn ? channels : 0) + i % channels - 2 * channels;
        for (int t = 0; t < taps; t++) {
            m.weight[i][t] = (int16_t)(between(-32767, 32767) / taps);
            m.weight[i][taps + t] = (int16_t)(fine ? between(-128, 127) : 0);
        }
    }
    return m;
}

static int word_of(const meaning *m, int i)
{
    return m->first[i % m->repeat] + i / m->repeat * m->advance;
}

static void fill_group(plan *p, const meaning *m, int group)
{
    const up_byte_columns *c = &p->columns;
    const int pairs = m->taps / 2, words = 2 * c->lanes;
    for (int lane = 0; lane < c->lanes; lane++) {
        const int i = group * c->lanes + lane, window = i / c->window;
        int low = word_of(m, window * c->window);
        for (int k = 0; k < c->window; k++)
            low = up_min(low, word_of(m, window * c->window + k));
        p->start[window] = low;
        for (int t = 0; t < 2; t++) {
            const int place = word_of(m, i) + t * m->channels - low;
            cr_assert(place < 2 * c->window);
            p->columns.together &= place + (m->taps - 2) * m->channels < 2 * c->window;
            p->index[group * words + 2 * lane + t] = (int16_t)(2 * place | (2 * place + 1) << 8);
        }
        for (int k = 0; k < (m->fine ? 2 * pairs : pairs); k++)
            memcpy(&p->weight[(group * (m->fine ? 2 : 1) * pairs + k) * words + 2 * lane],
                   &m->weight[i % m->repeat][2 * k], 2 * sizeof(int16_t));
    }
}

static void make_plan(plan *p, const meaning *m, const up_kernels *kernels)
{
    int period = 1;
    while (period * kernels->byte_lanes % m->repeat)
        period++;
    p->columns =
        (up_byte_columns){ .taps = m->taps,
                           .shift = m->shift,
                           .fine = m->fine,
                           .together = true,
                           .channels = m->channels,
                           .lanes = kernels->byte_lanes,
                           .window = kernels->byte_window,
                           .period = period,
                           .advance = period * kernels->byte_lanes / m->repeat * m->advance,
                           .start = p->start,
                           .index = p->index,
                           .weight = p->weight };
    cr_assert(period + 3 <= MOST_GROUPS);
    for (int g = 0; g < period + 3; g++)
        fill_group(p, m, g);
}

/* By the meaning alone. */
static void expected(uint8_t *out, const int16_t *in, const meaning *m, int n)
{
    for (int i = 0; i < n; i++) {
        int64_t sum = 0, part = 0;
        for (int t = 0; t < m->taps; t++) {
            const int16_t *weight = m->weight[i % m->repeat];
            const int64_t v = in[word_of(m, i) + t * m->channels];
            sum += weight[t] * v;
            part += weight[m->taps + t] * v;
        }
        out[i] = (uint8_t)up_clamp(UP_BYTE_MIDDLE + (int)((sum + (part >> 8)) >> m->shift), 0, 255);
    }
}

static void check_columns_in(const up_kernels *kernels, const meaning *m, const int16_t *in,
                             const uint8_t *wanted, int n)
{
    static plan p;
    make_plan(&p, m, kernels);
    for (int past = 0; past < 2; past++)
        for (int x0 = 0; x0 < n; x0 += 48) {
            const int count = x0 ? between(1, n - x0) : n;
            guarded out = guarded_make((size_t)count, past ? 0 : x0 % 64 / 16);
            const bool aligned = (uintptr_t)out.data % UP_ALIGN == 0;
            kernels->resample_bytes(out.data, in, &p.columns, past && aligned, x0, count);
            cr_assert_arr_eq(out.data, wanted + x0, (size_t)count,
                             "%s resample_bytes, %d taps, %d channels, period %d, %d from %d",
                             kernels->name, m->taps, m->channels, m->repeat, count, x0);
            cr_expect(guarded_intact(&out), "%s resample_bytes writes beyond", kernels->name);
            guarded_free(&out);
        }
}

static void check_columns(const meaning *m, int n)
{
    int16_t *words = up_alloc_zero(MARGIN + MOST_WIDTH + SPARE, sizeof *words),
            *in = words + MARGIN;
    uint8_t wanted[MOST_WIDTH];
    for (int i = -MARGIN; i < MOST_WIDTH; i++)
        in[i] = (int16_t)(random_below(&seed, 3) ? between(-32768, 32767) : between(-1, 0) ^ 32767);
    expected(wanted, in, m, n);
    check_columns_in(kernel_variant(0), m, in, wanted, n);
    FOR_EACH_VARIANT(kernels)
    {
        check_columns_in(kernels, m, in, wanted, n);
    }
    up_free(words);
}

Test(kernels_bytes, columns)
{
    for (int taps = 2; taps <= UP_BYTE_TAPS; taps += 2)
        for (int channels = 1; channels <= 4; channels++)
            for (int scale = 1; scale <= 8; scale++)
                for (int fine = 0; fine < 2; fine++)
                    for (int n = 1; n <= MOST_WIDTH; n += n < 40 ? 13 : 89) {
                        const meaning m = make_meaning(taps, channels, scale, fine);
                        check_columns(&m, n);
                    }
}
