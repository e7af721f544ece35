/* SPDX-License-Identifier: MIT */
/*
 * Puts any op through the contract of ops/op.h: rows made whole and in slices of columns are the
 * same bits, and so are those of a pointwise op made in blocks, and of inputs that are the same
 * rows; rows beyond span() and columns beyond columns() are poison that must not show; nothing
 * outside the rows may be written; span() and columns() never turn back, and repeat() says when
 * they repeat. Heights that are no multiple of the step have a shorter call at their end.
 */
#ifndef UP_TESTS_OP_VALIDATOR_H
#define UP_TESTS_OP_VALIDATOR_H

#include "ops/op.h"

/* Fails the Criterion test with `label` where the op breaks the contract. Frees the op. */
void validate_op(up_op *op, const char *label);

#endif
