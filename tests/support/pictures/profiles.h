/* SPDX-License-Identifier: MIT */
/* ICC profiles, made and read by Little CMS itself. */
#ifndef SUPPORT_PROFILES_H
#define SUPPORT_PROFILES_H

#include <lcms2.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

typedef struct {
    uint8_t *data; /* free() it */
    size_t size;
} profile;

/* Display P3 with these curves; grey with red's where grey. */
profile profile_of_curves(cmsToneCurve *red, cmsToneCurve *green, cmsToneCurve *blue, bool grey);
profile profile_of_gamma(double gamma, bool grey);

/* A curve of 16-bit entries. */
profile profile_of_table(double gamma, int entries, bool grey);

/* RGB by tables alone: no TRC, light of greys is their square. */
profile profile_of_luts(void);

/* Brings a pixel of 0..1, or one grey sample, to XYZ relative to white (Y = 1). */
void profile_to_xyz(const void *icc, size_t size, const double *pixel, double xyz[3]);

#endif
