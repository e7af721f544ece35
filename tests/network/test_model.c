/* SPDX-License-Identifier: MIT */
/* Weights that are opened once and run many times, by many threads at once. */
#include "support/network/network_file.h"
#include "support/scratch.h"
#include "upscale_weights.h"

#include <criterion/criterion.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WIDTH = 23, HEIGHT = 17, MOST_SCALE = 4, THREADS = 4, TURNS = 6 };

#define SMALL "0.weight:8,1,3,3 0.bias:8 1.weight:8 2.weight:8,1,4,4 2.bias:1"
#define OPEN                                                                                       \
    "first_part.0.weight:6,1,5,5 first_part.0.bias:6 first_part.1.weight:6 "                       \
    "mid_part.0.weight:2,6,1,1 mid_part.1.weight:2 mid_part.2.weight:6,2,1,1 "                     \
    "mid_part.3.weight:6 last_part.weight:6,1,9,9 last_part.bias:1"

static const char *written(const char *name, const char *tensors, const char *metadata)
{
    tensor_file file = network_file(tensors, NULL, metadata);
    const char *path = scratch_path("%s.safetensors", name);
    file_write(path, file.bytes, file.size);
    tensor_file_free(&file);
    return path;
}

TestSuite(model, .init = scratch_init, .fini = scratch_fini);

typedef struct {
    float value[MOST_SCALE * WIDTH * MOST_SCALE * HEIGHT];
} picture;

static void upscale_by(picture *out, const up_options *options)
{
    float in[WIDTH * HEIGHT];
    for (int i = 0; i < WIDTH * HEIGHT; i++)
        in[i] = (float)(i * 37 % 101) / 100;
    const up_format format = { .width = WIDTH,
                               .height = HEIGHT,
                               .channels = 1,
                               .frames = 1,
                               .color = UP_COLOR_TENSOR,
                               .sample = UP_SAMPLE_F32,
                               .depth = 32 };
    up_pixels from = { .format = format, .data = in }, to = { .data = out->value };
    up_error error = { 0 };
    memset(out, 0, sizeof *out);
    cr_assert_eq(up_output_format(&format, options, &to.format, &error), UP_OK, "%s",
                 error.message);
    cr_assert_leq((size_t)to.format.width * (size_t)to.format.height,
                  sizeof out->value / sizeof *out->value);
    cr_assert_eq(up_upscale_pixels(&from, &to, options, &error), UP_OK, "%s", error.message);
}

static up_options options_for(const char *weights, const up_weights *model, int scale)
{
    up_options options;
    up_options_init(&options);
    options.method = "tconv";
    options.weights = weights;
    options.model = model;
    options.threads = 1;
    options.scale.rows = options.scale.columns = scale;
    return options;
}

static up_weights *opened(const char *path, const up_options *options)
{
    up_weights *weights;
    up_error error = { 0 };
    cr_assert_eq(up_weights_open(&weights, path, options, &error), UP_OK, "%s", error.message);
    return weights;
}

/* -------------------------------------------------------------- runs */

/* The file is not read again: it is gone. */
Test(model, makes_the_same_bits_as_the_file)
{
    const char *path = written("small", SMALL, "'upscale.scale':'2','upscale.stride':'2'");
    static picture by_file, by_model;
    const up_options file = options_for(path, NULL, 0);
    upscale_by(&by_file, &file);
    up_weights *weights = opened(path, NULL);
    cr_assert_eq(remove(path), 0);
    const up_options model = options_for(NULL, weights, 0);
    for (int turn = 0; turn < 3; turn++) {
        upscale_by(&by_model, &model);
        cr_expect_arr_eq(by_model.value, by_file.value, sizeof by_file.value);
    }
    up_weights_close(&weights);
}

/* What a file leaves open may be another for every run. */
Test(model, open_scale)
{
    const char *path = written("open", OPEN, "");
    up_weights *weights = opened(path, NULL);
    static picture by_file, by_model;
    for (int turn = 0; turn < 2; turn++)
        for (int scale = 2; scale <= 4; scale++) {
            const up_options file = options_for(path, NULL, scale);
            const up_options model = options_for(NULL, weights, scale);
            upscale_by(&by_file, &file);
            upscale_by(&by_model, &model);
            cr_expect_arr_eq(by_model.value, by_file.value, sizeof by_file.value, "x%d", scale);
        }
    up_weights_close(&weights);
}

typedef struct {
    const up_weights *model;
    const picture *wanted; /* by scale */
    int first;
    bool same;
} worker;

static void *work(void *argument)
{
    worker *w = argument;
    picture *got = malloc(sizeof *got);
    w->same = got;
    for (int turn = 0; turn < TURNS && got; turn++) {
        const int scale = 2 + (w->first + turn) % 3;
        const up_options options = options_for(NULL, w->model, scale);
        upscale_by(got, &options);
        w->same = w->same && memcmp(got, &w->wanted[scale], sizeof *got) == 0;
    }
    free(got);
    return NULL;
}

