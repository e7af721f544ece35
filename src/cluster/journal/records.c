/* SPDX-License-Identifier: MIT */
/* What journals say in the end, by output. */
#define _GNU_SOURCE /* strdup */

#include <upscale_cluster.h>

#include "base/memory.h"
#include "cluster/journal/journal_files.h"
#include "cluster/key_table.h"

#include <stdlib.h>
#include <string.h>

struct up_records {
    up_key_table places; /* in `record`, from 1 */
    up_record *record;
    size_t count, room;
};

static up_status grow(up_records *r, up_error *error)
{
    if (r->count < r->room)
        return UP_OK;
    const size_t room = r->room + r->room / 2 + 256;
    up_record *grown = realloc(r->record, room * sizeof *grown);
    if (!grown)
        return up_fail_memory(error, "the records", room * sizeof *grown);
    r->record = grown;
    r->room = room;
    return UP_OK;
}

static up_status take(up_records *r, const up_record *record, up_error *error)
{
    uint64_t *place;
    UP_TRY(up_key_table_add(&r->places, record->key, &place, error));
    UP_TRY(grow(r, error));
    if (*place == 0) {
        r->record[r->count++] = (up_record){ .key = record->key };
        *place = r->count;
    }
    up_record *known = &r->record[*place - 1];
    const up_event event = up_journal_event_after(known->event, known->time, record);
    if (event == UP_EVENT_DONE) {
        known->event = event;
        known->seconds = record->seconds;
        known->time = record->time;
    } else if (event != UP_EVENT_NONE) {
        free((char *)known->message);
        *known = *record;
        known->message = record->message ? strdup(record->message) : NULL;
        if (record->message && !known->message)
            return up_fail_memory(error, "the records", strlen(record->message));
    }
    return UP_OK;
}

static up_status take_line(void *reader, int shard, const json_t *line, up_error *error)
{
    up_record record;
    (void)shard;
    return up_journal_record(line, &record) ? take(reader, &record, error) : UP_OK;
}

up_status up_records_read(up_records **records, const up_manifest_info *info, int shard,
                          up_error *error)
{
    static const up_journal_visit visit = { NULL, take_line };
    up_records *r = *records = up_alloc_zero(1, sizeof *r);
    if (!r)
        return up_fail_memory(error, "the records", sizeof *r);
    up_status status = up_journal_files_read(info, shard, &visit, r, error);
    if (status != UP_OK)
        up_records_free(records);
    return status;
}

const up_record *up_records_find(const up_records *records, uint64_t key)
{
    const uint64_t place = up_key_table_find(&records->places, key);
    const up_record *found = place ? &records->record[place - 1] : NULL;
    return found && found->event != UP_EVENT_NONE ? found : NULL;
}

void up_records_free(up_records **records)
{
    up_records *r = *records;
    if (!r)
        return;
    for (size_t i = 0; i < r->count; i++)
        free((char *)r->record[i].message);
    free(r->record);
    up_key_table_free(&r->places);
    up_free(r);
    *records = NULL;
}
