/* SPDX-License-Identifier: MIT */
/* The worked examples and claims of the texts the project grew from:
 * tests/golden/seed_examples.json. */
#ifndef SUPPORT_SEEDS_H
#define SUPPORT_SEEDS_H

#include "support/json_data.h"

/* How one example is checked; x, w and expected are paths in its JSON, flags are the program's. */
typedef struct seed_check {
    const char *id;
    void (*check)(const json_t *item, const struct seed_check *how);
    const char *x, *w, *expected, *flags;
    double tolerance;
} seed_check;

/* Runs the checks and says how many of the examples they cover. */
void seeds_run(const seed_check *checks, int count);

/* The program's transposed convolution (without `w`: whatever the flags say) of `x`. */
ndarray seed_run(const ndarray *x, const ndarray *w, const char *flags, const char *id);

/* A check: x through the program, with the weights w, gives what is expected. */
void seed_check_values(const json_t *item, const seed_check *how);

/* A tensor of zeros through a layer of ones-shaped weights: only the shape is looked at. */
void seed_expect_shape(const int x[4], const int w[4], const int out[4], const char *flags,
                       const char *id);

/* 2-D arrays as weights [1, 1, rows, columns]; others as they are. */
ndarray seed_weights(const json_t *lists);

#endif
