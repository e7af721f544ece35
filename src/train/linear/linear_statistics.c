/* SPDX-License-Identifier: MIT */
#include "train/linear/linear_statistics.h"

#include "base/memory.h"

#include <string.h>

/* The sums of low * low depend on the distance of two taps, but for the borders: the products at
 * one distance (a lag) are made once for each pixel of a row, and summed over the stretch of the
 * row that each of the pairs of taps covers. That is 145 products a pixel for 9 x 9 taps, not 3321.
 * Everything is in double precision: neighbours differ little, and their sums even less. */

enum {
    BAND = 16,   /* rows at a time: what is worked on stays in the cache */
    PIECE = 128, /* rows that one thread takes */
    SLOTS = 16,  /* sums that pieces are dealt out to: not by threads, so that all get the same */
};

typedef struct {
    up_linear_statistics *to;
    size_t width, height, halo; /* of the picture; halo = window - 1 */
    size_t first, rows;         /* of the padded picture, which has height + halo */
    double *low;                /* [rows + halo][width + halo] from `first` on */
    double *residual;           /* [phases][rows][width], where first + row < height */
} band;

up_status up_linear_statistics_init(up_linear_statistics *s, int scale, int window, up_error *error)
{
    *s = (up_linear_statistics){ .scale = scale,
                                 .window = window,
                                 .phases = (size_t)(scale * scale),
                                 .taps = (size_t)(window * window) };
    s->gram = up_alloc_zero(s->taps * s->taps, sizeof *s->gram);
    s->cross = up_alloc_zero(s->phases * s->taps, sizeof *s->cross);
    s->energy = up_alloc_zero(s->phases, sizeof *s->energy);
    if (s->gram && s->cross && s->energy)
        return UP_OK;
    up_linear_statistics_free(s);
    return up_fail_memory(error, "normal equations", s->taps * s->taps * sizeof *s->gram);
}

double up_linear_statistics_bytes(int scale, int window, int width, int threads)
{
    const double taps = window * window, phases = scale * scale, halo = window - 1;
    const double sums = taps * taps + phases * taps;
    const double low = (BAND + halo) * (width + halo), residual = phases * BAND * width;
    return sizeof(double) * ((SLOTS + 2) * sums + threads * (low + residual));
}

void up_linear_statistics_clear(up_linear_statistics *s)
{
    memset(s->gram, 0, s->taps * s->taps * sizeof *s->gram);
    memset(s->cross, 0, s->phases * s->taps * sizeof *s->cross);
    memset(s->energy, 0, s->phases * sizeof *s->energy);
    s->pixels = 0;
}

void up_linear_statistics_free(up_linear_statistics *s)
{
    up_free(s->gram);
    up_free(s->cross);
    up_free(s->energy);
    s->gram = s->cross = s->energy = NULL;
}

/* Always in this order, whatever the vectors: the same bits everywhere. */
static double dot(const double *a, const double *b, size_t n)
{
    enum { LANES = 16 };
    double part[LANES] = { 0 }, sum = 0;
    size_t i = 0;
    for (; i + LANES <= n; i += LANES)
        for (size_t k = 0; k < LANES; k++)
            part[k] += a[i + k] * b[i + k];
    for (; i < n; i++)
        sum += a[i] * b[i];
    for (size_t k = 0; k < LANES; k++)
        sum += part[k];
    return sum;
}

/* ---------------------------------------------------------------- a band of rows */

static void fill_low(const band *b, const up_train_picture *picture, size_t row)
{
    const int radius = (int)b->halo / 2;
    const int y = up_clamp((int)(b->first + row) - radius, 0, picture->height - 1);
    const float *from = picture->low + (size_t)y * b->width;
    double *to = b->low + row * (b->width + b->halo);
    for (size_t x = 0; x < b->width + b->halo; x++)
        to[x] = (double)from[up_clamp((int)x - radius, 0, picture->width - 1)];
}

