/* SPDX-License-Identifier: MIT */
/*
 * A blur on whole planes, and its exact adjoint: a strided convolution behind an extension over the
 * edges, and the transposed convolution before its transpose, which folds what lies beyond the
 * edges back onto the pixels that it was made from. Rows are made in parallel; sums do not depend
 * on the number of threads.
 */
#ifndef UP_RESTORE_BLURRING_H
#define UP_RESTORE_BLURRING_H

#include "kernels/kernels.h"
#include "restore/blur/blur.h"

/* Rows are padded to multiples of UP_LANES, which kernels may write. */
typedef struct {
    float *data;
    size_t stride; /* floats */
    int height, width;
} up_plane;

static inline float *up_plane_row(const up_plane *plane, int y)
{
    return plane->data + y * plane->stride;
}

typedef struct {
    const up_blur *blur;   /* not owned */
    int sharp[2], seen[2]; /* rows, columns */
    int threads;
    int *column;       /* [extended] the pixel that a column of an extended row is; -1: zero */
    int extended;      /* columns */
    int *first, *from; /* row r of sharp is read for row from[2 i] of seen by row from[2 i + 1] of
                          the kernel, first[r] <= i < first[r + 1] */
    int lines;         /* of seen that read one row of sharp, at most */
    int held;          /* rows that a thread needs at a time */
    size_t line, phase, weights, floats, pointers; /* of its scratch */
    float *scratch;
    const float **pointer;
    const up_kernels *kernels;
} up_blurring;

up_status up_blurring_init(up_blurring *b, const up_blur *blur, const int sharp[2],
                           const int seen[2], int threads, up_error *error);
void up_blurring_free(up_blurring *b);

/* What it takes. */
size_t up_blurring_bytes(const up_blur *blur, const int sharp[2], const int seen[2], int threads);

/* seen = blur(sharp), sharp = adjoint(seen). */
void up_blurring_apply(const up_blurring *b, const up_plane *seen, const up_plane *sharp);
void up_blurring_adjoint(const up_blurring *b, const up_plane *sharp, const up_plane *seen);

#endif
