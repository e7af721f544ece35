/* SPDX-License-Identifier: MIT */
#include "restore/blur/blurring.h"

#include "base/memory.h"
#include "pipeline/ring.h"

#include <omp.h>
#include <string.h>

/* Kernels write on to the next multiple of UP_LANES columns, and read as many beyond. */
static size_t padded(int width)
{
    return up_round_up((size_t)width, UP_LANES) + 2 * UP_LANES;
}

/* Zeros on either side of a row of seen, where the transposed convolution reads. */
static int margin(const up_blur *blur)
{
    return (int)up_round_up((size_t)blur->kernel[1] / blur->stride[1] + 1, UP_LANES);
}

/* ---- sizes */

static void set_sizes(up_blurring *b)
{
    const up_blur *blur = b->blur;
    const int rows = blur->kernel[0], columns = blur->kernel[1];
    b->extended = (b->seen[1] - 1) * blur->stride[1] + columns;
    b->lines = up_min(b->seen[0], 3 * (rows + 1));
    b->line = 2 * (size_t)margin(blur) + padded(b->seen[1]);
    b->phase = padded(b->seen[1] + columns / blur->stride[1] + 1);
    const int most = up_max(rows, b->lines);
    b->held = blur->axis[0] ? 1 : most;
    b->weights = up_round_up((size_t)most * (blur->axis[0] ? 1 : columns), UP_LANES);
    b->floats = padded(b->sharp[1]) + b->held * (b->line + b->phase * blur->stride[1]) +
                b->weights + up_max((int)b->weights, (int)padded(columns));
    b->pointers = up_max(most, b->held * columns);
}

size_t up_blurring_bytes(const up_blur *blur, const int sharp[2], const int seen[2], int threads)
{
    up_blurring b = { .blur = blur, .sharp = { sharp[0], sharp[1] }, .seen = { seen[0], seen[1] } };
    set_sizes(&b);
    return up_alloc_bytes(b.floats * threads * sizeof(float)) +
           up_alloc_bytes(b.pointers * threads * sizeof(float *)) +
           up_alloc_bytes(b.extended * sizeof(int)) +
           up_alloc_bytes((size_t)seen[0] * blur->kernel[0] * 2 * sizeof(int)) +
           up_alloc_bytes((sharp[0] + 2) * sizeof(int));
}

void up_blurring_free(up_blurring *b)
{
    up_free(b->column);
    up_free(b->first);
    up_free(b->from);
    up_free(b->scratch);
    up_free(b->pointer);
    *b = (up_blurring){ 0 };
}

/* The rows of sharp that are read, sorted by those, then rows of seen, then those of the kernel. */
static void list_rows(up_blurring *b)
{
    const up_blur *blur = b->blur;
    const int rows = blur->kernel[0];
    int *first = b->first + 1; /* moved up while it is filled */
    for (int pass = 0; pass < 2; pass++) {
        for (int i = 0; i < b->seen[0]; i++)
            for (int a = 0; a < rows; a++) {
                int r =
                    up_edge_row(blur->edge, i * blur->stride[0] + a - blur->before[0], b->sharp[0]);
                if (r < 0)
                    continue;
                if (pass) {
                    b->from[2 * first[r]] = i;
                    b->from[2 * first[r] + 1] = a;
                }
                first[pass ? r : r + 1]++;
            }
        for (int r = 0; r < b->sharp[0] && !pass; r++)
            first[r + 1] += first[r];
    }
}

up_status up_blurring_init(up_blurring *b, const up_blur *blur, const int sharp[2],
                           const int seen[2], int threads, up_error *error)
{
    *b = (up_blurring){ .blur = blur,
                        .sharp = { sharp[0], sharp[1] },
                        .seen = { seen[0], seen[1] },
                        .threads = threads,
                        .kernels = up_kernels_get() };
    set_sizes(b);
    b->column = up_alloc(b->extended, sizeof(int));
    b->first = up_alloc_zero((size_t)sharp[0] + 2, sizeof(int));
    b->from = up_alloc((size_t)seen[0] * blur->kernel[0], 2 * sizeof(int));
    b->scratch = up_alloc_zero(b->floats * threads, sizeof(float));
    b->pointer = up_alloc(b->pointers * threads, sizeof(float *));
    if (!b->column || !b->first || !b->from || !b->scratch || !b->pointer) {
        up_blurring_free(b);
        return up_fail_memory(error, "a convolution",
                              up_blurring_bytes(blur, sharp, seen, threads));
    }
    for (int x = 0; x < b->extended; x++)
        b->column[x] = up_edge_row(blur->edge, x - blur->before[1], sharp[1]);
    list_rows(b);
    return UP_OK;
}

/* ---- of one thread */

