/* SPDX-License-Identifier: MIT */
/* Where all shards of a plan stand, by one reading of their journals. */

#include <upscale_cluster.h>

#include "base/memory.h"
#include "cluster/journal/journal_files.h"
#include "cluster/key_table.h"

#include <errno.h>
#include <string.h>
#include <sys/file.h>

/* What is known of an output: the time, and the event in the last bits. */
enum { EVENT_BITS = 2 };
#define LAST_TIME (INT64_MAX >> EVENT_BITS)

struct up_overview {
    up_key_table known;
    up_journal_state *shard; /* [shards + 1]; 0: of journals that are of none of them */
    int shards;
};

static void begin(void *reader, int shard, FILE *file)
{
    up_overview *o = reader;
    const int fd = fileno(file);
    if (shard == 0)
        return;
    if (flock(fd, LOCK_SH | LOCK_NB) == 0)
        flock(fd, LOCK_UN); /* at once: a process that begins must not take this for its like */
    else
        o->shard[shard].running = errno == EWOULDBLOCK;
}

static void take_mark(up_journal_state *state, const json_t *line)
{
    const char *event = json_string_value(json_object_get(line, "event"));
    if (event)
        state->last = json_integer_value(json_object_get(line, "time"));
    if (!event || strcmp(event, "begin") != 0)
        return;
    const char *host = json_string_value(json_object_get(line, "host"));
    state->begun = true;
    state->started = state->last;
    snprintf(state->host, sizeof state->host, "%s", host ? host : "");
}

static up_status take_line(void *reader, int shard, const json_t *line, up_error *error)
{
    up_overview *o = reader;
    up_record record;
    uint64_t *known;
    take_mark(&o->shard[shard], line);
    if (!up_journal_record(line, &record))
        return UP_OK;
    record.time = record.time < 0 ? 0 : record.time > LAST_TIME ? LAST_TIME : record.time;
    UP_TRY(up_key_table_add(&o->known, record.key, &known, error));
    const up_event event = up_journal_event_after((up_event)(*known & ((1 << EVENT_BITS) - 1)),
                                                  (int64_t)(*known >> EVENT_BITS), &record);
    if (event != UP_EVENT_NONE)
        *known = (uint64_t)record.time << EVENT_BITS | (uint64_t)event;
    return UP_OK;
}

up_status up_overview_read(up_overview **overview, const up_manifest_info *info, up_error *error)
{
    static const up_journal_visit visit = { begin, take_line };
    const size_t states = (size_t)info->shards + 1;
    up_overview *o = *overview = up_alloc_zero(1, sizeof *o);
    if (!o)
        return up_fail_memory(error, "the journals", sizeof *o);
    o->shards = info->shards;
    o->shard = up_alloc_zero(states, sizeof *o->shard);
    up_status status = o->shard ? up_journal_files_read(info, 0, &visit, o, error)
                                : up_fail_memory(error, "shards", states * sizeof *o->shard);
    if (status != UP_OK)
        up_overview_free(overview);
    return status;
}

up_event up_overview_find(const up_overview *overview, uint64_t key, int64_t *time)
{
    const uint64_t known = up_key_table_find(&overview->known, key);
    *time = (int64_t)(known >> EVENT_BITS);
    return (up_event)(known & ((1 << EVENT_BITS) - 1));
}

const up_journal_state *up_overview_shard(const up_overview *overview, int shard)
{
    return shard > 0 && shard <= overview->shards ? &overview->shard[shard] : NULL;
}

void up_overview_free(up_overview **overview)
{
    up_overview *o = *overview;
    if (!o)
        return;
    up_key_table_free(&o->known);
    up_free(o->shard);
    up_free(o);
    *overview = NULL;
}
