/* SPDX-License-Identifier: MIT */
/* The pairs of U-Nets: waifu2x cunet (x1) and upcunet (x2), and Real-CUGAN (x2, x3, x4). They do
 * not pad: the picture is extended by what is missing, by reflection for Real-CUGAN, whose own
 * program has that in the network; by its edge for waifu2x, where the caller does it. Between the
 * upcunet of waifu2x and a Real-CUGAN x2 keys do not tell, but the files of nunif say who wrote
 * them; else the name of the file, or of its folder, may. LeakyReLU(0.1) is in no file; nunif clips
 * the first result, the others do not. */
#define _GNU_SOURCE

#include "network/families/family.h"

#include "network/parts/blocks.h"

#include <string.h>

#define SLOPE 0.1f
#define MOST_COLOURS 4

static bool is(const up_network_builder *b)
{
    return up_part_kernel(b, "unet1.conv1.conv.0") && up_part_kernel(b, "unet1.conv_bottom") &&
           up_part_kernel(b, "unet2.conv1.conv.0") && up_part_kernel(b, "unet2.conv_bottom");
}

/* 3x3 twice, without padding, and attention to the mean of the whole picture. */
static up_status add_pair(up_network_builder *b, int *x, const char *net, const char *name)
{
    for (int i = 0; i <= 2; i += 2) {
        UP_TRY(up_block_reduce(b, x, 3, 1, "%s.%s.conv.%d", net, name, i));
        UP_TRY(up_part_leaky(b, x, SLOPE));
    }
    if (!up_part_weight(b, "%s.%s.seblock.conv1", net, name))
        return UP_OK;
    return up_block_attention(b, x, &up_layer_global_average_pool, "conv1", "conv2",
                              "%s.%s.seblock", net, name);
}

static up_status add_down(up_network_builder *b, int *x, const char *net, const char *name)
{
    UP_TRY(up_block_reduce(b, x, 2, 2, "%s.%s_down", net, name));
    return up_part_leaky(b, x, SLOPE);
}

/* Up, and onto what went around the lower levels, cropped. */
static up_status add_up(up_network_builder *b, int *x, const char *net, const char *name,
                        int around, int crop)
{
    UP_TRY(up_block_enlarge(b, x, 2, 2, 0, "%s.%s_up", net, name));
    UP_TRY(up_part_leaky(b, x, SLOPE));
    UP_TRY(up_block_crop(b, &around, crop));
    return up_part_join(b, x, &up_layer_add, around);
}

static up_status add_bottom(up_network_builder *b, int *x, const char *net, const char *last)
{
    UP_TRY(up_block_reduce(b, x, 3, 1, "%s.%s", net, last));
    UP_TRY(up_part_leaky(b, x, SLOPE));
    if (up_block_is_kernel(b, 4, "%s.conv_bottom", net))
        return up_block_enlarge(b, x, 4, 2, 3, "%s.conv_bottom", net);
    if (up_block_is_kernel(b, 5, "%s.conv_bottom", net))
        return up_block_enlarge(b, x, 5, 3, 2, "%s.conv_bottom", net);
    return up_block_reduce(b, x, 3, 1, "%s.conv_bottom", net);
}

static up_status add_first(up_network_builder *b, int *x)
{
    static const char net[] = "unet1";
    UP_TRY(add_pair(b, x, net, "conv1"));
    const int around = *x;
    UP_TRY(add_down(b, x, net, "conv1"));
    UP_TRY(add_pair(b, x, net, "conv2"));
    UP_TRY(add_up(b, x, net, "conv2", around, 4));
    return add_bottom(b, x, net, "conv3");
}

/* With the first one's result, cropped, on top. */
static up_status add_second(up_network_builder *b, int *x)
{
    static const char net[] = "unet2";
    int first = *x;
    UP_TRY(add_pair(b, x, net, "conv1"));
    const int outer = *x;
    UP_TRY(add_down(b, x, net, "conv1"));
    UP_TRY(add_pair(b, x, net, "conv2"));
    const int inner = *x;
    UP_TRY(add_down(b, x, net, "conv2"));
    UP_TRY(add_pair(b, x, net, "conv3"));
    UP_TRY(add_up(b, x, net, "conv3", inner, 4));
    UP_TRY(add_pair(b, x, net, "conv4"));
    UP_TRY(add_up(b, x, net, "conv4", outer, 16));
    UP_TRY(add_bottom(b, x, net, "conv5"));
    UP_TRY(up_block_crop(b, &first, 20));
    return up_part_add(b, x, first);
}

/* x4: a convolution of four times the colours, made pixels, on the nearest-upsampled input. */
static up_status add_final(up_network_builder *b, int *x)
{
    int input = UP_NETWORK_INPUT;
    UP_TRY(up_block_reduce(b, x, 3, 1, "conv_final"));
    UP_TRY(up_block_crop(b, x, 1));
    UP_TRY(up_part_shuffle_to_input(b, x));
    UP_TRY(up_block_crop(b, &input, 19));
    UP_TRY(up_part_resize(b, &input, UP_RESIZE_NEAREST, 4));
    return up_part_add(b, x, input);
}

/* Real-CUGAN pro works on 0.15..0.85. */
static up_status squeeze(up_network_builder *b, int *x, bool back)
{
    const int channels = up_network_shape(b->network, *x).channels;
    double factor[MOST_COLOURS], offset[MOST_COLOURS];
    if (channels > MOST_COLOURS)
        return up_network_fail(b, "%d channels are no colours", channels);
    for (int c = 0; c < channels; c++) {
        factor[c] = back ? 1 / 0.7 : 0.7;
        offset[c] = back ? -0.15 / 0.7 : 0.15;
    }
    return up_part_affine(b, x, channels, factor, offset);
}

/* As people keep them: models-cunet/noise0_scale2x.pth, waifu2x/..., but not realcugan/... */
static bool is_called_waifu2x(const up_network_builder *b)
{
    const char *name = up_tensor_file_name(b->file);
    return strcasestr(name, "waifu2x") || strcasestr(name, "cunet");
}

static up_status read(up_network_builder *b)
{
    const up_tensor *pro = up_network_tensor(b, "", "pro");
    const bool first_enlarges = !up_block_is_kernel(b, 3, "unet1.conv_bottom");
    const bool nunif = up_tensor_file_metadata(b->file, "pytorch.nunif_model");
    const bool told =
        pro || up_part_weight(b, "conv_final") || up_block_is_kernel(b, 5, "unet1.conv_bottom");
    const bool cugan = first_enlarges && !nunif && (told || !is_called_waifu2x(b));
    int x = UP_NETWORK_INPUT;
    b->network->family = cugan            ? "Real-CUGAN"
                         : first_enlarges ? "waifu2x upcunet"
                                          : "waifu2x cunet";
    b->network->edge = cugan ? UP_EDGE_REFLECT : UP_EDGE_CLAMP;
    b->network->pads_tensors = cugan;
    UP_TRY(up_part_start(b, "unet1.conv1.conv.0"));
    if (pro) {
        up_network_ignore(b, pro);
        UP_TRY(squeeze(b, &x, false));
    }
    UP_TRY(add_first(b, &x));
    UP_TRY(add_second(b, &x));
    if (up_part_weight(b, "conv_final"))
        UP_TRY(add_final(b, &x));
    return pro ? squeeze(b, &x, true) : UP_OK;
}

const up_network_family up_family_unets = { "waifu2x cunet and Real-CUGAN", is, read, false };
