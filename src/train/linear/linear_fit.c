/* SPDX-License-Identifier: MIT */
#include "train/linear/linear_fit.h"

#include "base/memory.h"
#include "ops/resample/axis.h"

#include <math.h>

enum { TURNS = 8 }; /* flips and transpositions of a square */

/* Where one of them takes a place of a square with `side` rows and columns. */
static size_t turned(int turn, size_t place, size_t side)
{
    size_t y = place / side, x = place % side;
    if (turn & 1)
        x = side - 1 - x;
    if (turn & 2)
        y = side - 1 - y;
    return turn & 4 ? x * side + y : y * side + x;
}

static double gram_at(const up_linear_statistics *s, size_t a, size_t b)
{
    return a < b ? s->gram[a * s->taps + b] : s->gram[b * s->taps + a];
}

/* ---------------------------------------------------------------- normal equations */

/* The unknowns are the taps but the centre, which is minus their sum: what they weigh is how much a
 * pixel differs from the centre. */
typedef struct {
    size_t unknowns;
    double *matrix; /* [unknowns][unknowns] */
    double *right;  /* [phases][unknowns]; then the solutions */
} equations;

static size_t tap_of(const up_linear_statistics *s, size_t unknown)
{
    return unknown + (unknown >= s->taps / 2);
}

/* The mean over all turns of the pictures. */
static double difference_product(const up_linear_statistics *s, size_t a, size_t b)
{
    const size_t side = (size_t)s->window, centre = s->taps / 2;
    double sum = 0;
    for (int turn = 0; turn < TURNS; turn++) {
        const size_t p = turned(turn, a, side), q = turned(turn, b, side);
        sum += gram_at(s, p, q) - gram_at(s, p, centre) - gram_at(s, q, centre) +
               gram_at(s, centre, centre);
    }
    return sum / TURNS;
}

static double difference_target(const up_linear_statistics *s, size_t phase, size_t tap)
{
    double sum = 0;
    for (int turn = 0; turn < TURNS; turn++) {
        const double *cross = s->cross + turned(turn, phase, (size_t)s->scale) * s->taps;
        sum += cross[turned(turn, tap, (size_t)s->window)] - cross[s->taps / 2];
    }
    return sum / TURNS;
}

/* False if pixels do not differ by more than rounding. */
static bool fill(equations *e, const up_linear_statistics *s, double ridge)
{
    const size_t n = e->unknowns;
    double trace = 0;
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k <= i; k++)
            e->matrix[i * n + k] = difference_product(s, tap_of(s, i), tap_of(s, k));
    for (size_t i = 0; i < n; i++)
        trace += e->matrix[i * n + i];
    for (size_t i = 0; i < n; i++)
        e->matrix[i * n + i] += ridge * trace / (double)n;
    for (size_t phase = 0; phase < s->phases; phase++)
        for (size_t i = 0; i < n; i++)
            e->right[phase * n + i] = difference_target(s, phase, tap_of(s, i));
    return trace > 1e-10 * (double)n * gram_at(s, s->taps / 2, s->taps / 2);
}

/* Cholesky: the lower half of a becomes L with L L' = a. False if a is not positive definite. */
static bool factor(double *a, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const double diagonal = a[i * n + i];
        for (size_t k = 0; k <= i; k++) {
            double sum = a[i * n + k];
            for (size_t j = 0; j < k; j++)
                sum -= a[i * n + j] * a[k * n + j];
            if (k < i)
                a[i * n + k] = sum / a[k * n + k];
            else if (sum > 1e-13 * diagonal)
                a[i * n + i] = sqrt(sum);
            else
                return false;
        }
    }
    return true;
}

static void substitute(const double *l, size_t n, double *b)
{
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < i; k++)
            b[i] -= l[i * n + k] * b[k];
        b[i] /= l[i * n + i];
    }
    for (size_t i = n; i-- > 0;) {
        for (size_t k = i + 1; k < n; k++)
            b[i] -= l[k * n + i] * b[k];
        b[i] /= l[i * n + i];
    }
}

static bool solve(equations *e, size_t phases)
{
    if (!factor(e->matrix, e->unknowns))
        return false;
    for (size_t phase = 0; phase < phases; phase++)
        substitute(e->matrix, e->unknowns, e->right + phase * e->unknowns);
    return true;
}

