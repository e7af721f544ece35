/* SPDX-License-Identifier: MIT */
#include "colour/transfer.h"

#include "base/memory.h"

#include <math.h>

/* SMPTE ST 2084. */
static const double pq_m1 = 2610.0 / 16384, pq_m2 = 2523.0 / 4096 * 128;
static const double pq_c1 = 3424.0 / 4096, pq_c2 = 2413.0 / 4096 * 32, pq_c3 = 2392.0 / 4096 * 32;
#define PQ_MOST 1.5 /* the formula has a pole at 1.99 */

/* ARIB STD-B67. */
static const double hlg_a = 0.17883277, hlg_b = 0.28466892, hlg_c = 0.55991073;

up_transfer up_transfer_gamma(double exponent)
{
    return (up_transfer){ .a = 1, .exponent = exponent, .slope = 1, .white = 1 };
}

up_transfer up_transfer_srgb(void)
{
    return (
        up_transfer){ .a = 1.055, .exponent = 2.4, .slope = 12.92, .knee = 0.04045, .white = 1 };
}

static double pq_to_light(double v)
{
    double x = pow(fmin(v, PQ_MOST), 1 / pq_m2);
    return pow(fmax(x - pq_c1, 0) / (pq_c2 - pq_c3 * x), 1 / pq_m1);
}

static double pq_from_light(double light)
{
    double y = pow(light, pq_m1);
    return pow((pq_c1 + pq_c2 * y) / (1 + pq_c3 * y), pq_m2);
}

static double hlg_to_light(double v)
{
    return v <= 0.5 ? v * v / 3 : (exp((v - hlg_c) / hlg_a) + hlg_b) / 12;
}

static double hlg_from_light(double light)
{
    return light <= 1.0 / 12 ? sqrt(3 * light) : hlg_a * log(12 * light - hlg_b) + hlg_c;
}

static double table_to_light(const float *table, double v)
{
    double at = fmin(v, 1) * UP_TRANSFER_STEPS;
    int code = up_min((int)at, UP_TRANSFER_STEPS - 1);
    return table[code] + (at - code) * ((double)table[code + 1] - table[code]);
}

static double table_from_light(const float *table, double light)
{
    int low = 0, high = UP_TRANSFER_STEPS;
    if (light <= table[low])
        return 0;
    if (light >= table[high])
        return 1;
    while (high - low > 1) {
        int middle = (low + high) / 2;
        *(table[middle] <= light ? &low : &high) = middle;
    }
    return (low + (light - table[low]) / ((double)table[high] - table[low])) / UP_TRANSFER_STEPS;
}

static double positive_to_light(const up_transfer *t, double v)
{
    switch (t->kind) {
    case UP_TRANSFER_CURVE:
        return v <= t->knee ? v / t->slope : pow((v + t->a - 1) / t->a, t->exponent);
    case UP_TRANSFER_LOG:
        return v > 0 ? pow(10, t->decades * (v - 1)) : 0;
    case UP_TRANSFER_PQ:
        return pq_to_light(v);
    case UP_TRANSFER_HLG:
        return hlg_to_light(v);
    case UP_TRANSFER_TABLE:
        break;
    }
    return table_to_light(t->table, v);
}

static double positive_from_light(const up_transfer *t, double light)
{
    switch (t->kind) {
    case UP_TRANSFER_CURVE:
        return light <= t->knee / t->slope ? light * t->slope
                                           : t->a * pow(light, 1 / t->exponent) - (t->a - 1);
    case UP_TRANSFER_LOG:
        return light > 0 ? fmax(1 + log10(light) / t->decades, 0) : 0;
    case UP_TRANSFER_PQ:
        return pq_from_light(light);
    case UP_TRANSFER_HLG:
        return hlg_from_light(light);
    case UP_TRANSFER_TABLE:
        break;
    }
    return table_from_light(t->table, light);
}

double up_transfer_to_light(const up_transfer *t, double sample)
{
    double v = (sample - t->black) / (t->white - t->black);
    return v < 0 ? -positive_to_light(t, -v) : positive_to_light(t, v);
}

double up_transfer_from_light(const up_transfer *t, double light)
{
    double v = light < 0 ? -positive_from_light(t, -light) : positive_from_light(t, light);
    return t->black + v * (t->white - t->black);
}

void up_light_free(up_light *light)
{
    up_free(light->tables);
    *light = (up_light){ 0 };
}
