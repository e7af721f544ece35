/* SPDX-License-Identifier: MIT */
/* The line of EDSR, and networks of distillation, told from keys and shapes. */
#include "support/weights/state_dict.h"

#include <criterion/criterion.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* -------------------------------------------------------------- residual networks */

static void edsr_made(keys *k, int features, int blocks, int share)
{
    keys_begin(k);
    keys_conv(k, features, 3, 3, "conv_first");
    for (int n = 0; n < blocks; n++)
        for (int c = 1; c <= 2; c++)
            keys_conv(k, features, features, 3, "body.%d.conv%d", n, c);
    keys_conv(k, features, features, 3, "conv_after_body");
    keys_conv(k, share * features, features, 3, "upsample.0");
    keys_conv(k, 3, features, 3, "conv_last");
}

Test(families, edsr_and_its_residual_scale)
{
    keys k;
    edsr_made(&k, 4, 1, 4);
    state_expect(
        &k, NULL, (figures){ "EDSR", 2, 3, 3, .least = 1 },
        "affine conv2d conv2d relu conv2d add conv2d add conv2d pixel_shuffle conv2d affine");
    edsr_made(&k, 4, 1, 9);
    state_expect(
        &k, &(up_network_hints){ .residual_scale = 0.1f }, (figures){ "EDSR", 3, 3, 3, .least = 1 },
        "affine conv2d conv2d relu conv2d affine add conv2d add conv2d pixel_shuffle conv2d "
        "affine");
    edsr_made(&k, 4, 1, 5);
    state_refused(&k, NULL, "upsample.0", "no pixel shuffle");
}

/* White is 255 where what is taken off says so. */
Test(families, edsr_of_its_authors)
{
    for (int wide = 0; wide < 2; wide++) {
        keys k;
        keys_begin(&k);
        keys_put(&k, "sub_mean.bias:3 sub_mean.weight:3,3,1,1");
        keys_conv(&k, 3, 3, 1, "add_mean");
        keys_conv(&k, 4, 3, 3, "head.0");
        keys_conv(&k, 4, 4, 3, "body.0.body.0");
        keys_conv(&k, 4, 4, 3, "body.0.body.2");
        keys_conv(&k, 4, 4, 3, "body.1");
        keys_conv(&k, 16, 4, 3, "tail.0.0");
        keys_conv(&k, 16, 4, 3, "tail.0.2");
        keys_conv(&k, 3, 4, 3, "tail.1");
        tensor_file file = keys_file(&k);
        uint64_t header;
        const float mean[3] = { -114.4f, -111.5f, -103 };
        memcpy(&header, file.bytes, sizeof header);
        if (wide)
            memcpy(file.bytes + 8 + header, mean, sizeof mean);
        up_error error = { 0 };
        up_network *network = state_read(file, NULL, &error);
        cr_assert(network, "%s", error.message);
        expect_figures(network, (figures){ "EDSR", 4, 3, 3, .least = 1 });
        cr_expect_eq(network->range, wide ? 255 : 1);
        up_network_free(&network);
    }
}

Test(families, msrresnet)
{
    for (int old = 0; old < 2; old++) {
        keys k;
        keys_begin(&k);
        keys_conv(&k, 4, 3, 3, "conv_first");
        for (int c = 1; c <= 2; c++)
            keys_conv(&k, 4, 4, 3, "%s.0.conv%d", old ? "recon_trunk" : "body", c);
        keys_conv(&k, 36, 4, 3, "upconv1");
        keys_conv(&k, 4, 4, 3, old ? "HRconv" : "conv_hr");
        keys_conv(&k, 3, 4, 3, "conv_last");
        state_expect(
            &k, NULL, (figures){ "MSRResNet", 3, 3, 3, .least = 1 },
            "conv2d leaky_relu conv2d relu conv2d add conv2d pixel_shuffle leaky_relu conv2d "
            "leaky_relu conv2d resize add");
    }
}

