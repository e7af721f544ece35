/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* asprintf */

/* From pieces one after the other to a plan: costs in memory, all else in a file meanwhile. */

#include <upscale_cluster.h>

#include "base/hash.h"
#include "base/memory.h"
#include "cluster/balance.h"
#include "cluster/join/piece_json.h"
#include "cluster/text_lines.h"
#include "io/formats.h"
#include "io/sink.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BAND_ROWS = 16 }; /* bands begin at multiples of these: blocks of JPEG */

typedef struct {
    float cost, decode; /* as up_piece */
    int height;         /* of the output */
} entry;

struct up_planner {
    FILE *lines;
    entry *entry;
    uint64_t *key;
    size_t count, room;
    up_hash hash; /* of all lines */
};

up_status up_planner_open(up_planner **planner, up_error *error)
{
    up_planner *p = *planner = up_alloc_zero(1, sizeof *p);
    if (!p)
        return up_fail_memory(error, "a plan", sizeof *p);
    up_hash_init(&p->hash);
    p->lines = tmpfile();
    if (p->lines)
        return UP_OK;
    up_planner_close(planner);
    return up_fail(error, up_status_of(errno, UP_ERROR_OUTPUT),
                   "there can be no temporary file: %s", strerror(errno));
}

void up_planner_close(up_planner **planner)
{
    up_planner *p = *planner;
    if (!p)
        return;
    if (p->lines)
        fclose(p->lines);
    free(p->entry);
    free(p->key);
    up_free(p);
    *planner = NULL;
}

static up_status grow(up_planner *p, up_error *error)
{
    if (p->count < p->room)
        return UP_OK;
    const size_t room = p->room + p->room / 2 + 1024;
    entry *entries = realloc(p->entry, room * sizeof *entries);
    if (entries)
        p->entry = entries;
    uint64_t *keys = realloc(p->key, room * sizeof *keys);
    if (keys)
        p->key = keys;
    if (!entries || !keys)
        return up_fail_memory(error, "a plan", room * (sizeof *entries + sizeof *keys));
    p->room = room;
    return UP_OK;
}

up_status up_planner_add(up_planner *p, const up_piece *piece, up_error *error)
{
    UP_TRY(grow(p, error));
    char *line = up_piece_line(piece);
    if (!line)
        return up_fail_memory(error, "a plan", 1);
    const size_t size = strlen(line);
    const bool written = fwrite(line, 1, size, p->lines) == size;
    up_hash_add(&p->hash, line, size);
    free(line);
    if (!written)
        return up_fail(error, UP_ERROR_SPACE, "a temporary file cannot be written: %s",
                       strerror(errno));
    p->entry[p->count] = (entry){ (float)piece->cost, (float)piece->decode, piece->height };
    p->key[p->count++] = up_piece_key(piece->output);
    return UP_OK;
}

/* ---- two outputs of one name */

