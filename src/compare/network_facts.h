/* SPDX-License-Identifier: MIT */
/* What the page shows of the network inside a learned method. */
#ifndef UP_COMPARE_NETWORK_FACTS_H
#define UP_COMPARE_NETWORK_FACTS_H

#include "base/status.h"

#include <jansson.h>

/* NULL: the method is not learned, or its weights cannot be looked into. */
json_t *up_network_facts(const up_options *options, double scale);

#endif
