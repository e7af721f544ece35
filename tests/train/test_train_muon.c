/* SPDX-License-Identifier: MIT */
/* Steps of Muon: their matrices are near orthogonal, and lead downhill. */
#include "support/reference/kernel_check.h"
#include "train/optimise/muon.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>

static uint32_t seed = 77;

/* |v^T O|^2 / |v|^2 with v on the shorter side: between the squares of the least and the largest
 * singular value, which the quintic brings to 0.68 .. 1.2. */
static double stretch(const float *o, int rows, int columns)
{
    int small = rows < columns ? rows : columns, large = rows + columns - small;
    double *v = calloc(small, sizeof *v), before = 0, after = 0;
    for (int i = 0; i < small; i++) {
        v[i] = random_between(&seed, -1, 1);
        before += v[i] * v[i];
    }
    for (int j = 0; j < large; j++) {
        double sum = 0;
        for (int i = 0; i < small; i++)
            sum += v[i] * (rows <= columns ? o[i * columns + j] : o[j * columns + i]);
        after += sum * sum;
    }
    free(v);
    return after / before;
}

static void check(int rows, int columns)
{
    int count = rows * columns;
    float *weight = calloc(count, sizeof *weight), *mean = calloc(count, sizeof *mean);
    float *gradient = calloc(count, sizeof *gradient);
    up_muon_work work;
    cr_assert_eq(up_muon_work_make(&work, rows, columns, NULL), UP_OK);
    for (int again = 0; again < 2; again++) {
        double down = 0;
        for (int i = 0; i < count; i++) {
            weight[i] = mean[i] = 0;
            gradient[i] = random_between(&seed, -1, 1);
        }
        up_muon(&work, weight, mean, gradient, 1);
        for (int i = 0; i < count; i++) {
            down -= weight[i] * gradient[i];
            cr_assert_float_eq(mean[i], 0.05f * gradient[i], 1e-6);
        }
        cr_expect_gt(down, 0, "%d x %d: uphill", rows, columns);
        for (int round = 0; round < 10; round++) {
            double s = stretch(weight, rows, columns);
            cr_expect(s > 0.4 && s < 1.5, "%d x %d: lengths change by %g", rows, columns, s);
        }
    }
    up_muon_work_free(&work);
    free(weight), free(mean), free(gradient);
}

Test(muon, steps_are_near_orthogonal)
{
    static const int sizes[][2] = { { 1, 9 },  { 12, 9 },   { 12, 108 }, { 4, 108 },
                                    { 32, 9 }, { 32, 288 }, { 40, 17 } };
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        check(sizes[i][0], sizes[i][1]);
}

Test(muon, weights_decay_without_a_gradient)
{
    float weight[12], mean[12] = { 0 }, gradient[12] = { 0 };
    up_muon_work work;
    cr_assert_eq(up_muon_work_make(&work, 3, 4, NULL), UP_OK);
    for (int i = 0; i < 12; i++)
        weight[i] = (float)(i - 6);
    up_muon(&work, weight, mean, gradient, 0.5);
    for (int i = 0; i < 12; i++)
        cr_expect_float_eq(weight[i], 0.95f * (float)(i - 6), 1e-5);
    up_muon_work_free(&work);
}
