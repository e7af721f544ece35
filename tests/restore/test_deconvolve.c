/* SPDX-License-Identifier: MIT */
/* Pictures before a known convolution: how near they come, however the run is made. */
#include "support/pictures/blurred.h"
#include "support/pictures/image_io.h"
#include "support/sanitized.h"
#include "support/shell.h"

#include "upscale_measure.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

TestSuite(deconvolve, .init = scratch_init, .fini = scratch_fini, .timeout = 300);

#define BORDER 12 /* where most is made of the edges; gaussian:1.5 reaches 6 pixels */

/* ---- how near results come */

/* Without noise but that of floats, the edges reflected as in the convolution: all of the picture
 * counts. */
static void check_noise_free(grey sharp, double least, const char *what)
{
    up_blur blur = blur_named("gaussian:1.5", UP_BORDER_REFLECT, 0, 0);
    grey seen = grey_blurred(&sharp, &blur);
    up_options options = { .method = "deconvolve", .blur = { .name = "gaussian:1.5" } };
    grey result = grey_upscaled(&seen, &options);
    const double before = grey_psnr(&sharp, &seen, 0), after = grey_psnr(&sharp, &result, 0);
    printf("%s: %.2f dB blurred, %.2f dB deconvolved\n", what, before, after);
    cr_expect(after >= least, "%s: %.2f dB, not %.1f", what, after, least);
    up_blur_close(&blur);
    grey_free(&sharp), grey_free(&seen), grey_free(&result);
}

Test(deconvolve, gaussian_without_noise_comes_back)
{
    check_noise_free(grey_synthetic(120, 150), 45, "synthetic");
    if (SANITIZED)
        return;
    check_noise_free(grey_sample("osprey", 160, 160), 45, "osprey");
    check_noise_free(grey_sample("circuits", 160, 160), 45, "circuits");
}

/* Of an 8-bit picture with noise. `wiener` is what the formula of scikit-image's
 * restoration.wiener() makes of the same samples, computed with numpy:
 * F^-1(conj(H) Y / (|H|^2 + balance |L|^2)), clipped to 0..255, everything periodic, L the
 * transform of the Laplacian (4, and -1 beside it), with the balance, of 10^-5 to 10 in steps of
 * 10^(1/8), that turns out best against the original. PSNR without BORDER pixels. */
static void check_noisy(const char *name, double wiener)
{
    up_blur blur = blur_named("gaussian:1.5", UP_BORDER_REFLECT, 0, 0);
    grey sharp = grey_sample(name, 192, 192), seen = grey_blurred(&sharp, &blur);
    grey_add_noise(&seen, 2);
    up_pixels in = grey_picture(&seen), out = grey_picture(&seen);
    up_options options = { .method = "deconvolve",
                           .blur = { .name = "gaussian:1.5" },
                           .scale = { 1, 1 },
                           .deconvolution = { .noise = { 2, true } } };
    up_error error;
    cr_assert_eq(up_upscale_pixels(&in, &out, &options, &error), UP_OK, "%s", error.message);
    grey result = grey_of_picture(&out);
    const double psnr = grey_psnr(&sharp, &result, BORDER);
    printf("%s: %.2f dB seen, %.2f dB deconvolved, Wiener %.2f dB\n", name,
           grey_psnr(&sharp, &seen, BORDER), psnr, wiener);
    cr_expect(psnr > wiener, "%s: %.2f dB", name, psnr);
    up_blur_close(&blur);
    free(in.data), free(out.data);
    grey_free(&sharp), grey_free(&seen), grey_free(&result);
}

Test(deconvolve, noise_is_kept_down_better_than_by_wiener)
{
    check_noisy("osprey", 32.70);
    if (SANITIZED) /* the others differ in nothing that a sanitizer looks at */
        return;
    check_noisy("circuits", 28.23);
    check_noisy("skyscraper", 28.03);
    check_noisy("drawing", 24.85);
    check_noisy("kitten", 23.09);
}

