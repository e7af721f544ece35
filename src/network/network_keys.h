/* Numbered layers of a state dict as items of a network; for network_families.c. */
#ifndef UP_NETWORK_KEYS_H
#define UP_NETWORK_KEYS_H

#include "network/network_builder.h"

enum { UP_MOST_KEY = 128 };

/* A run of numbered layers: NAME.0, NAME.1, ... */
typedef struct {
    const char *name;           /* of the group; "" for bare numbers */
    const up_network_item *gap; /* what stands where a number has no tensors; NULL: unknown */
    bool transposed;            /* may hold a transposed convolution */
} up_network_group;

const char *up_network_key(char key[UP_MOST_KEY], const char *group, int number);

/* The number behind "PREFIX GROUP." in a tensor's name, or -1; and the highest of the file. */
int up_network_number(const up_network_builder *builder, const char *group, const char *tensor);
int up_network_last_number(const up_network_builder *builder, const char *group);

up_status up_network_append_group(up_network_builder *builder, const up_network_group *group);

/* `padded` so that the size stays. */
up_status up_network_append_conv(up_network_builder *builder, const char *name,
                                 const up_tensor *weight, bool padded);

/* Scale and padding from flags, metadata and convention. `centred`: an odd kernel is centred on its
 * pixel, as in FSRCNN. */
up_status up_network_append_transposed(up_network_builder *builder, const char *name, bool centred);

/* Makes as many channels as come into the network out of more of them. */
up_status up_network_append_shuffle(up_network_builder *builder);

/* Whether a layer is transposed, by the channels it gets; for a square kernel, by its size. */
bool up_network_is_transposed(const up_tensor *weight, int channels);

#endif
