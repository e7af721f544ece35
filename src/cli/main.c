/* SPDX-License-Identifier: MIT */
#include "cli/args/help/help.h"
#include "cli/args/options.h"
#include "cli/args/settings_clear.h"
#include "cli/commands.h"
#include "cli/show/cli_text.h"
#include "cli/show/console.h"
#include "cli/show/json_lines.h"
#include "cli/signals.h"

#include <fcntl.h>
#include <locale.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A new command is one line here. */
const cli_command *const cli_commands[] = {
    &cli_upscale_command,
#ifdef UPSCALE_COMPARE
    &cli_compare_command,
#endif
    &cli_eval_command,
#ifdef UPSCALE_TRAIN
    &cli_train_command,
#endif
    &cli_pool_command,
    &cli_info_command,
    &cli_convert_command,
#ifdef UPSCALE_EXPLAIN
    &cli_explain_command,
    &cli_show_command,
#endif
#ifdef UPSCALE_CLUSTER
    &cli_plan_command,
    &cli_join_command,
    &cli_verify_command,
    &cli_status_command,
#endif
    NULL,
};

const char *const cli_left_out[] = {
#ifndef UPSCALE_COMPARE
    "compare",
#endif
#ifndef UPSCALE_TRAIN
    "train",
#endif
#ifndef UPSCALE_EXPLAIN
    "explain", "show",
#endif
#ifndef UPSCALE_CLUSTER
    "plan",    "join", "verify", "status",
#endif
    NULL,
};

/* No file may be opened in the place of a standard stream that was closed, or messages would be
 * written into it. What holds the place fails as a closed one does: it cannot be read, or written.
 */
static bool hold_standard_streams(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
        int access = fd == STDIN_FILENO ? O_WRONLY : O_RDONLY;
        if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", access) != fd)
            return false;
    }
    return true;
}

static const cli_command *find_command(const char *name)
{
    for (const cli_command *const *c = cli_commands + 1; *c; c++) {
        if (strcmp((*c)->name, name) == 0)
            return *c;
    }
    return NULL;
}

/* "help", "help eval": the same as --help and eval --help. */
static bool asks_for_help(int argc, char **argv)
{
    return argc > 1 && strcmp(argv[1], "help") == 0;
}

static int show_help_of(int argc, char **argv)
{
    const cli_command *command = argc > 2 ? find_command(argv[2]) : cli_commands[0];
    if (command) {
        cli_help_print(command);
        return CLI_EXIT_OK;
    }
    cli_nearest nearest = { .word = argv[2] };
    for (const cli_command *const *c = cli_commands + 1; *c; c++)
        cli_nearest_offer(&nearest, (*c)->name);
    const char *meant = cli_nearest_found(&nearest);
    if (meant)
        cli_say("help: there is no command %s; did you mean 'upscale help %s'?", argv[2], meant);
    else
        cli_say("help: there is no command %s; upscale help lists them", argv[2]);
    return CLI_EXIT_USAGE;
}

static int run_command(int argc, char **argv, cli_settings *settings)
{
    const cli_command *named = argc > 1 ? find_command(argv[1]) : NULL;
    const cli_command *command = named ? named : cli_commands[0];
    int used = named ? 2 : argc > 0;
    if (!cli_options_parse(command, argc - used, argv + used, settings))
        return CLI_EXIT_USAGE;
    if (!settings->show.help)
        return command->run(settings);
    cli_help_print(command);
    return CLI_EXIT_OK;
}

static bool is_left_out(const char *name)
{
    for (const char *const *left = cli_left_out; *left; left++) {
        if (strcmp(*left, name) == 0)
            return true;
    }
    return false;
}

/* Left to itself, glibc keeps up to 64 MB of what each thread has freed, which no estimate knows,
 * or hands small pictures' rows back to get them as fresh zeroed pages: a quarter of their time. */
static void give_memory_back(void)
{
#ifdef __GLIBC__
    mallopt(M_MMAP_THRESHOLD, 1 << 20);
    mallopt(M_TRIM_THRESHOLD, 4 << 20);
#endif
}

int main(int argc, char **argv)
{
    if (!hold_standard_streams())
        return CLI_EXIT_FAILED;
    give_memory_back();
    json_set_alloc_funcs(cli_json_allocate, free);
    setlocale(LC_CTYPE, "");
    cli_signals_install();
    cli_settings settings = { 0 };
    up_options_init(&settings.up);
#ifdef UPSCALE_TRAIN
    up_train_options_init(&settings.train);
#endif
    int code = CLI_EXIT_USAGE;
    if (argc > 1 && is_left_out(argv[1]))
        cli_say("this upscale was built without the command '%s'", argv[1]);
    else
        code = asks_for_help(argc, argv) ? show_help_of(argc, argv)
                                         : run_command(argc, argv, &settings);
    if (!cli_output_close() && code == CLI_EXIT_OK)
        code = cli_output_gone() ? CLI_EXIT_PIPE : CLI_EXIT_FAILED;
    cli_settings_clear(&settings);
    return code;
}
