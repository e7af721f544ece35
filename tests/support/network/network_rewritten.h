/* SPDX-License-Identifier: MIT */
/* What describes a network describes all of it. */
#ifndef SUPPORT_NETWORK_REWRITTEN_H
#define SUPPORT_NETWORK_REWRITTEN_H

#include "network/network.h"

/* Bytes of a kind's struct that are not padding. */
size_t network_fields_size(const up_layer_kind *kind);

/* The same kinds of layers on the same inputs, told the same, with the same values. */
void network_expect_equal(const up_network *got, const up_network *wanted, const char *what);

/* Writes the network as upscale.layers with its tensors, and expects the same when it is read. */
void network_expect_rewritten(const up_network *network, const char *what);

#endif