static void fill_residual(const band *b, const up_train_picture *picture, size_t row)
{
    const size_t scale = (size_t)b->to->scale, stride = b->width * scale;
    const int16_t *from = picture->residual + (b->first + row) * scale * stride;
    for (size_t phase = 0; phase < b->to->phases; phase++) {
        double *to = b->residual + (phase * b->rows + row) * b->width;
        const int16_t *at = from + phase / scale * stride + phase % scale;
        for (size_t x = 0; x < b->width; x++)
            to[x] = at[x * scale] * (1.0 / (255 * UP_RESIDUAL_UNITS));
    }
}

static void fill(const band *b, const up_train_picture *picture)
{
    const size_t padded = b->height + b->halo;
    for (size_t row = 0; row < b->rows + b->halo && b->first + row < padded; row++)
        fill_low(b, picture, row);
    for (size_t row = 0; row < b->rows && b->first + row < b->height; row++)
        fill_residual(b, picture, row);
}

/* `sum` is one of the pairs (tap, column) and (tap + down, other), for a range of tap rows. */
static void add_pairs(const band *b, double sum, size_t first, size_t last, size_t column,
                      size_t down, size_t other)
{
    const size_t window = b->halo + 1;
    for (size_t tap = first; tap <= last; tap++)
        b->to->gram[(tap * window + column) * b->to->taps + (tap + down) * window + other] += sum;
}

/* Pairs of taps (row, column) and (row + down, column + right). */
static void add_lag(const band *b, size_t down, ptrdiff_t right)
{
    const size_t window = b->halo + 1, stride = b->width + b->halo, most = b->halo - down;
    const size_t begin = right < 0 ? (size_t)-right : 0;
    const size_t end = window - (right > 0 ? (size_t)right : 0);
    double inner[UP_LINEAR_MOST_WINDOW] = { 0 }; /* of rows that all tap rows cover */
    for (size_t row = 0; row < b->rows && b->first + row + down < b->height + b->halo; row++) {
        const size_t y = b->first + row;
        const size_t first = y < b->height ? 0 : y - b->height + 1, last = y < most ? y : most;
        const double *p = b->low + row * stride, *q = p + down * stride + right;
        double sum = dot(p + begin, q + begin, b->width);
        for (size_t x = begin; x < end; x++) {
            if (first == 0 && last == most)
                inner[x] += sum;
            else
                add_pairs(b, sum, first, last, x, down, (size_t)((ptrdiff_t)x + right));
            if (x + 1 < end)
                sum += p[x + b->width] * q[x + b->width] - p[x] * q[x];
        }
    }
    for (size_t x = begin; x < end; x++)
        add_pairs(b, inner[x], 0, most, x, down, (size_t)((ptrdiff_t)x + right));
}

/* Residuals of one phase with the taps of one row. */
static void add_cross(const band *b, size_t phase, size_t tap_row)
{
    const size_t window = b->halo + 1, stride = b->width + b->halo;
    double *cross = b->to->cross + phase * b->to->taps + tap_row * window;
    for (size_t row = 0; row < b->rows && b->first + row < b->height; row++) {
        const double *residual = b->residual + (phase * b->rows + row) * b->width;
        const double *low = b->low + (row + tap_row) * stride;
        for (size_t column = 0; column < window; column++)
            cross[column] += dot(residual, low + column, b->width);
        if (tap_row == 0)
            b->to->energy[phase] += dot(residual, residual, b->width);
    }
}

static void add_band(const band *b)
{
    const size_t window = b->halo + 1;
    for (size_t right = 0; right < window; right++)
        add_lag(b, 0, (ptrdiff_t)right);
    for (size_t down = 1; down < window; down++)
        for (size_t place = 0; place < 2 * window - 1; place++)
            add_lag(b, down, (ptrdiff_t)place - (ptrdiff_t)b->halo);
    for (size_t phase = 0; phase < b->to->phases; phase++)
        for (size_t tap_row = 0; tap_row < window; tap_row++)
            add_cross(b, phase, tap_row);
}

