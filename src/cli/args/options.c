/* SPDX-License-Identifier: MIT */
#include "cli/args/options.h"

#include "cli/args/habits.h"
#include "cli/show/cli_text.h"
#include "cli/show/console.h"
#include "cli/weights/weights_folders.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Flags that make no sense together. */
static const char *const conflicts[][2] = {
    { "scale", "size" },
    { "scale", "width" },
    { "scale", "height" },
    { "scale", "fit" },
    { "size", "width" },
    { "size", "height" },
    { "size", "fit" },
    { "fit", "width" },
    { "fit", "height" },
    { "quiet", "verbose" },
    { "overwrite", "skip-existing" },
    { "time", "no-time" },
    { "reference", "from-hr" },
    { "manifest", "output" },
    { "manifest", "recursive" },
    { "manifest", "files-from" },
    { "manifest", "skip-existing" },
    { "manifest", "dry-run" },
    { "manifest", "method" },
    { "manifest", "scale" },
    { "manifest", "keep-times" },
};

/* Flags that mean something only together with another. */
static const char *const needs[][2] = {
    { "null", "files-from" }, { "zoom", "sheet" },        { "sheet-columns", "sheet" },
    { "sheet-map", "sheet" }, { "sheet-width", "sheet" }, { "retry-failed", "manifest" },
};

bool cli_option_belongs(const cli_option *option, const cli_command *command)
{
    return (option->commands & command->bit) != 0;
}

static const cli_option *find_long(const cli_command *command, const char *name, size_t length)
{
    for (const cli_option *o = cli_options; o->name; o++) {
        bool same = strncmp(o->name, name, length) == 0 && !o->name[length];
        if (same && cli_option_belongs(o, command))
            return o;
    }
    return NULL;
}

static const cli_option *find_letter(const cli_command *command, char letter)
{
    for (const cli_option *o = cli_options; o->name; o++) {
        if (o->letter == letter && cli_option_belongs(o, command))
            return o;
    }
    return NULL;
}

bool cli_given(const cli_settings *settings, const char *name)
{
    for (size_t i = 0; cli_options[i].name; i++) {
        if (strcmp(cli_options[i].name, name) == 0 && settings->given[i])
            return true; /* commands may have flags of one name */
    }
    return false;
}

static const char *help_call(const cli_command *command)
{
    static const char top[] = "upscale --help";
    return command->bit == CLI_UPSCALE ? top : "its --help";
}

/* `flag` as it was written; `meant`: the name of one that is near, or NULL. */
static void say_unknown(const cli_command *command, const char *flag, const char *meant)
{
    const char *habit = cli_habit_flag(command, flag + strspn(flag, "-"));
    if (habit)
        cli_say("there is no flag %s: %s", flag, habit);
    else if (meant)
        cli_say("there is no flag %s; did you mean --%s?", flag, meant);
    else
        cli_say("there is no flag %s; %s lists them", flag, help_call(command));
}

static bool unknown_long(const cli_command *command, const char *name, size_t length)
{
    char *flag = cli_format("--%.*s", (int)length, name);
    cli_nearest nearest = { .word = flag + 2 };
    for (const cli_option *o = cli_options; o->name; o++) {
        if (cli_option_belongs(o, command))
            cli_nearest_offer(&nearest, o->name);
    }
    say_unknown(command, flag, cli_nearest_found(&nearest));
    free(flag);
    return false;
}

/* `flag` is the flag as it was written: -s or --scale. */
static bool store(const cli_option *option, const char *flag, const char *value,
                  cli_settings *settings)
{
    char wanted[CLI_WANTED];
    if (option->value && !*value) {
        cli_say("%s: the value is empty; it takes %s", flag, option->value);
        return false;
    }
    if (!option->parse(option, value, (char *)settings + option->field, wanted)) {
        cli_say("%s: '%s' is not %s", flag, value, wanted);
        return false;
    }
    settings->given[option - cli_options] = true;
    settings->said[option - cli_options] = value;
    return true;
}

/* -o -n is more likely a value forgotten than a file called -n; numbers may be negative. */
static bool looks_like_flag(const char *argument)
{
    return argument[0] == '-' && argument[1] && !strchr("0123456789.", argument[1]);
}

