/* SPDX-License-Identifier: MIT */
/* Ways to the result, and whether they agree. */
#ifndef UP_EXPLAIN_WAYS_H
#define UP_EXPLAIN_WAYS_H

#include "explain/explanation.h"

/* Takes y over, also on failure. The first way is what the others are compared with. */
void up_ways_add(up_explanation *e, const char *name, const char *title, up_small *y);

/* The links summed and what is cropped left out: the first way, from the full result. */
up_status up_ways_add_sum(up_explanation *e, const char *name, const char *title, up_error *error);

/* The matrix W, or its transpose, times the input. */
up_status up_ways_add_matrix(up_explanation *e, up_error *error);

/* The engine's result, which becomes e->y. */
up_status up_ways_add_engine(up_explanation *e, const char *title, const up_small *y,
                             up_error *error);

/* Compares all ways with the first, place by place, by what rounding to float32 may do to sums of
 * as many terms as are linked there. */
up_status up_ways_compare(up_explanation *e, up_error *error);

#endif
