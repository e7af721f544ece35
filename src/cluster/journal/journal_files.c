/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* asprintf */

#include "cluster/journal/journal_files.h"

#include "cluster/text_lines.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    const up_manifest_info *info;
    const up_journal_visit *visit;
    void *reader;
} reading;

static up_status read_lines(const reading *r, FILE *file, const char *path, int shard,
                            up_error *error)
{
    up_text_line line = { 0 };
    up_status status = UP_OK;
    if (r->visit->begin)
        r->visit->begin(r->reader, shard, file);
    do {
        json_t *o = NULL;
        status = up_text_line_read(&line, file, path, error);
        if (status == UP_OK && line.size > 0)
            status = up_journal_unseal(&o, line.text, line.size, error);
        if (o)
            status = r->visit->line(r->reader, shard, o, error);
        json_decref(o);
    } while (status == UP_OK && line.size > 0);
    free(line.text);
    return status;
}

static up_status read_file(const reading *r, const char *path, int shard, up_error *error)
{
    FILE *file = fopen(path, "re");
    if (!file)
        return up_fail(error, up_status_of(errno, UP_ERROR_INPUT), "%s: cannot be opened: %s", path,
                       strerror(errno));
    up_status status = read_lines(r, file, path, shard, error);
    fclose(file);
    return status;
}

/* By its name; 0: of none of this cut. */
static int shard_of(const char *name, const up_manifest_info *info)
{
    char own[64], cut[32];
    snprintf(own, sizeof own, "%016" PRIx64 "-", info->id);
    snprintf(cut, sizeof cut, "-of-%05d.jsonl", info->shards);
    if (strncmp(name, own, strlen(own)) != 0 || !strstr(name, cut))
        return 0;
    const int shard = atoi(name + strlen(own));
    return shard > 0 && shard <= info->shards ? shard : 0;
}

static int is_journal(const struct dirent *entry)
{
    const size_t size = strlen(entry->d_name);
    return entry->d_name[0] != '.' && size >= 6 && strcmp(entry->d_name + size - 6, ".jsonl") == 0;
}

static up_status read_entry(const reading *r, const char *name, int wanted, up_error *error)
{
    char *path;
    const int shard = shard_of(name, r->info);
    if (wanted != 0 && shard != 0 && shard != wanted)
        return UP_OK;
    if (asprintf(&path, "%s/%s", r->info->journals, name) < 0)
        return up_fail_memory(error, "a name", 1);
    up_status status = read_file(r, path, shard, error);
    free(path);
    return status;
}

up_status up_journal_files_read(const up_manifest_info *info, int shard,
                                const up_journal_visit *visit, void *reader, up_error *error)
{
    const reading r = { info, visit, reader };
    struct dirent **entry;
    const int count = scandir(info->journals, &entry, is_journal, alphasort);
    up_status status = UP_OK;
    if (count < 0)
        return errno == ENOENT ? UP_OK
                               : up_fail(error, up_status_of(errno, UP_ERROR_INPUT),
                                         "%s: cannot be read: %s", info->journals, strerror(errno));
    for (int i = 0; i < count; i++) {
        if (status == UP_OK)
            status = read_entry(&r, entry[i]->d_name, shard, error);
        free(entry[i]);
    }
    free(entry);
    return status;
}