/* ---------------------------------------------------------------- pictures */

/* PIECE rows from `first` on of a picture, or, of the last piece, all that are left. */
static up_status add_piece(up_linear_statistics *s, const up_train_picture *picture, size_t first,
                           up_error *error)
{
    band b = { .to = s,
               .width = (size_t)picture->width,
               .height = (size_t)picture->height,
               .halo = (size_t)s->window - 1,
               .rows = BAND };
    const size_t low = (b.rows + b.halo) * (b.width + b.halo);
    const size_t residual = s->phases * b.rows * b.width;
    const size_t end = first + PIECE < b.height ? first + PIECE : b.height + b.halo;
    b.low = up_alloc(low, sizeof *b.low);
    b.residual = up_alloc(residual, sizeof *b.residual);
    const bool fine = b.low && b.residual;
    for (b.first = first; fine && b.first < end; b.first += b.rows) {
        fill(&b, picture);
        add_band(&b);
    }
    up_free(b.low);
    up_free(b.residual);
    return fine ? UP_OK
                : up_fail_memory(error, "rows of a picture", (low + residual) * sizeof *b.low);
}

typedef struct {
    up_linear_statistics sum[SLOTS];
    const up_train_picture *picture;
    size_t count;
    const up_linear_gathering *how;
} gathering;

static bool is_cancelled(const gathering *g)
{
    return g->how->cancel && *g->how->cancel;
}

/* Every SLOTS-th piece of all pictures. */
static up_status fill_slot(gathering *g, size_t slot, up_error *error)
{
    size_t piece = 0;
    for (size_t i = 0; i < g->count; i++) {
        const up_train_picture *p = &g->picture[i];
        for (size_t row = 0; row < (size_t)p->height; row += PIECE, piece++) {
            if (piece % SLOTS != slot || is_cancelled(g))
                continue;
            UP_TRY(add_piece(&g->sum[slot], p, row, error));
            const size_t rows = (size_t)p->height - row < PIECE ? (size_t)p->height - row : PIECE;
#pragma omp critical(up_linear_advanced)
            if (g->how->advanced)
                g->how->advanced(g->how->user, (double)rows * p->width);
        }
    }
    return UP_OK;
}

static void add_sums(up_linear_statistics *to, const up_linear_statistics *from)
{
    for (size_t i = 0; i < to->taps * to->taps; i++)
        to->gram[i] += from->gram[i];
    for (size_t i = 0; i < to->phases * to->taps; i++)
        to->cross[i] += from->cross[i];
    for (size_t i = 0; i < to->phases; i++)
        to->energy[i] += from->energy[i];
}

static up_status gather(gathering *g, up_linear_statistics *s, up_error *error)
{
    up_status status[SLOTS];
    up_error why[SLOTS];
    for (size_t slot = 0; slot < SLOTS; slot++)
        UP_TRY(up_linear_statistics_init(&g->sum[slot], s->scale, s->window, error));
#pragma omp parallel for schedule(dynamic) num_threads(g->how->threads)
    for (size_t slot = 0; slot < SLOTS; slot++)
        status[slot] = fill_slot(g, slot, &why[slot]);
    for (size_t slot = 0; slot < SLOTS; slot++) {
        if (status[slot] != UP_OK)
            return up_fail(error, status[slot], "%s", why[slot].message);
        add_sums(s, &g->sum[slot]);
    }
    for (size_t i = 0; i < g->count; i++)
        s->pixels += (double)g->picture[i].width * g->picture[i].height;
    return UP_OK;
}

up_status up_linear_statistics_add(up_linear_statistics *s, const up_train_picture *picture,
                                   size_t count, const up_linear_gathering *how, up_error *error)
{
    gathering g = { .picture = picture, .count = count, .how = how };
    up_status status = gather(&g, s, error);
    for (size_t slot = 0; slot < SLOTS; slot++)
        up_linear_statistics_free(&g.sum[slot]);
    return status;
}
