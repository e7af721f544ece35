/* SPDX-License-Identifier: MIT */
/* Cleaning by the network for that inside the program (tconv:clean), at the size that a picture
 * comes in, before any method enlarges it. */
#ifndef UP_METHODS_CLEANING_STAGE_H
#define UP_METHODS_CLEANING_STAGE_H

#include "methods/method.h"

/* tconv:photo and the like: cleaning is their first half, these weights are the other. NULL where
 * there is none of the name. */
const char *up_photo_weights(const char *variant);

/* By position; NULL past the last. */
const char *up_photo_name(int i);

/* Whether a picture may be cleaned before the method has it: that was asked for, or belongs to the
 * method, and no network does it by itself. Known behind the method's prepare(). */
bool up_request_may_be_cleaned(const up_request *request);

/* And whether it is: not where there is nothing to be cleaned. */
up_status up_request_is_cleaned(up_request *request, bool *cleaned, up_error *error);

/* Adds it behind colours. */
up_status up_add_cleaning(up_graph *graph, int from, up_request *request, int *to, up_error *error);

#endif
