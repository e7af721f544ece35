/* SPDX-License-Identifier: MIT */
/* Lists of paths: --files-from. */
#ifndef UP_CLI_PATH_LIST_H
#define UP_CLI_PATH_LIST_H

#include <stdbool.h>
#include <stddef.h>

typedef struct {
    char **path;
    size_t count;
    char *bytes; /* what the paths point into */
} cli_path_list;

/* `source` is a file, or "-" for standard input; the paths end with newlines, or with NUL. Empty
 * ones are left out. false: it cannot be read, and that was said. */
bool cli_path_list_read(cli_path_list *list, const char *source, bool null_separated);
void cli_path_list_clear(cli_path_list *list);

#endif
