/* SRVGGNetCompact: body; where PReLU has no weights, LeakyReLU(0.1); pixel shuffle; adds the
 * nearest-upsampled input. */
#include "network/families/parts.h"

static bool is(const up_network_builder *b)
{
    const up_tensor *first = up_part_kernel(b, "body.0");
    return first && first->shape[2] == 3 && first->shape[3] == 3;
}

static up_status read(up_network_builder *b)
{
    static const up_leaky_relu leaky = { 0.1f };
    int x = UP_NETWORK_INPUT, enlarged = UP_NETWORK_INPUT;
    const up_part_group body = { .name = "body",
                                 .gap = &up_layer_leaky_relu,
                                 .gap_fields = &leaky };
    UP_TRY(up_part_start(b, "body.0"));
    UP_TRY(up_part_add_group(b, &x, &body));
    UP_TRY(up_part_shuffle_to_input(b, &x));
    const int factor = ((const up_shuffle *)b->network->node[x].fields)->factor;
    if (factor > 1)
        UP_TRY(up_part_resize(b, &enlarged, UP_RESIZE_NEAREST, factor));
    return up_part_add(b, &x, enlarged);
}

const up_network_family up_family_compact = { "SRVGGNetCompact", is, read, false };
