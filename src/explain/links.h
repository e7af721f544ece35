/* SPDX-License-Identifier: MIT */
/* The links of an explanation, and what follows from them alone. */
#ifndef UP_EXPLAIN_LINKS_H
#define UP_EXPLAIN_LINKS_H

#include "explain/explanation.h"

up_status up_links_add(up_explanation *e, up_link link, up_error *error);

/* The step that a link belongs to: its input, or its output. */
static inline int up_link_step(const up_explanation *e, const up_link *link)
{
    return e->scatter ? link->in : link->out;
}

/* Where a place of the full result lies in the result; -1: it is cropped. */
int up_links_place(const up_explanation *e, int full);

/* The sums of all links, in steps' order: the full result. */
up_status up_links_sum(const up_explanation *e, up_small *full, up_error *error);

/* The matrix W, a row for each step and a column for each place of the other side (dense), times
 * the input or, of what scatters, its transpose times it. */
up_status up_links_multiply(const up_explanation *e, up_small *y, up_error *error);

/* The rank of W: as many unknowns as it determines. -1: W is too large to tell, or no memory. */
int up_links_rank(const up_explanation *e);

/* Counts, for one channel, how many links meet in each place of the result or, of what gathers,
 * leave each place of the input. */
up_status up_links_overlap(up_explanation *e, up_error *error);

/* Whether all phases of the stride have as many taps, and the verdict on it. */
void up_links_judge(up_explanation *e);

#endif
