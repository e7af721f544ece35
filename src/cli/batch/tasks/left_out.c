/* SPDX-License-Identifier: MIT */
#include "cli/batch/tasks/left_out.h"

#include "cli/show/cli_text.h"
#include "cli/show/console.h"
#include "cli/show/json_lines.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_NAMES = 10 }; /* of a kind, unless -v */

void cli_left_out_add(cli_left_out *list, const char *path, const char *what, const char *advice)
{
    list->item = cli_grow(list->item, list->count, sizeof *list->item);
    list->item[list->count++] = (cli_left_out_item){ cli_copy(path), what, advice };
}

void cli_left_out_look(cli_left_out *list, const char *path)
{
    up_content content;
    if (!up_content_of(&content, path) || !content.picture)
        return;
    if (content.reads)
        cli_left_out_add(list, path, "readable, but named otherwise",
                         "rename them, or name them in the command");
    else
        cli_left_out_add(list, path, content.name, content.advice);
}

static void show_json(const cli_left_out_item *item)
{
    json_t *line = json_object();
    json_object_set_new(line, "input", cli_json_text(item->path));
    json_object_set_new(line, "output", json_null());
    json_object_set_new(line, "status", json_string("left out"));
    json_object_set_new(line, "reason", json_string(item->what));
    json_object_set_new(line, "advice", item->advice ? json_string(item->advice) : json_null());
    cli_json_put(line);
}

static bool same_kind(const cli_left_out_item *a, const cli_left_out_item *b)
{
    return strcmp(a->what, b->what) == 0;
}

/* All of the kind of the first of them, which is at `first`. */
static void show_kind(const cli_left_out *list, size_t first, bool all)
{
    const cli_left_out_item *kind = &list->item[first];
    size_t count = 0, shown = 0;
    for (size_t i = first; i < list->count; i++)
        count += same_kind(kind, &list->item[i]);
    cli_say("left out: %zu %s%s%s", count, kind->what, kind->advice ? "; " : "",
            kind->advice ? kind->advice : "");
    for (size_t i = first; i < list->count && (all || shown < MOST_NAMES); i++)
        if (same_kind(kind, &list->item[i])) {
            cli_note("  %s", list->item[i].path);
            shown++;
        }
    if (shown < count)
        cli_note("  ... and %zu more", count - shown);
}

static bool is_first(const cli_left_out *list, size_t at)
{
    size_t i = 0;
    while (!same_kind(&list->item[i], &list->item[at]))
        i++;
    return i == at;
}

void cli_left_out_show(const cli_left_out *list, const cli_settings *settings)
{
    for (size_t i = 0; i < list->count; i++)
        if (settings->json)
            show_json(&list->item[i]);
        else if (!settings->quiet && is_first(list, i))
            show_kind(list, i, settings->verbose);
}

void cli_left_out_clear(cli_left_out *list)
{
    for (size_t i = 0; i < list->count; i++)
        free(list->item[i].path);
    free(list->item);
    *list = (cli_left_out){ 0 };
}
