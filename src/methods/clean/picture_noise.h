/* SPDX-License-Identifier: MIT */
/* The noise of a picture that is still to be read. */
#ifndef UP_METHODS_PICTURE_NOISE_H
#define UP_METHODS_PICTURE_NOISE_H

#include "io/source.h"

/* In levels of 255: restore/noise.h, of all colours. A file is read by a source of its own; what
 * cannot be opened again is held in memory from here on, as source->mapped, and counted in
 * source->held_bytes. Of the options max_memory and cancel count. */
up_status up_picture_noise(up_source *source, const up_options *options, double *noise,
                           up_error *error);

#endif
