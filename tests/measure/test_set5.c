/* SPDX-License-Identifier: MIT */
/* Agreement with MATLAB's imresize, and with what is published, on Set5 where it is at hand. */
#include "support/shell.h"

#include "upscale_measure.h"

#include <criterion/criterion.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#define SET5 UP_SHARED_DIR "/eval/set5"

static const char *const names[] = { "baby", "bird", "butterfly", "head", "woman" };

TestSuite(set5, .init = scratch_init, .fini = scratch_fini);

static up_pixels read_picture(const char *folder, const char *name)
{
    char path[512];
    up_error error;
    up_pixels p;
    snprintf(path, sizeof path, SET5 "/%s/%s.png", folder, name);
    cr_assert_eq(up_read_pixels(&p, path, NULL, &error), UP_OK, "%s", error.message);
    return p;
}

static void expect_equal(const up_pixels *a, const up_pixels *b, const char *what)
{
    double mse;
    up_error error;
    const up_measuring all = { .channel = UP_CHANNEL_RGB };
    cr_assert_eq(up_mse(&mse, a, b, &all, &error), UP_OK, "%s: %s", what, error.message);
    cr_expect_eq(mse, 0, "%s: %g", what, mse);
}

Test(set5, pictures_are_reduced_as_matlab_does_it)
{
    if (!file_exists(SET5))
        cr_skip("Set5 is not here");
    for (int scale = 2; scale <= 4; scale++) {
        char folder[16];
        snprintf(folder, sizeof folder, "lr_x%d", scale);
        for (int i = 0; i < 5; i++) {
            char path[512];
            up_error error;
            up_eval_picture picture;
            snprintf(path, sizeof path, SET5 "/hr/%s.png", names[i]);
            cr_assert_eq(up_eval_open(&picture, path, scale, NULL, &error), UP_OK, "%s",
                         error.message);
            up_pixels lr = read_picture(folder, names[i]), hr = read_picture("hr", names[i]);
            expect_equal(&picture.reduced, &lr, names[i]);
            hr.row_stride = (size_t)hr.format.width * (size_t)hr.format.channels;
            hr.format.width -= hr.format.width % scale;
            hr.format.height -= hr.format.height % scale;
            expect_equal(&picture.reference, &hr, names[i]);
            up_pixels_free(&lr);
            up_pixels_free(&hr);
            up_eval_close(&picture);
        }
    }
}

typedef struct {
    double psnr, ssim;
} score;

/* The mean that `upscale eval` says. */
static score evaluated(int scale, const char *flags)
{
    json_t *line =
        shell_json("upscale eval " SET5 "/hr -q --json -s %d %s | tail -n 1", scale, flags);
    const json_t *mean = json_array_get(json_object_get(line, "mean"), 0);
    cr_assert(mean && json_integer_value(json_object_get(line, "pictures")) == 5, "%s", flags);
    score s = { json_number_value(json_object_get(mean, "psnr")),
                json_number_value(json_object_get(mean, "ssim")) };
    json_decref(line);
    return s;
}

/* The SSIM of papers is that of pictures which were not rounded in between. */
Test(set5, bicubic_scores_what_is_published)
{
    static const score published[] = { { 33.64, 0.9299 }, { 30.39, 0.8682 }, { 28.42, 0.8104 } };
    if (!file_exists(SET5))
        cr_skip("Set5 is not here");
    for (int scale = 2; scale <= 4; scale++) {
        score s = evaluated(scale, "-m bicubic");
        printf("bicubic x%d on Set5: %.3f dB, %.4f\n", scale, s.psnr, s.ssim);
        cr_expect_float_eq(s.psnr, published[scale - 2].psnr, 0.02);
        cr_expect_float_eq(s.ssim, published[scale - 2].ssim, 0.001);
    }
}

/* What the files' README states. */
static const struct {
    const char *name;
    int scale;
    double psnr;
} weights[] = {
    { "etds-fsrcnn-rgb-x2", 2, 36.93 },      { "etds-fsrcnn-rgb-x3", 3, 32.99 },
    { "etds-fsrcnn-rgb-x4", 4, 30.77 },      { "etds-ecbsr-m4c16-plain-x2", 2, 37.11 },
    { "yjn870-fsrcnn-x2", 2, 37.07 },        { "esr-fsrcnn-s2-d6-s3-m1", 2, 35.23 },
    { "opencv-fsrcnn-x2", 2, 34.84 },        { "opencv-fsrcnn-small-x3-pixelshuffle", 3, 30.22 },
    { "opencv-espcn-x2", 2, 34.74 },         { "waifu2x-upconv7-photo-scale2x", 2, 37.08 },
    { "realesr-animevideov3-x4", 4, 28.24 },
};

Test(set5, community_weights_reach_what_is_stated)
{
    for (size_t i = 0; i < sizeof weights / sizeof *weights; i++) {
        char flags[512];
        snprintf(flags, sizeof flags, UP_SHARED_DIR "/weights/%s.safetensors", weights[i].name);
        if (!file_exists(flags) || !file_exists(SET5))
            cr_skip("Set5 and the weights are not here");
        snprintf(flags, sizeof flags, "-w " UP_SHARED_DIR "/weights/%s.safetensors",
                 weights[i].name);
        double psnr = evaluated(weights[i].scale, flags).psnr;
        printf("%s: %.3f dB\n", weights[i].name, psnr);
        cr_expect_float_eq(psnr, weights[i].psnr, 0.03, "%s", weights[i].name);
    }
}

/* The weights inside the program are at least as good as they are said to be. */
Test(set5, embedded_weights)
{
    static const struct {
        const char *method;
        double least[3]; /* x2, x3, x4 */
    } wanted[] = { { "tconv:linear", { 35.20, 31.42, 29.35 } },
                   { "tconv:small", { 37.25, 33.21, 30.90 } },
                   { "tconv:large", { 37.55, 33.70, 31.40 } } };
    if (!file_exists(SET5))
        cr_skip("Set5 is not here");
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
        for (int scale = 2; scale <= 4; scale++) {
            char flags[64];
            snprintf(flags, sizeof flags, "-m %s", wanted[i].method);
            double psnr = evaluated(scale, flags).psnr;
            printf("%s x%d: %.3f dB\n", wanted[i].method, scale, psnr);
            cr_expect_geq(psnr, wanted[i].least[scale - 2], "%s x%d", wanted[i].method, scale);
        }
}
