/* SPDX-License-Identifier: MIT */
/* The polyphase form of a convolution: the taps that the kernels run, as they are planned. */
#ifndef UP_EXPLAIN_PHASES_H
#define UP_EXPLAIN_PHASES_H

#include "explain/explanation.h"

/* Plans the layer, takes its taps apart into e->tap, sorted by phase, and sums them up as a way. */
up_status up_phases_add(up_explanation *e, bool transposed, up_error *error);

#endif
