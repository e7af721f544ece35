/* SPDX-License-Identifier: MIT */
/* The same bits whatever the band, the threads and the chunks; memory that does not grow. */
#include "upscale.h"

#include "base/memory.h"
#include "kernels/kernels.h"
#include "ops/arrange/planes.h"
#include "ops/point/pointwise.h"
#include "ops/resample/axis.h"
#include "ops/resample/resample.h"
#include "pipeline/strip.h"
#include "support/network/network_file.h"
#include "support/pictures/image_io.h"
#include "support/sanitized.h"
#include "support/scratch.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static up_pixels make_output(const up_pixels *in, const up_options *options)
{
    up_error error;
    up_pixels out = { 0 };
    cr_assert_eq(up_output_format(&in->format, options, &out.format, &error), UP_OK, "%s",
                 error.message);
    out.data = calloc((size_t)out.format.width * out.format.height * out.format.channels, 2);
    return out;
}

static size_t size_of(const up_pixels *p)
{
    return (size_t)p->format.width * p->format.height * p->format.channels *
           (p->format.sample == UP_SAMPLE_U16 ? 2 : 1);
}

static void check_runs(const up_pixels *in, up_options options)
{
    static const int bands[] = { 1, 2, 3, 7, 16, 1000 };
    up_error error;
    options.threads = 1;
    up_pixels want = make_output(in, &options), got = make_output(in, &options);
    cr_assert_eq(up_upscale_pixels(in, &want, &options, &error), UP_OK, "%s: %s", options.method,
                 error.message);
    for (options.threads = 1; options.threads <= 4; options.threads += MANY_OR_FEW(1, 3)) {
        for (size_t b = 0; b < sizeof bands / sizeof *bands; b += MANY_OR_FEW(1, 5)) {
            options.band = bands[b];
            memset(got.data, 0xee, size_of(&got));
            cr_assert_eq(up_upscale_pixels(in, &got, &options, &error), UP_OK, "%s", error.message);
            cr_assert_eq(memcmp(want.data, got.data, size_of(&want)), 0,
                         "%s x%g: %d threads and bands of %d make other bits", options.method,
                         options.scale.rows, options.threads, bands[b]);
        }
    }
    free(want.data);
    free(got.data);
}

Test(threads, same_bits_for_every_band_and_thread_count)
{
    static const double scales[] = { 2, 3, 1.7, 0.6 };
    const up_method_info *method;
    for (int m = 0; (method = up_method_at(m)); m++) {
        if (strcmp(method->name, "max-unpool") == 0 || strcmp(method->name, "deconvolve") == 0)
            continue;
        for (int s = 0; s < 4; s++) {
            if (strcmp(method->name, "bed-of-nails") == 0 && s > 1)
                continue;
            for (int channels = 1; channels <= 4; channels += 1 + s % 2) {
                up_pixels in = random_pixels(MANY_OR_FEW(523, 211), 61, channels,
                                             s & 1 ? UP_SAMPLE_U16 : UP_SAMPLE_U8);
                check_runs(
                    &in, (up_options){ .method = method->name, .scale = { scales[s], scales[s] } });
                free(in.data);
            }
        }
    }
}

/* Every way there is for a column to be made from others, with every kind of edge. */
Test(threads, same_bits_of_networks, .init = scratch_init, .fini = scratch_fini)
{
    tensor_file file = network_file(
        "0.weight:6,1,5,5 1.weight:6,6,7,7 2.weight:4,12,3,3 3.weight:4,3,5,5 4.weight:4,4,3,3",
        "[{'op':'conv2d','name':'0','padding':2,'id':'a'},{'op':'leaky_relu','slope':0.1},"
        "{'op':'conv2d','name':'1','padding':3,'padding_mode':'reflect'},"
        "{'op':'concat','from':'a'},"
        "{'op':'conv2d','name':'2','padding':2,'dilation':2,'padding_mode':'replicate'},"
        "{'op':'pad','amount':9,'mode':'reflect'},"
        "{'op':'conv_transpose2d','name':'3','stride':3,'padding':28},"
        "{'op':'concat','from':'input','resize':'nearest'},"
        "{'op':'conv2d','name':'4','padding':1},{'op':'pixel_shuffle','factor':2},"
        "{'op':'add','from':'input','resize':'bicubic'}]",
        "");
    const char *path = scratch_path("strips.safetensors");
    file_write(path, file.bytes, file.size);
    up_pixels in = random_pixels(206, 30, 1, UP_SAMPLE_U8);
    check_runs(&in, (up_options){ .method = "tconv", .weights = path });
    free(in.data);
    tensor_file_free(&file);
}

Test(pipeline, opaque_alpha_changes_nothing)
{
    up_pixels rgb = random_pixels(33, 21, 3, UP_SAMPLE_U8),
              rgba = random_pixels(33, 21, 4, UP_SAMPLE_U8);
    unsigned char *from = rgb.data, *to = rgba.data;
    for (int i = 0; i < 33 * 21; i++) {
        memcpy(to + 4 * i, from + 3 * i, 3);
        to[4 * i + 3] = 255;
    }
    up_options options = { .method = "bicubic", .scale = { 3, 3 } };
    up_pixels a = make_output(&rgb, &options), b = make_output(&rgba, &options);
    cr_assert_eq(up_upscale_pixels(&rgb, &a, &options, NULL), UP_OK);
    cr_assert_eq(up_upscale_pixels(&rgba, &b, &options, NULL), UP_OK);
    for (int i = 0; i < 99 * 63; i++) {
        for (int c = 0; c < 3; c++)
            cr_assert(abs(((unsigned char *)a.data)[3 * i + c] -
                          ((unsigned char *)b.data)[4 * i + c]) <= 1);
        cr_assert_eq(((unsigned char *)b.data)[4 * i + 3], 255);
    }
    free(rgb.data), free(rgba.data), free(a.data), free(b.data);
}

