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

void up_span_same(const up_op *op, int input, int y, int *first, int *end)
{
    (void)op;
    (void)input;
    *first = y;
    *end = y + 1;
}
