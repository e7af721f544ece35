/* SPDX-License-Identifier: MIT */
/*
 * Back-projection (Irani, Peleg 1991): what a result lacks, reduced again, of the input is enlarged
 * and added to it, again and again. Of whole samples anything counts that rounds to them: else the
 * rounding of the input would be added. Enlarging is the adjoint of reducing, times what keeps
 * brightness, so that no step takes a result away from those that reduce to the input: each is one
 * down the gradient of the squared distance to that set, by less than 2 over the norm of its
 * curvature. All of it is ops, which stream.
 */
#ifndef UP_METHODS_BACK_PROJECT_H
#define UP_METHODS_BACK_PROJECT_H

#include "methods/method.h"

#define UP_MOST_BACK_PROJECTIONS 100

/* Behind the method's prepare(): checks, and reads the blur. */
up_status up_back_project_prepare(up_request *request, const up_method *method, up_error *error);

/* What the method builds, and the passes that are asked for behind it. */
up_status up_build_projected(up_graph *graph, int from, const up_method *method,
                             up_request *request, int *to, up_error *error);

#endif
