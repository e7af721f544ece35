/* SPDX-License-Identifier: MIT */
/* Functions of one number: every variant against the exact value; below 1e-38 there are no normal
 * floats. And sums, differences and products. */
#include "support/reference/kernel_check.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

static long double logistic(long double v)
{
    return 1 / (1 + expl(-v));
}

/* What goes to 0 as an exponential does, whatever it is multiplied by. */
static long double silu(long double v)
{
    return v < -2000 ? 0 : v * logistic(v);
}

static long double softplus(long double v)
{
    return v > 100 ? v : log1pl(expl(v));
}

static long double mish(long double v)
{
    return v < -2000 ? 0 : v * tanhl(softplus(v));
}

static long double gelu(long double v)
{
    return v < -100 ? 0 : v / 2 * erfcl(-v * sqrtl(0.5L));
}

static long double gelu_argument(long double v)
{
    return sqrtl(2 / acosl(-1)) * (v + 0.044715L * v * v * v);
}

static long double gelu_tanh(long double v)
{
    return v < -100 ? 0 : v * logistic(2 * gelu_argument(v));
}

static long double elu(long double v)
{
    return v > 0 ? v : 0.75L * expm1l(v);
}

static const struct {
    const char *name;
    long double (*exact)(long double);
    double most_error; /* relative */
} maps[UP_MAPS] = {
    [UP_MAP_TANH] = { "tanh", tanhl, 2e-7 },
    [UP_MAP_SIGMOID] = { "sigmoid", logistic, 2e-7 },
    [UP_MAP_SILU] = { "silu", silu, 3e-7 },
    [UP_MAP_MISH] = { "mish", mish, 4e-7 },
    [UP_MAP_GELU] = { "gelu", gelu, 5e-7 },
    [UP_MAP_GELU_TANH] = { "gelu of tanh", gelu_tanh, 3e-7 },
    [UP_MAP_ELU] = { "elu", elu, 2.5e-7 },
    [UP_MAP_SOFTPLUS] = { "softplus", softplus, 3e-7 },
    [UP_MAP_EXP] = { "exp", expl, 2e-7 },
    [UP_MAP_LOG] = { "log", logl, 2e-7 },
    [UP_MAP_ERF] = { "erf", erfl, 2e-7 },
};

enum { COUNT = 1 << 16 };

/* Floats of all sizes and both signs, infinities and NaN among them, and many near 0. */
static void fill(float *row)
{
    for (int x = 0; x < COUNT / 2; x++) {
        const uint32_t bits = (uint32_t)x << 17 | (uint32_t)x << 3;
        memcpy(&row[x], &bits, sizeof bits);
    }
    const uint32_t ends[] = { 0,          0x80000000, 0x7f800000, 0xff800000,
                              0x7fc00000, 0x7f7fffff, 0xff7fffff };
    memcpy(row, ends, sizeof ends);
    for (int x = 0; x < COUNT / 2; x++)
        row[COUNT / 2 + x] = (float)(x - COUNT / 4) * 0.0073f;
}

static void check_map(const up_kernels *kernels, int map, double slack)
{
    guarded in = float_row(0, COUNT), out = float_row(0, COUNT);
    const float *v = in.data, *got = out.data;
    const char *name = maps[map].name;
    double worst = 0;
    float at = 0;
    fill(in.data);
    kernels->map[map](out.data, in.data, 0.75f, COUNT);
    for (int x = 0; x < COUNT; x++) {
        const double want = (double)maps[map].exact((long double)v[x]);
        const bool grows = map == UP_MAP_GELU_TANH && fabsf(v[x]) < 100;
        const double units = grows ? 1 + 2 * fabs((double)gelu_argument(v[x])) : 1;
        const double error = (fabs(got[x] - want) - 1e-38) / (fabs(want) * units);
        if (isnan(want))
            cr_expect(isnan(got[x]), "%s: %s of %g: %g", kernels->name, name, v[x], got[x]);
        else if (isinf((float)want) || want == 0)
            cr_expect(got[x] == (float)want || fabs(want - got[x]) < 1e-38, "%s: %s of %g: %g",
                      kernels->name, name, v[x], got[x]);
        else if (!(error <= worst))
            worst = error, at = v[x];
    }
    cr_expect_lt(worst, maps[map].most_error * slack, "%s: %s of %a is wrong by %g", kernels->name,
                 name, at, worst);
    cr_expect(guarded_intact(&out));
    guarded_free(&in);
    guarded_free(&out);
}

Test(kernels_points, maps)
{
    for (int map = 0; map < UP_MAPS; map++) {
        check_map(kernel_variant(0), map, 0.5);
        FOR_EACH_VARIANT(kernels)
        check_map(kernels, map, 1);
    }
}

static void check_combination(size_t which, const char *name)
{
    typedef void combination(float *, const float *, const float *, int);
    enum { WIDTH = 333 };
    uint32_t seed = 7;
    guarded a = float_row(0, WIDTH), b = float_row(0, WIDTH), wanted = float_row(0, WIDTH);
    for (int x = 0; x < WIDTH; x++) {
        ((float *)a.data)[x] = random_sample(&seed);
        ((float *)b.data)[x] = random_sample(&seed);
    }
    combination *run;
    memcpy(&run, (const char *)kernel_variant(0) + which, sizeof run);
    run(wanted.data, a.data, b.data, WIDTH);
    FOR_EACH_VARIANT(kernels)
    {
        guarded out = float_row(0, WIDTH);
        memcpy(&run, (const char *)kernels + which, sizeof run);
        run(out.data, a.data, b.data, WIDTH);
        for (int x = 0; x < WIDTH; x++)
            cr_expect(sums_agree(((float *)out.data)[x], ((float *)wanted.data)[x], 0, 0),
                      "%s: %s at %d", kernels->name, name, x);
        cr_expect(guarded_intact(&out));
        guarded_free(&out);
    }
    guarded_free(&a);
    guarded_free(&b);
    guarded_free(&wanted);
}

Test(kernels_points, combinations)
{
    check_combination(offsetof(up_kernels, add), "add");
    check_combination(offsetof(up_kernels, subtract), "subtract");
    check_combination(offsetof(up_kernels, multiply), "multiply");
}

Test(kernels_points, prelu_is_exact)
{
    enum { WIDTH = 77 };
    static const float slopes[] = { 0, 0.25f, -1.5f, 2 };
    uint32_t seed = 3;
    guarded in = float_row(0, WIDTH);
    float *v = in.data;
    for (int x = 0; x < WIDTH; x++)
        v[x] = random_sample(&seed);
    v[5] = 0;
    v[6] = -0.0f;
    v[7] = -INFINITY;
    FOR_EACH_VARIANT(kernels)
    {
        for (size_t s = 0; s < sizeof slopes / sizeof *slopes; s++) {
            guarded out = float_row(0, WIDTH);
            const float *made = out.data;
            kernels->prelu(out.data, v, slopes[s], WIDTH);
            for (int x = 0; x < WIDTH; x++) {
                const float wanted = v[x] > 0 ? v[x] : slopes[s] * v[x];
                cr_expect(made[x] == wanted || (isnan(made[x]) && isnan(wanted)),
                          "%s: %g of %g: %g", kernels->name, slopes[s], v[x], made[x]);
            }
            cr_expect(guarded_intact(&out));
            guarded_free(&out);
        }
    }
    guarded_free(&in);
}
