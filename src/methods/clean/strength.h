/* SPDX-License-Identifier: MIT */
/* How much networks clean away that are told so: network/metadata/condition.h. */
#ifndef UP_METHODS_STRENGTH_H
#define UP_METHODS_STRENGTH_H

#include "methods/method.h"

/* Nothing where the request says that it is clean; else what the options give, or what the picture
 * needs, which is found out once and kept in request->cleaning. */
up_status up_request_strength(up_request *request, double *strength, up_error *error);

#endif
