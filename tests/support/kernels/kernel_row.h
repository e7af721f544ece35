/* SPDX-License-Identifier: MIT */
/*
 * What there is to know of a kernel to check it and to time it, as one row of a table. The test
 * runs every variant that the machine has on every shape, beside what it should make; the benchmark
 * runs the same calls on shapes as they occur. A new kernel is a row here, and a line in
 * kernel_rows.c.
 */
#ifndef SUPPORT_KERNEL_ROW_H
#define SUPPORT_KERNEL_ROW_H

#include "kernels/kernels.h"
#include "kernels/matrix.h"
#include "support/reference/kernel_check.h"

enum { KERNEL_SIZES = 7, KERNEL_OUTPUTS = 12, KERNEL_BLOCKS = 160, KERNEL_SETS = 8 };

/* The kernels of a variant; of matrix rows only `matrix` is there, of others `kernels`. */
typedef struct {
    const char *name;
    int index; /* 0: the plain C reference */
    const up_kernels *kernels;
    const up_matrix_kernels *matrix;
} kernel_set;

typedef enum {
    KERNEL_SAME_BITS,
    KERNEL_SUMS, /* of float: see sums_agree(), by `terms` and `magnitude`; 0, 0: any NaN is one */
    KERNEL_BFLOAT, /* of bfloat16: to within `magnitude` * (1 + |wanted|) */
    KERNEL_OWN,    /* as the row's agrees() says */
    KERNEL_UNSEEN, /* only that nothing is written beyond it */
} kernel_likeness;

/* [rows][step], of which `count` elements each are compared. */
typedef struct {
    int bytes; /* an element */
    int rows;
    size_t step, count;
    kernel_likeness likeness;
    int terms;
    double magnitude;
    const double *magnitudes; /* one for each element instead, if not NULL */
    const void *start;        /* what is there before, if not NULL */
} kernel_output;

/* A kernel on one shape, with all that it reads. */
typedef struct {
    const struct kernel_row *row;
    int size[KERNEL_SIZES]; /* as the row means them */
    int n;                  /* elements along a row: what slices are cut from */
    bool timed;             /* numbers are ordinary ones */
    uint32_t *random;
    const float *in[KERNEL_BLOCKS]; /* rows */
    const void *raw[4];             /* what are no rows of float */
    void *plan;                     /* the row's own */
    kernel_output out[KERNEL_OUTPUTS];
    int outs;
    int shift; /* bytes by which outputs lie off their alignment */
    guarded held_[KERNEL_BLOCKS];
    int helds_;
} kernel_job;

typedef struct {
    double multiply_adds, read, written; /* bytes */
} kernel_work;

typedef struct {
    const char *what; /* NULL: the end */
    int size[KERNEL_SIZES];
} kernel_timing;

typedef void kernel_visit(void *user, const int *size);

typedef struct kernel_row {
    const char *name; /* as in up_kernels; "matrix NAME" as in up_matrix_kernels */
    bool matrix;
    bool sliced; /* the same bits however a row is cut at multiples of 16 */
    /* Calls `visit` with every shape to be checked. */
    void (*shapes)(kernel_visit *visit, void *user);
    /* Fills in job->n, what is read, and out. */
    void (*setup)(kernel_job *job);
    /* Elements first .. first + n - 1 of every row to where out[] begins. */
    void (*call)(const kernel_job *job, const kernel_set *set, void *const *out, int first, int n);
    /* What should come out, told otherwise than by the reference; NULL: what that makes. */
    void (*expect)(const kernel_job *job, void *const *out);
    bool (*agrees)(const kernel_job *job, const kernel_set *set, size_t i, const void *got);
    kernel_work (*work)(const kernel_job *job);
    const kernel_timing *timing;
} kernel_row;

/* The table, up to NULL. */
extern const kernel_row *const kernel_rows[];

/* The variants for a row, worst first: as many as the machine has. */
int kernel_sets_for(const kernel_row *row, kernel_set sets[KERNEL_SETS]);

void kernel_job_make(kernel_job *job, const kernel_row *row, const int *size, bool timed,
                     uint32_t *random);
void kernel_job_free(kernel_job *job);

/* An output of the job, of so many elements in one row, which kernels may write on to the next
 * multiple of `pad`. */
kernel_output *kernel_makes(kernel_job *job, size_t count, int bytes, int pad);
size_t kernel_output_bytes(const kernel_output *output);

/* For setup(), freed with the job. Zeroed memory; a float row as the contract has it, NaN around
 * its n samples, which are random_sample()s, `off` columns off its alignment; exactly so many bytes
 * at random, whose ends a sanitizer guards, `shift` off theirs. */
void *kernel_holds(kernel_job *job, size_t bytes);
float *kernel_holds_row(kernel_job *job, int n, int off);
void *kernel_holds_bytes(kernel_job *job, size_t bytes, int shift);

int kernel_below(kernel_job *job, int limit);
float kernel_between(kernel_job *job, float low, float high);
void kernel_fill(kernel_job *job, float *to, size_t count, float low, float high);

/* The outputs as rows of float. */
#define KERNEL_FLOAT_ROWS(row, out, count)                                                         \
    float *row[KERNEL_OUTPUTS];                                                                    \
    for (int row_ = 0; row_ < (count); row_++)                                                     \
    row[row_] = (out)[row_]

#define KERNEL_SHAPE(...) visit(user, (const int[KERNEL_SIZES]){ __VA_ARGS__ })

#endif
