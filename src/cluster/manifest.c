/* SPDX-License-Identifier: MIT */
/* Reading and writing plans, line by line. */

#include <upscale_cluster.h>

#include "base/memory.h"
#include "cluster/join/piece_json.h"
#include "cluster/text_lines.h"
#include "io/files/writer.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LONGEST ((size_t)1 << 20) /* bytes of a line */
enum { MOST_SHARDS = 1000000 };   /* for each of which some memory is taken */

struct up_manifest {
    FILE *file;
    char *path, *journals;
    up_text_line line;
    int64_t number; /* of the line, from 1 */
    int shard;      /* that is wanted; 0: all */
    up_manifest_info info;
};

struct up_manifest_writer {
    up_writer *file;
};

static up_status next_line(up_manifest *m, up_error *error)
{
    m->number++;
    UP_TRY(up_text_line_read(&m->line, m->file, m->path, error));
    if (m->line.size > LONGEST)
        return up_fail(error, UP_ERROR_INPUT, "%s: line %lld is too long for a plan", m->path,
                       (long long)m->number);
    return UP_OK;
}

static up_status read_head(up_manifest *m, up_error *error)
{
    json_t *o;
    UP_TRY(next_line(m, error));
    UP_TRY(up_text_line_parse(&o, m->line.size ? m->line.text : "", m->line.size, error));
    const char *id = json_string_value(json_object_get(o, "id"));
    const json_int_t version = json_integer_value(json_object_get(o, "upscale_plan"));
    const json_int_t shards = json_integer_value(json_object_get(o, "shards"));
    const bool room = up_json_get_path(&m->journals, o, "journals");
    m->info.id = id ? strtoull(id, NULL, 16) : 0;
    m->info.shards = shards > 0 && shards <= MOST_SHARDS ? (int)shards : 0;
    m->info.journals = m->journals;
    const bool fine = version == 1 && id && m->info.shards > 0 && m->journals;
    json_decref(o);
    if (!room)
        return up_fail_memory(error, m->path, m->line.size);
    return fine ? UP_OK
                : up_fail(error, UP_ERROR_INPUT,
                          "%s: is no plan that this version reads; 'upscale plan' makes one",
                          m->path);
}

up_status up_manifest_open(up_manifest **manifest, const char *path, up_error *error)
{
    up_manifest *m = *manifest = up_alloc_zero(1, sizeof *m);
    if (!m)
        return up_fail_memory(error, path, sizeof *m);
    m->path = strdup(path);
    m->file = m->path ? fopen(path, "re") : NULL;
    up_status status = UP_OK;
    if (!m->file)
        status = up_fail(error, up_status_of(errno, UP_ERROR_INPUT), "%s: cannot be opened: %s",
                         path, strerror(errno));
    if (status == UP_OK)
        status = read_head(m, error);
    if (status != UP_OK)
        up_manifest_close(manifest);
    return status;
}

const up_manifest_info *up_manifest_get_info(const up_manifest *manifest)
{
    return &manifest->info;
}

void up_manifest_take(up_manifest *manifest, int shard)
{
    manifest->shard = shard;
}

/* Lines end with the shard, as the planner writes them: a task need not parse those of all others.
 */
static bool is_of_another(const up_manifest *m)
{
    static const char name[] = ",\"shard\":";
    char tail[32];
    const size_t size = m->line.size, length = size < sizeof tail ? size : sizeof tail - 1;
    memcpy(tail, m->line.text + size - length, length);
    tail[length] = 0;
    const char *found = strstr(tail, name);
    int shard, used = 0;
    if (m->shard == 0 || !found || sscanf(found + strlen(name), "%d}\n%n", &shard, &used) != 1)
        return false;
    return used > 0 && shard != m->shard;
}

up_status up_manifest_next(up_manifest *m, up_piece *piece, bool *more, up_error *error)
{
    bool good = true;
    *piece = (up_piece){ 0 };
    do {
        UP_TRY(next_line(m, error));
    } while (m->line.size > 0 && is_of_another(m));
    *more = m->line.size > 0;
    if (*more)
        UP_TRY(up_piece_read(piece, m->line.text, m->line.size, &good, error));
    if (!good || piece->shard > m->info.shards)
        return up_fail(error, UP_ERROR_INPUT, "%s: line %lld is no piece of a plan", m->path,
                       (long long)m->number);
    return UP_OK;
}

void up_manifest_close(up_manifest **manifest)
{
    up_manifest *m = *manifest;
    if (!m)
        return;
    if (m->file)
        fclose(m->file);
    free(m->path);
    free(m->line.text);
    free(m->journals);
    up_free(m);
    *manifest = NULL;
}

/* ---- writing */

up_status up_manifest_put_line(up_manifest_writer *w, char *line, up_error *error)
{
    if (!line)
        return up_fail_memory(error, "a line", 1);
    up_status status = up_writer_write(w->file, line, strlen(line), error);
    free(line);
    return status;
}

up_status up_manifest_create(up_manifest_writer **writer, const char *path, bool overwrite,
                             const up_manifest_info *info, up_error *error)
{
    up_manifest_writer *w = *writer = up_alloc_zero(1, sizeof *w);
    if (!w)
        return up_fail_memory(error, path, sizeof *w);
    up_status status = up_writer_open(&w->file, path, overwrite, error);
    if (status == UP_OK)
        status = up_manifest_put_line(w, up_manifest_head(info), error);
    if (status != UP_OK)
        up_manifest_finish(writer, NULL);
    return status;
}

up_status up_manifest_put(up_manifest_writer *writer, const up_piece *piece, up_error *error)
{
    return up_manifest_put_line(writer, up_piece_line(piece), error);
}

up_status up_manifest_finish(up_manifest_writer **writer, up_error *error)
{
    up_manifest_writer *w = *writer;
    up_status status = UP_OK;
    if (!w)
        return UP_OK;
    if (error)
        status = up_writer_publish(w->file, error);
    up_writer_close(&w->file);
    up_free(w);
    *writer = NULL;
    return status;
}
