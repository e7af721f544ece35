/* SPDX-License-Identifier: MIT */
/* The scale that options ask for, read the same way by all. */
#ifndef UP_BASE_SCALE_H
#define UP_BASE_SCALE_H

#include <stdbool.h>
#include <upscale.h>

/* Whether options name one. */
bool up_scale_is_asked(const up_options *options);

/* Rows and columns: alike where only one is named, 2 where none is. */
void up_scale_asked(const up_options *options, double scale[2]);

/* Both as one whole number, 1 to `most`; 0: they are none. */
int up_scale_whole(const double scale[2], int most);

#endif
