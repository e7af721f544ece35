#include "option_values.h"

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
