/* SPDX-License-Identifier: MIT */
/* What deconvolution is made of: kernels, the convolution and its adjoint, the transform. */
#include "restore/blur/blurring.h"
#include "restore/solve/cosine.h"
#include "support/pictures/blurred.h"
#include "support/scratch.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

TestSuite(deconvolve_parts, .init = scratch_init, .fini = scratch_fini, .timeout = 120);

static double random_unit(void)
{
    return rand() / (RAND_MAX + 1.0) - 0.5;
}

static up_plane plane_make(int height, int width)
{
    const size_t stride = (size_t)(width + 15) / 16 * 16;
    up_plane p = { aligned_alloc(64, (height * stride + 64) * sizeof(float)), stride, height,
                   width };
    for (size_t i = 0; i < height * stride + 64; i++)
        p.data[i] = NAN; /* what lies between rows must not matter */
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++)
            up_plane_row(&p, y)[x] = (float)random_unit();
    return p;
}

static double dot(const up_plane *a, const up_plane *b)
{
    double sum = 0;
    for (int y = 0; y < a->height; y++)
        for (int x = 0; x < a->width; x++)
            sum += (double)up_plane_row(a, y)[x] * up_plane_row(b, y)[x];
    return sum;
}

static void expect_reference(const up_blur *blur, const up_plane *sharp, const up_plane *seen,
                             const char *what)
{
    grey g = grey_make(sharp->height, sharp->width);
    for (int y = 0; y < g.height; y++)
        memcpy(g.data + y * g.width, up_plane_row(sharp, y), g.width * sizeof(float));
    grey want = grey_blurred(&g, blur);
    for (int y = 0; y < want.height; y++)
        for (int x = 0; x < want.width; x++)
            cr_assert(fabs(up_plane_row(seen, y)[x] - want.data[y * want.width + x]) < 2e-6,
                      "%s: row %d, column %d", what, y, x);
    grey_free(&g);
    grey_free(&want);
}

/* <blur(x), y> is <x, adjoint(y)>, and blur(x) what the plain sums are. */
static void check_pair(const up_blur *blur, int rows, int columns, const char *what)
{
    const int seen_size[2] = { rows, columns };
    const int sharp_size[2] = { rows * blur->stride[0], columns * blur->stride[1] };
    up_blurring b;
    up_error error;
    cr_assert_eq(up_blurring_init(&b, blur, sharp_size, seen_size, 2, &error), UP_OK, "%s",
                 error.message);
    up_plane x = plane_make(sharp_size[0], sharp_size[1]), y = plane_make(rows, columns);
    up_plane ax = plane_make(rows, columns), aty = plane_make(sharp_size[0], sharp_size[1]);
    up_blurring_apply(&b, &ax, &x);
    up_blurring_adjoint(&b, &aty, &y);
    expect_reference(blur, &x, &ax, what);
    const double size = sqrt(dot(&y, &y) * dot(&x, &x));
    cr_expect(fabs(dot(&ax, &y) - dot(&x, &aty)) < 1e-6 * size, "%s: %g and %g", what, dot(&ax, &y),
              dot(&x, &aty));
    free(x.data), free(y.data), free(ax.data), free(aty.data);
    up_blurring_free(&b);
}

Test(deconvolve_parts, adjoint_is_exact_for_every_blur_edge_and_stride)
{
    static const char *const names[] = { "gaussian:1.3", "disk:2.4",  "motion:7,30",
                                         "bicubic:2",    "lanczos:3", "box:2" };
    static const int sizes[][2] = { { 1, 1 }, { 2, 3 }, { 7, 5 }, { 19, 40 }, { 33, 17 } };
    for (int n = 0; n < 6; n++)
        for (int border = UP_BORDER_ZERO; border <= UP_BORDER_REFLECT; border++)
            for (int stride = 1; stride <= (n < 3 ? 3 : 1); stride++)
                for (int s = 0; s < 5; s++) {
                    const int scale = n < 3 ? stride : 0;
                    up_blur blur = blur_named(names[n], (up_border)border, scale, scale);
                    check_pair(&blur, sizes[s][0], sizes[s][1], names[n]);
                    up_blur_close(&blur);
                }
}

/* Uneven kernels tell a turned one from one that is not, and rows from columns. */
Test(deconvolve_parts, kernels_from_files_are_not_turned)
{
    static const char text[] = "# 3 x 4\n1, 2, -3, 4\n0.5,6,7,8\r\n9 1e1 11\t12";
    const char *path = scratch_path("kernel.csv");
    up_options options;
    up_blur blur;
    up_error error;
    file_write(path, text, strlen(text));
    up_options_init(&options);
    options.blur.kernel_file = path;
    options.blur.center = (up_pair){ 1, 2, true };
    for (int border = UP_BORDER_ZERO; border <= UP_BORDER_REFLECT; border++)
        for (int stride = 1; stride <= 3; stride++) {
            options.blur.border = (up_border)border;
            cr_assert_eq(
                up_blur_open(&blur, &options, (const int[]){ stride, stride % 2 + 1 }, &error),
                UP_OK, "%s", error.message);
            cr_expect(blur.kernel[0] == 3 && blur.kernel[1] == 4 && !blur.axis[0]);
            cr_expect(blur.weight[2] == -3 && blur.weight[4] == 0.5 && blur.weight[11] == 12);
            for (int i = 0; i < 12; i++)
                blur.weight[i] /= 12;
            check_pair(&blur, 9, 11, "kernel.csv");
            up_blur_close(&blur);
        }
}

