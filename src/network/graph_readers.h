/* SPDX-License-Identifier: MIT */
/* Networks that a file states as a graph of its own, beside its tensors. */
#ifndef UP_NETWORK_GRAPH_READERS_H
#define UP_NETWORK_GRAPH_READERS_H

#include "network/build/builder.h"
#include "weights/weight_format.h"

typedef struct {
    const up_weight_format *format;
    up_status (*read)(up_network_builder *builder, const void *content);
} up_graph_reader;

/* The one for the file's format, and what that has kept of the file; NULL: there is none. */
const up_graph_reader *up_graph_reader_find(const up_tensor_file *file, const void **content);

#endif
