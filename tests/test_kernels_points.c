/* Activations: every variant against the exact value; below 1e-38 there are no normal floats. */
#include "support/kernel_check.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

static double logistic(double v)
{
    return 1 / (1 + exp(-v));
}

/* Floats of all sizes and both signs, infinities and NaN among them. */
static void fill(float *row, int n)
{
    for (int x = 0; x < n; x++) {
        const uint32_t bits = (uint32_t)((UINT64_C(1) << 32) / (uint64_t)n * (uint64_t)x);
        memcpy(&row[x], &bits, sizeof bits);
    }
}

static void check_function(void (*run)(float *, const float *, int), double (*exact)(double),
                           const char *name)
{
    enum { COUNT = 1 << 16 };
    guarded in = float_row(0, COUNT), out = float_row(0, COUNT);
    const float *v = in.data, *got = out.data;
    double worst = 0;
    fill(in.data, COUNT);
    run(out.data, in.data, COUNT);
    for (int x = 0; x < COUNT; x++) {
        const double want = exact((double)v[x]);
        if (isnan(want))
            cr_expect(isnan(got[x]), "%s of %g: %g", name, v[x], got[x]);
        else
            worst = fmax(worst, (fabs(got[x] - want) - 1e-38) / fabs(want));
        cr_expect(!(fabsf(got[x]) > 1), "%s of %g: %g", name, v[x], got[x]);
    }
    cr_expect_lt(worst, 2e-7, "%s: %g", name, worst);
    cr_expect(guarded_intact(&out));
    guarded_free(&in);
    guarded_free(&out);
}

Test(kernels_points, tanh)
{
    FOR_EACH_VARIANT(kernels)
    check_function(kernels->tanh, tanh, kernels->name);
}

Test(kernels_points, sigmoid)
{
    FOR_EACH_VARIANT(kernels)
    check_function(kernels->sigmoid, logistic, kernels->name);
}
