/* SPDX-License-Identifier: MIT */
#include "cli/args/values/option_values.h"

#include "cli/args/values/name_template.h"
#include "cli/args/values/number_values.h"
#include "cli/show/cli_text.h"
#include "cli/weights/weights_folders.h"

#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static bool take_int(const char **text, double low, double high, int *result)
{
    size_t sign = **text == '-' || **text == '+';
    if (strspn(*text + sign, "0123456789") == 0)
        return false;
    char *end;
    errno = 0;
    long value = strtol(*text, &end, 10);
    *text = end;
    if (errno || (double)value < low || (double)value > high)
        return false;
    *result = (int)value;
    return true;
}

static bool want(char *wanted, const char *text)
{
    snprintf(wanted, CLI_WANTED, "%s", text);
    return false;
}

bool cli_parse_flag(const cli_option *option, const char *value, void *field, char *wanted)
{
    (void)option, (void)value, (void)wanted;
    *(bool *)field = true;
    return true;
}

bool cli_parse_text(const cli_option *option, const char *value, void *field, char *wanted)
{
    (void)option, (void)wanted;
    *(const char **)field = value;
    return true;
}

bool cli_parse_more(const cli_option *option, const char *value, void *field, char *wanted)
{
    (void)option, (void)wanted;
    cli_words_add(field, cli_copy(value));
    return true;
}

bool cli_parse_limit(const cli_option *option, const char *value, void *field, char *wanted)
{
    (void)option;
    up_limit *limit = field;
    limit->set = true;
    limit->share = INFINITY;
    if (strcmp(value, "none") == 0)
        return true;
    bool good = cli_take_number(&value, &limit->share) && !*value && limit->share >= 0;
    return good || want(wanted, "a share such as 0.5, or none");
}

bool cli_parse_clean(const cli_option *option, const char *value, void *field, char *wanted)
{
    up_clean *clean = field;
    double percent = 0;
    const bool given = strcmp(value, option->choices) != 0;
    if (given && !cli_parse_number(option, value, &percent, wanted))
        return want(wanted, "auto, or a number from 0 (nothing) to 100");
    *clean = (up_clean){ given ? UP_CLEAN_GIVEN : UP_CLEAN_AUTO, percent / option->high };
    return true;
}

bool cli_parse_chain(const cli_option *option, const char *value, void *field, char *wanted)
{
    (void)option;
    *(const char **)field = value;
    return up_degrade_check(value, NULL) == UP_OK ||
           want(wanted, "steps joined by +, such as box+noise:5+jpeg:75; --help lists them");
}

static bool want_choice(char *wanted, const char *choices)
{
    const char *word;
    size_t length, at = (size_t)snprintf(wanted, CLI_WANTED, "one of");
    while (cli_list_next(&choices, &word, &length) && at < CLI_WANTED)
        at += (size_t)snprintf(wanted + at, CLI_WANTED - at, "%s %.*s", at > 6 ? "," : "",
                               (int)length, word);
    return false;
}

bool cli_parse_choice(const cli_option *option, const char *value, void *field, char *wanted)
{
    int place = cli_list_find(option->choices, value, strlen(value));
    if (place < 0)
        return want_choice(wanted, option->choices);
    *(int *)field = place;
    return true;
}

bool cli_parse_int(const cli_option *option, const char *value, void *field, char *wanted)
{
    if (option->choices && cli_list_find(option->choices, value, strlen(value)) < 0)
        return want_choice(wanted, option->choices);
    double high = option->high > 0 ? option->high : INT_MAX;
    const char *rest = value;
    int number;
    if (take_int(&rest, option->low, high, &number) && !*rest) {
        *(int *)field = number;
        return true;
    }
    snprintf(wanted, CLI_WANTED, "a whole number from %.0f to %.0f", option->low, high);
    return false;
}

bool cli_parse_number(const cli_option *option, const char *value, void *field, char *wanted)
{
    const char *rest = value;
    double number;
    if (cli_take_number(&rest, &number) && !*rest && number >= option->low &&
        number <= option->high) {
        *(double *)field = number;
        return true;
    }
    snprintf(wanted, CLI_WANTED, "a number from %g to %g", option->low, option->high);
    return false;
}

bool cli_parse_amount(const cli_option *option, const char *value, void *field, char *wanted)
{
    up_amount *amount = field;
    amount->set = cli_parse_number(option, value, &amount->value, wanted);
    return amount->set;
}

bool cli_parse_word(const cli_option *option, const char *value, void *field, char *wanted)
{
    if (cli_list_find(option->choices, value, strlen(value)) < 0)
        return want_choice(wanted, option->choices);
    *(const char **)field = value;
    return true;
}

bool cli_parse_float(const cli_option *option, const char *value, void *field, char *wanted)
{
    double number;
    if (option->choices && cli_list_find(option->choices, value, strlen(value)) < 0)
        return want_choice(wanted, option->choices);
    if (!cli_parse_number(option, value, &number, wanted))
        return false;
    *(float *)field = (float)number;
    return true;
}

bool cli_parse_whole(const cli_option *option, const char *value, void *field, char *wanted)
{
    (void)option;
    char *end;
    errno = 0;
    unsigned long long number = strtoull(value, &end, 10);
    if (errno || *end || strspn(value, "0123456789") == 0)
        return want(wanted, "a whole number from 0 on");
    *(uint64_t *)field = number;
    return true;
}

