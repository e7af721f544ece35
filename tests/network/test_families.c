/* SPDX-License-Identifier: MIT */
/* ESRGAN, SRVGGNetCompact and SPAN told from the keys and shapes of state dicts. */
#include "support/weights/state_dict.h"

#include <criterion/criterion.h>
#include <stdio.h>

/* -------------------------------------------------------------- ESRGAN */

typedef struct {
    const char *blocks, *dense, *tail;
} esrgan_names;

static const esrgan_names esrgan_new = { "body.", "rdb", "" },
                          esrgan_trunk = { "RRDB_trunk.", "RDB", "" },
                          esrgan_old = { "model.1.sub.", "RDB", ".0" };

/* 4 features that grow by 2. */
static void esrgan_blocks(keys *k, const esrgan_names *n, int blocks)
{
    for (int i = 0; i < 15 * blocks; i++) {
        const int c = i % 5 + 1;
        keys_conv(k, c < 5 ? 2 : 4, 4 + 2 * (c - 1), 3, "%s%d.%s%d.conv%d%s", n->blocks, i / 15,
                  n->dense, i / 5 % 3 + 1, c, n->tail);
    }
}

static void esrgan_made(keys *k, int in, int out)
{
    keys_begin(k);
    keys_conv(k, 4, in, 3, "conv_first");
    esrgan_blocks(k, &esrgan_new, 2);
    keys_conv(k, 4, 4, 3, "conv_body");
    keys_conv(k, 4, 4, 3, "conv_up1");
    keys_conv(k, 4, 4, 3, "conv_up2");
    keys_conv(k, 4, 4, 3, "conv_hr");
    keys_conv(k, out, 4, 3, "conv_last");
}

Test(families, esrgan_and_what_it_unshuffles)
{
    keys k;
    esrgan_made(&k, 3, 3);
    up_network *network = state_made(&k, NULL);
    expect_figures(network, (figures){ "ESRGAN", 4, 3, 3, .least = 1 });
    cr_expect_eq(network->color, UP_WEIGHTS_RGB);
    cr_expect_eq(count_of(network, &up_layer_conv2d), 2 * 15 + 6);
    cr_expect_eq(count_of(network, &up_layer_leaky_relu), 2 * 12 + 3);
    cr_expect_eq(((const up_leaky_relu *)network->node[2].fields)->slope, 0.2f);
    up_network_free(&network);
    esrgan_made(&k, 12, 3);
    state_expect(&k, NULL, (figures){ "ESRGAN", 2, 3, 3, .multiple = 2, .least = 2 }, NULL);
    esrgan_made(&k, 48, 3);
    state_expect(&k, NULL, (figures){ "ESRGAN", 1, 3, 3, .multiple = 4, .least = 4 }, NULL);
    esrgan_made(&k, 16, 1);
    state_expect(&k, NULL, (figures){ "ESRGAN", 1, 1, 1, .multiple = 4, .least = 4 }, NULL);
}

Test(families, esrgan_of_the_trunk)
{
    for (int ups = 1; ups <= 2; ups++) {
        keys k;
        keys_begin(&k);
        keys_conv(&k, 4, 3, 3, "module.conv_first");
        esrgan_blocks(&k, &(esrgan_names){ "module.RRDB_trunk.", "RDB", "" }, 1);
        keys_conv(&k, 4, 4, 3, "module.trunk_conv");
        for (int up = 1; up <= ups; up++)
            keys_conv(&k, 4, 4, 3, "module.upconv%d", up);
        keys_conv(&k, 4, 4, 3, "module.HRconv");
        keys_conv(&k, 3, 4, 3, "module.conv_last");
        state_expect(&k, NULL, (figures){ "ESRGAN", 2 * ups, 3, 3, .least = 1 }, NULL);
    }
}

