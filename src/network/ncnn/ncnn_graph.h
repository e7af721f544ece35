/* SPDX-License-Identifier: MIT */
/* Networks of ncnn: the graph of up_ncnn_format. */
#ifndef UP_NETWORK_NCNN_GRAPH_H
#define UP_NETWORK_NCNN_GRAPH_H

#include "network/build/builder.h"

/* `content` is a up_ncnn_graph. The result of the network is the one blob that nothing reads. */
up_status up_network_from_ncnn(up_network_builder *builder, const void *content);

#endif
