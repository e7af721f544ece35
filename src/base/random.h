/* SPDX-License-Identifier: MIT */
/* Random numbers that depend on nothing but what they are for, so that a run can be taken up
 * anywhere: splitmix64 (Steele, Lea and Flood 2014) started from a seed and a place. */
#ifndef UP_BASE_RANDOM_H
#define UP_BASE_RANDOM_H

#include <stdint.h>

typedef struct {
    uint64_t state;
} up_random;

up_random up_random_make(uint64_t seed, uint64_t a, uint64_t b);
uint64_t up_random_bits(up_random *random);
double up_random_unit(up_random *random);                    /* 0 <= x < 1 */
uint64_t up_random_below(up_random *random, uint64_t limit); /* limit > 0 */
double up_random_normal(up_random *random);                  /* mean 0, deviation 1 */

#endif
