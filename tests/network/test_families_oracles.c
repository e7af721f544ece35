/* SPDX-License-Identifier: MIT */
/* Networks of all families through the library, against what their own sources make of the same
 * tensors, where those are at hand: see cases.json beside them. */
#include "support/reference/golden.h"
#include "support/scratch.h"
#include "upscale.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#define CASES UP_SHARED_DIR "/oracles/networks"

/* What a file does not say: an entry for each reference, NULL being any; the first that fits. */
static const struct {
    const char *name, *reference;
    const char *activation;
    float residual_scale;
    int scale;
} told[] = {
    { "compact-x2-relu", "ref.npy", .activation = "relu" },
    { "compact-x2-relu", "ref_leakyrelu.npy", .activation = "leaky_relu" },
    { "edsr-orig-x2", "ref_res0.1.npy", .residual_scale = 0.1f },
    { "carn-multi", "ref_x3.npy", .scale = 3 },
    { "carn-multi", "ref_x4.npy", .scale = 4 },
    { "carn-multi", NULL, .scale = 2 },
    { "fsrcnn-y-x2", NULL, .scale = 2 },
};

static void tell(up_options *options, const char *name, const char *reference)
{
    for (size_t i = 0; i < sizeof told / sizeof *told; i++) {
        if (strcmp(told[i].name, name) != 0 ||
            (told[i].reference && strcmp(told[i].reference, reference) != 0))
            continue;
        options->told.activation = told[i].activation;
        options->told.residual_scale = told[i].residual_scale;
        options->scale.rows = options->scale.columns = told[i].scale;
        return;
    }
}

typedef struct {
    char text[512];
} path;

static path path_of(const char *name, const char *file)
{
    path p;
    snprintf(p.text, sizeof p.text, CASES "/%s/%s", name, file);
    return p;
}

static up_status run(const char *name, const char *weights, const char *input,
                     const char *reference, up_error *error)
{
    const path w = path_of(name, weights), x = path_of(name, input);
    up_options options;
    up_options_init(&options);
    options.method = "tconv";
    options.weights = w.text;
    options.overwrite = true;
    options.threads = 1;
    tell(&options, name, reference);
    return up_upscale_file(x.text, scratch_path("out.npy"), &options, error);
}

static void check(const char *name, const char *weights, double err32, const char *input,
                  const char *reference)
{
    char what[256];
    up_error error = { 0 };
    snprintf(what, sizeof what, "%s: %s of %s by %s", name, reference, input, weights);
    if (run(name, weights, input, reference, &error) != UP_OK) {
        cr_expect_fail("%s: %s", what, error.message);
        return;
    }
    ndarray got = ndarray_load(scratch_path("out.npy"));
    ndarray wanted = ndarray_load(path_of(name, reference).text);
    ndarray_expect(&got, &wanted, fmax(8 * err32, 2e-6 * ndarray_max_abs(&wanted)), what);
    ndarray_free(&got);
    ndarray_free(&wanted);
}

/* Keys do not tell a waifu2x upcunet from a Real-CUGAN x2, which pads inside; the .pth of the first
 * says what it is. */
static bool is_ambiguous(const char *name, const char *weights)
{
    return strcmp(name, "waifu2x-cunet-2x") == 0 && strcmp(weights, "weights.safetensors") == 0;
}

static void check_case(const json_t *c)
{
    static const char *const files[] = { "weights.safetensors", "weights.pth" };
    static const char *const others[][2] = {
        { "x_b.npy", "ref_b.npy" },       { "x_odd.npy", "ref_odd.npy" },
        { "x.npy", "ref_leakyrelu.npy" }, { "x.npy", "ref_res0.1.npy" },
        { "x.npy", "ref_x3.npy" },        { "x.npy", "ref_x4.npy" },
    };
    const char *name = golden_text(c, "name");
    const json_t *err32 = json_object_get(c, "err32");
    for (size_t f = 0; f < sizeof files / sizeof *files; f++) {
        if (!file_exists(path_of(name, files[f]).text) || is_ambiguous(name, files[f]))
            continue;
        check(name, files[f], json_number_value(err32), "x.npy", "ref.npy");
        for (size_t i = 0; i < sizeof others / sizeof *others; i++)
            if (file_exists(path_of(name, others[i][1]).text))
                check(name, files[f], json_number_value(err32), others[i][0], others[i][1]);
    }
}

Test(families_oracles, all, .init = scratch_init, .fini = scratch_fini)
{
    size_t i;
    const json_t *c;
    if (!file_exists(CASES "/cases.json"))
        cr_skip_test("no networks of all families here");
    json_t *root = json_data_load(CASES "/cases.json");
    json_array_foreach(json_object_get(root, "cases"), i, c)
    {
        const char *name = golden_text(c, "name");
        if (strncmp(name, "op-", 3) != 0 && strncmp(name, "bad-", 4) != 0)
            check_case(c);
    }
    json_decref(root);
}

Test(families_oracles, refused, .init = scratch_init, .fini = scratch_fini)
{
    static const struct {
        const char *name, *culprit;
    } bad[] = {
        { "bad-esrgan-missing-key", "conv_hr.weight" },
        { "bad-esrgan-wrong-kernel", "3x3" },
        { "bad-compact-11-outputs", "11 channels" },
        { "bad-optimizer-only", "optimizer" },
    };
    if (!file_exists(CASES "/cases.json"))
        cr_skip_test("no networks of all families here");
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        up_error error = { 0 };
        const path x = path_of("esrgan-new-x4", "x.npy"), w = path_of(bad[i].name, "weights.pth");
        up_options options;
        up_options_init(&options);
        options.method = "tconv";
        options.weights = w.text;
        cr_expect_eq(up_upscale_file(x.text, scratch_path("out.npy"), &options, &error),
                     UP_ERROR_WEIGHTS, "%s", bad[i].name);
        cr_expect(strstr(error.message, bad[i].culprit), "%s: %s", bad[i].name, error.message);
    }
}

/* Files as they were released, through the program. */
Test(families_oracles, released, .init = scratch_init, .fini = scratch_fini)
{
    static const char *const names[] = { "imdn-x4", "rfdn-aim-x4", "etds-ecbsr-m4c16-x2",
                                         "etds-espcn-x3", "kair-dncnn-25" };
    if (!file_exists(UP_SHARED_DIR "/weights/native/README.md"))
        cr_skip_test("no released files here");
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char stem[400], x[512], w[512], ref[512];
        up_error error = { 0 };
        snprintf(stem, sizeof stem, UP_SHARED_DIR "/weights/native/%s", names[i]);
        snprintf(x, sizeof x, "%s.x.npy", stem);
        snprintf(w, sizeof w, "%s.pth", stem);
        snprintf(ref, sizeof ref, "%s.ref.npy", stem);
        up_options options;
        up_options_init(&options);
        options.method = "tconv";
        options.weights = w;
        options.overwrite = true;
        cr_assert_eq(up_upscale_file(x, scratch_path("out.npy"), &options, &error), UP_OK, "%s",
                     error.message);
        ndarray got = ndarray_load(scratch_path("out.npy")), wanted = ndarray_load(ref);
        ndarray_expect(&got, &wanted, 2e-6 * ndarray_max_abs(&wanted), names[i]);
        ndarray_free(&got);
        ndarray_free(&wanted);
    }
}
