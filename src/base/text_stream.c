/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* fopencookie */
#include "base/text_stream.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_ROOM = 256 };

typedef struct {
    char **text;
    size_t *size, room;
    bool failed;
} stream;

static bool make_room(stream *s, size_t more)
{
    if (more < s->room - *s->size)
        return true;
    if (s->room > SIZE_MAX / 4 || more > SIZE_MAX / 4)
        return false;
    const size_t room = 2 * s->room + more;
    char *larger = realloc(*s->text, room);
    if (!larger)
        return false;
    *s->text = larger;
    s->room = room;
    return true;
}

static ssize_t write_text(void *user, const char *bytes, size_t size)
{
    stream *s = user;
    s->failed = s->failed || !make_room(s, size);
    if (s->failed)
        return 0;
    memcpy(*s->text + *s->size, bytes, size);
    *s->size += size;
    (*s->text)[*s->size] = 0;
    return (ssize_t)size;
}

static int close_text(void *user)
{
    stream *s = user;
    const bool failed = s->failed;
    if (failed) {
        free(*s->text);
        *s->text = NULL;
        *s->size = 0;
    }
    free(s);
    return failed ? EOF : 0;
}

FILE *up_text_stream(char **text, size_t *size)
{
    static const cookie_io_functions_t calls = { .write = write_text, .close = close_text };
    stream *s = malloc(sizeof *s);
    *text = calloc(1, FIRST_ROOM);
    *size = 0;
    FILE *out = NULL;
    if (s && *text) {
        *s = (stream){ .text = text, .size = size, .room = FIRST_ROOM };
        out = fopencookie(s, "w", calls);
    }
    if (!out) {
        free(s);
        free(*text);
        *text = NULL;
    }
    return out;
}
