/* SPDX-License-Identifier: MIT */
/* Rows for an op to read and to make, with poison where it must not read and guards where it must
 * not write, and calls of it. */
#ifndef UP_TESTS_OP_ROWS_H
#define UP_TESTS_OP_ROWS_H

#include "ops/op.h"

#define OP_GUARD 64 /* bytes before and after every row */
#define OP_GUARD_BYTE 0x5a

/* All rows of a tensor, each with poison or guards around it. */
typedef struct {
    up_shape shape;
    size_t row_bytes, pitch;
    int side; /* columns before column 0 */
    unsigned char *block;
} op_rows;

/* Of every byte `fill`; to be freed by up_free(block). */
op_rows op_rows_make(const up_shape *shape, int side, int fill);
unsigned char *op_row_at(const op_rows *r, int c, int y);
size_t op_row_bytes(const up_shape *shape); /* without padding */

/* Random samples, and beyond the sides what the op is to see there, as far as it reaches. */
op_rows op_rows_input(const up_op *op, int i);

/* A copy of an input in which only the columns that columns x0 .. x1 - 1 ask for are right. */
op_rows op_rows_narrow(const up_op *op, int i, const op_rows *in, int x0, int x1);

/* What calls need. */
typedef struct {
    const void **pointer;
    float *zero_block, *zero; /* column 0 */
    void *scratch;
} op_workspace;

op_workspace op_workspace_make(const up_op *op);
void op_workspace_free(op_workspace *w);

/* Makes rows y .. y + rows - 1, columns x0 .. x1 - 1. */
void op_call(const up_op *op, const op_rows *in, const op_rows *out, op_workspace *w, int y,
             int rows, int x0, int x1);

#endif
