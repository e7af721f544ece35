/* SPDX-License-Identifier: MIT */
#include "base/random.h"

#include <math.h>

static uint64_t mixed(uint64_t z)
{
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

uint64_t up_random_bits(up_random *random)
{
    random->state += 0x9e3779b97f4a7c15u;
    return mixed(random->state);
}

up_random up_random_make(uint64_t seed, uint64_t a, uint64_t b)
{
    up_random random = { seed };
    random.state = up_random_bits(&random) ^ a;
    random.state = up_random_bits(&random) ^ b;
    random.state = up_random_bits(&random);
    return random;
}

double up_random_unit(up_random *random)
{
    return (double)(up_random_bits(random) >> 11) * 0x1p-53;
}

uint64_t up_random_below(up_random *random, uint64_t limit)
{
    return (uint64_t)(((unsigned __int128)up_random_bits(random) * limit) >> 64);
}

double up_random_normal(up_random *random)
{
    double radius = sqrt(-2 * log(1 - up_random_unit(random)));
    return radius * cos(6.283185307179586 * up_random_unit(random));
}
