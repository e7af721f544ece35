/* SPDX-License-Identifier: MIT */

#include "cli/commands.h"

#include "cli/batch/file_types.h"
#include "cli/cluster/plan_reading.h"
#include "cli/show/cli_text.h"
#include "cli/show/console.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Bands stand in a plan one behind the other. */
typedef struct {
    const cli_settings *settings;
    cli_plan_reading plan;
    up_journal *journal;
    up_piece *band;
    size_t count, joined, incomplete;
} joining;

static void forget(joining *j)
{
    for (size_t i = 0; i < j->count; i++)
        up_piece_clear(&j->band[i]);
    j->count = 0;
}

static bool are_all_there(const joining *j, bool *joined)
{
    int row = 0;
    bool all = true;
    *joined = true;
    for (size_t i = 0; i < j->count && all; i++) {
        const up_piece *band = &j->band[i];
        up_file_facts facts;
        all =
            band->first == row && up_piece_check(band, j->plan.records, true) == UP_PIECE_COMPLETE;
        *joined &= up_file_look(&facts, band->output, false, NULL) != UP_OK;
        row = band->end;
        if (!all && !j->settings->quiet)
            cli_say("%s: is not complete yet; 'upscale verify' tells more", band->output);
    }
    return all && row == j->band[0].height;
}

/* UP_EVENT_NONE: it will be joined, so that what may be there afterwards is known to be ours. */
static up_status record(joining *j, up_event event, up_error *error)
{
    const up_piece *band = &j->band[0];
    const up_record *made = up_records_find(j->plan.records, up_piece_key(band->output));
    up_record r = *made;
    r.key = up_piece_key(band->join);
    r.event = event == UP_EVENT_NONE ? UP_EVENT_MADE : event;
    r.output = (up_file_facts){ 0 };
    r.seconds = 0;
    if (event != UP_EVENT_NONE && up_file_look(&r.output, band->join, true, error) != UP_OK)
        return error->status;
    return up_journal_write(j->journal, &r, 1, true, error);
}

static void remove_bands(const joining *j)
{
    char *folder = cli_copy_part(j->band[0].output,
                                 (size_t)(cli_base_name(j->band[0].output) - j->band[0].output));
    for (size_t i = 0; i < j->count; i++)
        unlink(j->band[i].output);
    if (*folder)
        rmdir(folder); /* if nothing else is in it */
    free(folder);
}

/* The record comes before the bands go: whoever is killed between leaves what can be gone on with.
 */
static up_status join(joining *j, up_error *error)
{
    const char **path = cli_alloc(j->count, sizeof *path);
    const char *output = j->band[0].join;
    const bool was_ours = up_records_find(j->plan.records, up_piece_key(output)) != NULL;
    for (size_t i = 0; i < j->count; i++)
        path[i] = j->band[i].output;
    up_status status = cli_make_folders(output, error) ? UP_OK : error->status;
    if (status == UP_OK)
        status = record(j, UP_EVENT_NONE, error);
    if (status == UP_OK)
        status = up_join(output, path, (int)j->count, was_ours || j->settings->up.overwrite, error);
    free(path);
    if (status == UP_OK)
        status = record(j, UP_EVENT_MADE, error);
    if (status == UP_OK)
        status = record(j, UP_EVENT_DONE, error);
    if (status == UP_OK && !j->settings->keep_bands)
        remove_bands(j);
    return status;
}

static up_status end_picture(joining *j, up_error *error)
{
    bool joined;
    up_status status = UP_OK;
    if (j->count == 0)
        return UP_OK;
    if (!are_all_there(j, &joined))
        j->incomplete++;
    else if (!joined)
        status = join(j, error);
    j->joined += status == UP_OK && j->incomplete == 0 && !joined;
    forget(j);
    return status;
}

static up_status take(joining *j, up_piece *piece, up_error *error)
{
    if (j->count > 0 && (!piece->join || strcmp(piece->join, j->band[0].join) != 0)) {
        const up_status status = end_picture(j, error);
        if (status != UP_OK)
            return status;
    }
    if (!piece->join) {
        up_piece_clear(piece);
        return UP_OK;
    }
    j->band = cli_grow(j->band, j->count, sizeof *j->band);
    j->band[j->count++] = *piece;
    return UP_OK;
}

static up_status join_all(joining *j, up_error *error)
{
    up_piece piece;
    bool more = true;
    up_status status = up_journal_open(&j->journal, j->plan.info, UP_JOURNAL_JOIN, error);
    while (status == UP_OK && more) {
        status = up_manifest_next(j->plan.manifest, &piece, &more, error);
        if (status == UP_OK && more)
            status = take(j, &piece, error);
    }
    return status == UP_OK ? end_picture(j, error) : status;
}

static int run_join(cli_settings *s)
{
    joining j = { .settings = s };
    up_error error;
    int code = cli_plan_open(&j.plan, s, CLI_PLAN_RECORDS);
    if (code != CLI_EXIT_OK)
        return code;
    const up_status status = join_all(&j, &error);
    if (status != UP_OK)
        cli_say("%s", error.message);
    else if (!s->quiet)
        cli_say("%zu joined, %zu not complete", j.joined, j.incomplete);
    code = status == UP_ERROR_SPACE || status == UP_ERROR_IO || status == UP_ERROR_MEMORY
               ? CLI_EXIT_TRY_AGAIN
           : status != UP_OK || j.incomplete ? CLI_EXIT_FAILED
                                             : CLI_EXIT_OK;
    forget(&j);
    free(j.band);
    up_journal_close(&j.journal);
    cli_plan_close(&j.plan);
    return code;
}

const cli_command cli_join_command = {
    .name = "join",
    .bit = CLI_JOIN,
    .synopsis = "PLAN.jsonl [options]\n",
    .summary = "put bands of rows together",
    .about =
        "Makes one picture of the bands that 'upscale plan --rows' cut it into, once all of them "
        "are there, by copying what is packed in them: rows of PNM and .npy, deflated blocks of "
        "PNG, coded blocks of JPEG. Bands are removed when that is done and recorded.\n",
    .examples = "# in each task, as its scheduler numbers it\n"
                "upscale --manifest rows.jsonl --shard auto\n"
                "# when all are done\n"
                "upscale join rows.jsonl\n",
    .run = run_join,
};
