/* SPDX-License-Identifier: MIT */
#include "api/option_defaults.h"

#include <string.h>

static const up_options defaults = { .size = sizeof defaults, .cubic_a = -0.5 };

void up_struct_init(void *options, size_t size, const void *value, size_t value_size)
{
    const size_t known = size < value_size ? size : value_size;
    memset(options, 0, size);
    memcpy(options, value, known);
    memcpy(options, &size, sizeof size);
}

void up_options_init_size(up_options *options, size_t size)
{
    up_struct_init(options, size, &defaults, sizeof defaults);
}

up_status up_struct_take(void *taken, size_t known, const void *given, size_t size, up_error *error)
{
    if (size > known)
        return up_fail(error, UP_ERROR_ARGUMENT,
                       "options of %zu bytes, of which this library (%s) knows %zu: set them up "
                       "by their init function, and run with the library they were built for",
                       size, UP_VERSION, known);
    memcpy(taken, given, size);
    memcpy(taken, &known, sizeof known);
    return UP_OK;
}

up_status up_options_take(up_options *taken, const up_options *given, up_error *error)
{
    *taken = defaults;
    if (!given)
        return UP_OK;
    if (given->size > 0)
        return up_struct_take(taken, sizeof *taken, given, given->size, error);
    *taken = *given;
    taken->size = sizeof *taken;
    taken->cubic_a = given->cubic_a != 0 ? given->cubic_a : defaults.cubic_a;
    return UP_OK;
}

up_options up_options_running(const up_options *options)
{
    up_options running = defaults;
    if (options) {
        running.threads = options->threads;
        running.max_memory = options->max_memory;
        running.cancel = options->cancel;
        running.strict = options->strict;
    }
    return running;
}
