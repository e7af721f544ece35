/* SPDX-License-Identifier: MIT */
#include "train/optimise/muon.h"

#include "base/memory.h"
#include "kernels/kernels.h"

#include <math.h>
#include <string.h>

#define MOMENTUM 0.95f
#define DECAY 0.1f /* of weights, times the rate (Liu et al., Muon is scalable, 2025) */
#define STEPS 5

up_status up_muon_work_make(up_muon_work *work, int rows, int columns, up_error *error)
{
    int small = up_min(rows, columns), large = up_max(rows, columns);
    *work = (up_muon_work){ .rows = rows,
                            .columns = columns,
                            .small = small,
                            .large = large,
                            .small_stride = (int)up_round_up(small, 16),
                            .large_stride = (int)up_round_up(large, 16) };
    size_t wide = (size_t)small * work->large_stride, tall = (size_t)large * work->small_stride;
    size_t square = (size_t)small * work->small_stride;
    size_t count = 2 * wide + tall + 2 * square;
    work->memory = up_alloc_zero(count, sizeof(float));
    work->row = up_alloc(large, sizeof *work->row);
    if (!work->memory || !work->row) {
        up_muon_work_free(work);
        return up_fail_memory(error, "a matrix", count * sizeof(float));
    }
    work->x = work->memory;
    work->y = work->x + wide;
    work->turned = work->y + wide;
    work->gram = work->turned + tall;
    work->square = work->gram + square;
    return UP_OK;
}

void up_muon_work_free(up_muon_work *work)
{
    up_free(work->memory);
    up_free(work->row);
    *work = (up_muon_work){ 0 };
}

/* out[small][stride] = a[small][inner] b[inner][stride] */
static void multiply(up_muon_work *work, float *out, const float *a, int a_stride, const float *b,
                     int inner, int stride)
{
    for (int k = 0; k < inner; k++)
        work->row[k] = b + (size_t)k * stride;
    for (int i = 0; i < work->small; i++)
        up_kernels_get()->mix_rows(out + (size_t)i * stride, work->row, a + (size_t)i * a_stride,
                                   inner, stride);
}

static void turn(up_muon_work *work)
{
    for (int i = 0; i < work->small; i++)
        for (int j = 0; j < work->large; j++)
            work->turned[(size_t)j * work->small_stride + i] =
                work->x[(size_t)i * work->large_stride + j];
}

static void scale_to_unit(up_muon_work *work)
{
    size_t count = (size_t)work->small * work->large_stride;
    float squares = 0;
#pragma omp simd reduction(+ : squares)
    for (size_t i = 0; i < count; i++)
        squares += work->x[i] * work->x[i];
    float length = sqrtf(squares) + 1e-12f;
    for (size_t i = 0; i < count; i++)
        work->x[i] /= length;
}

/* Newton-Schulz steps of the quintic that brings all singular values of x near 1:
 * x becomes (a + b g + c g^2) x, with g = x x^T. */
static void orthogonalise(up_muon_work *work)
{
    const float a = 3.4445f, b = -4.7750f, c = 2.0315f;
    int n = work->small, stride = work->small_stride;
    scale_to_unit(work);
    for (int step = 0; step < STEPS; step++) {
        turn(work);
        multiply(work, work->gram, work->x, work->large_stride, work->turned, work->large, stride);
        multiply(work, work->square, work->gram, stride, work->gram, n, stride);
        for (int i = 0; i < n * stride; i++)
            work->square[i] = b * work->gram[i] + c * work->square[i];
        for (int i = 0; i < n; i++)
            work->square[i * stride + i] += a;
        multiply(work, work->y, work->square, stride, work->x, n, work->large_stride);
        float *made = work->y;
        work->y = work->x;
        work->x = made;
    }
}

/* Where element [r][c] of the matrix lies in x. */
static size_t place(const up_muon_work *work, int r, int c)
{
    return work->rows <= work->columns ? (size_t)r * work->large_stride + c
                                       : (size_t)c * work->large_stride + r;
}

void up_muon(up_muon_work *work, float *weight, float *mean, const float *gradient, double rate)
{
    for (int r = 0; r < work->rows; r++)
        for (int c = 0; c < work->columns; c++) {
            size_t at = (size_t)r * work->columns + c;
            mean[at] = MOMENTUM * mean[at] + (1 - MOMENTUM) * gradient[at];
            work->x[place(work, r, c)] = MOMENTUM * mean[at] + (1 - MOMENTUM) * gradient[at];
        }
    orthogonalise(work);
    for (int r = 0; r < work->rows; r++)
        for (int c = 0; c < work->columns; c++) {
            size_t at = (size_t)r * work->columns + c;
            weight[at] -= (float)rate * (work->x[place(work, r, c)] + DECAY * weight[at]);
        }
}
