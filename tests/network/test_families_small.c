/* SPDX-License-Identifier: MIT */
/* Small networks told from keys and shapes, and what is refused by its name. */
#include "support/weights/state_dict.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

Test(families, ecbsr_in_both_spellings)
{
    keys k;
    keys_begin(&k);
    keys_conv(&k, 4, 1, 3, "backbone.0.conv3x3");
    keys_put(&k, "backbone.0.act.weight:4");
    keys_conv(&k, 4, 4, 3, "backbone.1.conv3x3");
    state_expect(&k, NULL, (figures){ "ECBSR", 2, 1, 1, .least = 1 },
                 "conv2d prelu conv2d pixel_shuffle resize add");
    for (int asked = 0; asked < 2; asked++) {
        keys_begin(&k);
        keys_conv(&k, 4, 3, 3, "backbone.0.0");
        keys_conv(&k, 27, 4, 3, "backbone.1.0");
        if (asked)
            state_expect(&k, &(up_network_hints){ .activation = "relu" },
                         (figures){ "ECBSR", 3, 3, 3, .least = 1 },
                         "conv2d relu conv2d pixel_shuffle resize add");
        else
            state_refused(&k, NULL, "ECBSR", "--weights-activation");
    }
}

static void abpn_made(keys *k, int first, int before, int last)
{
    keys_begin(k);
    keys_conv(k, first, 3, 3, "backbone.0");
    keys_conv(k, first, first, 3, "backbone.2.0");
    keys_conv(k, before, first, 3, "backbone.3");
    keys_conv(k, last, before, 3, "backbone.5");
}

Test(families, abpn_and_its_spare_channel)
{
    keys k;
    abpn_made(&k, 4, 12, 12);
    state_expect(&k, NULL, (figures){ "ABPN", 2, 3, 3, .least = 1 },
                 "conv2d relu conv2d relu conv2d relu conv2d pixel_shuffle resize add");
    abpn_made(&k, 8, 30, 28);
    keys_conv(&k, 28, 28, 1, "backbone.7");
    state_expect(&k, NULL, (figures){ "ABPN", 3, 3, 3, .least = 1 },
                 "conv2d relu conv2d relu conv2d relu conv2d relu conv2d relu channels "
                 "pixel_shuffle");
}

Test(families, etds_plain_trained_and_for_inference)
{
    keys k;
    keys_begin(&k);
    keys_conv(&k, 8, 3, 3, "conv_first");
    keys_conv(&k, 8, 8, 3, "backbone_convs.0");
    keys_conv(&k, 28, 8, 3, "conv_last");
    keys_conv(&k, 28, 28, 1, "conv_clip");
    state_expect(&k, NULL, (figures){ "ETDS", 3, 3, 3, .least = 1 },
                 "conv2d relu conv2d relu conv2d relu conv2d relu channels pixel_shuffle");
    keys_begin(&k);
    keys_conv(&k, 8, 3, 3, "conv_first");
    keys_conv(&k, 8, 8, 3, "backbone_convs.0");
    keys_conv(&k, 12, 8, 3, "conv_last");
    state_expect(&k, NULL, (figures){ "ETDS", 2, 3, 3, .least = 1 },
                 "conv2d relu conv2d relu conv2d pixel_shuffle");
    keys_begin(&k);
    keys_conv(&k, 5, 3, 3, "conv_first");
    keys_conv(&k, 3, 3, 3, "conv_residual_first");
    keys_conv(&k, 5, 5, 3, "backbone_convs.0");
    keys_conv(&k, 3, 3, 3, "residual_convs.0");
    keys_conv(&k, 5, 3, 3, "add_residual_convs.0");
    keys_conv(&k, 12, 5, 3, "conv_last");
    keys_conv(&k, 12, 3, 3, "conv_residual_last");
    state_expect(&k, NULL, (figures){ "ETDS", 2, 3, 3, .least = 1 },
                 "conv2d relu conv2d relu conv2d conv2d add relu conv2d relu conv2d conv2d add "
                 "pixel_shuffle");
}

