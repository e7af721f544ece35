/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* O_NOFOLLOW, S_IFMT */
#include "io/files/left_over.h"

#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { YOUNG_SECONDS = 60 };

static bool is_hidden_name(const char *name)
{
    const size_t start = strlen(UP_HIDDEN), length = strlen(name);
    if (strncmp(name, UP_HIDDEN, start) != 0 || (length != start + 6 && length != start + 16))
        return false;
    for (const char *c = name + start; *c; c++)
        if (!isalnum((unsigned char)*c))
            return false;
    return true;
}

static bool is_left_over(int fd, mode_t type)
{
    struct stat info;
    return fstat(fd, &info) == 0 && (info.st_mode & S_IFMT) == type && info.st_uid == geteuid() &&
           time(NULL) - info.st_ctime > YOUNG_SECONDS && flock(fd, LOCK_EX | LOCK_NB) == 0;
}

void up_left_over_lock(int fd)
{
    flock(fd, LOCK_EX | LOCK_NB);
}

void up_left_over_each(const char *folder, mode_t type, void (*discard)(int at, const char *name))
{
    DIR *entries = opendir(folder);
    for (const struct dirent *entry; entries && (entry = readdir(entries));) {
        if (!is_hidden_name(entry->d_name))
            continue;
        const int fd =
            openat(dirfd(entries), entry->d_name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
        if (fd < 0)
            continue;
        if (is_left_over(fd, type))
            discard(dirfd(entries), entry->d_name);
        close(fd);
    }
    if (entries)
        closedir(entries);
}
