/* SPDX-License-Identifier: MIT */
/*
 * 3x3 convolutions of stride 1 by Winograd's F(4x4, 3x3) (Lavin and Gray, 2016): a quarter of the
 * products, and sums before and after them. Tiles of 4x4 outputs start at multiples of 4 rows and
 * columns of the picture, and a tile reads all of its 6x6 inputs, also those beyond what is asked
 * of it: nothing depends on how a picture is cut up.
 *
 * Results differ from direct sums by rounding, by about 2e-6 of the largest for 64 channels. A NaN
 * or an infinity, or inputs beyond 1e37, make NaN of their whole tiles, not of 3x3 pixels alone.
 */
#ifndef UP_OPS_CONV_WINOGRAD_H
#define UP_OPS_CONV_WINOGRAD_H

#include "ops/conv/conv_parameters.h"

#define UP_WINOGRAD_WEIGHTS 4 /* held for one of the kernel's: 36 points for 9 */

/* Whether it can be made so at all, and whether that is faster than direct sums, too. */
bool up_winograd_can(const up_conv *conv);
bool up_winograd_suits(const up_conv *conv, const up_shape *in);

/* Whether so many channels of an input of this size take less time than so many products summed. */
bool up_winograd_pays(double ins, double outs, const up_shape *in, double sums);

/* The same as up_conv_plan(), of one that can. */
up_status up_winograd_plan(up_op **op, const up_shape *in, const up_conv *conv, up_error *error);

#endif
