/* waifu2x upconv_7: LeakyReLU(0.1) between convolutions without padding: the input's edge is
 * replicated 7 pixels around. */
#include "network/families/parts.h"

static bool is(const up_network_builder *b)
{
    static const size_t channels[] = { 16, 32, 64, 128, 128, 256 };
    for (int i = 0; i < 7; i++) {
        const up_tensor *weight = up_part_kernel(b, "%d", 2 * i);
        const size_t side = i < 6 ? 3 : 4;
        if (!weight || weight->shape[0] != channels[i < 6 ? i : 5] || weight->shape[2] != side ||
            weight->shape[3] != side)
            return false;
    }
    return up_part_last_number(b, "") == 12;
}

static up_status read(up_network_builder *b)
{
    static const up_padding around = { .amount = { 7, 7, 7, 7 }, .mode = UP_PAD_REPLICATE };
    static const up_convolution bare = { .groups = 1 };
    static const up_convolution last = { .stride = { 2, 2 }, .padding = { 3, 3, 3, 3 } };
    int x = UP_NETWORK_INPUT;
    UP_TRY(up_part_start(b, "0"));
    UP_TRY(up_part_layer(b, &x, &up_layer_pad, &around));
    for (int i = 0; i < 12; i += 2) {
        UP_TRY(up_part_convolution(b, &x, &up_layer_conv2d, &bare, "%d", i));
        UP_TRY(up_part_leaky(b, &x, 0.1f));
    }
    return up_part_convolution(b, &x, &up_layer_conv_transpose2d, &last, "12");
}

const up_network_family up_family_upconv_7 = { "waifu2x upconv_7", is, read, false };
