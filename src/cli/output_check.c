#include "output_check.h"

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

bool cli_output_is_free(const char *path, bool overwrite, up_error *error)
{
    struct stat st;
    if (overwrite || up_is_stream(path) || lstat(path, &st) != 0)
        return true;
    error->status = UP_ERROR_EXISTS;
    snprintf(error->message, sizeof error->message, "%s exists; --overwrite replaces it", path);
    return false;
}