/* Each solver against what it was given, for each blur. */
Test(deconvolve, every_solver_and_blur_brings_pictures_nearer)
{
    static const char *const names[] = { "gaussian:1", "disk:2", "motion:7,20" };
    grey sharp = grey_sample("circuits", 96, 96);
    for (int n = 0; n < 3; n += MANY_OR_FEW(1, 2))
        for (int solver = UP_SOLVER_AUTO; solver <= UP_SOLVER_RL; solver++)
            for (int border = UP_BORDER_ZERO; border <= UP_BORDER_REFLECT;
                 border += MANY_OR_FEW(1, 2)) {
                up_blur blur = blur_named(names[n], (up_border)border, 0, 0);
                grey seen = grey_blurred(&sharp, &blur);
                up_options options = { .method = "deconvolve",
                                       .blur = { .name = names[n], .border = (up_border)border },
                                       .deconvolution = { .solver = (up_solver)solver,
                                                          .noise = { 0.3, true } } };
                grey result = grey_upscaled(&seen, &options);
                const double before = grey_psnr(&sharp, &seen, BORDER);
                const double after = grey_psnr(&sharp, &result, BORDER);
                cr_expect(after > before + 2, "%s, solver %d, border %d: %.2f, then %.2f dB",
                          names[n], solver, border, before, after);
                up_blur_close(&blur);
                grey_free(&seen), grey_free(&result);
            }
    grey_free(&sharp);
}

static double evaluated(const char *path, const char *method, const char *blur)
{
    up_eval_picture picture;
    up_eval_result result;
    up_error error;
    up_options options = { .method = method, .blur = { .name = blur } };
    cr_assert_eq(up_eval_open(&picture, path, 2, NULL, &error), UP_OK, "%s", error.message);
    cr_assert_eq(up_eval_run(&result, &picture, &options, NULL, NULL, &error), UP_OK, "%s",
                 error.message);
    up_eval_close(&picture);
    return result.psnr;
}

static double gain(const char *path)
{
    const double bicubic = evaluated(path, "bicubic", NULL);
    const double deconvolved = evaluated(path, "deconvolve", "bicubic:2");
    printf("%s: bicubic %.2f dB, deconvolved %.2f dB\n", path, bicubic, deconvolved);
    return deconvolved - bicubic;
}

Test(deconvolve, reductions_by_bicubic_are_undone)
{
    cr_expect_gt(gain(UP_GOLDEN_DIR "/../../samples/pictures/circuits.png"), 1);
}

Test(deconvolve, set5_gains_a_decibel_on_bicubic)
{
    static const char *const names[] = { "baby", "bird", "butterfly", "head", "woman" };
    double sum = 0;
    if (SANITIZED || !file_exists(UP_SHARED_DIR "/eval/set5/hr"))
        cr_skip("Set5 is not here, or takes too long");
    for (int i = 0; i < 5; i++) {
        char path[512];
        snprintf(path, sizeof path, UP_SHARED_DIR "/eval/set5/hr/%s.png", names[i]);
        sum += gain(path);
    }
    cr_expect_gt(sum / 5, 1);
}

/* What rl makes is not negative, and as bright as what was seen. */
Test(deconvolve, richardson_lucy_keeps_brightness)
{
    up_blur blur = blur_named("disk:2", UP_BORDER_REFLECT, 0, 0);
    grey sharp = grey_synthetic(60, 80), seen = grey_blurred(&sharp, &blur);
    up_options options = { .method = "deconvolve",
                           .blur = { .name = "disk:2" },
                           .deconvolution = { .solver = UP_SOLVER_RL } };
    grey result = grey_upscaled(&seen, &options);
    double before = 0, after = 0;
    for (int i = 0; i < 60 * 80; i++) {
        cr_assert(result.data[i] >= 0);
        before += seen.data[i];
        after += result.data[i];
    }
    cr_expect_float_eq(after / before, 1, 0.01, "%g", after / before);
    up_blur_close(&blur);
    grey_free(&sharp), grey_free(&seen), grey_free(&result);
}

/* ---- however it is run */

static void check_same_bits(const up_pixels *in, up_options options)
{
    up_pixels want = { 0 }, got;
    up_error error;
    cr_assert_eq(up_output_format(&in->format, &options, &want.format, &error), UP_OK, "%s",
                 error.message);
    const size_t bytes = (size_t)want.format.width * want.format.height * want.format.channels *
                         (want.format.sample == UP_SAMPLE_U16 ? 2 : 1);
    got = want;
    want.data = malloc(bytes);
    got.data = malloc(bytes);
    for (options.threads = 1; options.threads <= 4; options.threads += MANY_OR_FEW(1, 3)) {
        options.band = options.threads * 3 % 7;
        up_pixels *to = options.threads == 1 ? &want : &got;
        cr_assert_eq(up_upscale_pixels(in, to, &options, &error), UP_OK, "%s", error.message);
        cr_assert(options.threads == 1 || memcmp(want.data, got.data, bytes) == 0,
                  "%s: %d threads make other bits", options.blur.name, options.threads);
    }
    free(want.data);
    free(got.data);
}

