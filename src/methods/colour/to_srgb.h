/* SPDX-License-Identifier: MIT */
/* The colours of a picture made sRGB before anything else is done to it. */
#ifndef UP_METHODS_TO_SRGB_H
#define UP_METHODS_TO_SRGB_H

#include "methods/method.h"

/* Finds out by the options and what the file declares whether there is something to be done, in
 * request->plain, and what it is to methods then: request->input, and ->declared. */
up_status up_to_srgb_prepare(up_request *request, up_error *error);

/* Behind unpacked samples, where there is. */
up_status up_add_to_srgb(up_graph *graph, int from, up_request *request, int *to, up_error *error);

#endif
