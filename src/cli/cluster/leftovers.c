/* SPDX-License-Identifier: MIT */
#include "cli/cluster/leftovers.h"

#include "cli/batch/file_types.h"
#include "cli/show/cli_text.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static size_t folder_length(const char *path)
{
    return (size_t)(cli_base_name(path) - path);
}

void cli_leftovers_remove(const char *output, const char *mark, const char *before)
{
    const size_t length = folder_length(output);
    if (before && folder_length(before) == length && strncmp(before, output, length) == 0)
        return;
    char *folder = length ? cli_copy_part(output, length) : cli_copy(".");
    char *prefix = cli_format(".upscale-%s-", mark);
    DIR *dir = opendir(folder);
    for (const struct dirent *entry; dir && (entry = readdir(dir));)
        if (strncmp(entry->d_name, prefix, strlen(prefix)) == 0)
            unlinkat(dirfd(dir), entry->d_name, 0);
    if (dir)
        closedir(dir);
    free(prefix);
    free(folder);
}
