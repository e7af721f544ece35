/* SPDX-License-Identifier: MIT */
/* Resampling in whole numbers. */
#include "support/kernels/kernel_row.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

static int between(kernel_job *job, int low, int high)
{
    return low + kernel_below(job, high - low + 1);
}

/* ---------------------------------------------------------------- mix_bytes */

enum { MIX_TAPS, MIX_SHIFT, MIX_FINE, MIX_WIDTH };

static void mix_shapes(kernel_visit *visit, void *user)
{
    for (int taps = 2; taps <= UP_BYTE_TAPS; taps += 2)
        for (int shift = 0; shift <= 12; shift += 4)
            for (int fine = 0; fine <= (shift > 0); fine++)
                for (int n = 1; n <= 400; n += n < 70 ? 1 : 31)
                    KERNEL_SHAPE(taps, shift, fine, n);
}

/* Weights whose sums of any bytes fit. */
static up_byte_rows *make_rows(kernel_job *job)
{
    const int taps = job->size[MIX_TAPS], shift = job->size[MIX_SHIFT];
    const bool fine = job->size[MIX_FINE];
    const int most = shift ? 32767 >> (shift < 12 ? 12 - shift : 0) : 128 / taps;
    up_byte_rows *plan = kernel_holds(job, sizeof *plan);
    *plan = (up_byte_rows){ .taps = taps, .shift = shift, .fine = fine };
    int sum = 0, part = 0;
    for (int t = 0; t < taps; t++) {
        sum += plan->weight[t] = (int16_t)(between(job, -most, most) / (shift ? taps : 1));
        part += plan->weight[taps + t] = (int16_t)(fine ? between(job, -128, 127) : 0);
    }
    plan->bias = -128 * sum + (shift ? 1 << (shift - 1) : 64);
    plan->fine_bias = -128 * part;
    return plan;
}

static void set_up_mix(kernel_job *job)
{
    const int n = job->n = job->size[MIX_WIDTH];
    const uint8_t **rows = kernel_holds(job, UP_BYTE_TAPS * sizeof *rows);
    job->plan = make_rows(job);
    job->raw[0] = rows;
    for (int t = 0; t < job->size[MIX_TAPS]; t++) {
        uint8_t *row = kernel_holds_bytes(job, n, 0);
        for (int x = 0; x < n; x++) /* many at the ends */
            row[x] = kernel_below(job, 4) ? row[x] : (uint8_t)(255 * (row[x] & 1));
        rows[t] = row;
    }
    kernel_makes(job, n, sizeof(int16_t), 32);
}

static void mix(const kernel_job *job, const kernel_set *set, void *const *out, int first, int n)
{
    (void)first;
    set->kernels->mix_bytes(out[0], job->raw[0], job->plan, n);
}

static kernel_work work_of_mix(const kernel_job *job)
{
    const double sums = (double)job->n * job->size[MIX_TAPS];
    return (kernel_work){ .read = sums, .written = 2.0 * job->n };
}

const kernel_row kernel_row_mix_bytes = {
    .name = "mix_bytes",
    .shapes = mix_shapes,
    .setup = set_up_mix,
    .call = mix,
    .work = work_of_mix,
    .timing = (const kernel_timing[]){ { "2 taps", { 2, 8, 0, 5760 } },
                                       { "4 taps", { 4, 8, 0, 5760 } },
                                       { "6 taps, fine", { 6, 8, 1, 5760 } },
                                       { 0 } },
};

/* ---------------------------------------------------------------- resample_bytes */

enum { TAPS, CHANNELS, SCALE, FINE, PAST, WIDTH };
enum { MOST_GROUPS = 64, MARGIN = 64, SPARE = 512, MOST_REPEAT = 96, SHIFT = 20 };

/* What sample i of a row is made from, whatever groups and windows a variant has. */
typedef struct {
    int taps, channels, repeat, advance; /* samples, words */
    bool fine;
    int first[MOST_REPEAT]; /* words */
    int16_t weight[MOST_REPEAT][2 * UP_BYTE_TAPS];
} meaning;

typedef struct {
    up_byte_columns columns;
    int start[MOST_GROUPS * 16];
    int16_t index[MOST_GROUPS * 32], weight[MOST_GROUPS * 32 * UP_BYTE_TAPS];
} plan;

typedef struct {
    meaning meaning;
    plan plan[KERNEL_SETS];
} resampling;

