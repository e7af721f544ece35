/* SPDX-License-Identifier: MIT */
/*
 * Puts any op through the contract of ops/op.h: rows made whole, in slices of columns and in calls
 * of every allowed number of rows are the same bits; rows beyond span() and columns beyond
 * columns() are poison that must not show; nothing outside the rows may be written.
 */
#ifndef UP_TESTS_OP_VALIDATOR_H
#define UP_TESTS_OP_VALIDATOR_H

#include "ops/op.h"

/* Fails the Criterion test with `label` where the op breaks the contract. Frees the op. */
void validate_op(up_op *op, const char *label);

#endif
