/* SPDX-License-Identifier: MIT */

#include "cli/args/values/option_values.h"

#include "cli/show/cli_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool parse_hex_color(const char *digits, uint8_t color[3])
{
    size_t length = strlen(digits);
    if ((length != 3 && length != 6) || strspn(digits, "0123456789abcdefABCDEF") != length)
        return false;
    unsigned long value = strtoul(digits, NULL, 16);
    for (int i = 0; i < 3; i++) {
        int shift = 2 - i;
        color[i] = (uint8_t)(length == 6 ? value >> 8 * shift : (value >> 4 * shift & 15) * 17);
    }
    return true;
}

bool cli_parse_color(const cli_option *option, const char *value, void *field, char *wanted)
{
    static const char names[] = "black white grey gray red green blue yellow cyan magenta";
    static const uint8_t named[][3] = { { 0, 0, 0 },       { 255, 255, 255 }, { 128, 128, 128 },
                                        { 128, 128, 128 }, { 255, 0, 0 },     { 0, 128, 0 },
                                        { 0, 0, 255 },     { 255, 255, 0 },   { 0, 255, 255 },
                                        { 255, 0, 255 } };
    (void)option;
    up_options *up = field;
    int place = cli_list_find(names, value, strlen(value));
    if (place >= 0)
        memcpy(up->background, named[place], sizeof up->background);
    else if (!parse_hex_color(value + (*value == '#'), up->background)) {
        snprintf(wanted, CLI_WANTED, "a colour such as white, ff8000, '#ff8000' or '#f80'");
        return false;
    }
    up->has_background = true;
    return true;
}
