/* SPDX-License-Identifier: MIT */
/* Declared in train.h. */

#include "train/jobs/train.h"

#include "api/option_defaults.h"

static const up_train_options defaults = {
    .size = sizeof defaults, .ridge = 1e-7, .rate = UP_RATE_BY_RECIPE, .ema = 0.999
};

void up_train_options_init_size(up_train_options *options, size_t size)
{
    up_struct_init(options, size, &defaults, sizeof defaults);
}

up_status up_train_options_take(up_train_options *taken, const up_train_options *given,
                                up_error *error)
{
    *taken = defaults;
    if (!given)
        return UP_OK;
    if (given->size > 0)
        return up_struct_take(taken, sizeof *taken, given, given->size, error);
    *taken = *given;
    taken->size = sizeof *taken;
    taken->ridge = given->ridge != 0 ? given->ridge : defaults.ridge;
    taken->ema = given->ema != 0 ? given->ema : defaults.ema;
    taken->rate = given->rate != 0 ? given->rate : defaults.rate;
    return UP_OK;
}