static int by_key(const void *a, const void *b)
{
    const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

static const char temporary[] = "a temporary file";

static up_status read_back(up_piece *piece, const up_text_line *line, up_error *error)
{
    bool good;
    UP_TRY(up_piece_read(piece, line->text, line->size, &good, error));
    return good ? UP_OK : up_fail(error, UP_ERROR_IO, "%s cannot be read back", temporary);
}

static up_status name_collision(up_planner *p, uint64_t key, up_error *error)
{
    up_text_line line = { 0 };
    char *first = NULL;
    up_status status = UP_OK;
    rewind(p->lines);
    while (status == UP_OK &&
           (status = up_text_line_read(&line, p->lines, temporary, error)) == UP_OK &&
           line.size > 0) {
        up_piece piece;
        status = read_back(&piece, &line, error);
        if (status != UP_OK || up_piece_key(piece.output) != key) {
            up_piece_clear(&piece);
            continue;
        }
        if (first)
            status = up_fail(error, UP_ERROR_ARGUMENT,
                             "%s and %s would both become %s; --name '{dir}/{stem}.{ext}', or "
                             "another --name, keeps them apart",
                             first, piece.input, piece.output);
        else if (!(first = strdup(piece.input)))
            status = up_fail_memory(error, "a name", strlen(piece.input));
        up_piece_clear(&piece);
    }
    free(line.text);
    free(first);
    return status;
}

static up_status check_collisions(up_planner *p, up_error *error)
{
    qsort(p->key, p->count, sizeof *p->key, by_key);
    for (size_t i = 1; i < p->count; i++)
        if (p->key[i] == p->key[i - 1])
            return name_collision(p, p->key[i], error);
    return UP_OK;
}

/* ---- bands */

static double total_of(const up_planner *p)
{
    double total = 0;
    for (size_t i = 0; i < p->count; i++)
        total += p->entry[i].cost;
    return total;
}

/* As many as make none cost more than a shard has to do; where decoding alone takes about that,
 * what comes after it is a quarter. */
static int bands_of(const entry *e, double share)
{
    const int most = (e->height + BAND_ROWS - 1) / BAND_ROWS;
    const double room = share - e->decode > share / 4 ? share - e->decode : share / 4;
    const double wanted = share > 0 && e->cost > share ? (e->cost - e->decode) / room : 1;
    return wanted <= 1.001 || most < 2 ? 1 : wanted > most ? most : (int)(wanted + 0.999);
}

static double band_cost(const entry *e, int band, int bands)
{
    return (e->cost - e->decode + e->decode * (band + 1.0)) / bands;
}

static int band_row(int height, int band, int bands)
{
    const int64_t row = (int64_t)height * band / bands;
    return band == bands ? height : (int)(row / BAND_ROWS * BAND_ROWS);
}

static char *band_name(const char *output, int band, int bands)
{
    const char *slash = strrchr(output, '/'), *dot = strrchr(slash ? slash : output, '.');
    char *name = NULL;
    if (asprintf(&name, "%s.bands/%05d-of-%05d%s", output, band + 1, bands, dot ? dot : "") < 0)
        return NULL;
    return name;
}

typedef struct {
    up_planner *planner;
    up_manifest_writer *out;
    const int *shard; /* of every piece in turn */
    double share;     /* of a shard, or INFINITY: nothing is cut */
    up_planned *planned;
} writing;

static up_status put_bands(writing *w, const up_text_line *line, const entry *e, int bands,
                           up_error *error)
{
    up_status status = UP_OK;
    up_piece piece;
    UP_TRY(read_back(&piece, line, error));
    char *whole = piece.output;
    w->planned->cut++;
    const up_sink_format *type;
    if (up_sink_format_find(&type, NULL, whole, NULL) == UP_OK)
        status = up_sink_check_bands(type, whole, error);
    for (int b = 0; b < bands && status == UP_OK; b++) {
        up_piece band = piece;
        band.first = band_row(piece.height, b, bands);
        band.end = band_row(piece.height, b + 1, bands);
        band.cost = band_cost(e, b, bands);
        band.join = whole;
        band.output = band_name(whole, b, bands);
        band.shard = *w->shard++;
        status = band.output ? up_manifest_put(w->out, &band, error)
                             : up_fail_memory(error, "a name", strlen(whole));
        free(band.output);
    }
    up_piece_clear(&piece);
    return status;
}

static up_status put_all(writing *w, up_error *error)
{
    up_planner *p = w->planner;
    up_text_line line = { 0 };
    up_status status = UP_OK;
    rewind(p->lines);
    for (size_t i = 0; i < p->count && status == UP_OK; i++) {
        const int bands = bands_of(&p->entry[i], w->share);
        status = up_text_line_read(&line, p->lines, temporary, error);
        if (status == UP_OK && line.size == 0)
            status = up_fail(error, UP_ERROR_IO, "%s cannot be read back", temporary);
        else if (status == UP_OK && bands > 1)
            status = put_bands(w, &line, &p->entry[i], bands, error);
        else if (status == UP_OK)
            status = up_manifest_put_line(
                w->out, up_piece_line_in(line.text, line.size, *w->shard++), error);
    }
    free(line.text);
    return status;
}

/* ---- shares */

static size_t count_pieces(const up_planner *p, double share)
{
    size_t pieces = 0;
    for (size_t i = 0; i < p->count; i++)
        pieces += (size_t)bands_of(&p->entry[i], share);
    return pieces;
}

static up_status share_out(const up_planner *p, writing *w, int shards, int **shard,
                           up_error *error)
{
    const size_t pieces = w->planned->pieces = count_pieces(p, w->share);
    float *cost = malloc((pieces + 1) * sizeof *cost);
    *shard = malloc((pieces + 1) * sizeof **shard);
    up_status status = cost && *shard ? UP_OK : up_fail_memory(error, "a plan", pieces * 8);
    size_t at = 0;
    for (size_t i = 0; i < p->count && status == UP_OK; i++) {
        const int bands = bands_of(&p->entry[i], w->share);
        for (int b = 0; b < bands; b++)
            w->planned->cost += cost[at++] = (float)band_cost(&p->entry[i], b, bands);
    }
    if (status == UP_OK)
        status =
            up_balance(*shard, cost, pieces, shards, &w->planned->least, &w->planned->most, error);
    free(cost);
    w->shard = *shard;
    return status;
}

up_status up_planner_write(up_planner *p, const char *path, int shards, bool bands, bool overwrite,
                           up_planned *planned, up_error *error)
{
    int *shard = NULL;
    char *journals = NULL;
    *planned = (up_planned){ 0 };
    writing w = { .planner = p, .planned = planned };
    w.share = bands ? total_of(p) / shards : 1e300;
    UP_TRY(check_collisions(p, error));
    up_status status = share_out(p, &w, shards, &shard, error);
    up_hash id = p->hash;
    up_hash_add(&id, (char[2]){ bands, 0 }, 1);
    up_hash_add(&id, &shards, sizeof shards);
    if (status == UP_OK && asprintf(&journals, "%s.journals", path) < 0)
        status = up_fail_memory(error, path, strlen(path));
    const up_manifest_info info = { up_hash_end(&id), shards, journals };
    if (status == UP_OK)
        status = up_manifest_create(&w.out, path, overwrite, &info, error);
    if (status == UP_OK)
        status = put_all(&w, error);
    const up_status finished = up_manifest_finish(&w.out, status == UP_OK ? error : NULL);
    free(journals);
    free(shard);
    return status == UP_OK ? finished : status;
}
