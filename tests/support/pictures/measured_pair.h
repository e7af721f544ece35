/* SPDX-License-Identifier: MIT */
/* Pairs of pictures whose measures others have computed: see tests/golden/measures/make.py. */
#ifndef SUPPORT_MEASURED_PAIR_H
#define SUPPORT_MEASURED_PAIR_H

#include "support/json_data.h"
#include "upscale_measure.h"

/* A picture of samples/pictures; and what becomes of one by a blur and a pattern, in whole numbers.
 * For up_pixels_free(). */
up_pixels sample_picture(const char *name);
up_pixels distorted_picture(const up_pixels *picture);

/* What a case names: pictures cut at the top left, green alone where it says "grey". */
typedef struct {
    up_pixels a, b;
    up_measuring how;
} measured_pair;

measured_pair measured_pair_open(const json_t *golden);
void measured_pair_free(measured_pair *pair);

/* Expects what a case says of every measure that it names, to within `tolerance` of the larger of
 * 1 and the value. Returns how many there are. */
int expect_measures(const json_t *golden, double tolerance);
/* Those that need weights, too. */
int expect_weighted(const json_t *golden, double tolerance, const up_metric_weights *weights);

#endif
