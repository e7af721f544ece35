/* SPDX-License-Identifier: MIT */
#include "restore/blur/blur_shapes.h"

#include "base/memory.h"
#include "ops/resample/axis.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MOST_SPREAD 30.0 /* SIGMA, which leaves the kernel below UP_MOST_KERNEL */
#define MOST_RADIUS 100.0
#define MOST_FACTOR 16
#define FINE 64 /* parts of a pixel */

typedef struct {
    const char *name;
    const char *wanted; /* "RADIUS from ..." */
    int numbers;
    double low, high; /* of the first number */
    /* The kernel's size on an axis, and all of its weights, not normalised. */
    int (*size)(const double *number, int axis);
    void (*fill)(up_blur *blur, const double *number);
    const up_filter *filter; /* of a reduction */
} blur_kind;

static double middle(const up_blur *blur, int axis)
{
    return (blur->kernel[axis] - 1) / 2.0;
}

static int gaussian_size(const double *number, int axis)
{
    (void)axis;
    return 2 * up_max(1, (int)floor(4 * number[0] + 0.5)) + 1;
}

static void fill_gaussian(up_blur *blur, const double *number)
{
    for (int i = 0; i < blur->kernel[0]; i++)
        for (int j = 0; j < blur->kernel[1]; j++) {
            double y = i - middle(blur, 0), x = j - middle(blur, 1);
            blur->weight[i * blur->kernel[1] + j] =
                exp(-(x * x + y * y) / (2 * number[0] * number[0]));
        }
}

static int disk_size(const double *number, int axis)
{
    (void)axis;
    return 2 * (int)ceil(number[0]) + 1;
}

/* Of the line at height y, what of x - 0.5 .. x + 0.5 is inside. */
static double chord(double radius, double y, double x)
{
    double half = radius * radius - y * y;
    half = half > 0 ? sqrt(half) : 0;
    return fmax(0, fmin(half, x + 0.5) - fmax(-half, x - 0.5));
}

static void fill_disk(up_blur *blur, const double *number)
{
    for (int i = 0; i < blur->kernel[0]; i++)
        for (int j = 0; j < blur->kernel[1]; j++) {
            double sum = 0;
            for (int f = 0; f < FINE; f++)
                sum += chord(number[0], i - middle(blur, 0) - 0.5 + (f + 0.5) / FINE,
                             j - middle(blur, 1));
            blur->weight[i * blur->kernel[1] + j] = sum;
        }
}

static double run_of(const double *number, int axis)
{
    const double angle = number[1] * M_PI / 180;
    return number[0] / 2 * (axis ? cos(angle) : -sin(angle));
}

static int motion_size(const double *number, int axis)
{
    return 2 * (int)ceil(fabs(run_of(number, axis)) - 1e-9) + 3;
}

/* Points on the line, each shared out among the four pixels around it. */
static void fill_motion(up_blur *blur, const double *number)
{
    const int points = FINE * ((int)number[0] + 1), columns = blur->kernel[1];
    for (int p = 0; p < points; p++) {
        const double t = (2 * p + 1.0) / points - 1;
        const double y = middle(blur, 0) + t * run_of(number, 0);
        const double x = middle(blur, 1) + t * run_of(number, 1);
        const int i = (int)floor(y), j = (int)floor(x);
        for (int k = 0; k < 4; k++) {
            double share = (k / 2 ? y - i : i + 1 - y) * (k % 2 ? x - j : j + 1 - x);
            blur->weight[(i + k / 2) * columns + j + k % 2] += share;
        }
    }
}

static const blur_kind kinds[] = {
    { "gaussian", "gaussian:SIGMA, of 0.1 to 30 pixels", 1, 0.1, MOST_SPREAD, gaussian_size,
      fill_gaussian, NULL },
    { "disk", "disk:RADIUS, of 0.1 to 100 pixels", 1, 0.1, MOST_RADIUS, disk_size, fill_disk,
      NULL },
    { "motion", "motion:LENGTH,ANGLE, of 0.1 to 200 pixels and in degrees", 2, 0.1, 2 * MOST_RADIUS,
      motion_size, fill_motion, NULL },
    { "bicubic", "bicubic:N, with a whole number of 2 to 16", 1, 2, MOST_FACTOR, NULL, NULL,
      &up_filter_cubic },
    { "lanczos", "lanczos:N, with a whole number of 2 to 16", 1, 2, MOST_FACTOR, NULL, NULL,
      &up_filter_lanczos3 },
    { "box", "box:N, with a whole number of 2 to 16", 1, 2, MOST_FACTOR, NULL, NULL, NULL },
};