static void rcan_made(keys *k, bool authors)
{
    const char *block = authors ? "body.0.body.0.body" : "body.0.residual_group.0.rcab";
    keys_begin(k);
    keys_conv(k, 4, 3, 3, authors ? "head.0" : "conv_first");
    keys_conv(k, 4, 4, 3, "%s.0", block);
    keys_conv(k, 4, 4, 3, "%s.2", block);
    keys_conv(k, 2, 4, 1, "%s.3.%s", block, authors ? "conv_du.0" : "attention.1");
    keys_conv(k, 4, 2, 1, "%s.3.%s", block, authors ? "conv_du.2" : "attention.3");
    keys_conv(k, 4, 4, 3, authors ? "body.0.body.1" : "body.0.conv");
    keys_conv(k, 4, 4, 3, authors ? "body.1" : "conv_after_body");
    keys_conv(k, 16, 4, 3, authors ? "tail.0.0" : "upsample.0");
    keys_conv(k, 3, 4, 3, authors ? "tail.1" : "conv_last");
}

Test(families, rcan_sees_the_whole_picture)
{
    static const char middle[] =
        "conv2d conv2d relu conv2d global_average_pool conv2d relu conv2d sigmoid mul add conv2d "
        "add conv2d add conv2d pixel_shuffle conv2d";
    for (int authors = 0; authors < 2; authors++) {
        keys k;
        char kinds[320];
        snprintf(kinds, sizeof kinds, authors ? "%s" : "affine %s affine", middle);
        rcan_made(&k, authors);
        up_network *network = state_made(&k, NULL);
        expect_figures(network, (figures){ "RCAN", 2, 3, 3, .least = 1 });
        expect_kinds(network, kinds);
        cr_expect_eq(network->receptive_field[0], INT_MAX);
        up_network_free(&network);
    }
}

/* -------------------------------------------------------------- CARN */

static void carn_made(keys *k, bool mobile, const char *ups)
{
    keys_begin(k);
    keys_conv(k, 3, 3, 1, "sub_mean.shifter");
    keys_conv(k, 3, 3, 1, "add_mean.shifter");
    keys_conv(k, 4, 3, 3, "entry");
    keys_conv(k, 3, 4, 3, "exit");
    for (int i = 0; i < 9; i++) {
        if (!mobile || i % 3 == 0)
            for (int c = 0; c <= 2; c += 2)
                keys_conv(k, 4, mobile ? 2 : 4, 3, "b%d.b%d.body.%d", i / 3 + 1, i % 3 + 1, c);
        if (mobile && i % 3 == 0)
            keys_conv(k, 4, 4, 1, "b%d.b1.body.4", i / 3 + 1);
        keys_conv(k, 4, 4 * (i % 3 + 2), 1, "b%d.c%d.body.0", i / 3 + 1, i % 3 + 1);
    }
    for (int c = 1; c <= 3; c++)
        keys_conv(k, 4, 4 * (c + 1), 1, "c%d.body.0", c);
    for (; *ups; ups++) {
        const int factor = *ups == '3' ? 3 : 2;
        keys_conv(k, 4 * factor * factor, 4, 3, "upsample.up%c.body.0", *ups);
        if (*ups == '4')
            keys_conv(k, 16, 4, 3, "upsample.up4.body.3");
    }
}

Test(families, carn_of_several_scales)
{
    keys k;
    for (int scale = 2; scale <= 4; scale++) {
        carn_made(&k, false, "234");
        state_expect(&k, &(up_network_hints){ .scale = scale },
                     (figures){ "CARN", scale, 3, 3, .least = 1 }, NULL);
    }
    carn_made(&k, false, "234");
    state_refused(&k, NULL, "CARN", "give --scale (2, 3, 4)");
    carn_made(&k, false, "24");
    state_refused(&k, &(up_network_hints){ .scale = 3 }, "2, 4", "not for 3");
    carn_made(&k, false, "3");
    state_expect(&k, NULL, (figures){ "CARN", 3, 3, 3, .least = 1 }, NULL);
}

