/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* memrchr */
#include "cli/args/values/path_list.h"

#include "cli/show/cli_text.h"
#include "cli/show/console.h"
#include "cli/signals.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOST_PATH ((size_t)1 << 16) /* what is longer leads nowhere on any system */

/* Moves *start behind the last path that has ended; whether the one begun may become one. */
static bool is_path(const char *bytes, size_t *start, size_t length, char separator)
{
    const char *last = memrchr(bytes + *start, separator, length - *start);
    if (last)
        *start = (size_t)(last - bytes) + 1;
    return length - *start <= MOST_PATH;
}

/* The whole stream with a NUL behind it; up to a path that does not end, where there is one. */
static char *read_all(FILE *stream, char separator, size_t *length, bool *endless)
{
    size_t room = 4096, start = 0;
    char *bytes = cli_alloc(room, 1);
    *length = 0;
    for (;;) {
        *length += fread(bytes + *length, 1, room - *length - 1, stream);
        *endless = !is_path(bytes, &start, *length, separator);
        if (*length < room - 1 || *endless)
            break;
        char *more = cli_alloc(2 * room, 1);
        memcpy(more, bytes, *length);
        free(bytes);
        bytes = more;
        room *= 2;
    }
    bytes[*length] = 0;
    return bytes;
}

static void split(cli_path_list *list, size_t length, char separator)
{
    for (size_t at = 0; at < length;) {
        char *path = list->bytes + at;
        char *end = memchr(path, separator, length - at);
        if (!end)
            end = list->bytes + length;
        *end = 0;
        at = (size_t)(end - list->bytes) + 1;
        if (!*path)
            continue;
        list->path = cli_grow(list->path, list->count, sizeof *list->path);
        list->path[list->count++] = path;
    }
}

bool cli_path_list_read(cli_path_list *list, const char *source, bool null_separated)
{
    *list = (cli_path_list){ 0 };
    bool is_stdin = strcmp(source, "-") == 0;
    FILE *stream = is_stdin ? stdin : fopen(source, "r");
    size_t length = 0;
    bool endless = false;
    const char separator = null_separated ? 0 : '\n';
    if (stream)
        list->bytes = read_all(stream, separator, &length, &endless);
    bool fine = stream && !ferror(stream) && !endless;
    if (endless)
        cli_say("--files-from: %s is no list of paths: one of them is longer than %zu bytes",
                is_stdin ? "standard input" : source, MOST_PATH);
    else if (!fine && !*cli_signals_flag())
        cli_say("--files-from: cannot read %s: %s", is_stdin ? "standard input" : source,
                strerror(errno));
    if (stream && !is_stdin)
        fclose(stream);
    if (fine && !null_separated && memchr(list->bytes, 0, length)) {
        cli_say("--files-from: %s holds NUL bytes; --null reads such lists", source);
        fine = false;
    }
    if (fine)
        split(list, length, separator);
    else
        cli_path_list_clear(list);
    return fine;
}

void cli_path_list_clear(cli_path_list *list)
{
    free(list->path);
    free(list->bytes);
    *list = (cli_path_list){ 0 };
}
