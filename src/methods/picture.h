/* SPDX-License-Identifier: MIT */
/* What surrounds a method: samples to planes and back, alpha, linear light, a background. */
#ifndef UP_METHODS_PICTURE_H
#define UP_METHODS_PICTURE_H

#include "methods/method.h"

/* Builds the whole graph from an input in the format request->input to `output`, and marks its
 * end. The graph must be fresh. */
up_status up_build_picture(up_graph *graph, const up_method *method, up_request *request,
                           const up_format *output, up_error *error);

/* The output format for an input before a file format narrows it: size, alpha, sample type. */
up_status up_picture_format(const up_method *method, const up_request *request, up_format *output,
                            up_error *error);

#endif
