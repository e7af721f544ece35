/* SPDX-License-Identifier: MIT */
/*
 * The contract of an op: a pure function from rows of some tensors to rows of another.
 *
 * Rows come in two kinds. Float rows (shape.bytes == 4, one row per channel) lie in rings with
 * padding: every op may write on to the next multiple of UP_LANES columns, and read as many beyond
 * what it needs. Raw rows are the bytes of a file or of the caller: they end where they end, and
 * are read and written exactly.
 */
#ifndef UP_OPS_OP_H
#define UP_OPS_OP_H

#include "base/status.h"

#include <stdint.h>

#define UP_LANES 16      /* columns that float rows are rounded up to */
#define UP_MAX_INPUTS 16 /* of one op; see up_graph_add_concat() */

typedef struct {
    int width, height, channels;
    int bytes; /* per column: 4 for a float plane; a whole pixel for interleaved raw rows */
    bool raw;  /* exact rows without padding */
} up_shape;

typedef enum { UP_EDGE_ZERO, UP_EDGE_CLAMP, UP_EDGE_REFLECT } up_edge;

/* Rows first .. first + count - 1 of every channel: row[c * count + y - first] points at column 0.
 */
typedef struct {
    const void *const *row;
    int first, count;
} up_window;

/* Output rows y .. y + rows - 1 of every channel: out[c * rows + i] points at column 0. Only the
 * columns x0 <= x < x1 are to be made (float rows: rounded up to UP_LANES); x0 is a multiple of
 * UP_LANES. */
typedef struct {
    void *const *row;
    int y, rows, x0, x1;
    int64_t frame; /* of a batch */
    void *scratch; /* op->scratch bytes, aligned, of this thread alone */
} up_target;

/* All rows of all channels, which an op has made, and what is made of them: row y of channel c lies
 * at rows + y * row_bytes + c * plane_bytes. Float results have room as ring rows do on to the next
 * multiple of UP_LANES, and none beyond. */
typedef struct {
    void *rows;
    size_t row_bytes, plane_bytes; /* of a running op row_bytes is 0 */
    void *result;
    size_t result_row_bytes, result_plane_bytes;
    int threads; /* that may be used */
    void *run;
    bool (*goes_on)(void *run, double done); /* tells that 0..1 of it is done; false: stop, the
                                                result does not matter */
} up_whole;

typedef struct up_op up_op;

struct up_op { /* immutable once planned: shared by all threads */
    const char *name;
    up_shape in[UP_MAX_INPUTS], out;
    int inputs;
    up_edge edge[UP_MAX_INPUTS]; /* what lies outside an input: made by the ring, never by run() */
    bool pointwise; /* column x of row y comes from column x of row y alone, in inputs of its size:
                       may be run block by block behind the op before it, without a ring between */
    bool view; /* makes nothing: its channels are those of its inputs in a row, from `first` on, and
                  whoever reads them is given the inputs' rows */
    int first;
    bool running;   /* all rows lie in the same memory, and each is made upon the one before */
    int step;       /* rows per call, less only at the bottom; calls start at multiples */
    size_t scratch; /* bytes per thread */
    size_t bytes;   /* of weights and tables that it holds, where they may be many */
    double multiply_adds; /* per output row, by its definition */

    /* Of an op that makes something of all its rows together once they are there, which is then
     * what others read; its rows are seen by nobody else. NULL: most do not. */
    up_status (*finish)(const up_op *op, const up_whole *whole, up_error *error);
    up_shape result;
    size_t finish_bytes; /* that finish() takes beside the rows and the result */
    double finish_multiply_adds;

    /* Input rows [*first, *end) that output row y reads; may lie outside the input. Neither ever
     * decreases with y. */
    void (*span)(const up_op *op, int input, int y, int *first, int *end);
    /* After so many output rows span() repeats, so many input rows further on, where all of these
     * lie inside the input, or all beyond the same end of it; 0 output rows: it never does. NULL:
     * the same. */
    void (*repeat)(const up_op *op, int input, int *rows, int *advance);
    /* The same of columns: those that column x is made from. */
    void (*columns)(const up_op *op, int input, int x, int *first, int *end);
    void (*run)(const up_op *op, const up_window *in, const up_target *to);
    void (*free)(up_op *op); /* NULL: up_free */
};

void up_op_destroy(up_op **op);

/* span() and columns() of ops that read row y, or column x, alone. */
void up_span_same(const up_op *op, int input, int at, int *first, int *end);
void up_repeat_same(const up_op *op, int input, int *rows, int *advance);

/* Columns of an input that are read beyond either end of it. */
int up_op_reach(const up_op *op, int input);

#endif