static void shapes(kernel_visit *visit, void *user)
{
    for (int taps = 2; taps <= UP_BYTE_TAPS; taps += 2)
        for (int channels = 1; channels <= 4; channels++)
            for (int scale = 1; scale <= 8; scale++)
                for (int fine = 0; fine < 2; fine++)
                    for (int past = 0; past < 2; past++)
                        for (int n = 1; n <= 400; n += n < 40 ? 13 : 89)
                            KERNEL_SHAPE(taps, channels, scale, fine, past, n);
}

static void set_meaning(kernel_job *job, meaning *m)
{
    const int channels = job->size[CHANNELS], scale = job->size[SCALE];
    m->taps = job->size[TAPS];
    m->channels = m->advance = channels;
    m->repeat = scale * channels;
    m->fine = job->size[FINE];
    const int turn = kernel_below(job, scale + 1);
    for (int i = 0; i < m->repeat; i++) {
        m->first[i] = (i / channels >= turn ? channels : 0) + i % channels - 2 * channels;
        for (int t = 0; t < m->taps; t++) {
            m->weight[i][t] = (int16_t)(between(job, -32767, 32767) / m->taps);
            m->weight[i][m->taps + t] = (int16_t)(m->fine ? between(job, -128, 127) : 0);
        }
    }
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
            if (place >= 2 * c->window)
                abort();
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
    if (period + 3 > MOST_GROUPS)
        abort();
    p->columns =
        (up_byte_columns){ .taps = m->taps,
                           .shift = SHIFT,
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
    for (int g = 0; g < period + 3; g++)
        fill_group(p, m, g);
}

static void set_up(kernel_job *job)
{
    kernel_set sets[KERNEL_SETS];
    const int count = kernel_sets_for(job->row, sets);
    const int words = MARGIN + job->size[WIDTH] + SPARE;
    resampling *r = job->plan = kernel_holds(job, sizeof *r);
    int16_t *in = kernel_holds(job, words * sizeof *in);
    job->n = job->size[WIDTH];
    job->raw[0] = in + MARGIN;
    set_meaning(job, &r->meaning);
    for (int i = 0; i < count; i++)
        make_plan(&r->plan[i], &r->meaning, sets[i].kernels);
    for (int i = 0; i < words; i++)
        in[i] = (int16_t)(kernel_below(job, 3) ? between(job, -32768, 32767)
                                               : between(job, -1, 0) ^ 32767);
    kernel_makes(job, job->n, 1, 1);
    job->shift = job->size[PAST] ? 0 : kernel_below(job, 16);
}

static void call(const kernel_job *job, const kernel_set *set, void *const *out, int first, int n)
{
    const resampling *r = job->plan;
    set->kernels->resample_bytes(out[0], job->raw[0], &r->plan[set->index].columns, job->size[PAST],
                                 first, n);
}

/* By the meaning alone. */
static void expect(const kernel_job *job, void *const *out)
{
    const meaning *m = &((const resampling *)job->plan)->meaning;
    const int16_t *in = job->raw[0];
    for (int i = 0; i < job->n; i++) {
        const int16_t *weight = m->weight[i % m->repeat];
        int64_t sum = 0, part = 0;
        for (int t = 0; t < m->taps; t++) {
            const int64_t v = in[word_of(m, i) + t * m->channels];
            sum += weight[t] * v;
            part += weight[m->taps + t] * v;
        }
        ((uint8_t *)out[0])[i] =
            (uint8_t)up_clamp(UP_BYTE_MIDDLE + (int)((sum + (part >> 8)) >> SHIFT), 0, 255);
    }
}

static kernel_work work(const kernel_job *job)
{
    return (kernel_work){ .read = 2.0 * job->n / job->size[SCALE], .written = job->n };
}

const kernel_row kernel_row_resample_bytes = {
    .name = "resample_bytes",
    .sliced = true,
    .shapes = shapes,
    .setup = set_up,
    .call = call,
    .expect = expect,
    .work = work,
    .timing = (const kernel_timing[]){ { "x2, 2 taps, RGB", { 2, 3, 2, 0, 0, 11520 } },
                                       { "x2, 4 taps, RGB", { 4, 3, 2, 0, 0, 11520 } },
                                       { "x2, 6 taps, RGB, fine", { 6, 3, 2, 1, 0, 11520 } },
                                       { 0 } },
};
