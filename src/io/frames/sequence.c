/* SPDX-License-Identifier: MIT */
#include "io/frames/sequence.h"

static uint32_t common_divisor(uint32_t a, uint32_t b)
{
    while (b) {
        const uint32_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

up_duration up_duration_within(up_duration duration, uint32_t most)
{
    if (duration.den == 0)
        return (up_duration){ 0, 1 };
    const uint32_t divisor = common_divisor(duration.num, duration.den);
    uint64_t num = duration.num / divisor, den = duration.den / divisor;
    if (num / den >= most)
        return (up_duration){ most, 1 };
    if (num > most || den > most) {
        const uint64_t larger = num > den ? num : den;
        const uint64_t shrunk = (den * most + larger / 2) / larger, least = shrunk ? shrunk : 1;
        num = (num * least + den / 2) / den;
        den = least;
        num = num > most ? most : num;
    }
    return (up_duration){ (uint32_t)num, (uint32_t)den };
}

int up_duration_milliseconds(up_duration duration, int most)
{
    if (duration.den == 0)
        return 0;
    const uint64_t ms = ((uint64_t)duration.num * 1000 + duration.den / 2) / duration.den;
    return ms < (uint64_t)most ? (int)ms : most;
}
