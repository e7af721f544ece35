/* SPDX-License-Identifier: MIT */
/* Functions of one number, against their exact values; below 1e-38 there are no normal floats. */
#include "support/kernels/kernel_row.h"

#include <math.h>
#include <string.h>

enum { MAP, WIDTH };

static const float parameter = 0.75f;

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
    return v > 0 ? v : (long double)parameter * expm1l(v);
}

static const struct {
    long double (*exact)(long double);
    double most_error; /* relative */
} maps[UP_MAPS] = {
    [UP_MAP_TANH] = { tanhl, 2e-7 }, [UP_MAP_SIGMOID] = { logistic, 2e-7 },
    [UP_MAP_SILU] = { silu, 3e-7 },  [UP_MAP_MISH] = { mish, 4e-7 },
    [UP_MAP_GELU] = { gelu, 5e-7 },  [UP_MAP_GELU_TANH] = { gelu_tanh, 3e-7 },
    [UP_MAP_ELU] = { elu, 2.5e-7 },  [UP_MAP_SOFTPLUS] = { softplus, 3e-7 },
    [UP_MAP_EXP] = { expl, 2e-7 },   [UP_MAP_LOG] = { logl, 2e-7 },
    [UP_MAP_ERF] = { erfl, 2e-7 },
};

enum { MANY = 1 << 16 };

static void shapes(kernel_visit *visit, void *user)
{
    for (int map = 0; map < UP_MAPS; map++) {
        KERNEL_SHAPE(map, MANY);
        for (int n = 1; n <= 49; n += 6)
            KERNEL_SHAPE(map, n);
    }
}

/* Floats of all sizes and both signs, infinities and NaN among them, and many near 0. */
static void fill(float *row, int n)
{
    const uint32_t ends[] = { 0,          0x80000000, 0x7f800000, 0xff800000,
                              0x7fc00000, 0x7f7fffff, 0xff7fffff };
    for (int x = 0; x < n / 2; x++) {
        const uint32_t bits = (uint32_t)x << 17 | (uint32_t)x << 3;
        memcpy(&row[x], &bits, sizeof bits);
    }
    for (int x = n / 2; x < n; x++)
        row[x] = (float)(x - n / 2 - n / 4) * 0.0073f;
    if (n >= MANY)
        memcpy(row, ends, sizeof ends);
}

static void set_up(kernel_job *job)
{
    const int n = job->n = job->size[WIDTH];
    float *row = kernel_holds_row(job, n, 0);
    double *exact = kernel_holds(job, n * sizeof *exact);
    if (job->timed)
        kernel_fill(job, row, n, -8, 8);
    else
        fill(row, n);
    for (int x = 0; x < n; x++)
        exact[x] = (double)maps[job->size[MAP]].exact((long double)row[x]);
    job->in[0] = row;
    job->raw[0] = exact;
    kernel_makes(job, n, sizeof(float), 16)->likeness = KERNEL_OWN;
}

static void call(const kernel_job *job, const kernel_set *set, void *const *out, int first, int n)
{
    (void)first;
    set->kernels->map[job->size[MAP]](out[0], job->in[0], parameter, n);
}

/* The reference may be half as far off as the others. */
static bool agrees(const kernel_job *job, const kernel_set *set, size_t i, const void *made)
{
    const int map = job->size[MAP];
    const double want = ((const double *)job->raw[0])[i], got = (double)*(const float *)made;
    const float v = job->in[0][i];
    const bool grows = map == UP_MAP_GELU_TANH && fabsf(v) < 100;
    const double units = grows ? 1 + 2 * fabs((double)gelu_argument((long double)v)) : 1;
    const double most = maps[map].most_error * (set->index ? 1 : 0.5);
    if (isnan(want))
        return isnan(got);
    if (isinf((float)want) || want == 0)
        return (float)got == (float)want || fabs(want - got) < 1e-38;
    return (fabs(got - want) - 1e-38) / (fabs(want) * units) < most;
}

static kernel_work work(const kernel_job *job)
{
    return (kernel_work){ .read = 4.0 * job->n, .written = 4.0 * job->n };
}

static const kernel_timing timing[] = {
    { "tanh", { UP_MAP_TANH, 1920 } }, { "sigmoid", { UP_MAP_SIGMOID, 1920 } },
    { "silu", { UP_MAP_SILU, 1920 } }, { "mish", { UP_MAP_MISH, 1920 } },
    { "gelu", { UP_MAP_GELU, 1920 } }, { "gelu_tanh", { UP_MAP_GELU_TANH, 1920 } },
    { "elu", { UP_MAP_ELU, 1920 } },   { "softplus", { UP_MAP_SOFTPLUS, 1920 } },
    { "exp", { UP_MAP_EXP, 1920 } },   { "log", { UP_MAP_LOG, 1920 } },
    { "erf", { UP_MAP_ERF, 1920 } },   { 0 },
};

const kernel_row kernel_row_map = {
    .name = "map",
    .shapes = shapes,
    .setup = set_up,
    .call = call,
    .agrees = agrees,
    .work = work,
    .timing = timing,
};
