/* SPDX-License-Identifier: MIT */
/* Lists separated by commas: what is wrong in one is named by itself. */

#include "cli/args/values/option_values.h"

#include "cli/args/method_names.h"
#include "cli/args/values/number_values.h"
#include "cli/show/cli_text.h"
#include "cli/weights/weights_folders.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void words_split(cli_words *words, const char *list)
{
    cli_words_clear(words);
    for (const char *at = list;; at++) {
        size_t length = strcspn(at, ",");
        cli_words_add(words, cli_copy_part(at, length));
        at += length;
        if (!*at)
            return;
    }
}

/* "'bicubic,lancos' is not a list of methods: there is no 'lancos'; did you mean 'lanczos'?" */
static bool want_one(char *wanted, const char *what, const cli_words *words,
                     const cli_nearest *nearest, const char *flag)
{
    char *text = words->count > 1
                     ? cli_format("a list of %ss: there is no '%.40s'", what, nearest->word)
                     : cli_format("a %s", what);
    const char *meant = cli_nearest_found(nearest);
    if (meant)
        cli_append(&text, "; did you mean '%s'? (%s)", meant, flag);
    else
        cli_append(&text, "; %s shows them", flag);
    snprintf(wanted, CLI_WANTED, "%s", text);
    free(text);
    return false;
}

/* -------------------------------------------------------------- methods */

/* `word` is a method's name, maybe with the name of a variant behind a colon. */
static bool is_method(const char *word, cli_nearest *nearest)
{
    size_t length = strcspn(word, ":");
    const up_method_info *method;
    const char *alias;
    for (int i = 0; (method = up_method_at(i)); i++) {
        cli_nearest_offer(nearest, method->name);
        bool same = strncmp(method->name, word, length) == 0 && !method->name[length];
        if (same || strcmp(method->name, word) == 0)
            return true;
    }
    for (int i = 0; (alias = cli_method_alias_at(i)); i++)
        cli_nearest_offer(nearest, alias);
    return false;
}

bool cli_parse_columns(const cli_option *option, const char *value, void *field, char *wanted)
{
    (void)option, (void)wanted;
    words_split(field, value);
    return true;
}

bool cli_parse_methods(const cli_option *option, const char *value, void *field, char *wanted)
{
    (void)option;
    cli_words *words = field;
    words_split(words, value);
    for (size_t i = 0; i < words->count; i++) {
        cli_nearest nearest = { .word = words->item[i] };
        const char *meant = cli_method_alias(words->item[i]);
        if (meant) {
            free(words->item[i]);
            words->item[i] = cli_copy(meant);
        } else if (!is_method(words->item[i], &nearest)) {
            return want_one(wanted, "method", words, &nearest, "--list-methods");
        }
    }
    return true;
}

/* -------------------------------------------------------------- measuring */

static bool is_metric(const char *word, cli_nearest *nearest)
{
    const up_measure_info *info;
    for (int i = 0; (info = up_measure_at(i)); i++) {
        cli_nearest_offer(nearest, info->name);
        if (strcmp(info->name, word) == 0)
            return true;
    }
    return up_measure_check(word, NULL, NULL) == UP_ERROR_UNSUPPORTED; /* said when all is known */
}

bool cli_parse_metrics(const cli_option *option, const char *value, void *field, char *wanted)
{
    (void)option;
    cli_words *words = field;
    words_split(words, value);
    for (size_t i = 0; i < words->count; i++) {
        cli_nearest nearest = { .word = words->item[i] };
        if (!is_metric(words->item[i], &nearest))
            return want_one(wanted, "measure", words, &nearest, "--list-metrics");
    }
    return true;
}

/* Each once, in the order in which they were given. */
static bool add_scale(cli_scales *scales, double scale, const cli_option *option)
{
    if (scale < option->low || scale > option->high)
        return false;
    for (size_t i = 0; i < scales->count; i++)
        if (scales->item[i] == scale)
            return true;
    if (scales->count == sizeof scales->item / sizeof *scales->item)
        return false;
    scales->item[scales->count++] = scale;
    return true;
}

static bool parse_scales(cli_scales *scales, const char *value, const cli_option *option,
                         bool whole)
{
    const char *rest = value;
    bool fine = true, more = true;
    scales->count = 0;
    while (fine && more) {
        double scale;
        fine = cli_take_scale(&rest, &scale) && (!whole || scale == floor(scale)) &&
               add_scale(scales, scale, option);
        more = *rest == ',';
        rest += more;
    }
    return fine && !*rest;
}

bool cli_parse_whole_scales(const cli_option *option, const char *value, void *field, char *wanted)
{
    const bool fine = parse_scales(field, value, option, true);
    if (!fine)
        snprintf(wanted, CLI_WANTED, "a whole number from %.0f to %.0f, or a list such as 2,3,4",
                 option->low, option->high);
    return fine;
}

bool cli_parse_scales(const cli_option *option, const char *value, void *field, char *wanted)
{
    const bool fine = parse_scales(field, value, option, false);
    if (!fine)
        snprintf(wanted, CLI_WANTED,
                 "a number above 0 such as 2, 1.5, 2x or 200%%, or a list of up to 16: 2,3,4");
    return fine;
}