typedef struct {
    float *wide;   /* a row as long as sharp */
    float *lines;  /* rows of seen, between margins */
    float *phases; /* of extended rows */
    float *weight, *used;
    const float **pointer;
} desk;

static desk desk_of(const up_blurring *b)
{
    const int t = omp_get_thread_num();
    desk d = { .wide = b->scratch + t * b->floats, .pointer = b->pointer + t * b->pointers };
    d.lines = d.wide + padded(b->sharp[1]);
    d.phases = d.lines + b->held * b->line;
    d.weight = d.phases + b->held * b->phase * b->blur->stride[1];
    d.used = d.weight + b->weights;
    return d;
}

static float *phase_of(const up_blurring *b, const desk *d, int row, int phase)
{
    return d->phases + (row * (size_t)b->blur->stride[1] + phase) * b->phase;
}

/* ---- the convolution */

/* Of phase p of an extended row, the columns first .. end - 1 that lie inside of the edges; the
 * first of them is column `at` of the row. */
typedef struct {
    int first, end, at, count;
} inner;

static inner inner_of(const up_blurring *b, int p)
{
    const int stride = b->blur->stride[1], before = b->blur->before[1];
    inner in = { .count = (b->extended - p + stride - 1) / stride };
    in.first = up_min(in.count, (up_max(before - p, 0) + stride - 1) / stride);
    in.end = up_clamp((b->sharp[1] + before - p + stride - 1) / stride, in.first, in.count);
    in.at = in.first * stride + p - before;
    return in;
}

static void take_outer(const up_blurring *b, int p, float *out, const float *in, int first, int end)
{
    for (int q = first; q < end; q++) {
        const int x = b->column[q * b->blur->stride[1] + p];
        out[q] = x < 0 ? 0 : in[x];
    }
}

/* A row with what lies beyond its edges, every stride-th column together. */
static void extend(const up_blurring *b, const desk *d, int row, const float *in)
{
    const int stride = b->blur->stride[1];
    for (int p = 0; p < stride; p++) {
        float *out = phase_of(b, d, row, p);
        const inner n = inner_of(b, p);
        take_outer(b, p, out, in, 0, n.first);
        for (int q = n.first; q < n.end; q++)
            out[q] = in[n.at + (q - n.first) * stride];
        take_outer(b, p, out, in, n.end, n.count);
    }
}

static void apply_axes(const up_blurring *b, const desk *d, const up_plane *seen,
                       const up_plane *sharp, int i)
{
    const up_blur *blur = b->blur;
    const int stride = blur->stride[1];
    int taps = 0;
    for (int a = 0; a < blur->kernel[0]; a++) {
        int r = up_edge_row(blur->edge, i * blur->stride[0] + a - blur->before[0], b->sharp[0]);
        if (r < 0)
            continue;
        d->pointer[taps] = up_plane_row(sharp, r);
        d->weight[taps++] = blur->axis[0][a];
    }
    memset(d->wide, 0, b->sharp[1] * sizeof(float));
    if (taps)
        b->kernels->mix_rows(d->wide, d->pointer, d->weight, taps, b->sharp[1]);
    extend(b, d, 0, d->wide);
    for (int k = 0; k < blur->kernel[1]; k++)
        d->pointer[k] = phase_of(b, d, 0, k % stride) + k / stride;
    b->kernels->mix_rows(up_plane_row(seen, i), d->pointer, blur->axis[1], blur->kernel[1],
                         b->seen[1]);
}

static void apply_kernel(const up_blurring *b, const desk *d, const up_plane *seen,
                         const up_plane *sharp, int i)
{
    const up_blur *blur = b->blur;
    const int columns = blur->kernel[1], stride = blur->stride[1];
    int taps = 0;
    for (int a = 0; a < blur->kernel[0]; a++) {
        int r = up_edge_row(blur->edge, i * blur->stride[0] + a - blur->before[0], b->sharp[0]);
        if (r < 0)
            continue;
        extend(b, d, a, up_plane_row(sharp, r));
        for (int k = 0; k < columns; k++, taps++) {
            d->pointer[taps] = phase_of(b, d, a, k % stride) + k / stride;
            d->weight[taps] = (float)blur->weight[a * columns + k];
        }
    }
    memset(up_plane_row(seen, i), 0, b->seen[1] * sizeof(float));
    if (taps)
        b->kernels->mix_rows(up_plane_row(seen, i), d->pointer, d->weight, taps, b->seen[1]);
}

void up_blurring_apply(const up_blurring *b, const up_plane *seen, const up_plane *sharp)
{
#pragma omp parallel for num_threads(b->threads) schedule(static)
    for (int i = 0; i < b->seen[0]; i++) {
        const desk d = desk_of(b);
        if (b->blur->axis[0])
            apply_axes(b, &d, seen, sharp, i);
        else
            apply_kernel(b, &d, seen, sharp, i);
    }
}

