/* SPDX-License-Identifier: MIT */
/* A list of up_note, each said once. */
#ifndef UP_BASE_NOTES_H
#define UP_BASE_NOTES_H

#include "base/status.h"

typedef struct {
    up_note *item; /* with their texts owned */
    int count;
} up_notes;

/* Adds a note that is not there yet. The text has no full stop, and does not name the file. */
up_status up_notes_add(up_notes *notes, up_note_kind kind, up_error *error, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
const up_note *up_notes_at(const up_notes *notes, int i); /* NULL past the last */
/* Moves all of `from` to the end of `to`. */
up_status up_notes_take(up_notes *to, up_notes *from, up_error *error);
void up_notes_clear(up_notes *notes);

#endif