/* The value of `option` in the next argument, which is then used up. */
static const char *next_value(const cli_option *option, const char *flag, int argc, char **argv,
                              int *at)
{
    if (*at + 1 < argc && !looks_like_flag(argv[*at + 1]))
        return argv[++*at];
    if (*at + 1 < argc)
        cli_say("%s needs a value, %s; if it really is '%s', write --%s=%s", flag, option->value,
                argv[*at + 1], option->name, argv[*at + 1]);
    else
        cli_say("%s needs a value: %s", flag, option->value);
    return NULL;
}

static bool parse_long(const cli_command *command, int argc, char **argv, int *at,
                       cli_settings *settings)
{
    const char *name = argv[*at] + 2, *equals = strchr(name, '=');
    size_t length = equals ? (size_t)(equals - name) : strlen(name);
    const cli_option *option = find_long(command, name, length);
    if (!option)
        return unknown_long(command, name, length);
    char flag[64] = "--";
    strncat(flag, option->name, sizeof flag - 3);
    if (!option->value && equals) {
        cli_say("%s takes no value", flag);
        return false;
    }
    const char *value = equals ? equals + 1 : "";
    if (option->value && !equals)
        value = next_value(option, flag, argc, argv, at);
    return value && store(option, flag, value, settings);
}

/* Elsewhere -q is often the quality: -q 95, -q95. */
static bool means_quality(const cli_command *command, const cli_settings *settings,
                          const char *number)
{
    const size_t digits = strspn(number, "0123456789");
    if (!settings->quiet || digits == 0 || digits > 3 || number[digits] ||
        !find_long(command, "quality", strlen("quality")))
        return false;
    cli_say("-q means --quiet; the quality of JPEGs is --quality %s", number);
    return true;
}

/* -s2, -s 2, and flags without values together: -rn. */
static bool parse_letters(const cli_command *command, int argc, char **argv, int *at,
                          cli_settings *settings)
{
    for (const char *letter = argv[*at] + 1; *letter; letter++) {
        const cli_option *option = find_letter(command, *letter);
        char flag[3] = { '-', *letter, 0 };
        if (!option) {
            if (!means_quality(command, settings, letter))
                say_unknown(command, flag, NULL);
            return false;
        }
        if (!option->value) {
            if (!store(option, flag, "", settings))
                return false;
            continue;
        }
        const char *value = letter[1] ? letter + 1 : next_value(option, flag, argc, argv, at);
        return value && store(option, flag, value, settings);
    }
    return true;
}

static bool check_together(const cli_settings *settings)
{
    for (size_t i = 0; i < sizeof conflicts / sizeof *conflicts; i++) {
        if (cli_given(settings, conflicts[i][0]) && cli_given(settings, conflicts[i][1])) {
            cli_say("--%s and --%s exclude each other; give one of them", conflicts[i][0],
                    conflicts[i][1]);
            return false;
        }
    }
    for (size_t i = 0; i < sizeof needs / sizeof *needs; i++) {
        if (cli_given(settings, needs[i][0]) && !cli_given(settings, needs[i][1])) {
            cli_say("--%s means nothing without --%s", needs[i][0], needs[i][1]);
            return false;
        }
    }
    return true;
}

static void apply_sizes(cli_settings *settings)
{
    const cli_size *size = settings->fit.width ? &settings->fit : &settings->size;
    if (!size->width)
        return;
    settings->up.width = size->width;
    settings->up.height = size->height;
    settings->up.fit = settings->fit.width > 0;
}

bool cli_options_parse(const cli_command *command, int argc, char **argv, cli_settings *settings)
{
    bool only_operands = false;
    settings->operands = cli_alloc((size_t)argc + 1, sizeof *settings->operands);
    for (int i = 0; i < argc; i++) {
        const char *argument = argv[i];
        if (only_operands || argument[0] != '-' || !argument[1])
            settings->operands[settings->operand_count++] = argv[i];
        else if (strcmp(argument, "--") == 0)
            only_operands = true;
        else if (!(argument[1] == '-' ? parse_long : parse_letters)(command, argc, argv, &i,
                                                                    settings))
            return false;
    }
    for (size_t i = 0; i < settings->operand_count; i++)
        if (access(settings->operands[i], F_OK) != 0 &&
            (means_quality(command, settings, settings->operands[i]) ||
             (!settings->show.help && !cli_habit_missing(command, settings, i))))
            return false;
    apply_sizes(settings);
    if (settings->weights.count > 0)
        settings->up.weights = settings->weights.item[0];
    return settings->show.help || check_together(settings);
}