/* ---- its adjoint */

/* Room for a row of seen with zeros around; returns its column 0. */
static float *line_of(const up_blurring *b, const desk *d, int line)
{
    float *start = d->lines + line * b->line;
    memset(start, 0, b->line * sizeof(float));
    return start + margin(b->blur);
}

static void give_outer(const up_blurring *b, int p, float *out, const float *in, int first, int end)
{
    for (int q = first; q < end; q++) {
        const int x = b->column[q * b->blur->stride[1] + p];
        if (x >= 0)
            out[x] += in[q];
    }
}

/* Back to the pixels that the columns of the extended row were. */
static void fold(const up_blurring *b, const desk *d, float *out)
{
    const int stride = b->blur->stride[1];
    memset(out, 0, b->sharp[1] * sizeof(float));
    for (int p = 0; p < stride; p++) {
        const float *in = phase_of(b, d, 0, p);
        const inner n = inner_of(b, p);
        for (int q = n.first; q < n.end; q++)
            out[n.at + (q - n.first) * stride] = in[q];
    }
    for (int p = 0; p < stride; p++) {
        const inner n = inner_of(b, p);
        give_outer(b, p, out, phase_of(b, d, 0, p), 0, n.first);
        give_outer(b, p, out, phase_of(b, d, 0, p), n.end, n.count);
    }
}

/* One phase of the extended row: of `lines` rows of seen, each with its row of weights. */
static void spread(const up_blurring *b, const desk *d, const float *weight, int lines, int phase)
{
    const int columns = b->blur->kernel[1], stride = b->blur->stride[1];
    const int count = (b->extended - phase + stride - 1) / stride;
    float *out = phase_of(b, d, 0, phase);
    int taps = 0;
    for (int l = 0; l < lines; l++) {
        const float *line = d->lines + l * b->line + margin(b->blur);
        for (int k = phase; k < columns; k += stride) {
            d->pointer[taps] = line - k / stride;
            d->used[taps++] = weight[l * columns + k];
        }
    }
    memset(out, 0, b->phase * sizeof(float));
    if (taps)
        b->kernels->mix_rows(out, d->pointer, d->used, taps, count);
}

static void adjoint_axes(const up_blurring *b, const desk *d, const up_plane *sharp,
                         const up_plane *seen, int r)
{
    const up_blur *blur = b->blur;
    float *line = line_of(b, d, 0);
    int taps = 0, last = -1;
    for (int e = b->first[r]; e < b->first[r + 1]; e++) {
        const int i = b->from[2 * e];
        if (i != last) {
            d->pointer[taps] = up_plane_row(seen, i);
            d->weight[taps++] = 0;
        }
        d->weight[taps - 1] += blur->axis[0][b->from[2 * e + 1]];
        last = i;
    }
    if (taps)
        b->kernels->mix_rows(line, d->pointer, d->weight, taps, b->seen[1]);
    memset(line + b->seen[1], 0, UP_LANES * sizeof(float)); /* which it may have written */
    for (int p = 0; p < blur->stride[1]; p++)
        spread(b, d, blur->axis[1], 1, p);
    fold(b, d, up_plane_row(sharp, r));
}

static void adjoint_kernel(const up_blurring *b, const desk *d, const up_plane *sharp,
                           const up_plane *seen, int r)
{
    const up_blur *blur = b->blur;
    const int columns = blur->kernel[1];
    int lines = 0, last = -1;
    for (int e = b->first[r]; e < b->first[r + 1]; e++) {
        const int i = b->from[2 * e];
        if (i != last) {
            memcpy(line_of(b, d, lines), up_plane_row(seen, i), b->seen[1] * sizeof(float));
            memset(d->weight + (size_t)lines++ * columns, 0, columns * sizeof(float));
        }
        float *weight = d->weight + (size_t)(lines - 1) * columns;
        for (int k = 0; k < columns; k++)
            weight[k] += (float)blur->weight[b->from[2 * e + 1] * columns + k];
        last = i;
    }
    for (int p = 0; p < blur->stride[1]; p++)
        spread(b, d, d->weight, lines, p);
    fold(b, d, up_plane_row(sharp, r));
}

void up_blurring_adjoint(const up_blurring *b, const up_plane *sharp, const up_plane *seen)
{
#pragma omp parallel for num_threads(b->threads) schedule(static)
    for (int r = 0; r < b->sharp[0]; r++) {
        const desk d = desk_of(b);
        if (b->blur->axis[0])
            adjoint_axes(b, &d, sharp, seen, r);
        else
            adjoint_kernel(b, &d, sharp, seen, r);
    }
}
