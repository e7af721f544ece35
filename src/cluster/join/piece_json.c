/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* asprintf */

#include "cluster/join/piece_json.h"

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

static char *bytes_of(const char *text)
{
    const size_t size = strlen(text) / 2;
    char *bytes = malloc(size + 1);
    unsigned value;
    for (size_t i = 0; bytes && i < size; i++) {
        if (sscanf(text + 2 * i, "%2x", &value) != 1 || value == 0) {
            free(bytes);
            return NULL;
        }
        bytes[i] = (char)value;
    }
    if (bytes)
        bytes[size] = 0;
    return bytes;
}

static void hex_name(char name[32], const char *of)
{
    snprintf(name, 32, "%s_hex", of);
}

bool up_json_set_path(json_t *object, const char *name, const char *path)
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

char *up_json_get_path(const json_t *object, const char *name)
{
    char other[32];
    const char *text = json_string_value(json_object_get(object, name));
    if (text)
        return strdup(text);
    hex_name(other, name);
    text = json_string_value(json_object_get(object, other));
    return text ? bytes_of(text) : NULL;
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
    bool fine =
        o && up_json_set_path(o, "input", p->input) && up_json_set_path(o, "output", p->output);
    json_object_set_new(o, "width", json_integer(p->width));
    json_object_set_new(o, "height", json_integer(p->height));
    json_object_set_new(o, "bytes", json_integer(p->bytes));
    json_object_set_new(o, "cost", json_real(p->cost));
    if (p->shard > 0)
        json_object_set_new(o, "shard", json_integer(p->shard));
    if (p->join) {
        json_object_set_new(o, "rows", json_pack("[ii]", p->first, p->end));
        fine = fine && up_json_set_path(o, "join", p->join);
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
    return line_of(o, up_json_set_path(o, "journals", info->journals), "", "");
}

static int number(const json_t *object, const char *name)
{
    const json_int_t value = json_integer_value(json_object_get(object, name));
    return value > 0 && value <= INT32_MAX ? (int)value : 0;
}

bool up_piece_read(up_piece *p, const char *line, size_t size)
{
    json_t *o = json_loadb(line, size, 0, NULL), *options = json_object_get(o, "options");
    const json_t *rows = json_object_get(o, "rows");
    *p = (up_piece){ .input = up_json_get_path(o, "input"),
                     .output = up_json_get_path(o, "output"),
                     .options = json_is_array(options) ? json_dumps(options, JSON_COMPACT) : NULL,
                     .width = number(o, "width"),
                     .height = number(o, "height"),
                     .bytes = json_integer_value(json_object_get(o, "bytes")),
                     .cost = json_number_value(json_object_get(o, "cost")),
                     .shard = number(o, "shard") };
    if (rows) {
        p->join = up_json_get_path(o, "join");
        p->first = (int)json_integer_value(json_array_get(rows, 0));
        p->end = (int)json_integer_value(json_array_get(rows, 1));
    }
    const bool fine = p->input && p->output && p->options && p->cost >= 0 &&
                      (!rows || (p->join && p->first >= 0 && p->end > p->first));
    json_decref(o);
    if (!fine)
        up_piece_clear(p);
    return fine;
}

void up_piece_clear(up_piece *piece)
{
    free(piece->input);
    free(piece->output);
    free(piece->options);
    free(piece->join);
    *piece = (up_piece){ 0 };
}
