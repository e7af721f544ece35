/* SPDX-License-Identifier: MIT */
#ifndef UP_NETWORK_REFUSED_H
#define UP_NETWORK_REFUSED_H

#include "network/build/builder.h"

/* Refuses, by their names, networks that people have and that cannot be run. */
up_status up_family_refuse_known(const up_network_builder *builder);

#endif
