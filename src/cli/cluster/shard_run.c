/* SPDX-License-Identifier: MIT */

#include "cli/cluster/shard.h"

#include "cli/args/method_choice.h"
#include "cli/args/options.h"
#include "cli/args/settings_clear.h"
#include "cli/batch/batch.h"
#include "cli/cluster/leftovers.h"
#include "cli/cluster/shard_choice.h"
#include "cli/show/cli_text.h"
#include "cli/show/console.h"
#include "cli/show/json_lines.h"
#include "cli/signals.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    up_piece piece;
    bool is_ours, taken;
} todo;

typedef struct {
    const cli_settings *settings;
    up_manifest *manifest;
    up_records *records;
    cli_shard shard;
    int number; /* 0: all */
    cli_ledger ledger;
    todo *item;
    size_t count;
} shard_run;

static void adopt(shard_run *run, const up_record *record)
{
    up_record done = *record;
    up_error error;
    done.event = UP_EVENT_DONE;
    if (up_journal_write(run->shard.journal, &done, 1, false, &error) != UP_OK)
        cli_say("%s", error.message);
}

/* Takes the piece over where it is to be made. */
static void sort_in(shard_run *run, up_piece *piece)
{
    const up_record *record = up_records_find(run->records, up_piece_key(piece->output));
    const up_piece_state state = up_piece_check(piece, run->records, true);
    const bool written = record && record->output.bytes > 0;
    if (state == UP_PIECE_COMPLETE) {
        cli_ledger_skipped(&run->ledger, false);
        if (record->event == UP_EVENT_MADE)
            adopt(run, record);
    } else if (state == UP_PIECE_FAILED && !run->settings->retry_failed) {
        up_error error = { .status = UP_ERROR_INPUT };
        snprintf(error.message, sizeof error.message,
                 "%s: failed before, and is what it was; --retry-failed tries it again",
                 piece->input);
        cli_ledger_failed(&run->ledger, piece->input, &error);
    } else {
        run->item = cli_grow(run->item, run->count, sizeof *run->item);
        run->item[run->count++] = (todo){ .piece = *piece, .is_ours = written };
        return;
    }
    up_piece_clear(piece);
}

static up_status sort_all(shard_run *run, up_error *error)
{
    up_piece piece;
    bool more = true;
    up_manifest_take(run->manifest, run->number);
    while (more) {
        const up_status status = up_manifest_next(run->manifest, &piece, &more, error);
        if (status != UP_OK)
            return status;
        if (more && (run->number == 0 || piece.shard == run->number))
            sort_in(run, &piece);
        else
            up_piece_clear(&piece);
    }
    return UP_OK;
}

/* The flags of a plan are read as if they stood in the command, whose own tell how to run. */
static bool read_options(cli_settings *of, const char *options, const cli_settings *run,
                         json_t **words)
{
    *of = (cli_settings){ 0 };
    up_options_init(&of->up);
    *words = json_loads(options, 0, NULL);
    cli_json_check();
    const int count = (int)json_array_size(*words);
    char **argv = cli_alloc((size_t)count + 1, sizeof *argv);
    for (int i = 0; i < count; i++)
        argv[i] = (char *)json_string_value(json_array_get(*words, (size_t)i));
    bool fine = true;
    for (int i = 0; i < count; i++)
        fine &= argv[i] && argv[i][0] == '-';
    fine = fine && cli_options_parse(cli_commands[0], count, argv, of);
    free(argv);
    of->jobs = run->jobs;
    of->json = run->json;
    of->quiet = run->quiet;
    of->verbose = run->verbose;
    of->progress = run->progress;
    of->up.threads = run->up.threads;
    of->up.max_memory = run->up.max_memory;
    of->up.overwrite |= run->up.overwrite;
    if (run->weights_folder)
        of->weights_folder = run->weights_folder;
    return fine && cli_methods_settle(of);
}

