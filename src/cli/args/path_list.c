#include "cli/args/path_list.h"

#include "cli/show/cli_text.h"
#include "cli/show/console.h"
#include "cli/signals.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The whole stream with a NUL behind it. */
static char *read_all(FILE *stream, size_t *length)
{
    size_t room = 4096;
    char *bytes = cli_alloc(room, 1);
    *length = 0;
    for (;;) {
        *length += fread(bytes + *length, 1, room - *length - 1, stream);
        if (*length < room - 1)
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
    if (stream)
        list->bytes = read_all(stream, &length);
    bool fine = stream && !ferror(stream);
    if (!fine && !*cli_signals_flag())
        cli_say("--files-from: cannot read %s: %s", is_stdin ? "standard input" : source,
                strerror(errno));
    if (stream && !is_stdin)
        fclose(stream);
    if (fine && !null_separated && memchr(list->bytes, 0, length)) {
        cli_say("--files-from: %s holds NUL bytes; --null reads such lists", source);
        fine = false;
    }
    if (fine)
        split(list, length, null_separated ? 0 : '\n');
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