Test(model, threads_share_it)
{
    static picture wanted[MOST_SCALE + 1];
    const char *path = written("open", OPEN, "");
    for (int scale = 2; scale <= 4; scale++) {
        const up_options options = options_for(path, NULL, scale);
        upscale_by(&wanted[scale], &options);
    }
    up_weights *weights = opened(path, NULL);
    pthread_t thread[THREADS];
    worker workers[THREADS];
    for (int t = 0; t < THREADS; t++) {
        workers[t] = (worker){ weights, wanted, t, false };
        cr_assert_eq(pthread_create(&thread[t], NULL, work, &workers[t]), 0);
    }
    for (int t = 0; t < THREADS; t++) {
        pthread_join(thread[t], NULL);
        cr_expect(workers[t].same, "thread %d", t);
    }
    up_weights_close(&weights);
}

/* -------------------------------------------------------------- what it says */

static void expect_pair(const int pair[2], int rows, int columns, const char *what)
{
    cr_expect(pair[0] == rows && pair[1] == columns, "%s is %d,%d", what, pair[0], pair[1]);
}

Test(model, says_what_it_is)
{
    up_weights *weights = opened(written("small", SMALL, "'upscale.stride':'2'"), NULL);
    const up_weights_info *info = up_weights_get_info(weights);
    cr_expect_str_eq(info->format, "safetensors");
    cr_expect_str_eq(info->family, "Sequential");
    cr_expect_str_eq(info->color, "y-studio");
    cr_expect_null(info->part);
    cr_expect_eq(info->layers, 3);
    cr_expect_eq(info->parameters, 72 + 8 + 8 + 128 + 1);
    cr_expect_geq(info->memory_bytes, info->parameters * sizeof(float));
    expect_pair(info->scale, 2, 2, "scale");
    const up_weights_layer *conv = up_weights_layer_at(weights, 0);
    cr_expect_str_eq(conv->op, "conv2d");
    cr_expect_str_eq(conv->name, "0");
    cr_expect_str_eq(conv->settings, "padding 1");
    cr_expect(conv->inputs == 1 && conv->input[0] == -1);
    expect_pair(conv->kernel, 3, 3, "kernel");
    cr_expect(strstr(conv->json, "\"op\":\"conv2d\"") && strstr(conv->json, "\"padding\":1"), "%s",
              conv->json);
    const up_weights_layer *last = up_weights_layer_at(weights, 2);
    cr_expect_str_eq(last->op, "conv_transpose2d");
    expect_pair(last->stride, 2, 2, "stride");
    expect_pair(last->scale, 2, 2, "scale of the last layer");
    cr_expect(last->overlap_even);
    cr_expect_eq(up_weights_overlap(weights, 2, 1, 0), 4);
    cr_expect_null(up_weights_layer_at(weights, 3));
    cr_expect_null(up_weights_layer_at(weights, -1));
    up_weights_close(&weights);
    cr_expect_null(weights);
}

Test(model, says_what_layers_are_told)
{
    const char *path = written(
        "layers", "a.weight:4,1,3,3 b.weight:1",
        "'upscale.layers':'[{\\\"op\\\":\\\"conv2d\\\",\\\"name\\\":\\\"a\\\",\\\"padding\\\":1},"
        "{\\\"op\\\":\\\"prelu\\\",\\\"name\\\":\\\"b\\\",\\\"min\\\":-0.5,\\\"max\\\":2},"
        "{\\\"op\\\":\\\"pixel_shuffle\\\",\\\"factor\\\":2},"
        "{\\\"op\\\":\\\"resize\\\",\\\"mode\\\":\\\"bicubic\\\",\\\"factor\\\":2}]'");
    static const char *const wanted[] = { "padding 1", "-0.5..2", "factor 2",
                                          "mode bicubic, factor 2" };
    up_weights *weights = opened(path, NULL);
    for (int i = 0; i < 4; i++)
        cr_expect_str_eq(up_weights_layer_at(weights, i)->settings, wanted[i]);
    up_weights_close(&weights);
}

Test(model, an_open_scale_is_said_to_be_open)
{
    const char *path = written("open", OPEN, "");
    up_weights *weights = opened(path, NULL);
    expect_pair(up_weights_get_info(weights)->scale, 0, 0, "scale");
    expect_pair(up_weights_layer_at(weights, 6)->stride, 0, 0, "stride");
    cr_expect_eq(up_weights_overlap(weights, 6, 0, 0), 0);
    up_weights_close(&weights);
    const up_options options = options_for(NULL, NULL, 3);
    weights = opened(path, &options);
    expect_pair(up_weights_get_info(weights)->scale, 3, 3, "scale");
    expect_pair(up_weights_layer_at(weights, 6)->stride, 3, 3, "stride");
    up_weights_close(&weights);
}

/* What `told` says wins over what the file says. */
Test(model, is_told_what_the_file_does_not_hold)
{
    const char *path = written("small", SMALL, "'upscale.stride':'2','upscale.range':'1'");
    up_options options = options_for(NULL, NULL, 0);
    options.told.range = 255;
    options.told.color = "y";
    up_weights *weights = opened(path, &options);
    cr_expect_eq(up_weights_get_info(weights)->range, 255);
    cr_expect_str_eq(up_weights_get_info(weights)->color, "y");
    cr_expect(up_weights_get_info(weights)->color_told);
    up_weights_close(&weights);
    up_error error = { 0 };
    options.told.color = "pink";
    cr_expect_eq(up_weights_open(&weights, path, &options, &error), UP_ERROR_ARGUMENT);
    cr_expect_null(weights);
    cr_expect(strstr(error.message, "pink"), "%s", error.message);
}
