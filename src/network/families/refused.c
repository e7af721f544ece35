/* SPDX-License-Identifier: MIT */
/* Networks that there is no kind of layer for, told by a part of a key that no other has. */
#include "network/families/refused.h"

#include <string.h>

static const struct {
    const char *part, *name;
} known[] = {
    { ".conv_block.cab.", "HAT" },
    { ".attn.aligned_relative_position_index", "SRFormer" },
    { ".attn_transform.logit_scale", "GRL" },
    { ".attn.logit_scale", "Swin2SR" },
    { ".swin1.attn.", "DRCT" },
    { ".attn.spatial_interaction.", "DAT" },
    { ".blocks.0.gamma", "RGT" },
    { ".layer.0.fn.0.", "OmniSR" },
    { ".trans_block.", "SCUNet" },
    { "encoder_level1.0.attn.", "Restormer" },
    { ".residual_group.blocks.0.attn.", "SwinIR" },
    { ".attn.relative_position_bias_table", "a Swin transformer" },
    { ".attn.qkv.weight", "a transformer" },
};

up_status up_family_refuse_known(const up_network_builder *b)
{
    const up_tensor *tensor;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        for (int n = 0; (tensor = up_tensor_file_at(b->file, n)); n++)
            if (strstr(tensor->name, known[i].part))
                return up_network_fail(b,
                                       "the keys are those of %s, whose attention over windows of "
                                       "pixels this program does not do: take a convolutional "
                                       "network (ESRGAN, SRVGGNetCompact, SPAN, ...)",
                                       known[i].name);
    return UP_OK;
}
