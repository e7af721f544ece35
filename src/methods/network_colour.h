/* SPDX-License-Identifier: MIT */
/* Running a network on the colours of a picture, whatever colours the network was made for. */
#ifndef UP_METHODS_NETWORK_COLOUR_H
#define UP_METHODS_NETWORK_COLOUR_H

#include "methods/method.h"

/* What the channels of `input` (alpha left out) allow, or why they do not. */
up_status up_check_network(const up_network *network, const up_request *request, int channels,
                           up_error *error);

/* One channel of luma in, and out. */
bool up_network_is_for_luma(const up_network *network);

/* Adds the network behind the colour planes of `from`, in and out in the picture's own range:
 *   one channel, any colour   on each of the channels
 *   one channel, luma         on the luma of RGB (chroma by bicubic), or on grey and each of the
 *                             inks of CMYK, which are brought into the range of luma and back
 *   RGB or YCbCr              on RGB; grey is taken as R = G = B, and its luma is the result
 * Tensors go into networks from files as they are, and into those inside as grey. The result is
 * limited as the request or the network says. A network with a condition gets its plane, in colours
 * of tensors too. */
up_status up_add_network_stage(up_graph *graph, int from, const up_network *network,
                               up_request *request, int *to, up_error *error);

/* The same by `add`, to each channel of `from` by itself. */
typedef up_status up_network_adder(up_graph *graph, int from, const up_network *network,
                                   up_request *request, int *to, up_error *error);
up_status up_add_per_channel(up_graph *graph, int from, up_network_adder *add,
                             const up_network *network, up_request *request, int *to,
                             up_error *error);

#endif
