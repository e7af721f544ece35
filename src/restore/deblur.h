/* SPDX-License-Identifier: MIT */
/*
 * The op that undoes a blur, channel by channel, on whole planes.
 *
 *   Tikhonov         least |blur(x) - y|^2 + lambda |grad x|^2
 *   total variation  least |blur(x) - y|^2 / 2 + lambda sum |grad x| of overlapping groups
 * (Selesnick, Chen 2013): |.| is the root mean square around each pixel, which spares texture. As
 * Tikhonov's with weights 1 / |grad x| of the round before (lagged diffusivity: Vogel, Oman 1996),
 * beginning with Tikhonov's own Richardson-Lucy  x *= adjoint(y / blur(x)) / adjoint(1)
 *
 * Where lambda is not said it follows from the standard deviation of the noise, s: Tikhonov's is
 * s^2 / mean |grad x|^2, that of total variation 0.2 s^2 / mean |grad x| of the result so far.
 * grad is that of forward differences, none beyond the last row and column.
 */
#ifndef UP_RESTORE_DEBLUR_H
#define UP_RESTORE_DEBLUR_H

#include "restore/blur/blur.h"
#include "restore/solve/deblurring.h"

/* To a plane of `size` (rows, columns). The blur is copied. */
up_status up_deblur_plan(up_op **op, const up_shape *in, const int size[2], const up_blur *blur,
                         const up_deblurring *how, int threads, up_error *error);

#endif