static void old_made(keys *k, int ups, bool plus)
{
    keys_begin(k);
    keys_conv(k, 4, 3, 3, "model.0");
    esrgan_blocks(k, &esrgan_old, 3);
    for (int i = 0; plus && i < 9; i++)
        keys_put(k, "model.1.sub.%d.RDB%d.conv1x1.weight:2,4,1,1", i / 3, i % 3 + 1);
    keys_conv(k, 4, 4, 3, "model.1.sub.3");
    for (int up = 1; up <= ups; up++)
        keys_conv(k, 4, 4, 3, "model.%d", 3 * up);
    keys_conv(k, 4, 4, 3, "model.%d", 3 * ups + 2);
    keys_conv(k, 3, 4, 3, "model.%d", 3 * ups + 4);
}

Test(families, esrgan_of_old_names)
{
    for (int ups = 0; ups <= 3; ups++) {
        keys k;
        old_made(&k, ups, false);
        state_expect(&k, NULL, (figures){ "ESRGAN", 1 << ups, 3, 3, .least = 1 }, NULL);
    }
    keys k;
    old_made(&k, 2, true);
    up_network *network = state_made(&k, NULL);
    cr_expect_eq(count_of(network, &up_layer_conv2d), 9 * 6 + 6);
    cr_expect_eq(count_of(network, &up_layer_add), 9 * 3 + 3 + 1);
    up_network_free(&network);
}

Test(families, esrgan_refused)
{
    keys k;
    keys_begin(&k);
    keys_conv(&k, 4, 3, 3, "conv_first");
    esrgan_blocks(&k, &esrgan_trunk, 1);
    keys_conv(&k, 4, 4, 3, "upconv1");
    keys_conv(&k, 4, 4, 3, "HRconv");
    keys_conv(&k, 3, 4, 3, "conv_last");
    state_refused(&k, NULL, "\"trunk_conv.weight\"", "ESRGAN");
    esrgan_made(&k, 5, 3);
    keys_put(&k, "more.weight:3");
    state_refused(&k, NULL, "more.weight", "used by no layer");
    keys_begin(&k);
    keys_conv(&k, 4, 3, 5, "conv_first");
    esrgan_blocks(&k, &esrgan_new, 1);
    state_refused(&k, NULL, "conv_first.weight", "kernel of 3x3");
}

/* -------------------------------------------------------------- activations that are asked for */

static void compact_made(keys *k)
{
    keys_begin(k);
    keys_conv(k, 4, 3, 3, "body.0");
    keys_conv(k, 4, 4, 3, "body.2");
    keys_conv(k, 12, 4, 3, "body.4");
}

Test(families, compact_asks_for_its_activation)
{
    keys k;
    const figures wanted = { "SRVGGNetCompact", 2, 3, 3, .least = 1 };
    compact_made(&k);
    state_refused(&k, NULL, "SRVGGNetCompact", "--weights-activation relu or leaky_relu");
    compact_made(&k);
    state_refused(&k, &(up_network_hints){ .activation = "gelu" }, "gelu", "relu or leaky_relu");
    compact_made(&k);
    state_expect(&k, &(up_network_hints){ .activation = "relu" }, wanted,
                 "conv2d relu conv2d relu conv2d pixel_shuffle resize add");
    compact_made(&k);
    up_network *network = state_made(&k, &(up_network_hints){ .activation = "leaky_relu" });
    expect_figures(network, wanted);
    cr_expect_eq(((const up_leaky_relu *)network->node[1].fields)->slope, 0.1f);
    up_network_free(&network);
    keys_begin(&k);
    keys_conv(&k, 4, 3, 3, "body.0");
    keys_put(&k, "body.1.weight:4");
    keys_conv(&k, 3, 4, 3, "body.2");
    state_expect(&k, NULL, (figures){ "SRVGGNetCompact", 1, 3, 3, .least = 1 },
                 "conv2d prelu conv2d pixel_shuffle add");
}

/* -------------------------------------------------------------- SPAN */

static void put_path(keys *k, int out, int in, const char *name, int number)
{
    char key[64];
    snprintf(key, sizeof key, name, number);
    keys_conv(k, out, in, 1, "%s.sk", key);
    keys_conv(k, 2 * in, in, 1, "%s.conv.0", key);
    keys_conv(k, 2 * out, 2 * in, 3, "%s.conv.1", key);
    keys_conv(k, out, 2 * out, 1, "%s.conv.2", key);
    keys_conv(k, out, in, 3, "%s.eval_conv", key);
}

