/* SPDX-License-Identifier: MIT */
/* Options as callers give them: of their size, which a newer or older header may have made. */
#ifndef UP_API_OPTION_DEFAULTS_H
#define UP_API_OPTION_DEFAULTS_H

#include "base/status.h"
#include "upscale.h"

/* A copy of `given` (NULL: the defaults) in this library's size, with every default filled in that
 * a struct not set up by up_options_init() leaves zero. */
up_status up_options_take(up_options *taken, const up_options *given, up_error *error);

/* For any struct of options, whose first member is its size: fills `size` bytes with the defaults
 * `value`, and copies what is given, which keeps its defaults where it does not reach. */
void up_struct_init(void *options, size_t size, const void *value, size_t value_size);
up_status up_struct_take(void *taken, size_t known, const void *given, size_t size,
                         up_error *error);

/* What options (NULL: the defaults) say about running and reading, nothing about what is made:
 * threads, memory, when to stop, and whether damage is an error. */
up_options up_options_running(const up_options *options);

#endif
