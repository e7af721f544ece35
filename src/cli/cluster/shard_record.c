/* SPDX-License-Identifier: MIT */

#include "cli/cluster/shard.h"

#include "cli/show/cli_text.h"
#include "cli/show/console.h"

#include <stdlib.h>

static void begin(void *user, const cli_task *task, up_options *options, cli_result *result)
{
    const cli_shard *shard = user;
    const up_piece *piece = task->piece;
    options->rows.first = piece->first;
    options->rows.end = piece->end;
    options->unfinished = shard->mark;
    options->overwrite |= task->is_ours;
    result->record = (up_record){ .key = up_piece_key(piece->output),
                                  .options = up_options_hash(piece->options) };
    up_file_look(&result->record.input, piece->input, true, NULL); /* else opening it will fail */
}

static up_status ready(void *user, const up_batch_file *file, int count, up_error *error)
{
    cli_shard *shard = user;
    up_record *made = cli_alloc((size_t)count, sizeof *made);
    for (int i = 0; i < count; i++) {
        const cli_result *result = file[i].user;
        made[i] = result->record;
        made[i].event = UP_EVENT_MADE;
        made[i].output.bytes = (int64_t)file[i].bytes;
        made[i].output.hash = file[i].hash;
    }
    const up_status status = up_journal_write(shard->journal, made, count, true, error);
    free(made);
    return status;
}

static bool may_work_later(up_status status)
{
    return status == UP_ERROR_MEMORY || status == UP_ERROR_SPACE || status == UP_ERROR_IO ||
           status == UP_ERROR_EXISTS;
}

/* One that was interrupted is as if it had not begun. */
static void end(void *user, cli_result *result)
{
    cli_shard *shard = user;
    up_record record = result->record;
    up_error error;
    if (result->error.status == UP_ERROR_INTERRUPTED)
        return;
    record.event = result->state == CLI_FAILED ? UP_EVENT_FAILED : UP_EVENT_DONE;
    record.again = may_work_later(result->error.status);
    record.message = result->error.message;
    record.seconds = result->seconds;
    if (up_journal_write(shard->journal, &record, 1, false, &error) != UP_OK)
        cli_say("%s", error.message);
}

cli_journal cli_shard_journal(cli_shard *shard)
{
    return (cli_journal){ shard, begin, ready, end };
}
