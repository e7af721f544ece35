/* SPDX-License-Identifier: MIT */
#include "network/parts/edsr_frame.h"

#include <math.h>

/* White is 255 where the mean that is taken off is more than 1 can be. */
static up_status find_range(up_network_builder *b)
{
    up_values bias;
    const up_tensor *tensor = up_part_tensor(b, "bias", "sub_mean");
    if (!tensor)
        return UP_OK;
    UP_TRY(up_network_take(b, tensor, &bias));
    for (size_t c = 0; c < bias.count; c++)
        if (fabsf(bias.value[c]) > 8)
            b->network->range = 255;
    return UP_OK;
}

/* What a file of other origin may do without. */
static up_status add_shift(up_network_builder *b, int *x, const char *name)
{
    return up_part_weight(b, "%s", name) ? up_block_conv(b, x, 1, "%s", name) : UP_OK;
}

up_status up_edsr_begin(up_network_builder *b, int *x, bool authors, up_edsr_frame *frame)
{
    const char *first = authors ? "head.0" : "conv_first";
    UP_TRY(up_part_start(b, "%s", first));
    if (authors)
        UP_TRY(find_range(b));
    UP_TRY(authors ? add_shift(b, x, "sub_mean") : up_block_take_mean(b, x));
    UP_TRY(up_block_conv(b, x, 3, "%s", first));
    *frame = (up_edsr_frame){ authors, *x };
    return UP_OK;
}

up_status up_edsr_end(up_network_builder *b, int *x, const up_edsr_frame *frame, int blocks)
{
    UP_TRY(frame->authors ? up_block_conv(b, x, 3, "body.%d", blocks)
                          : up_block_conv(b, x, 3, "conv_after_body"));
    UP_TRY(up_part_add(b, x, frame->first));
    UP_TRY(up_block_upsample(b, x, 2, frame->authors ? "tail.0" : "upsample"));
    UP_TRY(up_block_conv(b, x, 3, "%s", frame->authors ? "tail.1" : "conv_last"));
    return frame->authors ? add_shift(b, x, "add_mean") : up_block_put_mean(b, x);
}
