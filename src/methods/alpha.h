/* SPDX-License-Identifier: MIT */
/*
 * Alpha beside methods that are made for colours alone, and are not linear: colour premultiplied by
 * alpha would be sharpened by the one and divided by the other, which leaves fringes. So the
 * colours of what is opaque are let to bleed under what is transparent, as far as such a method
 * looks, and colours and alpha each go through the method by themselves.
 */
#ifndef UP_METHODS_ALPHA_H
#define UP_METHODS_ALPHA_H

#include "methods/method.h"

/* Adds `method` behind colours and alpha, the last channel. */
up_status up_add_beside_alpha(up_graph *graph, int from, const up_method *method,
                              up_request *request, int *to, up_error *error);

/* The same of what cleans: alpha stays as it is. */
up_status up_add_cleaning_beside_alpha(up_graph *graph, int from, up_request *request, int *to,
                                       up_error *error);

#endif
