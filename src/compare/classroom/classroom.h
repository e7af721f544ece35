/* SPDX-License-Identifier: MIT */
/*
 * What the page of a classroom says of each upsampler beside its picture: the matrix that it is on
 * a corner of 4x4 pixels, found by what the program itself makes of one pixel after the other. In
 * the page's data it is `classroom`:
 *
 *   scale
 *   corner       x, y: where it lies in the pooled picture
 *   original     rows of grey values, 0..255, 4 * scale x 4 * scale
 *   input        the largest of each scale x scale of them, 4x4
 *   positions    where those lay: row * 4 * scale + column
 *   lessons      in the order of the methods:
 *     look       what to look at
 *     command    that shows the same, for a terminal
 *     matrix     W as rows, one for each output, of 16 weights
 *     output     what the program makes of the input
 *     difference the largest between W times the input and that
 */
#ifndef UP_COMPARE_CLASSROOM_H
#define UP_COMPARE_CLASSROOM_H

#include "compare/comparison.h"

/* Works with files in the comparison's folder. */
up_status up_classroom_json(json_t **json, const up_comparison *comparison, up_error *error);

/* As up_impulse_response() of a method that needs positions: a white pixel that was pooled. */
up_status up_classroom_impulse(up_pixels *response, const up_comparison *comparison,
                               const up_options *options, up_error *error);

#endif