static void plainusr_made(keys *k)
{
    keys_begin(k);
    keys_conv(k, 7, 3, 3, "head");
    for (int n = 1; n <= 2; n++) {
        keys_conv(k, 4, 4, 3, "block%d.body.0", n);
        keys_conv(k, 4, 4, 3, "block%d.body.2", n);
    }
    keys_conv(k, 2, 2, 3, "blockm.body.0");
    keys_conv(k, 2, 2, 3, "blockm.body.2");
    keys_conv(k, 12, 7, 3, "tail.0");
}

#define PLAIN_BLOCK "channels channels conv2d leaky_relu conv2d "

Test(families, plainusr_works_on_some_channels)
{
    keys k;
    plainusr_made(&k);
    keys_conv(&k, 2, 2, 3, "blockm.body.3.body.0");
    state_expect(&k, NULL, (figures){ "PlainUSR", 2, 3, 3, .least = 1 },
                 "conv2d " PLAIN_BLOCK "concat " PLAIN_BLOCK
                 "channels sigmoid conv2d sigmoid mul mul concat " PLAIN_BLOCK
                 "concat conv2d pixel_shuffle");
    plainusr_made(&k);
    keys_conv(&k, 2, 2, 1, "blockm.body.3.body.0");
    keys_conv(&k, 2, 2, 3, "blockm.body.3.body.2");
    keys_conv(&k, 2, 2, 3, "blockm.body.3.body.3");
    state_expect(&k, NULL, (figures){ "PlainUSR", 2, 3, 3, .least = 7 },
                 "conv2d " PLAIN_BLOCK "concat " PLAIN_BLOCK
                 "channels sigmoid conv2d exp mul average_pool average_pool div conv2d conv2d "
                 "sigmoid resize mul mul concat " PLAIN_BLOCK "concat conv2d pixel_shuffle");
    keys_begin(&k);
    keys_conv(&k, 7, 3, 3, "head");
    keys_conv(&k, 12, 7, 3, "tail.0");
    keys_conv(&k, 8, 4, 1, "block1.body.0.expand_conv");
    state_refused(&k, NULL, "PlainUSR", "re-parameterise");
}

/* The size of the first kernel and the channels of the last tell ESPCN from SRCNN. */
Test(families, espcn_and_srcnn)
{
    keys k;
    keys_begin(&k);
    keys_conv(&k, 4, 3, 5, "conv1");
    keys_conv(&k, 4, 4, 3, "conv2");
    keys_conv(&k, 12, 4, 3, "conv3");
    state_expect(&k, NULL, (figures){ "ESPCN", 2, 3, 3, .least = 1 },
                 "conv2d tanh conv2d tanh conv2d pixel_shuffle sigmoid");
    for (int middle = 1; middle <= 5; middle += 4) {
        keys_begin(&k);
        keys_conv(&k, 4, 1, 9, "conv1");
        keys_conv(&k, 4, 4, middle, "conv2");
        keys_conv(&k, 1, 4, 5, "conv3");
        up_network *network = state_made(&k, NULL);
        expect_figures(network, (figures){ "SRCNN", 1, 1, 1, .least = 1 });
        expect_kinds(network, "conv2d relu conv2d relu conv2d");
        cr_expect(network->enlarges_first);
        up_network_free(&network);
    }
}

Test(families, vdsr)
{
    keys k;
    keys_begin(&k);
    keys_put(&k, "input.weight:4,1,3,3 output.weight:1,4,3,3");
    keys_put(&k, "residual_layer.0.conv.weight:4,4,3,3 residual_layer.1.conv.weight:4,4,3,3");
    up_network *network = state_made(&k, NULL);
    expect_figures(network, (figures){ "VDSR", 1, 1, 1, .least = 1 });
    expect_kinds(network, "conv2d relu conv2d relu conv2d relu conv2d add");
    cr_expect(network->enlarges_first);
    up_network_free(&network);
}

/* -------------------------------------------------------------- DnCNN */

Test(families, dncnn)
{
    keys k;
    keys_begin(&k);
    keys_conv(&k, 4, 1, 3, "netG.model.0");
    keys_conv(&k, 4, 4, 3, "netG.model.2");
    keys_conv(&k, 1, 4, 3, "netG.model.4");
    state_expect(&k, NULL, (figures){ "DnCNN", 1, 1, 1, .least = 1 },
                 "conv2d relu conv2d relu conv2d sub");
    for (int more = 1; more <= 4; more += 3) {
        keys_begin(&k);
        keys_conv(&k, 4, more * 3 + 1, 3, "model.0");
        keys_conv(&k, 4, 4, 3, "model.2");
        keys_conv(&k, more * 3, 4, 3, "model.4");
        state_refused(&k, NULL, "FDnCNN", "level of noise");
    }
}

