/* SPDX-License-Identifier: MIT */
/* What a network makes of a tensor, by definition: double precision, one node after the other, no
 * tricks. Says what the fast ops must come to. */
#ifndef SUPPORT_NETWORK_REFERENCE_H
#define SUPPORT_NETWORK_REFERENCE_H

#include "network/network.h"
#include "support/reference/ndarray.h"

/* `x` is CHW or NCHW, the result NCHW of type f8. Also checks what each node says of its size. */
ndarray network_reference(const up_network *network, const ndarray *x);

#endif