Test(pipeline, colour_of_transparent_pixels_does_not_leak)
{
    up_pixels in = random_pixels(16, 8, 4, UP_SAMPLE_U8);
    unsigned char *p = in.data;
    for (int i = 0; i < 16 * 8; i++) {
        bool left = i % 16 < 8;
        const unsigned char solid[4] = { 200, 100, 50, 255 }, clear[4] = { 0, 255, 0, 0 };
        memcpy(p + 4 * i, left ? solid : clear, 4);
    }
    up_options options = { .method = "bilinear", .scale = { 4, 4 } };
    up_pixels out = make_output(&in, &options);
    cr_assert_eq(up_upscale_pixels(&in, &out, &options, NULL), UP_OK);
    const unsigned char *o = out.data;
    for (int i = 0; i < 64 * 32; i++) {
        if (o[4 * i + 3] == 0)
            continue;
        cr_assert(abs(o[4 * i] - 200) <= 1 && abs(o[4 * i + 1] - 100) <= 1, "%d: %d %d %d %d", i,
                  o[4 * i], o[4 * i + 1], o[4 * i + 2], o[4 * i + 3]);
    }
    free(in.data), free(out.data);
}

Test(pipeline, linear_light_averages_light)
{
    up_pixels in = random_pixels(2, 1, 1, UP_SAMPLE_U8);
    ((unsigned char *)in.data)[0] = 0;
    ((unsigned char *)in.data)[1] = 255;
    up_options options = { .method = "bilinear", .width = 1, .height = 1, .linear = true };
    up_pixels out = make_output(&in, &options);
    cr_assert_eq(up_upscale_pixels(&in, &out, &options, NULL), UP_OK);
    cr_assert_eq(*(unsigned char *)out.data, 188); /* sRGB of half the light */
    free(in.data), free(out.data);
}

static size_t graph_bytes(int height)
{
    up_graph graph;
    up_axis axis;
    up_shape in = up_float_shape(500, height, 3);
    int node = 0;
    up_graph_init(&graph);
    cr_assert_eq(up_graph_add_input(&graph, &in, NULL), UP_OK);
    for (int i = 0; i < 2; i++) {
        up_positions at =
            up_positions_make(height << i, height << (i + 1), (up_ratio){ 1, 2 }, UP_HALF_PIXEL);
        up_axis_init(&axis, at, &up_filter_lanczos3, 0, true, false);
        cr_assert_eq(UP_ADD_OP(&graph, node, &node, NULL, up_resample_rows_plan, &axis), UP_OK);
    }
    cr_assert_eq(up_graph_mark_output(&graph, node, NULL), UP_OK);
    cr_assert_eq(up_graph_fuse(&graph, NULL), UP_OK);
    cr_assert_eq(up_graph_prepare(&graph, height / 10, 8, NULL, NULL), UP_OK);
    up_strips strips;
    cr_assert_eq(up_strips_plan(&strips, &graph, 1, true, NULL), UP_OK);
    cr_assert_eq(up_strips_lay_out(&strips, NULL), UP_OK);
    size_t bytes = up_strips_bytes(&strips);
    up_strips_free(&strips);
    up_graph_free(&graph);
    return bytes;
}

Test(pipeline, memory_does_not_grow_with_height)
{
    cr_assert_eq(graph_bytes(1000), graph_bytes(4000));
    cr_assert_lt(graph_bytes(1000), 64 * 500 * 3 * sizeof(float) * 2);
}

static void set_flag(void *user, double done)
{
    (void)done;
    *(volatile int *)user = 1;
}

Test(pipeline, cancel_stops_and_says_so)
{
    volatile int cancel = 1;
    up_error error;
    up_pixels in = random_pixels(300, 300, 3, UP_SAMPLE_U8);
    up_options options = { .method = "lanczos", .cancel = &cancel };
    up_pixels out = make_output(&in, &options);
    cr_assert_eq(up_upscale_pixels(&in, &out, &options, &error), UP_ERROR_INTERRUPTED);
    cancel = 0;
    volatile int called = 0;
    options.progress = set_flag;
    options.user = (void *)&called;
    cr_assert_eq(up_upscale_pixels(&in, &out, &options, &error), UP_OK);
    cr_assert(called);
    free(in.data), free(out.data);
}

Test(pipeline, too_little_memory_is_refused_before_it_is_taken)
{
    up_error error;
    up_pixels in = random_pixels(300, 300, 3, UP_SAMPLE_U8);
    up_options options = { .max_memory = 1000 };
    up_pixels out = make_output(&in, &options);
    cr_assert_eq(up_upscale_pixels(&in, &out, &options, &error), UP_ERROR_LIMIT);
    cr_assert(strstr(error.message, "--max-memory"), "%s", error.message);
    free(in.data), free(out.data);
}
