/* SPDX-License-Identifier: MIT */
/* What EDSR and RCAN have around their blocks, in two spellings: mean shift, first convolution, and
 * behind the blocks a convolution, the sum with the first, pixel shuffles and the last one. */
#ifndef UP_PARTS_EDSR_FRAME_H
#define UP_PARTS_EDSR_FRAME_H

#include "network/parts/blocks.h"

typedef struct {
    bool authors; /* head, body, tail, sub_mean and add_mean; else conv_first, upsample ... */
    int first;
} up_edsr_frame;

up_status up_edsr_begin(up_network_builder *b, int *x, bool authors, up_edsr_frame *frame);
up_status up_edsr_end(up_network_builder *b, int *x, const up_edsr_frame *frame, int blocks);

#endif
