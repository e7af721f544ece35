/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* asprintf */

#include "cluster/join/piece_json.h"

#include "base/status.h"
#include "cluster/text_lines.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *hexadecimal(const char *bytes)
{
    const size_t size = strlen(bytes);
    char *text = malloc(2 * size + 1);
    for (size_t i = 0; text && i < size; i++)
        snprintf(text + 2 * i, 3, "%02x", (unsigned char)bytes[i]);
    return text;
}

/* *bytes NULL: the text is not hexadecimal. false: there is no memory. */
static bool bytes_of(char **bytes, const char *text)
{
    const size_t size = strlen(text) / 2;
    char *made = *bytes = malloc(size + 1);
    unsigned value;
    if (!made)
        return false;
    for (size_t i = 0; i < size; i++) {
        if (sscanf(text + 2 * i, "%2x", &value) != 1 || value == 0) {
            free(made);
            *bytes = NULL;
            return true;
        }
        made[i] = (char)value;
    }
    made[size] = 0;
    return true;
}

static void hex_name(char name[32], const char *of)
{
    snprintf(name, 32, "%s_hex", of);
}

/* Any bytes: those that are no UTF-8 in hexadecimal, under NAME_hex. */
static bool set_path(json_t *object, const char *name, const char *path)
{
    char other[32];
    json_t *text = json_string(path); /* NULL where it is no UTF-8 */
    if (text)
        return json_object_set_new(object, name, text) == 0;
    char *hex = hexadecimal(path);
    hex_name(other, name);
    bool fine = hex && json_object_set_new(object, other, json_string(hex)) == 0;
    free(hex);
    return fine;
}

bool up_json_get_path(char **path, const json_t *object, const char *name)
{
    char other[32];
    const char *text = json_string_value(json_object_get(object, name));
    *path = text ? strdup(text) : NULL;
    if (text)
        return *path;
    hex_name(other, name);
    text = json_string_value(json_object_get(object, other));
    return !text || bytes_of(path, text);
}

/* With `more`, members as they are written, or "", at its end. */
static char *line_of(json_t *object, bool fine, const char *name, const char *more)
{
    const size_t flags = JSON_COMPACT | JSON_REAL_PRECISION(6);
    char *text = fine ? json_dumps(object, flags) : NULL, *line = NULL;
    json_decref(object);
    if (text && asprintf(&line, "%.*s%s%s}\n", (int)strlen(text) - 1, text, name, more) < 0)
        line = NULL;
    free(text);
    return line;
}

char *up_piece_line(const up_piece *p)
{
    json_t *o = json_object();
    bool fine = o && set_path(o, "input", p->input) && set_path(o, "output", p->output);
    json_object_set_new(o, "width", json_integer(p->width));
    json_object_set_new(o, "height", json_integer(p->height));
    json_object_set_new(o, "bytes", json_integer(p->bytes));
    json_object_set_new(o, "cost", json_real(p->cost));
    if (p->shard > 0)
        json_object_set_new(o, "shard", json_integer(p->shard));
    if (p->join) {
        json_object_set_new(o, "rows", json_pack("[ii]", p->first, p->end));
        fine = fine && set_path(o, "join", p->join);
    }
    return line_of(o, fine, ",\"options\":", p->options);
}

char *up_piece_line_in(const char *line, size_t size, int shard)
{
    char *whole = NULL;
    if (size < 3 || asprintf(&whole, "%.*s,\"shard\":%d}\n", (int)size - 2, line, shard) < 0)
        return NULL;
    return whole;
}

char *up_manifest_head(const up_manifest_info *info)
{
    char id[24];
    json_t *o = json_object();
    snprintf(id, sizeof id, "%016" PRIx64, info->id);
    json_object_set_new(o, "upscale_plan", json_integer(1));
    json_object_set_new(o, "id", json_string(id));
    json_object_set_new(o, "shards", json_integer(info->shards));
    return line_of(o, set_path(o, "journals", info->journals), "", "");
}

static int number(const json_t *object, const char *name)
{
    const json_int_t value = json_integer_value(json_object_get(object, name));
    return value > 0 && value <= INT32_MAX ? (int)value : 0;
}

/* false: there is no memory. */
static bool read_texts(up_piece *p, const json_t *o)
{
    const json_t *options = json_object_get(o, "options");
    const bool stated = json_is_array(options);
    p->options = stated ? json_dumps(options, JSON_COMPACT) : NULL;
    return (!stated || p->options) && up_json_get_path(&p->input, o, "input") &&
           up_json_get_path(&p->output, o, "output") &&
           (!json_object_get(o, "rows") || up_json_get_path(&p->join, o, "join"));
}

up_status up_piece_read(up_piece *p, const char *line, size_t size, bool *good, up_error *error)
{
    json_t *o;
    *p = (up_piece){ 0 };
    *good = false;
    UP_TRY(up_text_line_parse(&o, line, size, error));
    const json_t *rows = json_object_get(o, "rows");
    const bool room = read_texts(p, o);
    p->width = number(o, "width");
    p->height = number(o, "height");
    p->bytes = json_integer_value(json_object_get(o, "bytes"));
    p->cost = json_number_value(json_object_get(o, "cost"));
    p->shard = number(o, "shard");
    p->first = (int)json_integer_value(json_array_get(rows, 0));
    p->end = (int)json_integer_value(json_array_get(rows, 1));
    *good = room && p->input && p->output && p->options && p->cost >= 0 &&
            (!rows || (p->join && p->first >= 0 && p->end > p->first));
    json_decref(o);
    if (!*good)
        up_piece_clear(p);
    return room ? UP_OK : up_fail_memory(error, "a piece", size);
}

void up_piece_clear(up_piece *piece)
{
    free(piece->input);
    free(piece->output);
    free(piece->options);
    free(piece->join);
    *piece = (up_piece){ 0 };
}
