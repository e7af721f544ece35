/* SPDX-License-Identifier: MIT */
/* CIEDE2000 (CIE 142-2001), after Sharma, Wu and Dalal 2005. */
#ifndef UP_MEASURE_COLOUR_DIFFERENCE_H
#define UP_MEASURE_COLOUR_DIFFERENCE_H

typedef struct {
    double l, a, b; /* CIELAB */
} up_lab;

/* With kL = kC = kH = 1. */
double up_colour_difference(const up_lab *p, const up_lab *q);

#endif
