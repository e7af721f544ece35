/* SPDX-License-Identifier: MIT */
/* Networks out of weight files, run by the reference, against what PyTorch and the community's own
 * programs make of them. */
#include "support/network/network_file.h"
#include "support/network/network_reference.h"
#include "support/pictures/upscaled.h"
#include "support/reference/golden.h"
#include "support/scratch.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#define WEIGHTS UP_SHARED_DIR "/weights"

/* Both sides compute in double precision; slopes that a file states are float32 here. */
static void expect_output(const up_network *network, const ndarray *x, const ndarray *reference,
                          const char *what)
{
    ndarray got = network_reference(network, x);
    ndarray_expect(&got, reference, 1e-7 * ndarray_max_abs(reference), what);
    ndarray_free(&got);
}

/* The same through the program, in float32: within 4 times the error that PyTorch's own float32
 * has, or 2e-6 of the largest value. */
static void expect_program(const char *input, const char *weights, const up_network_hints *hints,
                           const ndarray *reference, double err32, const char *what)
{
    process_args args = { 0 };
    args_split(&args, "-m tconv -w");
    args_add(&args, "%s", weights);
    if (hints && hints->scale)
        args_add(&args, "--scale=%d", hints->scale);
    if (hints && hints->activation)
        args_add(&args, "--weights-activation=%s", hints->activation);
    double tolerance = fmax(4 * err32, 2e-6 * ndarray_max_abs(reference));
    ndarray got = upscaled(input, &args, what);
    args_free(&args);
    if (got.data)
        ndarray_expect(&got, reference, tolerance, what);
    ndarray_free(&got);
}

/* -------------------------------------------------------------- recognised by keys */

static const struct {
    const char *name, *family;
    int scale, nodes;
    up_weights_color color;
    up_network_hints hints;
} nets[] = {
    { "fsrcnn_x2", "FSRCNN", 2, 9, UP_WEIGHTS_Y_STUDIO, { .scale = 2 } },
    { "fsrcnn_x4", "FSRCNN", 4, 13, UP_WEIGHTS_Y_STUDIO, { .scale = 4 } },
    { "fsrcnn_rgb_x2", "FSRCNN", 2, 11, UP_WEIGHTS_RGB, { .scale = 2 } },
    { "srvgg_x2", "SRVGGNetCompact", 2, 10, UP_WEIGHTS_RGB, { .scale = 0 } },
    { "srvgg_x3_leaky", "SRVGGNetCompact", 3, 10, UP_WEIGHTS_RGB, { .activation = "leaky_relu" } },
    { "espcn_x3", "ESPCN", 3, 6, UP_WEIGHTS_Y_STUDIO, { .scale = 0 } },
};

static golden_file net_path(const char *net, const char *file)
{
    char name[128];
    snprintf(name, sizeof name, "%s/%s", net, file);
    return golden_name("nets", name);
}

Test(network_golden, nets, .init = scratch_init, .fini = scratch_fini)
{
    for (size_t i = 0; i < sizeof nets / sizeof *nets; i++) {
        const char *name = nets[i].name;
        up_network *network =
            network_open(net_path(name, "weights.safetensors").text, &nets[i].hints);
        cr_expect_str_eq(network->family, nets[i].family);
        cr_expect_eq(network->nodes, nets[i].nodes, "%s: %d nodes", name, network->nodes);
        cr_expect_eq(network->color, nets[i].color, "%s", name);
        for (int axis = 0; axis < 2; axis++) {
            cr_expect_eq(network->scale[axis], nets[i].scale, "%s", name);
            cr_expect_eq(network->extra[axis], 0, "%s", name);
        }
        ndarray x = ndarray_load(net_path(name, "x.npy").text);
        ndarray reference = ndarray_load(net_path(name, "ref.npy").text);
        expect_output(network, &x, &reference, name);
        expect_program(net_path(name, "x.npy").text, net_path(name, "weights.safetensors").text,
                       &nets[i].hints, &reference, 0, name);
        ndarray_free(&x);
        ndarray_free(&reference);
        up_network_free(&network);
    }
}

/* -------------------------------------------------------------- single ops */

static void layer_of(const json_t *golden, char *layer, size_t size)
{
    const char *op = golden_text(golden, "op");
    if (strcmp(op, "conv2d") == 0) {
        int v[6];
        static const char *const keys[] = { "stride", "padding", "dilation" };
        for (int i = 0; i < 6; i++)
            v[i] = (int)json_integer_value(
                json_array_get(json_object_get(golden, keys[i / 2]), (size_t)i % 2));
        snprintf(layer, size,
                 "[{\\\"op\\\":\\\"conv2d\\\",\\\"name\\\":\\\"c\\\",\\\"stride\\\":[%d,%d],"
                 "\\\"padding\\\":[%d,%d],\\\"dilation\\\":[%d,%d],\\\"groups\\\":%d}]",
                 v[0], v[1], v[2], v[3], v[4], v[5],
                 (int)json_integer_value(json_object_get(golden, "groups")));
    } else if (strcmp(op, "prelu") == 0) {
        snprintf(layer, size, "[{\\\"op\\\":\\\"prelu\\\",\\\"name\\\":\\\"c\\\"}]");
    } else if (strcmp(op, "pixel_shuffle") == 0) {
        snprintf(layer, size, "[{\\\"op\\\":\\\"pixel_shuffle\\\",\\\"factor\\\":%d}]",
                 (int)json_integer_value(json_object_get(golden, "factor")));
    } else if (strcmp(op, "leaky_relu") == 0) {
        snprintf(layer, size, "[{\\\"op\\\":\\\"leaky_relu\\\",\\\"slope\\\":%g}]",
                 json_number_value(json_object_get(golden, "slope")));
    } else {
        snprintf(layer, size, "[{\\\"op\\\":\\\"%s\\\"}]", op);
    }
}

