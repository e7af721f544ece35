/* SPDX-License-Identifier: MIT */
/* Networks of random layers through the library, against the reference. */
#include "network/build/build.h"
#include "network/metadata/upscale_layers.h"
#include "support/network/network_file.h"
#include "support/network/network_reference.h"
#include "support/network/random_network.h"
#include "support/reference/kernel_check.h"
#include "support/scratch.h"
#include "upscale.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NETWORKS = 200 };

TestSuite(network_random, .init = scratch_init, .fini = scratch_fini);

/* Values of both signs. */
static ndarray input_of(const random_network *made, const int size[2], uint32_t *state)
{
    const int shape[3] = { made->channels, size[0], size[1] };
    ndarray x = ndarray_make("f4", 3, shape);
    for (size_t i = 0; i < x.count; i++)
        ((float *)x.data)[i] = (float)random_below(state, 4001) / 2000 - 1;
    return x;
}

/* The input made a multiple of what the network asks for, by reflection where there is enough. */
static ndarray extended(const ndarray *x, const int after[2])
{
    const int shape[3] = { x->shape[0], x->shape[1] + after[0], x->shape[2] + after[1] };
    const bool reflects = x->shape[1] > after[0] && x->shape[2] > after[1];
    ndarray wide = ndarray_make("f4", 3, shape);
    for (int c = 0; c < shape[0]; c++)
        for (int y = 0; y < shape[1]; y++)
            for (int column = 0; column < shape[2]; column++) {
                const int height = x->shape[1], width = x->shape[2];
                const int row = y < height ? y : reflects ? 2 * (height - 1) - y : height - 1;
                const int from = column < width ? column
                                 : reflects     ? 2 * (width - 1) - column
                                                : width - 1;
                ndarray_set(
                    &wide,
                    ((size_t)c * (size_t)shape[1] + (size_t)y) * (size_t)shape[2] + (size_t)column,
                    ndarray_get(x, ((size_t)c * (size_t)height + (size_t)row) * (size_t)width +
                                       (size_t)from));
            }
    return wide;
}

static ndarray run_library(const ndarray *x, const char *weights, const char *what)
{
    const up_format format = { .width = x->shape[2],
                               .height = x->shape[1],
                               .channels = x->shape[0],
                               .frames = 1,
                               .color = UP_COLOR_TENSOR,
                               .sample = UP_SAMPLE_F32,
                               .depth = 32,
                               .planar = true };
    const up_options options = { .method = "tconv", .weights = weights, .threads = 2 };
    up_pixels in = { .format = format, .data = x->data }, out = { .data = NULL };
    up_error error = { 0 };
    ndarray got = { .data = NULL };
    up_status status = up_output_format(&format, &options, &out.format, &error);
    if (status == UP_OK) {
        const int shape[3] = { out.format.channels, out.format.height, out.format.width };
        got = ndarray_make("f4", 3, shape);
        out.data = got.data;
        status = up_upscale_pixels(&in, &out, &options, &error);
    }
    cr_expect_eq(status, UP_OK, "%s: %s", what, error.message);
    return got;
}

/* The part of the reference that is not made of what extends the input. */
static ndarray cut(const ndarray *whole, const int size[2])
{
    const int shape[3] = { whole->shape[1], size[0], size[1] };
    ndarray part = ndarray_make("f8", 3, shape);
    for (int c = 0; c < shape[0]; c++)
        for (int y = 0; y < size[0]; y++)
            memcpy((double *)part.data +
                       ((size_t)c * (size_t)size[0] + (size_t)y) * (size_t)size[1],
                   (double *)whole->data +
                       ((size_t)c * (size_t)whole->shape[2] + (size_t)y) * (size_t)whole->shape[3],
                   (size_t)size[1] * sizeof(double));
    return part;
}

/* On inputs of at least the smallest size, and up to 7 more. */
static void check(const random_network *made, unsigned seed)
{
    const char *weights = scratch_path("%u.safetensors", seed);
    char what[4500];
    tensor_file file = network_file(made->tensors, made->layers, made->metadata);
    file_write(weights, file.bytes, file.size);
    tensor_file_free(&file);
    up_network *network = network_open(weights, NULL);
    uint32_t state = seed;
    up_network_fit fit;
    int size[2];
    for (int axis = 0; axis < 2; axis++)
        size[axis] = network->least[axis] + random_below(&state, 8);
    cr_assert(up_network_fits(network, size, false, &fit));
    snprintf(what, sizeof what, "seed %u, %dx%d: %.4000s", seed, size[1], size[0], made->layers);
    ndarray x = input_of(made, size, &state), wide = extended(&x, fit.after);
    ndarray whole = network_reference(network, &wide), wanted = cut(&whole, fit.size);
    ndarray got = run_library(&x, weights, what);
    if (got.data)
        ndarray_expect(&got, &wanted, 2e-6 * fmax(1, ndarray_max_abs(&wanted)), what);
    ndarray_free(&x);
    ndarray_free(&wide);
    ndarray_free(&whole);
    ndarray_free(&wanted);
    ndarray_free(&got);
    up_network_free(&network);
}

Test(network_random, agree_with_the_reference)
{
    for (unsigned seed = 1; seed <= NETWORKS; seed++) {
        const random_network made = random_network_make(seed, 5 + (int)(seed % 8));
        check(&made, seed);
    }
}

/* Whose first rows are made of none of the input. */
Test(network_random, padding_that_a_kernel_does_not_reach_over)
{
    const random_network made = {
        .tensors = "a.weight:1,1,1,2 b.weight:1,1,2,1",
        .layers = "[{'op':'conv2d','name':'a','padding':[1,2,3,0]},{'op':'tanh'},"
                  "{'op':'conv2d','name':'b','padding':[3,1,2,1]}]",
        .metadata = "'upscale.channels':'1','upscale.color':'any'",
        .channels = 1,
    };
    for (unsigned seed = 0; seed < 20; seed++)
        check(&made, seed);
}
