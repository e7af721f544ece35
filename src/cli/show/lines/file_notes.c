/* SPDX-License-Identifier: MIT */
#include "cli/show/lines/file_notes.h"

#include "cli/show/cli_text.h"
#include "cli/show/json_lines.h"

#include <stdlib.h>

static void add(cli_words *words, const char *text)
{
    words->item = cli_grow(words->item, words->count, sizeof *words->item);
    words->item[words->count++] = cli_copy(text);
}

void cli_notes_take(cli_notes *notes, const up_plan *plan)
{
    const up_note *note;
    for (int i = 0; (note = up_plan_note_at(plan, i)) != NULL; i++)
        add(note->kind == UP_NOTE_DAMAGE ? &notes->damage : &notes->dropped, note->text);
}

static void clear(cli_words *words)
{
    for (size_t i = 0; i < words->count; i++)
        free(words->item[i]);
    free(words->item);
    *words = (cli_words){ 0 };
}

void cli_notes_clear(cli_notes *notes)
{
    clear(&notes->dropped);
    clear(&notes->damage);
}

static void append(char **text, const cli_words *words)
{
    for (size_t i = 0; i < words->count; i++)
        cli_append(text, "%s%s", i > 0 ? ", " : "", words->item[i]);
}

char *cli_notes_text(const cli_notes *notes)
{
    if (notes->dropped.count + notes->damage.count == 0)
        return NULL;
    char *text = cli_copy("");
    append(&text, &notes->damage);
    if (notes->dropped.count > 0)
        cli_append(&text, "%sleft behind: ", *text ? "; " : "");
    append(&text, &notes->dropped);
    return text;
}

static json_t *array(const cli_words *words)
{
    json_t *json = json_array();
    for (size_t i = 0; i < words->count; i++)
        json_array_append_new(json, cli_json_text(words->item[i]));
    return json;
}

void cli_notes_json(const cli_notes *notes, json_t *object)
{
    json_object_set_new(object, "dropped", array(&notes->dropped));
    json_object_set_new(object, "damage", array(&notes->damage));
}