enum { KINDS = sizeof kinds / sizeof *kinds };

static const blur_kind *find(const char *name, const char **rest)
{
    for (int s = 0; s < KINDS; s++) {
        const size_t length = strlen(kinds[s].name);
        *rest = name + length;
        if (strncmp(name, kinds[s].name, length) == 0 && (!**rest || **rest == ':'))
            return &kinds[s];
    }
    return NULL;
}

/* ":1.5" or ":9,30" */
static bool take_numbers(const blur_kind *kind, const char *text, double number[2])
{
    for (int i = 0; i < kind->numbers; i++) {
        char *end;
        if (*text != (i ? ',' : ':') || strspn(text + 1, "0123456789.+-") == 0)
            return false;
        number[i] = strtod(text + 1, &end);
        if (!isfinite(number[i]))
            return false;
        text = end;
    }
    bool whole = kind->size || number[0] == floor(number[0]);
    return !*text && whole && number[0] >= kind->low && number[0] <= kind->high;
}

static up_status allocate(up_blur *blur, up_error *error)
{
    const size_t count = (size_t)blur->kernel[0] * blur->kernel[1];
    blur->weight = up_alloc_zero(count, sizeof(double));
    return blur->weight ? UP_OK : up_fail_memory(error, "a kernel", count * sizeof(double));
}

/* Weights of the first output far from the edges; they are the same for all. */
static up_status fill_reduction(up_blur *blur, const blur_kind *kind, int factor, up_error *error)
{
    up_axis axis;
    float weight[6 * MOST_FACTOR]; /* lanczos has the most: 6 of its own */
    const up_ratio step = { factor, 1 };
    int taps = factor;
    for (int t = 0; t < taps; t++)
        weight[t] = 1.0f / (float)factor;
    if (kind->filter) {
        up_axis_init(&axis, up_positions_make(64 * factor, 64, step, UP_HALF_PIXEL), kind->filter,
                     -0.5, true, false);
        up_axis_weights(&axis, 32, weight);
        taps = axis.taps - (axis.taps - factor) % 2; /* about a pixel the last weight is 0 */
    }
    blur->kernel[0] = blur->kernel[1] = taps;
    blur->stride[0] = blur->stride[1] = factor;
    blur->reduction = true;
    UP_TRY(allocate(blur, error));
    for (int i = 0; i < taps; i++)
        for (int j = 0; j < taps; j++)
            blur->weight[i * taps + j] = (double)weight[i] * weight[j];
    return UP_OK;
}

static void normalise(up_blur *blur)
{
    const double sum = up_blur_sum(blur);
    for (int i = 0; i < blur->kernel[0] * blur->kernel[1]; i++)
        blur->weight[i] /= sum;
}

up_status up_blur_shape(up_blur *blur, const char *name, up_error *error)
{
    const char *rest;
    double number[2] = { 0, 0 };
    const blur_kind *kind = find(name, &rest);
    if (!kind)
        return up_fail(error, UP_ERROR_ARGUMENT,
                       "no blur is called '%s'; there are gaussian:SIGMA, disk:RADIUS, "
                       "motion:LENGTH,ANGLE, bicubic:N, lanczos:N and box:N",
                       name);
    if (!take_numbers(kind, rest, number))
        return up_fail(error, UP_ERROR_ARGUMENT, "--blur %s: it is %s", name, kind->wanted);
    if (!kind->size)
        return fill_reduction(blur, kind, (int)number[0], error);
    for (int a = 0; a < 2; a++) {
        blur->kernel[a] = kind->size(number, a);
        blur->kernel[a] += (blur->kernel[a] - blur->stride[a]) & 1;
    }
    UP_TRY(allocate(blur, error));
    kind->fill(blur, number);
    normalise(blur);
    return UP_OK;
}
