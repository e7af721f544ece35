/* SPDX-License-Identifier: MIT */
/* Options as callers give them: of their size, which a newer or older header may have made. */
#ifndef UP_API_OPTION_DEFAULTS_H
#define UP_API_OPTION_DEFAULTS_H

#include "base/status.h"
#include "upscale_train.h"

/* A copy of `given` (NULL: the defaults) in this library's size, with every default filled in that
 * a struct not set up by up_options_init() leaves zero. */
up_status up_options_take(up_options *taken, const up_options *given, up_error *error);
up_status up_train_options_take(up_train_options *taken, const up_train_options *given,
                                up_error *error);

/* What options (NULL: the defaults) say about running and reading, nothing about what is made:
 * threads, memory, when to stop, and whether damage is an error. */
up_options up_options_running(const up_options *options);

#endif