static void check_op(const json_t *golden)
{
    char layer[512], metadata[640];
    const char *id = golden_text(golden, "id"), *path = scratch_path("op.safetensors");
    if (strcmp(golden_text(golden, "op"), "net") == 0)
        return;
    layer_of(golden, layer, sizeof layer);
    snprintf(metadata, sizeof metadata, "{\"upscale.channels\":\"%d\",\"upscale.layers\":\"%s\"}",
             (int)json_integer_value(json_data_at(golden, "in_shape/1")), layer);
    ndarray w = { 0 }, b = { 0 };
    int tensors = json_is_string(json_object_get(golden, "w"));
    if (tensors)
        w = golden_load("conv_net", golden, "w");
    if (json_is_string(json_object_get(golden, "b")))
        b = golden_load("conv_net", golden, "b"), tensors++;
    safetensors_save(path, (named_array[]){ { "c.weight", &w }, { "c.bias", &b } }, tensors,
                     metadata);

    up_network *network = network_open(path, NULL);
    ndarray x = golden_load("conv_net", golden, "x");
    ndarray reference = golden_load("conv_net", golden, "ref");
    expect_output(network, &x, &reference, id);
    const json_t *err32 = json_data_at(golden, "err32/max_abs");
    expect_program(golden_path("conv_net", golden, "x").text, path, NULL, &reference,
                   err32 ? json_number_value(err32) : 0, id);
    up_network_free(&network);
    ndarray_free(&x);
    ndarray_free(&reference);
    ndarray_free(&w);
    ndarray_free(&b);
}

Test(network_golden, ops, .init = scratch_init, .fini = scratch_fini)
{
    golden_each("conv_net", "cases", check_op);
}

/* -------------------------------------------------------------- community files */

/* The README of the files gives 11,376 multiply-adds for the ECBSR, which is what it has before its
 * skip is folded in, and "about" 800, 1,900 and 620,000 for three others. */
static const struct {
    const char *name;
    int scale, receptive_field;
    double multiply_adds;
    size_t parameters;
    up_weights_color color;
    double err32; /* as the files' README gives it */
} files[] = {
    { "etds-fsrcnn-rgb-x2", 2, 17, 24336, 24683, UP_WEIGHTS_RGB, 2.6e-4 },
    { "etds-fsrcnn-rgb-x3", 3, 15, 24336, 24683, UP_WEIGHTS_RGB, 4.0e-6 },
    { "etds-fsrcnn-rgb-x4", 4, 15, 24336, 24683, UP_WEIGHTS_RGB, 3.4e-6 },
    { "etds-ecbsr-m4c16-plain-x2", 2, 13, 17244, 17468, UP_WEIGHTS_RGB, 1.3e-5 },
    { "yjn870-fsrcnn-x2", 2, 17, 12464, 12809, UP_WEIGHTS_Y_STUDIO, 9.7e-7 },
    { "esr-fsrcnn-s2-d6-s3-m1", 2, 11, 753, 776, UP_WEIGHTS_Y, 7.4e-7 },
    { "opencv-fsrcnn-x2", 2, 13, 8152, 8497, UP_WEIGHTS_Y, 6.7e-7 },
    { "opencv-fsrcnn-small-x3-pixelshuffle", 3, 7, 1633, 1790, UP_WEIGHTS_Y, 4.1e-7 },
    { "opencv-espcn-x2", 2, 9, 21184, 21284, UP_WEIGHTS_Y, 2.5e-7 },
    { "waifu2x-upconv7-photo-scale2x", 2, 14, 551856, 552483, UP_WEIGHTS_RGB, 8.3e-7 },
    { "realesr-animevideov3-x4", 4, 37, 619200, 621424, UP_WEIGHTS_RGB, 1.8e-6 },
};

static void check_file(size_t i)
{
    char path[512];
    const char *name = files[i].name;
    snprintf(path, sizeof path, WEIGHTS "/%s.safetensors", name);
    up_network *network = network_open(path, NULL);
    cr_expect_eq(network->color, files[i].color, "%s", name);
    cr_expect_eq(network->range, 1, "%s", name);
    cr_expect_eq(network->multiply_adds, files[i].multiply_adds, "%s: %.0f multiply-adds", name,
                 network->multiply_adds);
    cr_expect_eq(network->parameters, files[i].parameters, "%s: %zu parameters", name,
                 network->parameters);
    for (int axis = 0; axis < 2; axis++) {
        cr_expect_eq(network->scale[axis], files[i].scale, "%s", name);
        cr_expect_eq(network->extra[axis], 0, "%s", name);
        cr_expect_eq(network->least[axis], 1, "%s", name);
        cr_expect_eq(network->receptive_field[axis], files[i].receptive_field, "%s reaches %d",
                     name, network->receptive_field[axis]);
    }
    snprintf(path, sizeof path, WEIGHTS "/vectors/%s.input.npy", name);
    ndarray x = ndarray_load(path);
    snprintf(path, sizeof path, WEIGHTS "/vectors/%s.output.npy", name);
    ndarray reference = ndarray_load(path);
    expect_output(network, &x, &reference, name);
    char weights[512];
    snprintf(weights, sizeof weights, WEIGHTS "/%s.safetensors", name);
    snprintf(path, sizeof path, WEIGHTS "/vectors/%s.input.npy", name);
    expect_program(path, weights, NULL, &reference, files[i].err32, name);
    ndarray_free(&x);
    ndarray_free(&reference);
    up_network_free(&network);
}

Test(network_golden, community_files, .init = scratch_init, .fini = scratch_fini)
{
    if (!file_exists(WEIGHTS "/README.md"))
        cr_skip_test("no community weight files here");
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        check_file(i);
}
