/* SPDX-License-Identifier: MIT */
#include "cli/batch/output_check.h"

#include "cli/batch/file_types.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

bool cli_is_stream(const char *path)
{
    return strcmp(path, "-") == 0;
}

bool cli_is_standard_output(const char *path)
{
    static const char *const names[] = { "-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1" };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (strcmp(path, names[i]) == 0)
            return true;
    }
    return false;
}

bool cli_same_file(const char *a, const char *b)
{
    struct stat x, y;
    bool both = !cli_is_stream(a) && !cli_is_stream(b) && stat(a, &x) == 0 && stat(b, &y) == 0;
    return both ? x.st_dev == y.st_dev && x.st_ino == y.st_ino : strcmp(a, b) == 0;
}

bool cli_names_folder(const char *path)
{
    struct stat st;
    size_t length = strlen(path);
    return (length > 0 && path[length - 1] == '/') || (stat(path, &st) == 0 && S_ISDIR(st.st_mode));
}

bool cli_output_prepare(const char *path, bool overwrite, up_error *error)
{
    struct stat st;
    bool is_folder = cli_names_folder(path);
    bool taken = is_folder || (!overwrite && lstat(path, &st) == 0);
    if (up_is_stream(path))
        return true;
    if (!taken)
        return cli_make_folders(path, error);
    error->status = is_folder ? UP_ERROR_OUTPUT : UP_ERROR_EXISTS;
    if (is_folder)
        snprintf(error->message, sizeof error->message,
                 "%s is a folder, but one file is written; name it: %s%sNAME", path, path,
                 path[strlen(path) - 1] == '/' ? "" : "/");
    else
        snprintf(error->message, sizeof error->message, "%s exists; --overwrite replaces it", path);
    return false;
}
