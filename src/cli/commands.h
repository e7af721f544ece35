/* SPDX-License-Identifier: MIT */
/* The table of commands: a new one is one file, one line in main.c and its bit here. */
#ifndef UP_CLI_COMMANDS_H
#define UP_CLI_COMMANDS_H

#include "cli/settings.h"

/* Which commands take a flag. */
enum {
    CLI_UPSCALE = 1 << 0,
    CLI_POOL = 1 << 1,
    CLI_INFO = 1 << 2,
    CLI_EVAL = 1 << 3,
    CLI_TRAIN = 1 << 4,
    CLI_COMPARE = 1 << 5,
    CLI_CONVERT = 1 << 6,
    CLI_EXPLAIN = 1 << 7,
    CLI_SHOW = 1 << 8,
    CLI_PLAN = 1 << 9,
    CLI_VERIFY = 1 << 10,
    CLI_STATUS = 1 << 11,
    CLI_JOIN = 1 << 12,
    CLI_EVERY = ~0,
};

enum {
    CLI_EXIT_OK = 0,
    CLI_EXIT_FAILED = 1,
    CLI_EXIT_USAGE = 2,
    CLI_EXIT_TRY_AGAIN = 75,
    CLI_EXIT_PIPE = 128 + 13, /* as if SIGPIPE had ended the program */
};

typedef struct {
    const char *name; /* "pool" */
    int bit;
    const char *synopsis;               /* what follows the program's name, one form per line */
    const char *summary;                /* one line for lists of commands */
    const char *about;                  /* paragraphs, ended by newlines */
    const char *examples;               /* pairs of lines: "# why", "command" */
    int (*run)(cli_settings *settings); /* returns the exit code */
} cli_command;

extern const cli_command *const cli_commands[]; /* upscale itself first, NULL last */
extern const char *const cli_left_out[];        /* names of what this build is without; NULL last */

extern const cli_command cli_upscale_command, cli_compare_command, cli_eval_command,
    cli_train_command, cli_pool_command, cli_info_command, cli_convert_command, cli_explain_command,
    cli_show_command, cli_plan_command, cli_verify_command, cli_status_command, cli_join_command;

#endif
