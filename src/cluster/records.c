/* SPDX-License-Identifier: MIT */
/* What journals say in the end, by output. */
#define _GNU_SOURCE

#include "base/memory.h"
#include "cluster/journal_text.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct up_records {
    up_record *slot; /* a power of two of them, key 0: empty */
    size_t count, room;
};

static up_record *place_of(const up_records *r, uint64_t key)
{
    size_t at = (size_t)key & (r->room - 1);
    while (r->slot[at].key && r->slot[at].key != key)
        at = (at + 1) & (r->room - 1);
    return &r->slot[at];
}

static up_status grow(up_records *r, up_error *error)
{
    if (r->room > 0 && r->count < r->room / 4 * 3)
        return UP_OK;
    up_records grown = { .room = r->room ? 2 * r->room : 1024, .count = r->count };
    grown.slot = calloc(grown.room, sizeof *grown.slot);
    if (!grown.slot)
        return up_fail_memory(error, "the records", grown.room * sizeof *grown.slot);
    for (size_t i = 0; i < r->room; i++)
        if (r->slot[i].key)
            *place_of(&grown, r->slot[i].key) = r->slot[i];
    free(r->slot);
    *r = grown;
    return UP_OK;
}

/* What was made is done when it has its name; all else replaces what was known. Journals may be
 * read in another order than they were written in. */
static up_status take(up_records *r, const up_record *record, up_error *error)
{
    UP_TRY(grow(r, error));
    up_record *known = place_of(r, record->key);
    if (record->time < known->time)
        return UP_OK;
    if (record->event == UP_EVENT_DONE) {
        if (known->event == UP_EVENT_MADE || known->event == UP_EVENT_DONE) {
            known->event = UP_EVENT_DONE;
            known->seconds = record->seconds;
            known->time = record->time;
        }
        return UP_OK;
    }
    r->count += known->key == 0;
    free((char *)known->message);
    *known = *record;
    known->message = record->message ? strdup(record->message) : NULL;
    return UP_OK;
}

static up_status read_file(up_records *r, const char *path, up_error *error)
{
    FILE *file = fopen(path, "re");
    char *line = NULL;
    size_t room = 0;
    ssize_t size;
    up_status status = UP_OK;
    if (!file)
        return up_fail(error, up_status_of(errno, UP_ERROR_INPUT), "%s: cannot be opened: %s", path,
                       strerror(errno));
    while (status == UP_OK && (size = getline(&line, &room, file)) > 0) {
        up_record record;
        json_t *o = up_journal_unseal(line, (size_t)size);
        if (o && up_journal_record(o, &record) && record.key)
            status = take(r, &record, error);
        json_decref(o);
    }
    if (status == UP_OK && ferror(file))
        status = up_fail(error, UP_ERROR_IO, "%s: cannot be read: %s", path, strerror(errno));
    free(line);
    fclose(file);
    return status;
}

/* All journals of other cuts, and of this one that of the shard. */
static bool is_wanted(const char *name, const up_manifest_info *info, int shard)
{
    char own[64], cut[32];
    const size_t size = strlen(name);
    if (size < 6 || strcmp(name + size - 6, ".jsonl") != 0)
        return false;
    snprintf(own, sizeof own, "%016" PRIx64 "-", info->id);
    snprintf(cut, sizeof cut, "-of-%05d.jsonl", info->shards);
    if (shard == 0 || strncmp(name, own, strlen(own)) != 0 || !strstr(name, cut))
        return true;
    return atoi(name + strlen(own)) == shard;
}

static int visible(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static up_status read_folder(up_records *r, const up_manifest_info *info, int shard,
                             up_error *error)
{
    struct dirent **entry;
    const int count = scandir(info->journals, &entry, visible, alphasort);
    up_status status = UP_OK;
    if (count < 0)
        return errno == ENOENT ? UP_OK
                               : up_fail(error, up_status_of(errno, UP_ERROR_INPUT),
                                         "%s: cannot be read: %s", info->journals, strerror(errno));
    for (int i = 0; i < count; i++) {
        char *path = NULL;
        if (status == UP_OK && is_wanted(entry[i]->d_name, info, shard)) {
            status = asprintf(&path, "%s/%s", info->journals, entry[i]->d_name) < 0
                         ? up_fail_memory(error, "a name", 1)
                         : read_file(r, path, error);
            free(path);
        }
        free(entry[i]);
    }
    free(entry);
    return status;
}

up_status up_records_read(up_records **records, const up_manifest_info *info, int shard,
                          up_error *error)
{
    up_records *r = *records = up_alloc_zero(1, sizeof *r);
    if (!r)
        return up_fail_memory(error, "the records", sizeof *r);
    up_status status = grow(r, error);
    if (status == UP_OK)
        status = read_folder(r, info, shard, error);
    if (status != UP_OK)
        up_records_free(records);
    return status;
}

const up_record *up_records_find(const up_records *records, uint64_t key)
{
    const up_record *found = place_of(records, key);
    return found->key ? found : NULL;
}

void up_records_free(up_records **records)
{
    up_records *r = *records;
    if (!r)
        return;
    for (size_t i = 0; i < r->room; i++)
        free((char *)r->slot[i].message);
    free(r->slot);
    up_free(r);
    *records = NULL;
}