/* ---------------------------------------------------------------- weights */

/* The turn that takes `phase` to the first of those that turns make of it. */
static int turn_to_first(size_t phase, size_t side)
{
    int best = 0;
    for (int turn = 1; turn < TURNS; turn++)
        if (turned(turn, phase, side) < turned(best, phase, side))
            best = turn;
    return best;
}

/* The first of the taps that turns make of `tap` while they leave the phase as it is. */
static size_t first_tap(const up_linear_statistics *s, size_t phase, size_t tap)
{
    size_t first = tap;
    for (int turn = 1; turn < TURNS; turn++) {
        const size_t other = turned(turn, tap, (size_t)s->window);
        if (turned(turn, phase, (size_t)s->scale) == phase && other < first)
            first = other;
    }
    return first;
}

/* What the solutions differ in for turned phases and taps is rounding: the first one is taken. */
static void take_weights(double *weight, const equations *e, const up_linear_statistics *s)
{
    const size_t centre = s->taps / 2;
    for (size_t phase = 0; phase < s->phases; phase++) {
        double *w = weight + phase * s->taps, sum = 0;
        const int turn = turn_to_first(phase, (size_t)s->scale);
        const size_t first = turned(turn, phase, (size_t)s->scale);
        for (size_t i = 0; i < e->unknowns; i++) {
            const size_t tap = first_tap(s, phase, tap_of(s, i));
            w[tap_of(s, i)] = e->right[phase * e->unknowns + tap - (tap > centre)];
            sum += w[tap_of(s, i)];
        }
        w[centre] = -sum;
        for (size_t tap = 0; first < phase && tap < s->taps; tap++)
            w[tap] = weight[first * s->taps + turned(turn, tap, (size_t)s->window)];
    }
}

up_status up_linear_fit(double *weight, const up_linear_statistics *s, double ridge,
                        up_error *error)
{
    equations e = { .unknowns = s->taps - 1 };
    e.matrix = up_alloc_zero(e.unknowns * e.unknowns, sizeof *e.matrix);
    e.right = up_alloc(s->phases * e.unknowns, sizeof *e.right);
    up_status status = UP_OK;
    if (!e.matrix || !e.right) {
        status =
            up_fail_memory(error, "normal equations", e.unknowns * e.unknowns * sizeof *e.matrix);
    } else if (fill(&e, s, ridge) && solve(&e, s->phases)) {
        take_weights(weight, &e, s);
    } else {
        status = up_fail(error, UP_ERROR_INPUT,
                         "the pictures do not tell the weights: they are too few or too flat; add "
                         "some, raise --ridge or lower --support");
    }
    up_free(e.matrix);
    up_free(e.right);
    return status;
}

double up_linear_error(const double *weight, const up_linear_statistics *s)
{
    double sum = 0;
    for (size_t phase = 0; phase < s->phases; phase++) {
        const double *w = weight + phase * s->taps, *cross = s->cross + phase * s->taps;
        sum += s->energy[phase];
        for (size_t a = 0; a < s->taps; a++) {
            double product = 0;
            for (size_t b = 0; b < s->taps; b++)
                product += gram_at(s, a, b) * w[b];
            sum += w[a] * (product - 2 * cross[a]);
        }
    }
    return sum / (s->pixels * (double)s->phases);
}

static double cubic(double place)
{
    const double distance = fabs(place);
    return distance < up_filter_cubic.support ? up_filter_cubic.at(distance, -0.5) : 0;
}

void up_linear_kernel(float *kernel, const double *weight, int scale, int window)
{
    const int side = window * scale;
    for (int y = 0; y < side; y++)
        for (int x = 0; x < side; x++) {
            /* the place of the tap, and how far the output pixel is from it */
            const int row = window - 1 - y / scale, column = window - 1 - x / scale;
            const int phase = y % scale * scale + x % scale;
            const double down = (2 * y + 1 - side) / (2.0 * scale);
            const double right = (2 * x + 1 - side) / (2.0 * scale);
            const double bicubic = cubic(down) * cubic(right);
            kernel[y * side + x] =
                (float)(bicubic + weight[(phase * window + row) * window + column]);
        }
}
