/* Making a network item by item, each checked against those before it; for the readers of the
 * sources. */
#ifndef UP_NETWORK_BUILDER_H
#define UP_NETWORK_BUILDER_H

#include "network/network.h"

typedef struct {
    const up_tensor_file *file;
    const up_layer *flags; /* never NULL */
    int scale_flag;
    up_network *network;
    bool *used;      /* for each tensor of the file */
    char prefix[32]; /* of all tensor names */
    up_error *error;
} up_network_builder;

/* The next item: its op and that op's own parameters are given, the rest is filled in here. `name`
 * (without the prefix) and `id` may be NULL and are copied. The weight and bias of an affine and
 * bounds are taken over, on failure too. */
up_status up_network_append(up_network_builder *builder, const up_network_item *item,
                            const char *name, const char *id);

/* Channels that come out of the last item, or into the network. */
int up_network_channels(const up_network_builder *builder);

/* PREFIX + "NAME.SUFFIX" of the file, or NULL. */
const up_tensor *up_network_tensor(const up_network_builder *builder, const char *name,
                                   const char *suffix);

/* "FILE: layer N (OP): ..." */
up_status up_network_refuse(const up_network_builder *builder, int layer, up_network_op op,
                            const char *format, ...) __attribute__((format(printf, 4, 5)));

/* The sources. They append all items, the first of them after setting network->in_channels. */
up_status up_network_from_metadata(up_network_builder *builder, const char *layers);
up_status up_network_from_keys(up_network_builder *builder);

/* What follows from the items: network_measure.c. The size of an item that is complete but for it,
 * and the network's own figures at the end. */
up_status up_network_measure_item(const up_network_builder *builder, up_network_item *item);
void up_network_measure(up_network *network);

#endif
