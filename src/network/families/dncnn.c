/* SPDX-License-Identifier: MIT */
/* DnCNN: the input less what 3x3 convolutions, maybe with batch normalisation (eps 1e-4 in its
 * source, which is not the usual one), and ReLU make of it: the noise. A restorer of scale 1.
 * Networks with the level of noise as another channel (FDnCNN, FFDNet) are refused. */

#include "network/families/family.h"

#include "network/parts/blocks.h"

#define EPS 1e-4

static bool is_norm(const up_network_builder *b, int n)
{
    return up_part_tensor(b, "running_mean", "model.%d", n);
}

static const up_tensor *find_last(const up_network_builder *b)
{
    return up_part_kernel(b, "model.%d", up_part_last_number(b, "model"));
}

/* As many channels out as in, or one less; model.1 is a ReLU. */
static bool is(const up_network_builder *b)
{
    const up_tensor *first = up_part_kernel(b, "model.0"), *last = find_last(b);
    return up_block_is_kernel(b, 3, "model.0") && up_block_is_kernel(b, 3, "model.2") && last &&
           up_part_last_number(b, "model.1") < 0 && !up_part_weight(b, "model.1") &&
           (first->shape[1] == last->shape[0] || first->shape[1] == last->shape[0] + 1);
}

static up_status read(up_network_builder *b)
{
    const int last = up_part_last_number(b, "model");
    const up_tensor *first = up_part_kernel(b, "model.0");
    int x = UP_NETWORK_INPUT, input = UP_NETWORK_INPUT;
    if (first->shape[1] != find_last(b)->shape[0])
        return up_network_fail(b, "a denoiser that takes the level of noise as a channel (FDnCNN, "
                                  "FFDNet), which there is no way to give");
    UP_TRY(up_part_start(b, "model.0"));
    for (int n = 0; n <= last; n++) {
        if (!up_part_weight(b, "model.%d", n))
            continue;
        UP_TRY(is_norm(b, n) ? up_part_batch_norm(b, &x, EPS, "model.%d", n)
                             : up_block_conv(b, &x, 3, "model.%d", n));
        if (n < last && !is_norm(b, n + 1))
            UP_TRY(up_part_layer(b, &x, &up_layer_relu, NULL));
    }
    return up_part_join(b, &input, &up_layer_sub, x);
}

const up_network_family up_family_dncnn = { "DnCNN", is, read, false };
