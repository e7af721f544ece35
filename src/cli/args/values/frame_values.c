/* SPDX-License-Identifier: MIT */
#include "cli/args/values/option_values.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Digits at *text, which moves behind them. */
static bool take_frame(const char **text, int64_t *number)
{
    char *end;
    if (**text < '0' || **text > '9')
        return false;
    errno = 0;
    *number = strtoll(*text, &end, 10);
    *text = end;
    return errno == 0 && *number < INT64_MAX;
}

bool cli_parse_frames(const cli_option *option, const char *value, void *field, char *wanted)
{
    (void)option;
    int64_t frames[2];
    const char *rest = value;
    bool fine = take_frame(&rest, &frames[0]);
    frames[1] = frames[0];
    if (fine && *rest == '-') {
        rest++;
        fine = take_frame(&rest, &frames[1]);
    }
    if (!fine || *rest || frames[1] < frames[0]) {
        snprintf(wanted, CLI_WANTED, "a frame, or the first and the last of several: 12, 0-23");
        return false;
    }
    frames[1]++; /* the end is not among them */
    memcpy(field, frames, sizeof frames);
    return true;
}