Test(deconvolve_parts, names_mean_what_they_say)
{
    static const char *const names[] = { "gaussian:0.1", "gaussian:30", "disk:0.1",
                                         "disk:17.3",    "motion:1,0",  "motion:200,-73",
                                         "bicubic:16",   "lanczos:2",   "box:3" };
    for (int i = 0; i < 9; i++) {
        up_blur blur = blur_named(names[i], UP_BORDER_AUTO, 0, 0);
        cr_expect_float_eq(up_blur_sum(&blur), 1, 1e-6, "%s: %g", names[i], up_blur_sum(&blur));
        cr_expect(blur.kernel[0] <= UP_MOST_KERNEL && blur.kernel[1] <= UP_MOST_KERNEL);
        up_blur_close(&blur);
    }
    up_blur g = blur_named("gaussian:1.5", UP_BORDER_AUTO, 0, 0);
    cr_expect(g.kernel[0] == 13 && g.axis[0] && g.edge == UP_EDGE_REFLECT);
    cr_expect_float_eq(g.weight[6 * 13 + 7] / g.weight[6 * 13 + 6], exp(-1 / 4.5), 1e-12);
    up_blur_close(&g);
    up_blur line = blur_named("motion:8,0", UP_BORDER_AUTO, 0, 0);
    for (int i = 0; i < line.kernel[0] * line.kernel[1]; i++)
        cr_expect(i / line.kernel[1] == line.kernel[0] / 2 || line.weight[i] < 1e-12);
    up_blur_close(&line);
    /* A pixel above and to the right has weight, one to the left of it has not. */
    up_blur up = blur_named("motion:9,45", UP_BORDER_AUTO, 0, 0);
    const int middle = up.kernel[0] / 2, columns = up.kernel[1];
    cr_expect(up.weight[(middle - 2) * columns + middle + 2] > 0.05);
    cr_expect(up.weight[(middle - 2) * columns + middle - 2] < 1e-12);
    up_blur_close(&up);
}

/* bicubic:N and lanczos:N are what these methods do when they reduce, edges included. */
Test(deconvolve_parts, reductions_are_those_of_the_methods)
{
    for (int factor = 2; factor <= 5; factor++)
        for (int m = 0; m < 2; m++) {
            char name[32];
            const char *method = m ? "lanczos" : "bicubic";
            snprintf(name, sizeof name, "%s:%d", method, factor);
            up_blur blur = blur_named(name, UP_BORDER_AUTO, 0, 0);
            grey sharp = grey_synthetic(factor * 20, factor * 31);
            grey want =
                grey_upscaled(&sharp, &(up_options){ .method = method, .width = 31, .height = 20 });
            grey got = grey_blurred(&sharp, &blur);
            for (int i = 0; i < 20 * 31; i++)
                cr_assert(fabsf(got.data[i] - want.data[i]) < 2e-4f, "%s: %d", name, i);
            grey_free(&sharp), grey_free(&want), grey_free(&got);
            up_blur_close(&blur);
        }
}

Test(deconvolve_parts, cosine_transform_is_its_sums_and_its_inverse)
{
    static const int sizes[][2] = {
        { 1, 1 }, { 1, 2 }, { 2, 3 }, { 17, 4 }, { 9, 33 }, { 30, 23 }
    };
    for (int s = 0; s < 6; s++) {
        const int h = sizes[s][0], w = sizes[s][1];
        double *x = malloc(sizeof *x * h * w), *t = malloc(sizeof *t * h * w);
        for (int i = 0; i < h * w; i++)
            t[i] = x[i] = random_unit();
        cr_assert_eq(up_cosine_transform(t, h, w, 2, NULL), UP_OK);
        for (int u = 0; u < h; u++)
            for (int v = 0; v < w; v++) {
                double sum = 0;
                for (int y = 0; y < h; y++)
                    for (int c = 0; c < w; c++) {
                        const int n = (y > 0 && y < h - 1) + (c > 0 && c < w - 1);
                        sum += (1 << n) * x[y * w + c] * cos(M_PI * y * u / fmax(h - 1, 1)) *
                               cos(M_PI * c * v / fmax(w - 1, 1));
                    }
                cr_assert_float_eq(t[u * w + v], sum, 1e-11 * h * w, "%dx%d: %d,%d", w, h, u, v);
            }
        cr_assert_eq(up_cosine_transform(t, h, w, 1, NULL), UP_OK);
        const double scale = (h > 1 ? 2.0 * (h - 1) : 1) * (w > 1 ? 2.0 * (w - 1) : 1);
        for (int i = 0; i < h * w; i++)
            cr_assert_float_eq(t[i] / scale, x[i], 1e-12);
        free(x);
        free(t);
    }
}
