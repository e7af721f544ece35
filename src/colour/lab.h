/* SPDX-License-Identifier: MIT */
/* CIE 1976 L*a*b* (ISO/CIE 11664-4) as sRGB. */
#ifndef UP_COLOUR_LAB_H
#define UP_COLOUR_LAB_H

#include "colour/transfer.h"

#include <stdbool.h>

typedef struct {
    double matrix[9]; /* from X/Xn, Y/Yn, Z/Zn to linear sRGB */
    up_transfer curve;
} up_lab;

/* `white`: x, y of the reference white, which becomes that of sRGB, adapted by Bradford. false
 * where there is no such white. */
bool up_lab_init(up_lab *lab, const double white[2]);

/* L* of 0 .. 100, a* and b* become R, G, B of 0 .. 1; what is outside sRGB lies outside of that. */
void up_lab_to_srgb(const up_lab *lab, const double from[3], double rgb[3]);

#endif