Test(deconvolve, same_bits_for_all_threads_colours_and_depths)
{
    static const char *const names[] = { "gaussian:1", "motion:5,70", "bicubic:2" };
    for (int channels = 1; channels <= 4; channels += MANY_OR_FEW(1, 3))
        for (int n = 0; n < 3; n++)
            for (int solver = UP_SOLVER_TIKHONOV; solver <= UP_SOLVER_RL - (n == 2); solver++) {
                up_pixels in =
                    random_pixels(131, 37, channels, channels % 2 ? UP_SAMPLE_U8 : UP_SAMPLE_U16);
                check_same_bits(
                    &in, (up_options){
                             .method = "deconvolve",
                             .blur = { .name = names[n],
                                       .border = channels % 2 ? UP_BORDER_ZERO : UP_BORDER_AUTO },
                             .scale = { n == 2 ? 2 : 1, n == 2 ? 2 : 1 },
                             .linear = channels == 3,
                             .deconvolution = { .solver = (up_solver)solver, .iterations = 7 } });
                free(in.data);
            }
}

static int calls;
static double last_done;

static void count_progress(void *user, double done)
{
    (void)user;
    cr_assert(done >= last_done && done <= 1);
    last_done = done;
    calls++;
}

static int stop;

static void stop_late(void *user, double done)
{
    (void)user;
    if (done > 0.5)
        stop = 1;
}

Test(deconvolve, tells_how_far_it_is_and_stops)
{
    grey in = grey_synthetic(60, 70), out = grey_make(60, 70);
    up_pixels from = grey_tensor(&in), to = grey_tensor(&out);
    up_error error;
    up_options options = { .method = "deconvolve",
                           .blur = { .name = "disk:2" },
                           .scale = { 1, 1 },
                           .deconvolution = { .noise = { 0.01, true } },
                           .progress = count_progress };
    cr_assert_eq(up_upscale_pixels(&from, &to, &options, &error), UP_OK, "%s", error.message);
    cr_expect(calls > 50 && last_done == 1, "%d, %g", calls, last_done);
    options.progress = stop_late;
    options.cancel = &stop;
    cr_expect_eq(up_upscale_pixels(&from, &to, &options, &error), UP_ERROR_INTERRUPTED);
    grey_free(&in), grey_free(&out);
}

Test(deconvolve, memory_is_estimated_and_refused)
{
    up_error error;
    up_options options = { .method = "deconvolve",
                           .blur = { .name = "gaussian:1.5" },
                           .threads = 2 };
    up_image *picture;
    up_plan *plan;
    write_ppm("large.ppm", 700, 600);
    const char *path = scratch_path("large.ppm");
    cr_assert_eq(up_image_open(&picture, path, &error), UP_OK, "%s", error.message);
    cr_assert_eq(up_plan_create(&plan, picture, "out.png", &options, &error), UP_OK, "%s",
                 error.message);
    const size_t planes = up_plan_get_info(plan)->memory_bytes / (700 * 600 * sizeof(float));
    cr_expect(planes >= 12 && planes < 40, "%zu", planes); /* 3 in, 3 out, 6 of one channel */
    up_plan_destroy(&plan);
    options.max_memory = 24 << 20;
    cr_expect_eq(up_plan_create(&plan, picture, "out.png", &options, &error), UP_ERROR_LIMIT);
    cr_expect(strstr(error.message, "--max-memory"), "%s", error.message);
    up_image_close(&picture);
}

/* ---- what makes no sense */

static void write_text(const char *name, const char *text)
{
    file_write(scratch_path("%s", name), text, strlen(text));
}