bool cli_parse_scale(const cli_option *option, const char *value, void *field, char *wanted)
{
    double scale[2];
    const char *rest = value;
    bool fine = cli_take_scale(&rest, &scale[0]);
    scale[1] = scale[0];
    if (fine && *rest == ',') {
        rest++;
        fine = cli_take_scale(&rest, &scale[1]);
    }
    for (int i = 0; i < 2 && fine; i++)
        fine = scale[i] >= option->low && scale[i] <= option->high;
    if (!fine || *rest)
        return want(wanted,
                    "a number above 0 such as 2, 1.5, 2x or 200%, or two of them: ROWS,COLUMNS");
    memcpy(field, scale, sizeof scale);
    return true;
}

bool cli_parse_box(const cli_option *option, const char *value, void *field, char *wanted)
{
    (void)option;
    cli_size size;
    const char *rest = value;
    bool fine = take_int(&rest, 1, INT_MAX, &size.width) && (*rest == 'x' || *rest == 'X');
    rest += fine;
    if (!fine || !take_int(&rest, 1, INT_MAX, &size.height) || *rest)
        return want(wanted, "a width and a height in pixels such as 1920x1080");
    *(cli_size *)field = size;
    return true;
}

bool cli_parse_boxes(const cli_option *option, const char *value, void *field, char *wanted)
{
    (void)option;
    cli_boxes *boxes = field;
    up_box box;
    int *const side[] = { &box.x, &box.y, &box.width, &box.height };
    const char *colon = strrchr(value, ':'), *rest = colon ? colon + 1 : value;
    bool fine = colon != value;
    for (int i = 0; i < 4 && fine; i++) {
        fine = take_int(&rest, i < 2 ? 0 : 1, INT_MAX, side[i]) && *rest == (i < 3 ? ',' : 0);
        rest += fine && i < 3;
    }
    if (!fine)
        return want(wanted, "left, top, width and height in pixels such as 120,80,48,48, or "
                            "the name of a picture and these: photo.png:120,80,48,48");
    if (boxes->count == (int)(sizeof boxes->item / sizeof *boxes->item))
        return want(wanted, "possible: that is too many crops");
    boxes->picture[boxes->count] = colon ? cli_format("%.*s", (int)(colon - value), value) : NULL;
    boxes->item[boxes->count++] = box;
    return true;
}

bool cli_parse_pair(const cli_option *option, const char *value, void *field, char *wanted)
{
    up_pair pair = { .set = true };
    const char *rest = value;
    double high = option->high > 0 ? option->high : INT_MAX;
    bool fine = take_int(&rest, option->low, high, &pair.rows);
    pair.columns = pair.rows;
    if (fine && *rest == ',') {
        rest++;
        fine = take_int(&rest, option->low, high, &pair.columns);
    }
    if (!fine || *rest) {
        snprintf(wanted, CLI_WANTED, "a whole number from %.0f on, or two of them: ROWS,COLUMNS",
                 option->low);
        return false;
    }
    *(up_pair *)field = pair;
    return true;
}

/* What one of `unit` is in bytes; 0 if there is no such unit. */
static double unit_bytes(const char *unit)
{
    static const char letters[] = "KMGT";
    if (strcmp(unit, "%") == 0)
        return (double)up_memory_size() / 100;
    if (!*unit || strcasecmp(unit, "B") == 0)
        return 1;
    char letter = (char)(*unit >= 'a' ? *unit - 'a' + 'A' : *unit);
    const char *place = strchr(letters, letter);
    bool decimal = strcasecmp(unit + 1, "B") == 0;
    if (!place || (unit[1] && !decimal && strcasecmp(unit + 1, "iB") != 0))
        return 0;
    return pow(decimal ? 1000 : 1024, (double)(place - letters + 1));
}

bool cli_parse_bytes(const cli_option *option, const char *value, void *field, char *wanted)
{
    (void)option;
    const char *rest = value;
    double number;
    bool fine = cli_take_number(&rest, &number);
    double bytes = fine ? number * unit_bytes(rest + strspn(rest, " ")) : 0;
    if (!(bytes >= 1 && bytes < 0x1p62))
        return want(wanted, "an amount of memory such as 512M, 1.5GiB or 50%");
    *(size_t *)field = (size_t)bytes;
    return true;
}

bool cli_parse_format(const cli_option *option, const char *value, void *field, char *wanted)
{
    (void)option;
    size_t at = (size_t)snprintf(wanted, CLI_WANTED, "a format that can be written; these can:");
    const up_file_format_info *format;
    for (int i = 0; (format = up_file_format_at(i)); i++) {
        const bool meant = strcasecmp(format->name, value) == 0 ||
                           cli_list_find(format->extensions, value, strlen(value)) >= 0;
        if (meant && !format->reads && !format->writes) {
            snprintf(wanted, CLI_WANTED,
                     "a format of this build, which has no %s: it was made "
                     "without %s",
                     format->name, format->library);
            return false;
        }
        if (!format->writes)
            continue;
        if (meant) {
            *(const char **)field = value;
            return true;
        }
        if (at < CLI_WANTED)
            at += (size_t)snprintf(wanted + at, CLI_WANTED - at, " %s", format->extensions);
    }
    return false;
}

bool cli_parse_template(const cli_option *option, const char *value, void *field, char *wanted)
{
    (void)option;
    if (!cli_template_check(value, wanted, CLI_WANTED))
        return false;
    *(const char **)field = value;
    return true;
}