Test(families, carn_m_shares_blocks_and_convolves_in_groups)
{
    keys k;
    carn_made(&k, true, "");
    keys_conv(&k, 16, 2, 3, "upsample.up.body.0");
    up_network *network = state_made(&k, NULL);
    expect_figures(network, (figures){ "CARN-M", 2, 3, 3, .least = 1 });
    int groups = 0;
    for (int i = 0; i < network->nodes; i++)
        if (network->node[i].kind == &up_layer_conv2d)
            groups += ((const up_convolution *)network->node[i].fields)->groups == 2;
    cr_expect_eq(groups, 3 * 3 * 2 + 1);
    up_network_free(&network);
}

/* -------------------------------------------------------------- distillation */

static void imdn_block(keys *k, const char *key)
{
    keys_conv(k, 8, 8, 3, "%s.c1", key);
    keys_conv(k, 8, 6, 3, "%s.c2", key);
    keys_conv(k, 8, 6, 3, "%s.c3", key);
    keys_conv(k, 2, 6, 3, "%s.c4", key);
    keys_conv(k, 8, 8, 1, "%s.c5", key);
}

#define IMDN_BLOCK                                                                                 \
    "conv2d leaky_relu channels channels conv2d leaky_relu channels channels conv2d leaky_relu "   \
    "channels channels conv2d concat "

Test(families, imdn_with_and_without_attention)
{
    keys k;
    keys_begin(&k);
    keys_conv(&k, 8, 3, 3, "fea_conv");
    imdn_block(&k, "IMDB1");
    keys_conv(&k, 2, 8, 1, "IMDB1.cca.conv_du.0");
    keys_conv(&k, 8, 2, 1, "IMDB1.cca.conv_du.2");
    keys_conv(&k, 8, 8, 1, "c.0");
    keys_conv(&k, 8, 8, 3, "LR_conv");
    keys_conv(&k, 12, 8, 3, "upsampler.0");
    state_expect(&k, NULL, (figures){ "IMDN", 2, 3, 3, .least = 1 },
                 "conv2d " IMDN_BLOCK
                 "global_contrast conv2d relu conv2d sigmoid mul conv2d add conv2d "
                 "leaky_relu conv2d add conv2d pixel_shuffle");
    keys_begin(&k);
    keys_conv(&k, 8, 3, 3, "model.0");
    imdn_block(&k, "model.1.sub.0");
    keys_conv(&k, 8, 8, 1, "model.1.sub.1");
    keys_conv(&k, 12, 8, 3, "model.2");
    state_expect(&k, NULL, (figures){ "IMDN-RTC", 2, 3, 3, .least = 1 },
                 "conv2d " IMDN_BLOCK "conv2d add conv2d add conv2d pixel_shuffle");
    keys_begin(&k);
    keys_conv(&k, 8, 3, 3, "fea_conv");
    keys_conv(&k, 8, 8, 3, "IMDB1.c1");
    keys_conv(&k, 8, 8, 3, "IMDB1.c2");
    state_refused(&k, NULL, "IMDB1.c2", "8 channels");
}

Test(families, rfdn_needs_15_pixels)
{
    keys k;
    keys_begin(&k);
    keys_conv(&k, 4, 3, 3, "fea_conv");
    for (int c = 1; c <= 3; c++) {
        keys_conv(&k, 2, 4, 1, "B1.c%d_d", c);
        keys_conv(&k, 4, 4, 3, "B1.c%d_r", c);
    }
    keys_conv(&k, 2, 4, 3, "B1.c4");
    keys_conv(&k, 4, 8, 1, "B1.c5");
    keys_conv(&k, 2, 4, 1, "B1.esa.conv1");
    keys_conv(&k, 2, 2, 1, "B1.esa.conv_f");
    keys_conv(&k, 2, 2, 3, "B1.esa.conv2");
    keys_conv(&k, 2, 2, 3, "B1.esa.conv_max");
    keys_conv(&k, 2, 2, 3, "B1.esa.conv3");
    keys_conv(&k, 2, 2, 3, "B1.esa.conv3_");
    keys_conv(&k, 4, 2, 1, "B1.esa.conv4");
    keys_conv(&k, 4, 4, 1, "c.0");
    keys_conv(&k, 4, 4, 3, "LR_conv");
    keys_conv(&k, 48, 4, 3, "upsampler.0");
    state_expect(&k, NULL, (figures){ "RFDN", 4, 3, 3, .least = 15 }, NULL);
}