/* The variance is the first tensor, so that the test can say what it is. */
static tensor_file normalised(float variance)
{
    keys k;
    keys_begin(&k);
    keys_put(&k, "model.3.running_var:1 model.3.running_mean:1 model.3.weight:1");
    keys_conv(&k, 1, 1, 3, "model.0");
    keys_conv(&k, 1, 1, 3, "model.2");
    keys_put(&k, "model.3.bias:1");
    keys_conv(&k, 1, 1, 3, "model.5");
    tensor_file file = keys_file(&k);
    uint64_t header;
    memcpy(&header, file.bytes, sizeof header);
    memcpy(file.bytes + 8 + header, &variance, sizeof variance);
    return file;
}

/* Its normalisation adds 1e-4 to the variance, not 1e-5. */
Test(families, dncnn_with_normalisation)
{
    up_error error = { 0 };
    up_network *network = state_read(normalised(3e-4f), NULL, &error);
    cr_assert(network, "%s", error.message);
    expect_figures(network, (figures){ "DnCNN", 1, 1, 1, .least = 1 });
    expect_kinds(network, "conv2d relu conv2d affine relu conv2d sub");
    const double weight = -1 / 64.0; /* the third value that network_file() makes */
    cr_expect_float_eq(network->node[3].weight.value[0], weight / 0.02, 1e-6);
    up_network_free(&network);
    cr_expect_null(state_read(normalised(-1), NULL, &error));
    cr_expect(strstr(error.message, "variance"), "%s", error.message);
}

/* -------------------------------------------------------------- what is not run, and what is
 * beside */

Test(families, attention_over_windows_is_refused_by_name)
{
    static const struct {
        const char *key, *name;
    } known[] = {
        { "layers.0.residual_group.blocks.0.attn.relative_position_bias_table", "SwinIR" },
        { "layers.0.residual_group.blocks.0.attn.logit_scale", "Swin2SR" },
        { "layers.0.residual_group.blocks.0.conv_block.cab.0.weight", "HAT" },
        { "layers.0.blocks.0.attn.spatial_interaction.0.weight", "DAT" },
        { "params_ema.layers.0.blocks.0.attn.spatial_interaction.0.weight", "DAT" },
        { "layers.0.blocks.0.gamma", "RGT" },
        { "layers.0.swin1.attn.qkv.weight", "DRCT" },
        { "residual_layer.0.residual_layer.0.layer.0.fn.0.weight", "OmniSR" },
        { "m_body.0.trans_block.ln1.weight", "SCUNet" },
        { "encoder_level1.0.attn.temperature", "Restormer" },
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        keys k;
        keys_begin(&k);
        keys_conv(&k, 4, 3, 3, "conv_first");
        keys_put(&k, "%s:4", known[i].key);
        state_refused(&k, NULL, known[i].name, "attention over windows");
    }
}

/* Counters do not stand in the way of a prefix, and nothing else is left out. */
Test(families, counters_are_left_out)
{
    static const float values[7] = { 1, 1, 1, 1, 1, 1, 1 };
    static const char header[] =
        "{\"n_averaged\":{\"dtype\":\"I64\",\"shape\":[],\"data_offsets\":[0,8]},"
        "\"module.0.weight\":{\"dtype\":\"F32\",\"shape\":[1,1,1,1],\"data_offsets\":[8,12]},"
        "\"module.1.weight\":{\"dtype\":\"F32\",\"shape\":[1,1,1,1],\"data_offsets\":[12,16]},"
        "\"module.1.total_ops\":{\"dtype\":\"F64\",\"shape\":[1],\"data_offsets\":[16,24]}%s}";
    up_error error = { 0 };
    up_network *network = state_read(tensor_file_make(values, 24, header, ""), NULL, &error);
    cr_assert(network, "%s", error.message);
    expect_kinds(network, "conv2d conv2d");
    up_network_free(&network);
    network = state_read(
        tensor_file_make(values, 28, header,
                         ",\"odd\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[24,28]}"),
        NULL, &error);
    cr_expect_null(network);
}
