/* SPDX-License-Identifier: MIT */
/* FSRCNN: first_part, mid_part, last_part; 1-D weights are PReLU. It ends in a ConvTranspose2d of
 * padding kernel / 2 and output_padding scale - 1; its kernel is the same for every scale. */

#include "network/families/family.h"

#include "network/parts/parts.h"

static bool is(const up_network_builder *b)
{
    return up_part_kernel(b, "first_part.0") && up_part_kernel(b, "mid_part.0") &&
           up_part_weight(b, "last_part");
}

static up_status read(up_network_builder *b)
{
    int x = UP_NETWORK_INPUT;
    const up_network_hints *hints = b->hints;
    UP_TRY(up_part_start(b, "first_part.0"));
    if (hints->scale && (hints->scale < 2 || hints->scale > 4) && !hints->layer.stride.set &&
        !up_tensor_file_metadata(b->file, "upscale.scale"))
        return up_network_fail(b,
                               "the file does not tell the scale that this FSRCNN was made for: "
                               "give --scale 2, 3 or 4, or state it in the metadata upscale.scale");
    UP_TRY(up_part_add_group(b, &x, &(up_part_group){ .name = "first_part" }));
    UP_TRY(up_part_add_group(b, &x, &(up_part_group){ .name = "mid_part" }));
    return up_part_transposed(b, &x, true, "last_part");
}

const up_network_family up_family_fsrcnn = { "FSRCNN", is, read, true };
