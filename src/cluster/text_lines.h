/* SPDX-License-Identifier: MIT */
/* Lines of files, and JSON in them: no memory is that, and neither the end nor damage. */
#ifndef UP_CLUSTER_TEXT_LINES_H
#define UP_CLUSTER_TEXT_LINES_H

#include "base/status.h"

#include <jansson.h>
#include <stdio.h>

/* Begins as { 0 }; ->text is for free() in the end. */
typedef struct {
    char *text;
    size_t size, room; /* with its newline; 0: there is none any more */
} up_text_line;

/* Reads the next; errors name the file `name`. */
up_status up_text_line_read(up_text_line *line, FILE *file, const char *name, up_error *error);

/* *object is to be given back by json_decref(); NULL: the text is no JSON. */
up_status up_text_line_parse(json_t **object, const char *text, size_t size, up_error *error);

#endif
