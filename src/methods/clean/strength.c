/* SPDX-License-Identifier: MIT */
#include "methods/clean/strength.h"

#include "methods/clean/picture_noise.h"

#include <math.h>
#include <stdio.h>

enum { REASON_TEXT = 64 };

static const char *reason(char text[REASON_TEXT], const up_cleaning *cleaning)
{
    int used = 0;
    if (!cleaning->measured)
        return "given";
    if (cleaning->quality)
        used = snprintf(text, REASON_TEXT, "JPEG quality %d, ", cleaning->quality);
    snprintf(text + used, REASON_TEXT - (size_t)used, "noise %.1f", cleaning->noise);
    return text;
}

/* What is measured below a level may as well be fine texture, which networks would take away (0.5
 * dB of a butterfly), and nobody sees noise of that: it counts in full from 3 levels on. */
static double worth_cleaning(double noise)
{
    return noise < 3 ? fmax(noise - 1, 0) * 1.5 : noise;
}

static up_status measure(up_request *request, up_cleaning *cleaning, up_error *error)
{
    if (request->tensor)
        return up_fail(error, UP_ERROR_ARGUMENT,
                       "how much there is to clean cannot be read from a tensor; say it with "
                       "--clean 0..100");
    cleaning->measured = true;
    cleaning->quality = request->source->jpeg_quality;
    UP_TRY(up_picture_noise(request->source, request->options, &cleaning->noise, error));
    cleaning->strength = up_condition_strength(
        cleaning->quality ? cleaning->quality : UP_QUALITY_NONE, worth_cleaning(cleaning->noise));
    return UP_OK;
}

static up_status find(up_request *request, up_error *error)
{
    const up_clean *asked = &request->options->clean;
    up_cleaning cleaning = { .used = true, .strength = asked->strength };
    char text[REASON_TEXT];
    if (asked->mode != UP_CLEAN_GIVEN)
        UP_TRY(measure(request, &cleaning, error));
    request->cleaning = cleaning;
    up_request_say(request, "strength %.2f (%s)", cleaning.strength, reason(text, &cleaning));
    return UP_OK;
}

up_status up_request_strength(up_request *request, double *strength, up_error *error)
{
    if (!request->cleaning.used)
        UP_TRY(find(request, error));
    *strength = request->clean ? 0 : request->cleaning.strength;
    return UP_OK;
}
