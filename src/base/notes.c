/* SPDX-License-Identifier: MIT */
#include "base/notes.h"

#include "base/memory.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { MOST_TEXT = 256 };

static bool is_there(const up_notes *notes, up_note_kind kind, const char *text)
{
    for (int i = 0; i < notes->count; i++)
        if (notes->item[i].kind == kind && strcmp(notes->item[i].text, text) == 0)
            return true;
    return false;
}

static up_status append(up_notes *notes, up_note_kind kind, const char *text, up_error *error)
{
    const size_t count = (size_t)notes->count, size = strlen(text) + 1;
    up_note *item = up_alloc(count + 1, sizeof *item);
    char *copy = up_alloc(size, 1);
    if (!item || !copy) {
        up_free(item);
        up_free(copy);
        return up_fail_memory(error, "a note", size);
    }
    memcpy(copy, text, size);
    if (count > 0)
        memcpy(item, notes->item, count * sizeof *item);
    item[count] = (up_note){ kind, copy };
    up_free(notes->item);
    notes->item = item;
    notes->count++;
    return UP_OK;
}

up_status up_notes_add(up_notes *notes, up_note_kind kind, up_error *error, const char *format, ...)
{
    char text[MOST_TEXT];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    return is_there(notes, kind, text) ? UP_OK : append(notes, kind, text, error);
}

const up_note *up_notes_at(const up_notes *notes, int i)
{
    return i >= 0 && i < notes->count ? &notes->item[i] : NULL;
}

up_status up_notes_take(up_notes *to, up_notes *from, up_error *error)
{
    for (int i = 0; i < from->count; i++)
        UP_TRY(up_notes_add(to, from->item[i].kind, error, "%s", from->item[i].text));
    up_notes_clear(from);
    return UP_OK;
}

void up_notes_clear(up_notes *notes)
{
    for (int i = 0; i < notes->count; i++)
        up_free((char *)notes->item[i].text);
    up_free(notes->item);
    *notes = (up_notes){ 0 };
}
