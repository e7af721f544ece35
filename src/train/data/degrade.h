/* SPDX-License-Identifier: MIT */
/* Spoils the low resolution of training pictures. */
#ifndef UP_TRAIN_DEGRADE_H
#define UP_TRAIN_DEGRADE_H

#include "base/status.h"
#include "upscale_train.h"

#include <stddef.h>

/* Tiles of so many pixels on a side have degradations of their own: variety within a picture, at no
 * memory. They begin where blocks of JPEG begin, so that each is what it would be in a file of its
 * quality, and are large beside what a network looks at. */
enum { UP_DEGRADE_TILE = 128 };

up_status up_degradation_check(const up_degradation *degradation, up_error *error);

/* Degrades 8-bit grey or RGB, with strides filled in; `place` is the picture's among others. */
up_status up_degrade(const up_pixels *picture, const up_degradation *degradation, uint64_t seed,
                     uint64_t place, up_error *error);

/* " --degrade noise:2-10,jpeg:30-90", or nothing if there is none. */
enum { UP_DEGRADATION_TEXT = 96 };
void up_degradation_text(char text[UP_DEGRADATION_TEXT], const up_degradation *degradation);

#endif
