/* SPDX-License-Identifier: MIT */
#include "network/metadata/condition.h"

#include <math.h>
#include <stddef.h>

#define HARDEST_QUALITY 30
#define MOST_NOISE 15

const char *up_condition_name(up_condition condition)
{
    return condition == UP_CONDITION_STRENGTH ? "strength" : NULL;
}

static double share(double amount, double most)
{
    return fmin(fmax(amount / most, 0), 1);
}

double up_condition_strength(double quality, double noise)
{
    const double jpeg = share(UP_QUALITY_NONE - quality, UP_QUALITY_NONE - HARDEST_QUALITY);
    return fmin(1, hypot(jpeg, share(noise, MOST_NOISE)));
}
