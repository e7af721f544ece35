/* ESPCN: first_part, last_part; tanh after each layer but the last; pixel shuffle. */
#include "network/families/parts.h"

static bool is(const up_network_builder *b)
{
    return up_part_kernel(b, "first_part.0") && up_part_kernel(b, "last_part.0");
}

static up_status read(up_network_builder *b)
{
    int x = UP_NETWORK_INPUT;
    UP_TRY(up_part_start(b, "first_part.0"));
    UP_TRY(
        up_part_add_group(b, &x, &(up_part_group){ .name = "first_part", .gap = &up_layer_tanh }));
    UP_TRY(up_part_layer(b, &x, &up_layer_tanh, NULL));
    UP_TRY(up_part_add_group(b, &x, &(up_part_group){ .name = "last_part" }));
    return up_part_shuffle_to_input(b, &x);
}

const up_network_family up_family_espcn = { "ESPCN", is, read, false };