static void span_made(keys *k, const char *more)
{
    keys_begin(k);
    put_path(k, 4, 3, "conv_1", 0);
    for (int n = 1; n <= 6; n++) {
        put_path(k, 4, 4, "block_%d.c1_r", n);
        put_path(k, 4, 4, "block_%d.c2_r", n);
        put_path(k, 4, 4, "block_%d.c3_r", n);
    }
    put_path(k, 4, 4, "conv_2", 0);
    keys_conv(k, 4, 16, 1, "conv_cat");
    keys_conv(k, 12, 4, 3, "upsampler.0");
    keys_put(k, "%s", more);
}

/* The values that network_file() gives the tensors, one after the other. */
static double value_at(size_t i)
{
    return ((int)(i * 7 % 31) - 15) / 64.0;
}

/* conv_1 is the first in the file, so that its tensors lie from value 0 on: by definition. */
static double collapsed(size_t o, size_t i, size_t tap)
{
    enum { IN = 3, OUT = 4 };
    const size_t first = IN * OUT + OUT, middle = first + 2 * IN * IN + 2 * IN,
                 last = middle + 2 * OUT * 2 * IN * 9 + 2 * OUT;
    double sum = tap == 4 ? value_at(o * IN + i) : 0;
    for (size_t m = 0; m < 2 * OUT; m++)
        for (size_t n = 0; n < 2 * IN; n++)
            sum += value_at(last + o * 2 * OUT + m) *
                   value_at(middle + (m * 2 * IN + n) * 9 + tap) * value_at(first + n * IN + i);
    return sum;
}

Test(families, span_collapses_what_is_stored)
{
    keys k;
    span_made(&k, "no_norm:1");
    up_network *network = state_made(&k, NULL);
    expect_figures(network, (figures){ "SPAN", 2, 3, 3, .least = 1 });
    const up_network_node *first = &network->node[0];
    cr_assert_eq(first->kind, &up_layer_conv2d);
    for (size_t i = 0; i < 4 * 3 * 9; i++)
        cr_expect_float_eq(first->weight.value[i], collapsed(i / 27, i / 9 % 3, i % 9), 1e-7);
    cr_expect_eq(count_of(network, &up_layer_conv2d), 22);
    cr_expect_eq(count_of(network, &up_layer_silu), 12);
    cr_expect_eq(count_of(network, &up_layer_affine), 6);
    up_network_free(&network);
    span_made(&k, "");
    network = state_made(&k, NULL);
    cr_assert_eq(network->node[0].kind, &up_layer_affine);
    cr_expect_eq(network->node[0].weight.value[1], 255);
    cr_expect_eq(network->node[0].bias.value[1], (float)(-255 * 0.4371));
    up_network_free(&network);
    keys_begin(&k);
    put_path(&k, 4, 3, "conv_1", 0);
    put_path(&k, 4, 4, "block_1.c1_r", 0);
    keys_conv(&k, 4, 16, 1, "conv_cat");
    keys_conv(&k, 12, 4, 3, "upsampler.0");
    state_refused(&k, NULL, "block_1.c2_r", "SPAN");
}

/* What was exported with the collapsed convolutions alone. */
Test(families, span_that_was_collapsed)
{
    keys k;
    keys_begin(&k);
    keys_put(&k, "no_norm:1");
    keys_conv(&k, 4, 3, 3, "conv_1.eval_conv");
    for (int c = 1; c <= 3; c++)
        keys_conv(&k, 4, 4, 3, "block_1.c%d_r.eval_conv", c);
    keys_conv(&k, 4, 4, 3, "conv_2.eval_conv");
    keys_conv(&k, 4, 16, 1, "conv_cat");
    keys_conv(&k, 3, 4, 3, "upsampler.0");
    state_expect(&k, NULL, (figures){ "SPAN", 1, 3, 3, .least = 1 },
                 "conv2d conv2d silu conv2d silu conv2d sigmoid affine add mul conv2d concat "
                 "conv2d conv2d pixel_shuffle");
}
