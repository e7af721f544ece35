/* SPDX-License-Identifier: MIT */
/* What is left behind of a file, and what is broken in it: as a warning, and as JSON. */
#ifndef UP_CLI_FILE_NOTES_H
#define UP_CLI_FILE_NOTES_H

#include "cli/settings.h"

#include <jansson.h>

typedef struct {
    cli_words dropped, damage;
} cli_notes;

/* Copies the notes of a plan, once it has run or is known not to. */
void cli_notes_take(cli_notes *notes, const up_plan *plan);
void cli_notes_clear(cli_notes *notes);

/* "its end is missing; left behind: EXIF thumbnail" in new memory; NULL: there is nothing to say.
 */
char *cli_notes_text(const cli_notes *notes);
/* Sets "dropped" and "damage". */
void cli_notes_json(const cli_notes *notes, json_t *object);

#endif
