/* SPDX-License-Identifier: MIT */
#include "train/optimise/curve.h"

#include <math.h>

enum { LEAST = 4, EXPONENTS = 30 };
#define STEP 0.05 /* between exponents */

/* Straight lines through (x^-c, value): a + b u. */
typedef struct {
    double a, b, error;
} line;

static line fit(const float (*point)[2], int count, double c)
{
    double w = 0, u = 0, v = 0, uu = 0, uv = 0;
    line l = { 0 };
    for (int i = 0; i < count; i++) {
        const double x = pow((double)point[i][0], -c), y = (double)point[i][1];
        const double weight = (double)point[i][0];
        w += weight;
        u += weight * x;
        v += weight * y;
        uu += weight * x * x;
        uv += weight * x * y;
    }
    l.b = (uv - u * v / w) / (uu - u * u / w);
    l.a = (v - l.b * u) / w;
    for (int i = 0; i < count; i++) {
        const double off = l.a + l.b * pow((double)point[i][0], -c) - (double)point[i][1];
        l.error += (double)point[i][0] * off * off;
    }
    return l;
}

double up_curve_expected(const float (*point)[2], int count, double at)
{
    if (count < LEAST)
        return NAN;
    double least = INFINITY, expected = (double)point[count - 1][1];
    for (int i = 1; i <= EXPONENTS; i++) {
        const double c = STEP * i;
        const line l = fit(point, count, c);
        if (isfinite(l.error) && l.b < 0 && l.error < least) {
            least = l.error;
            expected = l.a + l.b * pow(at, -c);
        }
    }
    return expected;
}
