/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* O_TMPFILE, renameat2, sync_file_range */

#include "io/files/new_file.h"

#include "base/hash.h"
#include "io/files/left_over.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#define PERMISSIONS 0666 /* the umask takes its share, as for any new file */
#define TRIES 100        /* of a random name that is not taken */

up_status up_fail_output(const char *name, int code, const char *doing, up_error *error)
{
    if (code == ENOSPC || code == EDQUOT)
        return up_fail(error, UP_ERROR_SPACE,
                       "%s: no space left on the device; free some, or write elsewhere", name);
    return up_fail(error, up_status_of(code, UP_ERROR_OUTPUT), "%s: cannot %s: %s", name, doing,
                   strerror(code));
}

static up_status fail_create(const up_new_file *f, int code, up_error *error)
{
    switch (code) {
    case ENOENT:
        return up_fail(error, UP_ERROR_OUTPUT, "%s: the folder %s does not exist; make it first",
                       f->name, f->folder);
    case ENOTDIR:
        return up_fail(error, UP_ERROR_OUTPUT, "%s: %s is not a folder; choose another output",
                       f->name, f->folder);
    case EACCES:
    case EPERM:
    case EROFS:
        return up_fail(error, UP_ERROR_OUTPUT,
                       "%s: the folder %s cannot be written to (%s); choose another output",
                       f->name, f->folder, strerror(code));
    default:
        return up_fail_output(f->name, code, "be created", error);
    }
}

static up_status fail_exists(const up_new_file *f, up_error *error)
{
    return up_fail(error, UP_ERROR_EXISTS,
                   "%s: exists already; --overwrite replaces it, --skip-existing leaves it",
                   f->name);
}

static bool is_folder_name(const char *path)
{
    size_t length = strlen(path);
    return length == 0 || path[length - 1] == '/';
}

/* A name in the folder that nothing has yet, made by `make`, which returns 0 or more on success.
 * Its result goes to *result; -1 and errno on failure. */
static char *take_hidden_name(const up_new_file *f, int (*make)(const up_new_file *, const char *),
                              int *result)
{
    const char *mark = f->naming.mark ? f->naming.mark : "";
    size_t size = strlen(f->folder) + strlen(mark) + 32;
    char *name = malloc(size);
    *result = -1;
    for (int i = 0; name && i < TRIES; i++) {
        uint64_t random = 0;
        if (getrandom(&random, sizeof random, 0) != sizeof random)
            break;
        snprintf(name, size, "%s/" UP_HIDDEN "%s%s%016llx", f->folder, mark, *mark ? "-" : "",
                 (unsigned long long)random);
        *result = make(f, name);
        if (*result >= 0)
            return name;
        if (errno != EEXIST)
            break;
    }
    int code = name ? errno : ENOMEM;
    free(name);
    errno = code;
    return NULL;
}

static int create_named(const up_new_file *f, const char *name)
{
    (void)f;
    return open(name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, PERMISSIONS);
}

static void descriptor_path(const up_new_file *f, char path[static 32])
{
    snprintf(path, 32, "/proc/self/fd/%d", f->fd);
}

/* Gives the unfinished file a further name, which must not exist. */
static int link_as(const up_new_file *f, const char *name)
{
    char unnamed[32];
    descriptor_path(f, unnamed);
    return linkat(AT_FDCWD, f->temp ? f->temp : unnamed, AT_FDCWD, name, AT_SYMLINK_FOLLOW);
}

static void remove_file(int at, const char *name)
{
    unlinkat(at, name, 0);
}

/* An unnamed file vanishes with the process, however it dies; where the file system has none, or
 * could not name it afterwards, a hidden file does. */
static int create_temporary(up_new_file *f)
{
    f->fd = open(f->folder, O_TMPFILE | O_RDWR | O_CLOEXEC, PERMISSIONS);
    if (f->fd >= 0) {
        char unnamed[32];
        descriptor_path(f, unnamed);
        if (access(unnamed, F_OK) == 0)
            return 0;
        close(f->fd);
    }
    up_left_over_each(f->folder, S_IFREG, remove_file);
    f->temp = take_hidden_name(f, create_named, &f->fd);
    if (f->temp)
        up_left_over_lock(f->fd);
    return f->temp ? 0 : -1;
}

