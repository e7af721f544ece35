/* SPDX-License-Identifier: MIT */
/* The scale that options ask for, read the same way by all: see up_options_scale(). */
#ifndef UP_BASE_SCALE_H
#define UP_BASE_SCALE_H

#include <upscale.h>

#define UP_DEFAULT_SCALE 2

/* Both as one whole number, 1 to `most`; 0: they are none. */
int up_scale_whole(const double scale[2], int most);

#endif
