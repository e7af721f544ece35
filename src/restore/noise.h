/* SPDX-License-Identifier: MIT */
/*
 * The standard deviation of the noise in a picture, read row by row, in memory that does not grow
 * with its height.
 *
 * After Ponomarenko, Lukin, Abramov, Egiazarian and Astola, "Blind evaluation of additive noise
 * variance in textured images by nonlinear processing of block DCT coefficients" (SPIE 5014, 2003),
 * in the form of Colom and Buades, "Analysis and extension of the Ponomarenko et al. method" (IPOL
 * 3, 2013): of windows of 8x8 samples, those with the least energy at low frequencies (1 %) show
 * the noise at high frequencies, which the choice does not depend on. Here
 *   - of the high frequencies the lower quartile counts instead of the median;
 *   - where the low frequencies of those windows hold more than the high ones, the windows are not
 *     flat: what is left of the texture at high frequencies is taken from the line that leads to
 * the next 5 %;
 *   - left out are windows with all samples equal, with black or white in them, which is clipped,
 *     and those in which neighbours are equal more than twice as often as under noise of their
 *     strength: they are drawn;
 *   - there is no noise where windows are too few, where most are drawn, where one frequency has it
 *     all, and where, beside areas without any or of few windows, it is not white: text,
 *     screenshots, flat graphics, objects on white.
 * Noise that JPEG has been over is what JPEG has left of it.
 */
#ifndef UP_RESTORE_NOISE_H
#define UP_RESTORE_NOISE_H

#include "base/status.h"

typedef struct up_noise up_noise;

/* `unit` is the distance of two neighbouring sample values, in levels of 255. */
up_status up_noise_open(up_noise **noise, int width, int height, int channels, double unit,
                        up_error *error);

/* The next row, in levels of 255: one pointer for each channel. */
void up_noise_add_row(up_noise *noise, const float *const *row);

/* In levels of 255, of all channels together; 0 if there is none. */
double up_noise_deviation(const up_noise *noise);

void up_noise_close(up_noise **noise);

#endif
