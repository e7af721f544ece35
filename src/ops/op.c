/* SPDX-License-Identifier: MIT */
#include "ops/op.h"

#include "base/memory.h"

void up_op_destroy(up_op **op)
{
    if (!*op)
        return;
    if ((*op)->free)
        (*op)->free(*op);
    else
        up_free(*op);
    *op = NULL;
}

void up_span_same(const up_op *op, int input, int at, int *first, int *end)
{
    (void)op;
    (void)input;
    *first = at;
    *end = at + 1;
}

void up_repeat_same(const up_op *op, int input, int *rows, int *advance)
{
    (void)op;
    (void)input;
    *rows = *advance = 1;
}

int up_op_reach(const up_op *op, int input)
{
    int first, end, unused;
    op->columns(op, input, 0, &first, &unused);
    op->columns(op, input, op->out.width - 1, &unused, &end);
    return up_max(0, up_max(-first, end - op->in[input].width));
}