static void add_task(cli_tasks *tasks, cli_input *input, const todo *t, const cli_settings *s)
{
    *input = (cli_input){
        .path = t->piece.input, .folder = "", .exists = true, .bytes = (off_t)t->piece.bytes
    };
    tasks->item[tasks->count++] = (cli_task){ .input = input,
                                              .method = cli_method_at(s, 0),
                                              .output = t->piece.output,
                                              .weight = t->piece.cost,
                                              .piece = &t->piece,
                                              .is_ours = t->is_ours };
}

/* All that is to be made with the options of the first that is not taken yet. */
static bool run_group(shard_run *run, const char *options)
{
    cli_settings settings;
    json_t *words;
    const cli_journal journal = cli_shard_journal(&run->shard);
    cli_tasks tasks = { .item = cli_alloc(run->count, sizeof *tasks.item), .journal = &journal };
    cli_input *inputs = cli_alloc(run->count, sizeof *inputs);
    const bool fine = read_options(&settings, options, run->settings, &words);
    for (size_t i = 0; i < run->count; i++)
        if (!run->item[i].taken && strcmp(run->item[i].piece.options, options) == 0) {
            run->item[i].taken = true;
            if (fine)
                add_task(&tasks, &inputs[tasks.count], &run->item[i], &settings);
        }
    if (fine) {
        if (tasks.count > 1)
            cli_methods_share(&settings, NULL);
        cli_batch_run(&tasks, &settings, &run->ledger);
    }
    cli_settings_clear(&settings);
    json_decref(words);
    free(inputs);
    free(tasks.item);
    return fine;
}

static bool run_all(shard_run *run)
{
    bool fine = true;
    for (size_t i = 0; i < run->count; i++)
        cli_leftovers_remove(run->item[i].piece.output, run->shard.mark,
                             i ? run->item[i - 1].piece.output : NULL);
    for (size_t i = 0; i < run->count && fine && !*cli_signals_flag(); i++)
        if (!run->item[i].taken)
            fine = run_group(run, run->item[i].piece.options);
    if (*cli_signals_flag())
        run->ledger.interrupted = true;
    return fine;
}

static int fail(const up_error *error)
{
    const up_status status = error->status;
    cli_say("%s", error->message);
    return status == UP_ERROR_EXISTS || status == UP_ERROR_IO || status == UP_ERROR_SPACE ||
                   status == UP_ERROR_MEMORY
               ? CLI_EXIT_TRY_AGAIN
               : CLI_EXIT_FAILED;
}

static int run_shard(shard_run *run, up_error *error)
{
    const up_manifest_info *info = up_manifest_get_info(run->manifest);
    const double start = cli_now();
    int of;
    if (run->settings->shard && !cli_shard_choose(run->settings->shard, info->shards,
                                                  run->settings->quiet, &run->number, &of))
        return CLI_EXIT_USAGE;
    snprintf(run->shard.mark, sizeof run->shard.mark, "%" PRIx64 "-%d", info->id, run->number);
    up_status status = up_journal_open(&run->shard.journal, info, run->number, error);
    if (status == UP_OK)
        status = up_records_read(&run->records, info, run->number, error);
    if (status == UP_OK)
        status = sort_all(run, error);
    if (status != UP_OK)
        return fail(error);
    if (!run_all(run))
        return CLI_EXIT_USAGE;
    return cli_ledger_close(&run->ledger, run->settings->quiet, cli_now() - start);
}

int cli_shard_run(const cli_settings *settings)
{
    shard_run run = { .settings = settings };
    up_error error;
    if (settings->operand_count > 0) {
        cli_say("--manifest: the plan names the inputs; %s is one too many", settings->operands[0]);
        return CLI_EXIT_USAGE;
    }
    if (up_manifest_open(&run.manifest, settings->manifest, &error) != UP_OK)
        return fail(&error);
    cli_ledger_init(&run.ledger);
    const int code = run_shard(&run, &error);
    up_journal_close(&run.shard.journal);
    up_records_free(&run.records);
    up_manifest_close(&run.manifest);
    for (size_t i = 0; i < run.count; i++)
        up_piece_clear(&run.item[i].piece);
    free(run.item);
    cli_ledger_clear(&run.ledger);
    return code;
}
