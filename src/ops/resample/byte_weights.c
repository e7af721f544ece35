/* SPDX-License-Identifier: MIT */
#include "ops/resample/byte_weights.h"

#include <math.h>
#include <stdlib.h>

#define MOST_WORD 32767
#define SPARE 4          /* words that rounded weights may go further than exact ones */
#define FINE 256         /* units of a fine weight that make one of the others */
#define STEPS_PER_UNIT 4 /* of scales that are tried */
#define MOST_SHIFT 24

/* The weights of an axis, and what they sum to at most, signs aside. */
typedef struct {
    const up_axis *axis;
    int phases;
    double weight[UP_BYTE_PHASES][UP_BYTE_TAPS];
    double sum[UP_BYTE_PHASES], most;
} exact_axis;

static bool is_plain(const up_axis *axis)
{
    const up_ratio step = axis->at.step;
    return !axis->inside && step.num > 0 && step.num <= step.den && step.den <= UP_BYTE_PHASES &&
           axis->taps <= UP_BYTE_TAPS && axis->taps % 2 == 0;
}

static exact_axis weights_of(const up_axis *axis)
{
    exact_axis e = { .axis = axis, .phases = (int)axis->at.step.den };
    for (int p = 0; p < e.phases; p++) {
        float weight[UP_BYTE_TAPS];
        up_axis_weights(axis, p, weight);
        for (int t = 0; t < axis->taps; t++) {
            e.weight[p][t] = weight[t];
            e.sum[p] += fabs(weight[t]);
        }
        e.most = fmax(e.most, e.sum[p]);
    }
    return e;
}

/* The passes of one try: words are `scale` times levels. */
typedef struct {
    up_byte_axis *rows, *columns;
    const exact_axis *of_rows, *of_columns;
    bool whole; /* words are sums as they are, not rounded */
} attempt;

/* Weights times `scale`; whether they fit. off[p]: by how much all of a phase are off together. */
static bool round_weights(up_byte_axis *axis, const exact_axis *exact, double scale, double *off)
{
    const int taps = axis->taps, parts = axis->fine ? FINE : 1;
    for (int p = 0; p < axis->phases; p++) {
        off[p] = 0;
        for (int t = 0; t < taps; t++) {
            const double wanted = exact->weight[p][t] * scale * parts;
            if (fabs(wanted) >= (double)MOST_WORD * parts)
                return false;
            const int units = (int)lrint(wanted);
            const int whole = axis->fine ? (units + FINE / 2) >> 8 : units;
            axis->weight[p][t] = (int16_t)whole;
            axis->weight[p][taps + t] = (int16_t)(units - whole * parts);
            off[p] += fabs(wanted - units) / (scale * parts);
        }
    }
    return true;
}

/* Words are counted from half a level below the middle, and rounded to the nearest themselves. */
static void centre(up_byte_axis *rows, double scale)
{
    const int half = (int)lrint(ldexp(scale, rows->shift) / 2);
    for (int p = 0; p < rows->phases; p++) {
        int sum = 0, fine = 0;
        for (int t = 0; t < rows->taps; t++) {
            sum += rows->weight[p][t];
            fine += rows->fine ? rows->weight[p][rows->taps + t] : 0;
        }
        rows->bias[p] = (rows->shift ? 1 << (rows->shift - 1) : 0) + half - UP_BYTE_MIDDLE * sum;
        rows->fine_bias[p] = -UP_BYTE_MIDDLE * fine;
    }
}

/* Whether no sum of any words overflows. */
static bool fits(const up_byte_axis *columns)
{
    for (int p = 0; p < columns->phases; p++) {
        int64_t most = UP_BYTE_TAPS * (MOST_WORD + 1) / 2;
        for (int t = 0; t < columns->taps; t++)
            most += (int64_t)abs(columns->weight[p][t]) * (MOST_WORD + 1);
        if (most > INT32_MAX)
            return false;
    }
    return true;
}

/* The largest shift with which words times `scale` can be made. */
static bool round_rows(const attempt *a, double scale, double *off)
{
    if (a->whole) {
        a->rows->shift = 0;
        return round_weights(a->rows, a->of_rows, scale, off);
    }
    for (int shift = MOST_SHIFT; shift > 0; shift--) {
        a->rows->shift = shift;
        if (round_weights(a->rows, a->of_rows, ldexp(scale, shift), off))
            return true;
    }
    return false;
}

static bool round_columns(const attempt *a, double scale, double *off)
{
    for (int shift = MOST_SHIFT; shift > 0; shift--) {
        a->columns->shift = shift;
        if (round_weights(a->columns, a->of_columns, ldexp(1, shift) / scale, off) &&
            fits(a->columns))
            return true;
    }
    return false;
}

/* By how many levels a result can be off at most before it is rounded. */
static double off_at_most(const attempt *a, double scale)
{
    double rows[UP_BYTE_PHASES], columns[UP_BYTE_PHASES], most = 0;
    const double half = scale / 2, rounding = (a->whole ? fabs(half - rint(half)) : 0.5) / scale;
    if (!round_rows(a, scale, rows) || !round_columns(a, scale, columns))
        return INFINITY;
    for (int v = 0; v < a->rows->phases; v++)
        for (int h = 0; h < a->columns->phases; h++) {
            const double word = UP_BYTE_MIDDLE * rows[v] + rounding;
            const double value = UP_BYTE_MIDDLE * a->of_rows->sum[v] + 0.5;
            most = fmax(most, a->of_columns->sum[h] * word + value * columns[h]);
        }
    return most;
}

/* Of all scales that leave words in their range, the one that is nearest. */
static bool find_scale(const attempt *a)
{
    const int steps = a->whole ? 1 : STEPS_PER_UNIT;
    const int most = (int)((MOST_WORD - SPARE) * steps / (UP_BYTE_MIDDLE * a->of_rows->most + 0.5));
    double best = INFINITY, best_scale = 0;
    for (int i = most; i > most / 2; i--) {
        const double off = off_at_most(a, (double)i / steps);
        if (off < best) {
            best = off;
            best_scale = (double)i / steps;
        }
    }
    if (best > UP_BYTE_OFF)
        return false;
    off_at_most(a, best_scale);
    centre(a->rows, best_scale);
    return true;
}

static void set_axis(up_byte_axis *axis, const up_axis *of)
{
    *axis = (up_byte_axis){
        .phases = (int)of->at.step.den,
        .advance = (int)of->at.step.num,
        .taps = of->taps,
    };
    for (int p = 0; p < axis->phases; p++)
        axis->first[p] = up_axis_first(of, p);
}

bool up_byte_axes_find(up_byte_axis *rows, up_byte_axis *columns, const up_axis *of_rows,
                       const up_axis *of_columns)
{
    static const struct {
        bool whole, fine_rows, fine_columns;
    } ways[] = { { true, false, false },
                 { false, false, false },
                 { false, true, false },
                 { false, true, true } };
    if (!is_plain(of_rows) || !is_plain(of_columns))
        return false;
    const exact_axis exact[2] = { weights_of(of_rows), weights_of(of_columns) };
    set_axis(rows, of_rows);
    set_axis(columns, of_columns);
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        rows->fine = ways[i].fine_rows;
        columns->fine = ways[i].fine_columns;
        const attempt a = { rows, columns, &exact[0], &exact[1], ways[i].whole };
        if (find_scale(&a))
            return true;
    }
    return false;
}
