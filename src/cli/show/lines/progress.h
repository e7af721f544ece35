/* SPDX-License-Identifier: MIT */
/* How far the run is: a bar on a terminal, or lines of JSON. */
#ifndef UP_CLI_PROGRESS_H
#define UP_CLI_PROGRESS_H

#include "cli/settings.h"

typedef enum {
    CLI_SHOW_NOTHING,
    CLI_SHOW_BAR,
    CLI_SHOW_JSON,
} cli_progress_show;

/* A bar on a terminal that can show one, unless quiet or otherwise wanted. */
cli_progress_show cli_progress_choose(const cli_settings *settings);

/* "[=====>    ]  45%" in new memory, the bar itself `columns` wide; without it if that is little.
 */
char *cli_progress_bar(double fraction, int columns);

typedef struct cli_progress cli_progress;

/* Of `files` files with `weight` together, `jobs` at a time. Shows nothing if quiet, if it is not
 * wanted or if there is no terminal. */
cli_progress *cli_progress_new(const cli_settings *settings, size_t files, double weight, int jobs);
/* Takes the bar away. */
void cli_progress_free(cli_progress *progress);

/* A file of job `slot`. */
void cli_progress_begin(cli_progress *progress, int slot, const char *name, double weight);
void cli_progress_end(cli_progress *progress, int slot);
/* For up_options.progress; `user` is what cli_progress_user gives for a slot. */
void cli_progress_update(void *user, double done);
void *cli_progress_user(cli_progress *progress, int slot);

#endif
