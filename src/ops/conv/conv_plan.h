/* SPDX-License-Identifier: MIT */
/* What a convolution is planned into: patterns of taps, one per set of phases; see conv_axis.h. */
#ifndef UP_OPS_CONV_PLAN_H
#define UP_OPS_CONV_PLAN_H

#include "ops/conv/conv_axis.h"
#include "ops/conv/conv_values.h"

typedef struct {
    int row, column;           /* offsets; of a convolution that jumps, column * jump + phase is */
    int phase;                 /* that of columns */
    unsigned groups;           /* those that use it, a bit each */
    int kernel[UP_MAX_GROUPS]; /* the weight of each of them: an index into kh * kw */
} up_conv_tap;

/* Taps of the same groups, for a range of the input channels. */
typedef struct {
    unsigned groups;
    int tap, taps, channel, channels;
} up_conv_run;

/* Taps of rows x columns phases; group = column * rows + row. */
typedef struct {
    int rows, columns;
    int row_phase; /* the first; the others follow */
    int column_phase[UP_MAX_GROUPS];
    int runs, pointers; /* pointers: one per tap and channel */
    int apart;          /* pieces of input rows that are taken apart, where columns jump */
    up_conv_tap *tap;
    up_conv_run *run;
    up_tap_run *kernel_run; /* the same as kernels want them */
    float *weight;          /* what output channel c needs starts at c * weights */
    size_t weights;
    size_t bytes; /* of all of these */
} up_conv_pattern;

/* Output channels that are made together: block b of a group's is first(b) .. first(b + 1) - 1. */
typedef struct {
    int channels, blocks;
} up_conv_blocks;

static inline int up_conv_block(const up_conv_blocks *blocks, int b)
{
    return (int)((int64_t)blocks->channels * b / blocks->blocks);
}

/* From the phases that are filled in to the rest. */
up_status up_conv_pattern_plan(up_conv_pattern *pattern, const up_conv *conv,
                               const up_conv_axis axis[2], const up_conv_blocks *blocks,
                               up_error *error);
void up_conv_pattern_free(up_conv_pattern *pattern);

typedef struct {
    up_op op;
    up_conv_axis axis[2];
    int groups;
    up_conv_blocks blocks; /* of each of the groups */
    int rows;              /* made per call, as one set of row phases */
    int sets, columns;     /* patterns: [sets][columns] */
    bool paired;           /* the kernel itself puts the two phases of columns together */
    up_conv_pattern *pattern;
    size_t pointers; /* of the largest set */
    int chunk;       /* columns that are made at a time where columns jump */
    int phases;      /* of columns, as far as they differ: rows of scratch per channel */
    int *slot;       /* which of them a phase below the stride is */
    up_conv_values values;
    const up_kernels *kernels;
} up_conv_op;

/* How many of the taps from this one on read the same piece of an input row taken apart. */
int up_conv_piece(const up_conv_tap *tap, int taps);

int up_conv_chunk(const up_conv_op *op);
size_t up_conv_scratch(const up_conv_op *op);
void up_conv_run_rows(const up_op *base, const up_window *in, const up_target *to);

#endif
