#include "ops/axis.h"

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

void up_axis_init(up_axis *axis, int in, int out, up_ratio step, const up_filter *filter,
                  double parameter, bool align_corners, bool antialias)
{
    if (align_corners)
        step = out > 1 && in > 1 ? up_ratio_make(in - 1, out - 1) : (up_ratio){ 0, 1 };
    double inputs = (double)step.num / (double)step.den;
    double stretch = antialias && inputs > 1 ? inputs : 1;
    *axis = (up_axis){
        .in = in,
        .out = out,
        .step = step,
        .corners = align_corners,
        .filter = filter,
        .parameter = parameter,
        .stretch = stretch,
        .taps = (int)ceil(2 * filter->support * stretch),
    };
}

static double centre(const up_axis *axis, int y)
{
    __int128 num = axis->step.num, den = axis->step.den;
    if (axis->corners)
        return (double)(y * num) / (double)den;
    return (double)((2 * (__int128)y + 1) * num - den) / (2 * (double)den);
}

int up_axis_first(const up_axis *axis, int y)
{
    return (int)floor(centre(axis, y) - axis->filter->support * axis->stretch) + 1;
}

int up_axis_weights(const up_axis *axis, int y, float *weight)
{
    double at = centre(axis, y), sum = 0;
    int first = up_axis_first(axis, y);
    for (int t = 0; t < axis->taps; t++)
        sum += axis->filter->at(fabs(first + t - at) / axis->stretch, axis->parameter);
    for (int t = 0; t < axis->taps; t++) {
        double w = axis->filter->at(fabs(first + t - at) / axis->stretch, axis->parameter);
        weight[t] = (float)(w / sum);
    }
    return first;
}
