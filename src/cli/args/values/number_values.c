/* SPDX-License-Identifier: MIT */
#include "cli/args/values/number_values.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

bool cli_take_number(const char **text, double *number)
{
    static const char plain[] = "0123456789.+-eE";
    if (strspn(*text, "0123456789.+-") == 0)
        return false;
    char *end;
    *number = strtod(*text, &end);
    bool is_plain = end > *text && (size_t)(end - *text) <= strspn(*text, plain);
    *text = end;
    return is_plain && isfinite(*number);
}

bool cli_take_scale(const char **text, double *scale)
{
    const bool cross = **text == 'x' || **text == 'X';
    *text += cross;
    if (!cli_take_number(text, scale))
        return false;
    if (!cross && **text == '%') {
        *scale /= 100;
        ++*text;
    } else if (!cross && (**text == 'x' || **text == 'X')) {
        ++*text;
    }
    return true;
}
