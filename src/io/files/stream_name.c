/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* F_SETPIPE_SZ */
#include "io/files/stream_name.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MOST_LINKS 40 /* as the kernel follows */

static bool begins(const char *text, const char *prefix)
{
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

/* Spares outputs of the usual kind the walk along links. */
static bool may_lead_to_one(const char *path)
{
    struct stat info;
    if (lstat(path, &info) == 0 && S_ISLNK(info.st_mode))
        return true;
    return begins(path, "/dev/") || begins(path, "/proc/"); /* /dev/fd/9 may be closed */
}

/* N of FOLDER/N where FOLDER is that of the descriptors of this process. */
static int descriptor_in(const char *path)
{
    char *copy = strdup(path), *end;
    char *folder = copy ? realpath(dirname(copy), NULL) : NULL;
    char *own = folder ? realpath("/proc/self/fd", NULL) : NULL;
    const char *slash = strrchr(path, '/'), *number = slash ? slash + 1 : path;
    errno = 0;
    long n = strtol(number, &end, 10);
    bool found = own && strcmp(folder, own) == 0 && *number >= '0' && *number <= '9' && !*end &&
                 !errno && n <= INT_MAX;
    free(own);
    free(folder);
    free(copy);
    return found ? (int)n : -1;
}

/* What a link says, as a path from here; NULL: it is none. */
static char *follow(const char *path)
{
    char target[PATH_MAX];
    ssize_t length = readlink(path, target, sizeof target - 1);
    if (length <= 0)
        return NULL;
    target[length] = 0;
    const char *slash = strrchr(path, '/');
    int folder = slash && *target != '/' ? (int)(slash - path) + 1 : 0;
    char *next = malloc((size_t)folder + (size_t)length + 1);
    if (next)
        sprintf(next, "%.*s%s", folder, path, target);
    return next;
}

int up_stream_descriptor(const char *path)
{
    int found = -1;
    char *at = may_lead_to_one(path) ? strdup(path) : NULL;
    for (int links = 0; at && links < MOST_LINKS; links++) {
        found = descriptor_in(at);
        char *next = found < 0 ? follow(at) : NULL;
        free(at);
        at = next;
    }
    free(at);
    return found;
}

bool up_descriptor_allows(int descriptor, int access)
{
    int flags = fcntl(descriptor, F_GETFL);
    return flags >= 0 && ((flags & O_ACCMODE) == access || (flags & O_ACCMODE) == O_RDWR);
}

bool up_is_stream(const char *output)
{
    struct stat info;
    if (strcmp(output, "-") == 0 || up_stream_descriptor(output) >= 0)
        return true;
    return stat(output, &info) == 0 && (S_ISFIFO(info.st_mode) || S_ISCHR(info.st_mode));
}

/* 1 MiB is what anybody may ask for. Between two programs of video it took half the time of the
 * 64 KiB that a pipe has. */
void up_descriptor_widen(int descriptor)
{
#ifdef F_SETPIPE_SZ
    fcntl(descriptor, F_SETPIPE_SZ, 1 << 20);
#else
    (void)descriptor;
#endif
}
