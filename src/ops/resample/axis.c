/* SPDX-License-Identifier: MIT */
#include "ops/resample/axis.h"

#include "base/memory.h"

#include <limits.h>
#include <math.h>

static int64_t gcd(int64_t a, int64_t b)
{
    while (b) {
        int64_t r = a % b;
        a = b;
        b = r;
    }
    return a;
}

up_ratio up_ratio_make(int64_t num, int64_t den)
{
    int64_t d = gcd(num, den);
    return (up_ratio){ num / d, den / d };
}

up_ratio up_ratio_from_double(double value)
{
    /* Continued fraction: convergents p/q until one is close enough. */
    int64_t p0 = 0, q0 = 1, p1 = 1, q1 = 0;
    double rest = value;
    for (int i = 0; i < 40; i++) {
        double whole = floor(rest);
        if (whole * (double)p1 + (double)p0 > 1e9 || whole * (double)q1 + (double)q0 > 1e9)
            break;
        int64_t p = (int64_t)whole * p1 + p0, q = (int64_t)whole * q1 + q0;
        p0 = p1, q0 = q1, p1 = p, q1 = q;
        if (p1 && fabs((double)p1 / (double)q1 - value) <= 1e-12 * value)
            break;
        if (rest == whole)
            break;
        rest = 1 / (rest - whole);
    }
    if (p1 <= 0 || q1 <= 0)
        return (up_ratio){ 1, INT_MAX };
    return up_ratio_make(p1, q1);
}

int up_ratio_floor(up_ratio ratio, int64_t n)
{
    __int128 v = (__int128)n * ratio.num / ratio.den;
    return v > INT_MAX ? INT_MAX : (int)v;
}

static double triangle(double x, double parameter)
{
    (void)parameter;
    return x < 1 ? 1 - x : 0;
}

static double cubic(double x, double a)
{
    if (x < 1)
        return ((a + 2) * x - (a + 3)) * x * x + 1;
    return x < 2 ? ((a * x - 5 * a) * x + 8 * a) * x - 4 * a : 0;
}

static double sinc(double x)
{
    return x == 0 ? 1 : sin(M_PI * x) / (M_PI * x);
}

static double lanczos3(double x, double parameter)
{
    (void)parameter;
    return x < 3 ? sinc(x) * sinc(x / 3) : 0;
}

const up_filter up_filter_triangle = { "triangle", 1, triangle };
const up_filter up_filter_cubic = { "cubic", 2, cubic };
const up_filter up_filter_lanczos3 = { "lanczos3", 3, lanczos3 };

up_positions up_positions_make(int in, int out, up_ratio step, up_coordinates coordinates)
{
    up_positions at = { in, out, step, 0 };
    switch (coordinates) {
    case UP_HALF_PIXEL_PYTORCH:
        at.shift = out > 1 ? step.num - step.den : 0;
        break;
    case UP_HALF_PIXEL_SYMMETRIC:
        at.shift = step.num - step.den + in * step.den - out * step.num;
        break;
    case UP_HALF_PIXEL_NEAREST:
        at.shift = step.num;
        break;
    case UP_ALIGN_CORNERS:
        at.step = out > 1 && in > 1 ? up_ratio_make(in - 1, out - 1) : (up_ratio){ 0, 1 };
        break;
    case UP_ASYMMETRIC:
        break;
    default:
        at.shift = step.num - step.den;
    }
    return at;
}

/* (o + 1 / sited[1]) * step - 1 / sited[0], with a denominator in which that is whole. */
up_positions up_positions_sited(int in, int out, up_ratio step, const int sited[2])
{
    const int most = up_max(sited[0], sited[1]);
    const up_ratio finer = { step.num * (most / 2), step.den * (most / 2) };
    const int64_t shift = step.num * (most / sited[1]) - step.den * (most / sited[0]);
    return (up_positions){ in, out, finer, shift };
}

void up_positions_repeat(const up_positions *at, int *outputs, int *inputs)
{
    const bool fits = at->step.num <= INT_MAX && at->step.den <= INT_MAX;
    *outputs = fits ? (int)at->step.den : 0;
    *inputs = fits ? (int)at->step.num : 0;
}

static __int128 numerator(const up_positions *at, int o)
{
    return 2 * (__int128)o * at->step.num + at->shift;
}

static __int128 floor_div(__int128 a, __int128 b)
{
    return a / b - (a % b < 0);
}

int up_positions_round(const up_positions *at, int o, up_rounding rounding)
{
    const __int128 num = numerator(at, o), half = at->step.den, den = 2 * half;
    __int128 index = rounding == UP_ROUND_FLOOR       ? floor_div(num, den)
                     : rounding == UP_ROUND_CEIL      ? -floor_div(-num, den)
                     : rounding == UP_ROUND_HALF_DOWN ? -floor_div(half - num, den)
                                                      : floor_div(num + half, den);
    return index < 0 ? 0 : index < at->in ? (int)index : at->in - 1;
}

void up_axis_init(up_axis *axis, up_positions at, const up_filter *filter, double parameter,
                  bool antialias, bool inside)
{
    double inputs = (double)at.step.num / (double)at.step.den;
    double stretch = antialias && inputs > 1 ? inputs : 1;
    *axis = (up_axis){
        .at = at,
        .filter = filter,
        .parameter = parameter,
        .stretch = stretch,
        .inside = inside,
        .taps = (int)ceil(2 * filter->support * stretch),
    };
}

static double centre(const up_axis *axis, int y)
{
    return (double)numerator(&axis->at, y) / (2 * (double)axis->at.step.den);
}

int up_axis_first(const up_axis *axis, int y)
{
    return (int)floor(centre(axis, y) - axis->filter->support * axis->stretch) + 1;
}

static double weight_of(const up_axis *axis, double at, int from)
{
    if (axis->inside && (from < 0 || from >= axis->at.in))
        return 0;
    return axis->filter->at(fabs(from - at) / axis->stretch, axis->parameter);
}

int up_axis_weights(const up_axis *axis, int y, float *weight)
{
    double at = centre(axis, y), sum = 0;
    int first = up_axis_first(axis, y);
    for (int t = 0; t < axis->taps; t++)
        sum += weight_of(axis, at, first + t);
    for (int t = 0; t < axis->taps; t++)
        weight[t] = sum == 0 ? 0 : (float)(weight_of(axis, at, first + t) / sum);
    if (sum == 0) /* all of them are beyond one end, whose sample is repeated there */
        weight[0] = 1;
    return first;
}
