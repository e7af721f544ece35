/* SPDX-License-Identifier: MIT */
#include "base/json/json_writer.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/utf8.h"

static void put(up_json_writer *to, const char *text, size_t size)
{
    size_t need;
    if (to->no_memory || !up_add(to->size, size, &need) || !up_add(need, 1, &need)) {
        to->no_memory = true;
        return;
    }
    if (need > to->room) {
        const size_t room = need > SIZE_MAX / 2 ? need : 2 * need;
        char *grown = realloc(to->text, room);
        to->no_memory = !grown;
        if (!grown)
            return;
        to->text = grown;
        to->room = room;
    }
    memcpy(to->text + to->size, text, size);
    to->size += size;
}

static void begin_value(up_json_writer *to)
{
    if (to->follows)
        put(to, ",", 1);
    to->follows = true;
}

static void put_string(up_json_writer *to, const char *text)
{
    static const char marked[] = "\"\\\b\f\n\r\t", marks[] = "\"\\bfnrt";
    const size_t size = strlen(text);
    char escape[8];
    to->no_utf8 |= !up_utf8_valid(text, size);
    put(to, "\"", 1);
    for (const char *at = text, *end = text + size; at < end;) {
        const char *run = at;
        while (at < end && (unsigned char)*at >= 0x20 && *at != '"' && *at != '\\')
            at++;
        put(to, run, (size_t)(at - run));
        if (at == end)
            break;
        const char *mark = strchr(marked, *at);
        const int length =
            mark ? snprintf(escape, sizeof escape, "\\%c", marks[mark - marked])
                 : snprintf(escape, sizeof escape, "\\u%04X", (unsigned)(unsigned char)*at);
        put(to, escape, (size_t)length);
        at++;
    }
    put(to, "\"", 1);
}

void up_json_open(up_json_writer *to, char bracket)
{
    begin_value(to);
    put(to, &bracket, 1);
    to->follows = false;
}

void up_json_close(up_json_writer *to, char bracket)
{
    put(to, &bracket, 1);
    to->follows = true;
}

void up_json_put_key(up_json_writer *to, const char *key)
{
    begin_value(to);
    put_string(to, key);
    put(to, ":", 1);
    to->follows = false;
}

void up_json_put_text(up_json_writer *to, const char *text)
{
    begin_value(to);
    put_string(to, text);
}

void up_json_put_integer(up_json_writer *to, int64_t number)
{
    char text[UP_JSON_NUMBER];
    begin_value(to);
    put(to, text, (size_t)snprintf(text, sizeof text, "%" PRId64, number));
}

void up_json_put_real(up_json_writer *to, double number, int digits)
{
    char text[UP_JSON_NUMBER];
    begin_value(to);
    put(to, text, up_json_print_number(text, number, digits));
}

void up_json_put_flag(up_json_writer *to, bool flag)
{
    begin_value(to);
    put(to, flag ? "true" : "false", flag ? 4 : 5);
}

void up_json_put_null(up_json_writer *to)
{
    begin_value(to);
    put(to, "null", 4);
}

char *up_json_take(up_json_writer *to)
{
    put(to, "", 0); /* nothing may have been written */
    char *text = to->text;
    const bool good = !to->no_memory && !to->no_utf8;
    if (good)
        text[to->size] = '\0';
    else
        free(text);
    to->text = NULL;
    to->size = to->room = 0;
    return good ? text : NULL;
}
