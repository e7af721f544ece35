/* SPDX-License-Identifier: MIT */
#include "support/pictures/seeds.h"
#include "support/pictures/upscaled.h"
#include "support/scratch.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static const json_t *find(const json_t *items, const char *id)
{
    for (size_t i = 0; i < json_array_size(items); i++) {
        const json_t *item = json_array_get(items, i);
        if (strcmp(json_string_value(json_object_get(item, "id")), id) == 0)
            return item;
    }
    cr_assert_fail("no example %s", id);
    return NULL;
}

void seeds_run(const seed_check *checks, int count)
{
    json_t *root = json_data_load(UP_GOLDEN_DIR "/seed_examples.json");
    const json_t *items = json_data_at(root, "items");
    int examples = 0;
    for (int i = 0; i < count; i++) {
        checks[i].check(find(items, checks[i].id), &checks[i]);
        examples += i == 0 || strcmp(checks[i].id, checks[i - 1].id) != 0;
    }
    fprintf(stderr, "%d checks of %d examples (there are %zu)\n", count, examples,
            json_array_size(items));
    json_decref(root);
}

ndarray seed_run(const ndarray *x, const ndarray *w, const char *flags, const char *id)
{
    const char *input = scratch_path("x.npy"), *weights = scratch_path("w.safetensors");
    process_args args = { 0 };
    ndarray_save(x, input);
    if (w) {
        safetensors_save(weights, &(named_array){ "weight", w }, 1, NULL);
        args_split(&args, "-m tconv -w");
        args_add(&args, "%s", weights);
    }
    args_split(&args, flags);
    ndarray out = upscaled(input, &args, id);
    args_free(&args);
    return out;
}

ndarray seed_weights(const json_t *lists)
{
    ndarray w = json_data_array(lists);
    if (w.rank == 2) {
        w.shape[2] = w.shape[0];
        w.shape[3] = w.shape[1];
        w.shape[0] = w.shape[1] = 1;
        w.rank = 4;
    }
    return w;
}

void seed_check_values(const json_t *item, const seed_check *how)
{
    ndarray x = json_data_array(json_data_at(item, how->x)), w = { 0 };
    if (how->w)
        w = seed_weights(json_data_at(item, how->w));
    ndarray expected = json_data_array(json_data_at(item, how->expected));
    ndarray got = seed_run(&x, how->w ? &w : NULL, how->flags, how->id);
    if (got.data)
        ndarray_expect(&got, &expected, how->tolerance, how->id);
    ndarray_free(&x);
    ndarray_free(&w);
    ndarray_free(&expected);
    ndarray_free(&got);
}

void seed_expect_shape(const int x[4], const int w[4], const int out[4], const char *flags,
                       const char *id)
{
    ndarray input = ndarray_make("f4", 4, x), weights = ndarray_make("f4", 4, w);
    ndarray expected = ndarray_make("f4", 4, out);
    ndarray got = seed_run(&input, &weights, flags, id);
    if (got.data)
        ndarray_expect(&got, &expected, 0, id);
    ndarray_free(&input);
    ndarray_free(&weights);
    ndarray_free(&expected);
    ndarray_free(&got);
}
