/* SPDX-License-Identifier: MIT */
/* Files in folders that are not taken though they are pictures, or may lead to some: what they are
 * is told, so that nobody has to count to find out. */
#ifndef UP_CLI_LEFT_OUT_H
#define UP_CLI_LEFT_OUT_H

#include "cli/settings.h"

typedef struct {
    char *path;
    const char *what, *advice; /* which live for ever; advice may be NULL */
} cli_left_out_item;

typedef struct {
    cli_left_out_item *item;
    size_t count;
} cli_left_out;

void cli_left_out_add(cli_left_out *list, const char *path, const char *what, const char *advice);

/* A file that was found in a folder and is not an input: added if it is a picture. Opens it and
 * reads its first bytes. */
void cli_left_out_look(cli_left_out *list, const char *path);

/* A line of JSON for each, or a few lines for each kind. */
void cli_left_out_show(const cli_left_out *list, const cli_settings *settings);
void cli_left_out_clear(cli_left_out *list);

#endif