Test(deconvolve, refusals_say_why)
{
    static const shell_case tests[] = {
        { "upscale a.ppm -m deconvolve", 2, "", "--blur gaussian:SIGMA" },
        { "upscale a.ppm -m deconvolve --blur gauss:2", 2, "", "there are gaussian:SIGMA" },
        { "upscale a.ppm -m deconvolve --blur gaussian", 2, "", "gaussian:SIGMA, of 0.1" },
        { "upscale a.ppm -m deconvolve --blur gaussian:nan", 2, "", "it is gaussian:SIGMA" },
        { "upscale a.ppm -m deconvolve --blur gaussian:1e9", 2, "", "it is gaussian:SIGMA" },
        { "upscale a.ppm -m deconvolve --blur motion:9", 2, "", "LENGTH,ANGLE" },
        { "upscale a.ppm -m deconvolve --blur bicubic:2.5", 2, "", "whole number of 2 to 16" },
        { "upscale a.ppm -m deconvolve --blur bicubic:2 -s 3", 2, "", "reduces to 1/2" },
        { "upscale a.ppm -m deconvolve --blur gaussian:1 -s 1.5", 2, "", "whole scale" },
        { "upscale a.ppm -m deconvolve --blur disk:1 --kernel-file k", 2, "", "not both" },
        { "upscale a.ppm -m deconvolve --blur bicubic:2 --solver rl", 2, "", "negative elements" },
        { "upscale a.ppm -m deconvolve --blur disk:1 --solver rl --regularise 1", 2, "",
          "not by --regularise" },
        { "upscale a.ppm -m deconvolve --blur disk:1 --kernel-center 0", 2, "", "--kernel-file" },
        { "upscale a.ppm -m deconvolve --kernel-file none.txt", 1, "", "none.txt" },
        { "upscale a.ppm -m deconvolve --kernel-file nan.txt", 1, "", "0,1 is no number" },
        { "upscale a.ppm -m deconvolve --kernel-file zero.txt", 1, "", "sum to 0" },
        { "upscale a.ppm -m deconvolve --kernel-file ragged.txt", 1, "", "line 2, column" },
        { "upscale a.ppm -m deconvolve --kernel-file words.txt", 1, "", "words.txt" },
        { "upscale a.ppm -m deconvolve --kernel-file empty.txt", 1, "", "empty.txt" },
        { "upscale a.ppm -m deconvolve --kernel-file wide.txt", 1, "", "1 to 255" },
        { "upscale a.ppm -m deconvolve --kernel-file a.ppm", 1, "", "rows and columns only" },
        { "upscale a.ppm -m deconvolve --kernel-file '1,2,1|1,2,1'", 1, "", "rows and columns" },
        { "upscale a.ppm -m deconvolve --kernel-file '1,2;1'", 1, "", "--kernel-file: line 1" },
        { "upscale a.ppm -m deconvolve --kernel-file even.txt", 2, "", "--kernel-center" },
        { "upscale a.ppm -m deconvolve --kernel-file even.txt --kernel-center 2,0", 2, "",
          "0,0 to 1,1" },
        { "upscale a.ppm -m deconvolve --kernel-file one.txt -s 2", 2, "", "never seen" },
        { "upscale a.ppm -m bicubic --blur disk:1", 2, "", "-m deconvolve does" },
        { "upscale a.ppm -m bicubic --noise 1", 2, "", "-m deconvolve does" },
        { "ls *.png | wc -l", 0, "0", NULL },
        { "upscale a.ppm -m deconvolve --kernel-file even.txt --kernel-center 1 -o a.png", 0, "",
          NULL },
        { "upscale a.ppm -m deconvolve --kernel-file even.txt -s 2 -o b.png", 0, "", NULL },
        { "upscale a.ppm -m deconvolve --kernel-file '1,2;2,3' -s 2 -o c.png && cmp b.png c.png", 0,
          "", NULL },
        { "upscale info a.ppm -m deconvolve --blur bicubic:3", 0, "36 x 30 with deconvolve", NULL },
    };
    write_ppm("a.ppm", 12, 10);
    write_text("nan.txt", "1 nan 1\n");
    write_text("zero.txt", "1 -1 0\n");
    write_text("ragged.txt", "1 2\n3\n");
    write_text("words.txt", "one two\n");
    write_text("empty.txt", "# nothing\n\n");
    write_text("even.txt", "1 2\n2 3\n");
    write_text("one.txt", "1\n");
    shell_code("seq -s ' ' 300 > wide.txt");
    SHELL_EXPECT_ALL(tests);
}

/* Samples that no solver can take. */
Test(deconvolve, samples_that_are_refused)
{
    grey in = grey_synthetic(20, 20), out = grey_make(20, 20);
    up_pixels from = grey_tensor(&in), to = grey_tensor(&out);
    up_error error;
    up_options options = { .method = "deconvolve",
                           .blur = { .name = "disk:2" },
                           .scale = { 1, 1 },
                           .deconvolution = { .solver = UP_SOLVER_RL } };
    in.data[45] = -1;
    cr_expect_eq(up_upscale_pixels(&from, &to, &options, &error), UP_ERROR_INPUT);
    cr_expect(strstr(error.message, "row 2, column 5 is -1"), "%s", error.message);
    in.data[45] = NAN;
    options.deconvolution.solver = UP_SOLVER_TV;
    cr_expect_eq(up_upscale_pixels(&from, &to, &options, &error), UP_ERROR_INPUT);
    cr_expect(strstr(error.message, "no finite number"), "%s", error.message);
    grey_free(&in), grey_free(&out);
}
