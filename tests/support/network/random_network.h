/* SPDX-License-Identifier: MIT */
/* Networks of random layers, the same for a seed everywhere. */
#ifndef SUPPORT_RANDOM_NETWORK_H
#define SUPPORT_RANDOM_NETWORK_H

#include "network/network.h"
#include "support/weights/tensor_data.h"

typedef struct {
    char tensors[8192], layers[16384], metadata[64]; /* as network_file() takes them */
    int channels;                                    /* that come in */
} random_network;

/* With at least so many nodes of kinds picked at random, each of which fits those before it. */
random_network random_network_make(unsigned seed, int nodes);

#endif
