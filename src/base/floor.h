/* SPDX-License-Identifier: MIT */
/* Whole numbers divided downwards, below zero as well. */
#ifndef UP_BASE_FLOOR_H
#define UP_BASE_FLOOR_H

#include <stdint.h>

/* b > 0 */
static inline int64_t up_floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

#endif
