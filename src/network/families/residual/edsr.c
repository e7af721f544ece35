/* SPDX-License-Identifier: MIT */
/* EDSR, in the spelling of its authors, whose mean shift and range of white are in the file, and in
 * that of BasicSR, where they are constants. Residual branches count whole, but for the network of
 * 32 blocks of 256 features: a tenth; --weights-residual-scale says otherwise. */

#include "network/families/family.h"

#include "network/parts/edsr_frame.h"

static bool is(const up_network_builder *b)
{
    return (up_part_kernel(b, "head.0") && up_part_kernel(b, "body.0.body.0") &&
            up_part_kernel(b, "tail.1")) ||
           (up_part_kernel(b, "conv_after_body") && up_part_kernel(b, "body.0.conv1"));
}

static up_status read(up_network_builder *b)
{
    const bool authors = up_part_kernel(b, "head.0");
    const char *const first = authors ? "body.0" : "conv1", *const second =
                                                                authors ? "body.2" : "conv2";
    up_edsr_frame frame;
    int x = UP_NETWORK_INPUT, blocks = 0;
    UP_TRY(up_edsr_begin(b, &x, authors, &frame));
    while (up_part_weight(b, "body.%d.%s", blocks, first))
        blocks++;
    const bool large = blocks >= 32 && up_network_shape(b->network, x).channels >= 256;
    const float share = up_block_residual_scale(b, large ? 0.1f : 1.0f);
    for (int n = 0; n < blocks; n++) {
        const int before = x;
        UP_TRY(up_block_conv_leaky(b, &x, 3, 0, "body.%d.%s", n, first));
        UP_TRY(up_block_conv(b, &x, 3, "body.%d.%s", n, second));
        UP_TRY(up_block_residual(b, &x, before, share));
    }
    return up_edsr_end(b, &x, &frame, blocks);
}

const up_network_family up_family_edsr = { "EDSR", is, read, false };
