/* SPDX-License-Identifier: MIT */
/*
 * One axis of a blur that is a product of two, in tiles: which samples of what is seen a tile's own
 * are found from, which pixels those were made of, and that small matrix in terms of the
 * eigenvectors of its square. What lies far off tells nothing of a pixel, so that the work grows
 * with the picture only, whatever the edges and the kernel are.
 */
#ifndef UP_RESTORE_SEPARABLE_H
#define UP_RESTORE_SEPARABLE_H

#include "restore/blur/blur.h"

/* Samples first .. end - 1 on one axis. */
typedef struct {
    int first, end;
} up_axis_span;

typedef struct {
    up_axis_span own, seen, sharp; /* own: of sharp, what is the tile's to make */
    int system;
} up_axis_tile;

/* seen = matrix * sharp, with matrix^T matrix = sum of size[v] vector[v] vector[v]^T. */
typedef struct {
    int seen, sharp, own, before; /* samples; those of sharp before its own */
    double *spread;               /* [seen][sharp] the matrix times each vector */
    double *vector, *across;      /* [sharp][sharp], in rows, and in columns */
    double *size, *rough;         /* [sharp]; rough: |differences of neighbours|^2 of a vector */
} up_axis_system;

typedef struct {
    up_axis_tile *tile;
    up_axis_system *system; /* tiles that look alike share one */
    int tiles, systems;
    int most_seen, most_sharp, most_own;
} up_separable_axis;

/* Of the axis `a` of a blur of stride 1, `n` samples long; `axis` may be freed whatever comes. */
up_status up_separable_axis_init(up_separable_axis *axis, const up_blur *blur, int a, int n,
                                 int threads, up_error *error);
void up_separable_axis_free(up_separable_axis *axis);

/* What it takes at most. */
size_t up_separable_axis_bytes(up_separable_axis *axis, const up_blur *blur, int a, int n);

#endif
