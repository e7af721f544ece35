/* SPDX-License-Identifier: MIT */
#include "cli/batch/tasks/ledger.h"

#include "cli/commands.h"
#include "cli/show/cli_text.h"
#include "cli/show/console.h"
#include "cli/signals.h"

#include <stdlib.h>
#include <string.h>

void cli_ledger_init(cli_ledger *ledger)
{
    *ledger = (cli_ledger){ 0 };
    pthread_mutex_init(&ledger->lock, NULL);
}

void cli_ledger_clear(cli_ledger *ledger)
{
    for (size_t i = 0; i < ledger->failed; i++)
        free(ledger->failures[i]);
    free(ledger->failures);
    pthread_mutex_destroy(&ledger->lock);
}

static void count(cli_ledger *ledger, size_t *counter)
{
    pthread_mutex_lock(&ledger->lock);
    ++*counter;
    pthread_mutex_unlock(&ledger->lock);
}

void cli_ledger_done(cli_ledger *ledger)
{
    count(ledger, &ledger->done);
}

void cli_ledger_skipped(cli_ledger *ledger, bool differs)
{
    count(ledger, differs ? &ledger->differing : &ledger->skipped);
}

static bool is_unread_output(const up_error *error)
{
    static const char name[] = "standard output: ";
    return error->status == UP_ERROR_OUTPUT && strncmp(error->message, name, strlen(name)) == 0 &&
           cli_output_gone();
}

void cli_ledger_failed(cli_ledger *ledger, const char *path, const up_error *error)
{
    bool interrupted = error->status == UP_ERROR_INTERRUPTED || *cli_signals_flag();
    bool unread = !interrupted && is_unread_output(error);
    pthread_mutex_lock(&ledger->lock);
    ledger->interrupted |= interrupted;
    ledger->unread |= unread;
    if (!interrupted && !unread) {
        bool named = strncmp(error->message, path, strlen(path)) == 0 || strcmp(path, "-") == 0;
        char *line = named ? cli_copy(error->message) : cli_format("%s: %s", path, error->message);
        ledger->failures = cli_grow(ledger->failures, ledger->failed, sizeof *ledger->failures);
        ledger->failures[ledger->failed++] = line;
        ledger->arguments += error->status == UP_ERROR_ARGUMENT;
        ledger->try_again += error->status == UP_ERROR_MEMORY || error->status == UP_ERROR_SPACE ||
                             error->status == UP_ERROR_IO;
        cli_say("%s", line);
    }
    pthread_mutex_unlock(&ledger->lock);
}

static int exit_code(const cli_ledger *ledger)
{
    if (ledger->interrupted)
        return cli_signals_exit_code();
    if (ledger->try_again)
        return CLI_EXIT_TRY_AGAIN;
    if (ledger->arguments && ledger->arguments == ledger->failed && !ledger->done)
        return CLI_EXIT_USAGE;
    return ledger->failed ? CLI_EXIT_FAILED : ledger->unread ? CLI_EXIT_PIPE : CLI_EXIT_OK;
}

/* "3 done, 1 failed in 2.10 s": what did not happen is left out. */
static void say_counts(const cli_ledger *ledger, double seconds)
{
    const struct {
        size_t count;
        const char *word;
    } parts[] = { { ledger->done, "done" },
                  { ledger->skipped, "skipped" },
                  { ledger->differing, "kept though different" },
                  { ledger->failed, "failed" },
                  { ledger->left_out, "left out" } };
    char *text = cli_copy("");
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (parts[i].count > 0)
            cli_append(&text, "%s%zu %s", *text ? ", " : "", parts[i].count, parts[i].word);
    cli_say("%s in %s%s", text, cli_seconds_text(seconds).text, ledger->failed ? ":" : "");
    free(text);
}

static void say_interrupted(const cli_ledger *ledger, size_t ended)
{
    size_t left = ledger->planned > ended ? ledger->planned - ended : 0;
    if (ledger->go_on && ledger->planned > 1 && left > 0)
        cli_say("interrupted; %zu done, %zu left, nothing half-written; %s", ledger->done, left,
                ledger->go_on);
    else
        cli_say("interrupted; %zu done, nothing half-written is left", ledger->done);
}

int cli_ledger_close(const cli_ledger *ledger, bool quiet, double seconds)
{
    size_t ended = ledger->done + ledger->skipped + ledger->differing + ledger->failed;
    size_t total = ended + ledger->left_out;
    if (ledger->interrupted)
        say_interrupted(ledger, ended);
    quiet |= cli_output_gone();
    if (total > 1 && (!quiet || ledger->failed > 0))
        say_counts(ledger, seconds);
    for (size_t i = 0; i < ledger->failed && total > 1; i++)
        cli_note("  %s", ledger->failures[i]);
    return exit_code(ledger);
}

int cli_fail(const up_error *error)
{
    const bool later = error->status == UP_ERROR_MEMORY || error->status == UP_ERROR_SPACE ||
                       error->status == UP_ERROR_IO;
    cli_say("%s", error->message);
    return cli_signals_exit_code()              ? cli_signals_exit_code()
           : error->status == UP_ERROR_ARGUMENT ? CLI_EXIT_USAGE
           : later                              ? CLI_EXIT_TRY_AGAIN
                                                : CLI_EXIT_FAILED;
}
