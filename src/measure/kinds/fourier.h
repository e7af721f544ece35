/* SPDX-License-Identifier: MIT */
/* The discrete Fourier transform of any size, in doubles. */
#ifndef UP_MEASURE_FOURIER_H
#define UP_MEASURE_FOURIER_H

#include "base/status.h"

typedef struct {
    double re, im;
} up_complex;

static inline up_complex up_complex_mul(up_complex a, up_complex b)
{
    return (up_complex){ a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re };
}

/* The same number of several sequences, which are transformed side by side. */
#define UP_FOURIER_LANES 4
typedef struct {
    double re[UP_FOURIER_LANES], im[UP_FOURIER_LANES];
} up_complex_lanes;

/* X[k] = sum of x[i] exp(-2 pi j i k / n). Lengths whose prime factors are small are split by them
 * (Cooley and Tukey 1965), others become convolutions of lengths with small ones (Bluestein 1970).
 */
typedef struct up_fourier up_fourier;

up_status up_fourier_open(up_fourier **fourier, int length, up_error *error);
void up_fourier_close(up_fourier **fourier);

/* Numbers that up_fourier_run() takes as `scratch`, for each thread its own. */
size_t up_fourier_scratch(const up_fourier *fourier);
/* Into another place. The way back is this of the conjugate: conj(F(conj(X))) / n. */
void up_fourier_run(const up_fourier *fourier, up_complex_lanes *out, const up_complex_lanes *in,
                    up_complex_lanes *scratch);

/* In place: rows by `across`, then columns by `down`, of rows x columns numbers. */
void up_fourier_plane(const up_fourier *across, const up_fourier *down, up_complex *value, int rows,
                      int columns, up_complex_lanes *scratch);
size_t up_fourier_plane_scratch(const up_fourier *across, const up_fourier *down);

#endif
