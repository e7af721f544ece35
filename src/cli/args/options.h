/* SPDX-License-Identifier: MIT */
/* The one table of flags. The parser, help, man page and completions are all made from it. */
#ifndef UP_CLI_OPTIONS_H
#define UP_CLI_OPTIONS_H

#include "cli/commands.h"

#define CLI_WANTED 160

typedef enum {
    CLI_GROUP_SIZE,
    CLI_GROUP_WEIGHTS,
    CLI_GROUP_FILES,
    CLI_GROUP_CLUSTER,
    CLI_GROUP_FILTER,
    CLI_GROUP_RESTORE,
    CLI_GROUP_COMPARE,
    CLI_GROUP_EXPLAIN,
    CLI_GROUP_MEASURE,
    CLI_GROUP_PICTURE,
    CLI_GROUP_LAYER,
    CLI_GROUP_TRAIN,
    CLI_GROUP_RUN,
    CLI_GROUP_TALK,
    CLI_GROUP_HIDDEN,
} cli_group;

extern const char *const cli_group_titles[CLI_GROUP_HIDDEN];

/* What a shell may offer for a value. `choices` of the option come before. */
typedef enum {
    CLI_HINT_NONE,
    CLI_HINT_FILE,
    CLI_HINT_METHOD,
    CLI_HINT_FORMAT,
} cli_hint;

typedef struct cli_option cli_option;

/* Puts `value` into the field. If it makes no sense: false, and `wanted` (CLI_WANTED bytes) says
 * what would, so that "VALUE is not WANTED" reads well. */
typedef bool cli_parse(const cli_option *option, const char *value, void *field, char *wanted);

struct cli_option {
    const char *name;
    char letter;       /* 0: none */
    const char *value; /* what help calls the value; NULL: the flag takes none */
    int commands;
    cli_group group;
    cli_parse *parse;
    size_t field; /* offset in cli_settings */
    double low, high;
    const char *choices; /* separated by spaces */
    cli_hint hint;
    const char *help;
};

extern const cli_option cli_options[]; /* ends with an entry without a name */

bool cli_option_belongs(const cli_option *option, const cli_command *command);

/* Reads the arguments after the command's name. false: wrong, and said so. */
bool cli_options_parse(const cli_command *command, int argc, char **argv, cli_settings *settings);
bool cli_given(const cli_settings *settings, const char *name);

#endif
