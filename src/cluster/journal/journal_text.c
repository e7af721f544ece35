/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* asprintf, memmem */

#include "cluster/journal/journal_text.h"

#include "cluster/text_lines.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#define SEAL ",\"crc\":\""
enum { SEAL_SIZE = 8, CHECKSUM_SIZE = 8, TAIL_SIZE = 3 /* "}\n */ };

static const char *const events[] = {
    [UP_EVENT_NONE] = "none",
    [UP_EVENT_MADE] = "made",
    [UP_EVENT_DONE] = "done",
    [UP_EVENT_FAILED] = "failed",
};

char *up_journal_name(const up_manifest_info *info, int shard)
{
    char *name = NULL;
    const int made = shard > 0 ? asprintf(&name, "%s/%016" PRIx64 "-%05d-of-%05d.jsonl",
                                          info->journals, info->id, shard, info->shards)
                               : asprintf(&name, "%s/%016" PRIx64 "-%s.jsonl", info->journals,
                                          info->id, shard ? "join" : "all");
    return made < 0 ? NULL : name;
}

char *up_journal_seal(json_t *object)
{
    char *line = json_dumps(object, JSON_COMPACT | JSON_REAL_PRECISION(6)), *sealed = NULL;
    json_decref(object);
    const size_t size = line ? strlen(line) - 1 : 0; /* without the brace */
    const unsigned long sum = crc32_z(0, (const unsigned char *)line, size);
    if (!line || asprintf(&sealed, "%.*s" SEAL "%08lx\"}\n", (int)size, line, sum) < 0)
        sealed = NULL;
    free(line);
    return sealed;
}

up_status up_journal_unseal(json_t **object, const char *line, size_t size, up_error *error)
{
    const size_t tail = SEAL_SIZE + CHECKSUM_SIZE + TAIL_SIZE;
    char *end;
    *object = NULL;
    if (size <= tail || line[size - 1] != '\n' || memcmp(line + size - tail, SEAL, SEAL_SIZE) != 0)
        return UP_OK;
    const unsigned long sum = strtoul(line + size - tail + SEAL_SIZE, &end, 16);
    const bool sound = end == line + size - TAIL_SIZE &&
                       sum == crc32_z(0, (const unsigned char *)line, size - tail);
    return sound ? up_text_line_parse(object, line, size, error) : UP_OK;
}

static json_t *hash_text(uint64_t hash)
{
    char text[24];
    snprintf(text, sizeof text, "%016" PRIx64, hash);
    return json_string(text);
}

static uint64_t hash_value(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text ? strtoull(text, NULL, 16) : 0;
}

static void set_facts(json_t *o, const up_record *r)
{
    json_object_set_new(o, "options", hash_text(r->options));
    json_object_set_new(o, "input_bytes", json_integer(r->input.bytes));
    json_object_set_new(o, "input_time", json_integer(r->input.changed));
    json_object_set_new(o, "input_hash", hash_text(r->input.hash));
}

char *up_journal_line(const up_record *r)
{
    json_t *o = json_object();
    json_object_set_new(o, "key", hash_text(r->key));
    json_object_set_new(o, "event", json_string(events[r->event]));
    if (r->event == UP_EVENT_MADE || r->event == UP_EVENT_FAILED)
        set_facts(o, r);
    if (r->event == UP_EVENT_MADE) {
        json_object_set_new(o, "bytes", json_integer(r->output.bytes));
        json_object_set_new(o, "hash", hash_text(r->output.hash));
    } else if (r->event == UP_EVENT_DONE) {
        json_object_set_new(o, "seconds", json_real(r->seconds));
    } else {
        json_object_set_new(o, "again", json_boolean(r->again));
        json_t *message = json_string(r->message);
        json_object_set_new(o, "error", message ? message : json_string("its name is no UTF-8"));
    }
    json_object_set_new(o, "time", json_integer(r->time));
    return up_journal_seal(o);
}

bool up_journal_record(const json_t *o, up_record *r)
{
    const char *event = json_string_value(json_object_get(o, "event"));
    *r = (up_record){ .key = hash_value(o, "key"),
                      .options = hash_value(o, "options"),
                      .input = { json_integer_value(json_object_get(o, "input_bytes")),
                                 json_integer_value(json_object_get(o, "input_time")),
                                 hash_value(o, "input_hash") },
                      .output = { json_integer_value(json_object_get(o, "bytes")), 0,
                                  hash_value(o, "hash") },
                      .again = json_is_true(json_object_get(o, "again")),
                      .seconds = json_number_value(json_object_get(o, "seconds")),
                      .message = json_string_value(json_object_get(o, "error")),
                      .time = json_integer_value(json_object_get(o, "time")) };
    for (int e = UP_EVENT_MADE; e <= UP_EVENT_FAILED && event; e++)
        if (strcmp(event, events[e]) == 0)
            r->event = (up_event)e;
    return r->event != UP_EVENT_NONE && r->key;
}

/* What was made is done when it has its name; all else replaces what was known. Journals may be
 * read in another order than they were written in. */
up_event up_journal_event_after(up_event known, int64_t since, const up_record *record)
{
    const bool made = known == UP_EVENT_MADE || known == UP_EVENT_DONE;
    if (record->time < since || (record->event == UP_EVENT_DONE && !made))
        return UP_EVENT_NONE;
    return record->event;
}