/* Where a name leads. */
static up_status look(up_new_file *f, const char *path, up_error *error)
{
    struct stat info;
    if (lstat(path, &info)) {
        f->path = strdup(path);
        return UP_OK;
    }
    bool link = S_ISLNK(info.st_mode);
    if (link && stat(path, &info))
        return up_fail(error, UP_ERROR_OUTPUT, "%s: is a link that leads nowhere; remove it first",
                       path);
    if (S_ISDIR(info.st_mode))
        return up_fail(error, UP_ERROR_OUTPUT, "%s: is a folder; name a file in it", path);
    if (!S_ISREG(info.st_mode))
        return up_fail(error, UP_ERROR_OUTPUT,
                       "%s: is no file that could be written; choose another output", path);
    f->path = link ? realpath(path, NULL) : strdup(path);
    return f->naming.overwrite ? UP_OK : fail_exists(f, error);
}

up_status up_new_file_create(up_new_file *f, const char *path, const up_naming *naming,
                             up_error *error)
{
    *f = (up_new_file){ .fd = -1, .naming = *naming, .name = strdup(path) };
    if (!f->name)
        return up_fail_memory(error, "a file name", strlen(path));
    if (is_folder_name(path))
        return up_fail(error, UP_ERROR_OUTPUT, "\"%s\" does not name an output file", path);
    UP_TRY(look(f, path, error));
    char *copy = f->path ? strdup(f->path) : NULL;
    f->folder = copy ? strdup(dirname(copy)) : NULL;
    free(copy);
    if (!f->folder)
        return up_fail_memory(error, path, strlen(path));
    return create_temporary(f) ? fail_create(f, errno, error) : UP_OK;
}

void up_new_file_start_sync(const up_new_file *file)
{
    sync_file_range(file->fd, 0, 0, SYNC_FILE_RANGE_WRITE);
}

up_status up_new_file_sync(const up_new_file *file, up_error *error)
{
    return fsync(file->fd) ? up_fail_output(file->name, errno, "be written", error) : UP_OK;
}

up_status up_new_file_hash(const up_new_file *file, uint64_t *hash, uint64_t *bytes,
                           up_error *error)
{
    uint8_t buffer[1 << 16];
    up_hash state;
    ssize_t n;
    up_hash_init(&state);
    while ((n = pread(file->fd, buffer, sizeof buffer, (off_t)state.total)) > 0)
        up_hash_add(&state, buffer, (size_t)n);
    if (n < 0)
        return up_fail_output(file->name, errno, "be read back", error);
    *hash = up_hash_end(&state);
    *bytes = state.total;
    return UP_OK;
}

/* Who could not read the old file must not read the new one: where the group cannot be kept, its
 * members get what everybody has. */
static void take_over_permissions(const up_new_file *f)
{
    struct stat old, new;
    if (stat(f->path, &old) || fstat(f->fd, &new))
        return;
    mode_t mode = old.st_mode & 0777;
    if (old.st_uid != new.st_uid || old.st_gid != new.st_gid) {
        bool kept =
            fchown(f->fd, old.st_uid, old.st_gid) == 0 || fchown(f->fd, (uid_t)-1, old.st_gid) == 0;
        if (!kept && old.st_gid != new.st_gid)
            mode &= ~(mode_t)070 | (mode & 07) << 3;
    }
    fchmod(f->fd, mode); /* best effort: some file systems have no permissions */
}

/* Replaces what is there: the new file gets a name of its own first, then takes over the place. */
static int replace(up_new_file *f)
{
    take_over_permissions(f);
    if (!f->temp) {
        int linked;
        f->temp = take_hidden_name(f, link_as, &linked);
        if (!f->temp)
            return -1;
    }
    if (rename(f->temp, f->path))
        return -1;
    free(f->temp);
    f->temp = NULL;
    return 0;
}

/* Takes the place only if it is free. Without hard links (FAT) the kernel can rename that way. */
static int claim(up_new_file *f)
{
    if (f->temp && renameat2(AT_FDCWD, f->temp, AT_FDCWD, f->path, RENAME_NOREPLACE) == 0) {
        free(f->temp);
        f->temp = NULL;
        return 0;
    }
    if (f->temp && errno == EEXIST)
        return -1;
    return link_as(f, f->path);
}

up_status up_new_file_publish(up_new_file *file, up_error *error)
{
    int failed = claim(file);
    if (failed && errno == EEXIST && !file->naming.overwrite)
        return fail_exists(file, error);
    if (failed && errno == EEXIST)
        failed = replace(file);
    return failed ? up_fail_output(file->name, errno, "be given its name", error) : UP_OK;
}

void up_sync_folder(const char *folder)
{
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return;
    fsync(fd); /* best effort: some file systems cannot */
    close(fd);
}

void up_new_file_discard(up_new_file *file)
{
    if (file->fd >= 0)
        close(file->fd);
    if (file->temp)
        unlink(file->temp);
    free(file->temp);
    free(file->folder);
    free(file->path);
    free(file->name);
    *file = (up_new_file){ .fd = -1 };
}
