/* SPDX-License-Identifier: MIT */
/* Networks of ncnn as they are spread, and made up of 24 families, against references in double
 * precision. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "support/json_data.h"
#include "support/pictures/upscaled.h"
#include "support/scratch.h"

#define ORACLES UP_SHARED_DIR "/oracles/networks"
#define NATIVE UP_SHARED_DIR "/weights/native"

TestSuite(ncnn_golden, .init = scratch_init, .fini = scratch_fini);

typedef struct {
    char text[512];
} path;

static path path_of(const char *folder, const char *name)
{
    path p;
    snprintf(p.text, sizeof p.text, "%.400s/%.100s", folder, name);
    return p;
}

static double number(const json_t *entry, const char *key)
{
    const json_t *value = json_object_get(entry, key);
    cr_assert(json_is_number(value), "%s", key);
    return json_number_value(value);
}

static void expect(const char *x, const char *weights, const char *reference, double tolerance)
{
    process_args args = { 0 };
    args_add(&args, "-w");
    args_add(&args, "%s", weights);
    ndarray wanted = ndarray_load(reference), got = upscaled(x, &args, weights);
    if (got.data)
        ndarray_expect(&got, &wanted, tolerance, weights);
    ndarray_free(&wanted);
    ndarray_free(&got);
    args_free(&args);
}

/* Where one is beside the file: x.npy and what it is to become. */
static void expect_pair(const char *folder, const char *x, const char *reference, double tolerance)
{
    const path input = path_of(folder, x), output = path_of(folder, reference);
    if (!file_exists(input.text))
        return;
    expect(input.text, path_of(folder, "model.param").text, output.text, tolerance);
    expect(input.text, path_of(folder, "model.bin").text, output.text, tolerance);
}

static void check_case(const json_t *entry)
{
    const char *name = json_string_value(json_object_get(entry, "name"));
    const char *verdict = json_string_value(json_object_get(entry, "expect"));
    const path folder = path_of(ORACLES, name);
    if (!file_exists(path_of(folder.text, "model.param").text))
        return;
    if (!json_object_get(entry, "err32")) {
        process_args args = { 0 };
        args_add(&args, "-w");
        args_add(&args, "%s", path_of(folder.text, "model.param").text);
        if (strcmp(verdict, "refused") == 0)
            expect_refused(path_of(ORACLES, "bad-ncnn-long-name/x.npy").text, &args, name);
        args_free(&args);
        return;
    }
    const double tolerance = fmax(8 * number(entry, "err32"), 2e-6 * number(entry, "max_abs_ref"));
    /* Without the padding and what goes on around the network, where its program does that. */
    if (file_exists(path_of(folder.text, "x_core.npy").text))
        expect_pair(folder.text, "x_core.npy", "ref_core.npy", tolerance);
    else
        expect_pair(folder.text, "x.npy", "ref.npy", tolerance);
    expect_pair(folder.text, "x_b.npy", "ref_b.npy", tolerance);
    expect_pair(folder.text, "x_odd.npy", "ref_odd.npy", tolerance);
}

static void each(const char *folder, void (*check)(const json_t *entry))
{
    size_t i;
    const json_t *entry;
    const path list = path_of(folder, "cases.json");
    if (!file_exists(list.text))
        cr_skip_test("no cases beside the repository");
    json_t *root = json_data_load(list.text);
    json_array_foreach(json_object_get(root, "cases"), i, entry)
    {
        check(entry);
    }
    json_decref(root);
}

Test(ncnn_golden, families)
{
    each(ORACLES, check_case);
}

static void check_native(const json_t *entry)
{
    size_t i;
    const json_t *file;
    const json_t *files = json_object_get(entry, "files");
    const char *x = json_string_value(json_object_get(entry, "x"));
    const char *reference = json_string_value(json_object_get(entry, "ref"));
    if (!strstr(json_string_value(json_array_get(files, 0)), ".param"))
        return;
    const double tolerance =
        fmax(8 * number(entry, "second_diff"), 2e-6 * number(entry, "max_abs_ref"));
    json_array_foreach(files, i, file)
    {
        expect(path_of(NATIVE, x).text, path_of(NATIVE, json_string_value(file)).text,
               path_of(NATIVE, reference).text, tolerance);
    }
}

Test(ncnn_golden, released_files)
{
    each(NATIVE, check_native);
}
