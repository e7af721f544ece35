/* SPDX-License-Identifier: MIT */
/* Blurred pictures without noise: they come back whatever the edges and the kernel's support are.
 */
#include "support/pictures/blurred.h"
#include "support/sanitized.h"
#include "support/shell.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

TestSuite(deconvolve_exact, .init = scratch_init, .fini = scratch_fini, .timeout = 300);

/* A Gaussian of sigma 1.5 at `taps` places, of which element `centre` lies on the pixel; `shift`
 * moves it by parts of a pixel. */
typedef struct {
    int taps, centre;
    double shift;
} support;

static const char *const borders[] = { NULL, "zero", "replicate", "reflect" };

static const char *write_kernel(const support *k)
{
    const char *path = scratch_path("kernel.txt");
    FILE *file = fopen(path, "w");
    for (int i = 0; i < k->taps; i++)
        for (int j = 0; j < k->taps; j++) {
            const double y = i - k->centre + k->shift, x = j - k->centre + k->shift;
            fprintf(file, "%.17g%s", exp(-(x * x + y * y) / 4.5), j + 1 < k->taps ? " " : "\n");
        }
    fclose(file);
    return path;
}

static double recovered(const grey *sharp, const support *k, up_border border)
{
    up_options options = { .method = "deconvolve", .blur = { .border = border } };
    up_blur blur;
    up_error error;
    if (k->taps) {
        options.blur.kernel_file = write_kernel(k);
        options.blur.center = (up_pair){ k->centre, k->centre, true };
    } else {
        options.blur.name = "gaussian:1.5";
    }
    cr_assert_eq(up_blur_open(&blur, &options, (const int[]){ 1, 1 }, &error), UP_OK, "%s",
                 error.message);
    grey seen = grey_blurred(sharp, &blur);
    grey result = grey_upscaled(&seen, &options);
    const double psnr = grey_psnr(sharp, &result, 0);
    up_blur_close(&blur);
    grey_free(&seen), grey_free(&result);
    return psnr;
}

/* `between`: least of a kernel that lies between pixels, which lets nothing of the finest pattern
 * through. */
static void check_all(grey sharp, const char *name, double least, double between)
{
    static const support supports[] = { { 0 }, { 11, 5, 0 }, { 11, 4, 0 }, { 12, 5, -0.5 } };
    for (int k = 0; k < 4; k += MANY_OR_FEW(1, 3))
        for (int b = UP_BORDER_ZERO; b <= UP_BORDER_REFLECT; b += MANY_OR_FEW(1, 2)) {
            const double psnr = recovered(&sharp, &supports[k], (up_border)b);
            printf("%s, %s, %d taps from %d: %.2f dB\n", name, borders[b], supports[k].taps,
                   supports[k].centre, psnr);
            cr_expect(psnr >= (supports[k].shift != 0 ? between : least),
                      "%s, %s, %d taps from %d: %.2f dB", name, borders[b], supports[k].taps,
                      supports[k].centre, psnr);
        }
    grey_free(&sharp);
}

Test(deconvolve_exact, photographs)
{
    check_all(grey_sample("osprey", 96, 101), "osprey", 45, 45);
    check_all(grey_sample("circuits", 96, 101), "circuits", 45, 45);
    check_all(grey_sample("skyscraper", 96, 101), "skyscraper", 45, 43);
}

Test(deconvolve_exact, drawings)
{
    check_all(grey_synthetic(96, 101), "synthetic", 45, 45);
    check_all(grey_sample("drawing", 96, 101), "drawing", 45, 40);
}

/* Floats keep 24 bits of what was blurred: even the linear filter that knows the power of every
 * frequency of the sharp picture comes to 43.2 dB of 192x192 pixels, all else being noise. */
Test(deconvolve_exact, fur_as_far_as_floats_go)
{
    check_all(grey_sample("kitten", 192, 192), "kitten", 42.9, 39);
}

/* Many tiles: no seams, and the same from few threads and many. */
Test(deconvolve_exact, tiles_meet)
{
    grey sharp = grey_synthetic(390, 400);
    const support off = { 11, 4, 0 };
    for (int b = UP_BORDER_ZERO; b <= UP_BORDER_REFLECT; b++) {
        const double psnr = recovered(&sharp, &off, (up_border)b);
        printf("tiles, %s: %.2f dB\n", borders[b], psnr);
        cr_expect(psnr >= 45, "%s: %.2f dB", borders[b], psnr);
    }
    grey_free(&sharp);
}
