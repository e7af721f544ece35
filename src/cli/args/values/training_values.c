/* SPDX-License-Identifier: MIT */

#include "cli/args/values/option_values.h"

#include "cli/args/values/number_values.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

static const struct {
    const char *name;
    size_t field;
    double low, high;
} kinds[] = {
    { "noise:", offsetof(up_degradation, noise), 0, 100 },
    { "jpeg:", offsetof(up_degradation, jpeg), 1, 100 },
};

/* LOW-HIGH, or one number that is both. */
static bool take_range(const char **text, up_range *range)
{
    if (!cli_take_number(text, &range->low))
        return false;
    range->high = range->low;
    if (**text != '-')
        return true;
    ++*text;
    return cli_take_number(text, &range->high);
}

static bool take_kind(const char **text, up_degradation *degradation)
{
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        const size_t length = strlen(kinds[i].name);
        if (strncmp(*text, kinds[i].name, length) != 0)
            continue;
        up_range *range = (up_range *)((char *)degradation + kinds[i].field);
        *text += length;
        return take_range(text, range) && range->low >= kinds[i].low && range->low <= range->high &&
               range->high <= kinds[i].high;
    }
    return false;
}

bool cli_parse_degrade(const cli_option *option, const char *value, void *field, char *wanted)
{
    (void)option;
    const char *at = value;
    bool fine = take_kind(&at, field);
    while (fine && *at == ',') {
        at++;
        fine = take_kind(&at, field);
    }
    if (fine && !*at)
        return true;
    snprintf(wanted, CLI_WANTED,
             "noise:LOW-HIGH (standard deviation, 0 to 100 levels) or jpeg:LOW-HIGH (quality, 1 to "
             "100), the lower number first");
    return false;
}

bool cli_parse_fractions(const cli_option *option, const char *value, void *field, char *wanted)
{
    (void)option;
    double fraction[UP_MULTISCALE_MOST] = { 0 };
    bool fine = false;
    for (int i = 0; i < UP_MULTISCALE_MOST; i++) {
        fine = cli_take_number(&value, &fraction[i]) && fraction[i] > 0 && fraction[i] < 1;
        if (!fine || *value != ',')
            break;
        value++;
    }
    if (fine && !*value && value[-1] != ',') {
        memcpy(field, fraction, sizeof fraction);
        return true;
    }
    snprintf(wanted, CLI_WANTED, "1 to %d numbers between 0 and 1, such as 0.75,0.5",
             UP_MULTISCALE_MOST);
    return false;
}
