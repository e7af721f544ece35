#define _GNU_SOURCE /* O_TMPFILE, renameat2, memfd_create */

#include "io/writer.h"

#include "base/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#define BUFFER_SIZE ((size_t)64 << 10)
#define PERMISSIONS 0666 /* the umask takes its share, as for any new file */
#define TRIES 100        /* of a random name that is not taken */

struct up_writer {
    int fd;
    bool direct;    /* standard output or a device: bytes go out as they come */
    bool standard;  /* the descriptor is not ours to close */
    bool overwrite; /* an existing file may be replaced */
    char *name;     /* as the user gave it, for messages */
    char *path;     /* where the file goes; NULL if direct */
    char *folder;   /* of path */
    char *temp;     /* hidden name of the unfinished file; NULL: it has none */
    size_t used;
    uint8_t buffer[BUFFER_SIZE];
};

up_status up_fail_output(const char *name, int code, const char *doing, up_error *error)
{
    if (code == ENOSPC || code == EDQUOT)
        return up_fail(error, UP_ERROR_SPACE,
                       "%s: no space left on the device; free some, or write elsewhere", name);
    return up_fail(error, code == ENOMEM ? UP_ERROR_MEMORY : UP_ERROR_OUTPUT, "%s: cannot %s: %s",
                   name, doing, strerror(code));
}

static up_status fail_create(const up_writer *w, int code, up_error *error)
{
    switch (code) {
    case ENOENT:
        return up_fail(error, UP_ERROR_OUTPUT, "%s: the folder %s does not exist; make it first",
                       w->name, w->folder);
    case ENOTDIR:
        return up_fail(error, UP_ERROR_OUTPUT, "%s: %s is not a folder; choose another output",
                       w->name, w->folder);
    case EACCES:
    case EPERM:
    case EROFS:
        return up_fail(error, UP_ERROR_OUTPUT,
                       "%s: the folder %s cannot be written to (%s); choose another output",
                       w->name, w->folder, strerror(code));
    default:
        return up_fail_output(w->name, code, "be created", error);
    }
}

static up_status fail_exists(const up_writer *w, up_error *error)
{
    return up_fail(error, UP_ERROR_OUTPUT,
                   "%s: exists already; --overwrite replaces it, --skip-existing leaves it",
                   w->name);
}

static bool is_folder_name(const char *path)
{
    size_t length = strlen(path);
    return length == 0 || path[length - 1] == '/';
}

/* A name in the folder that nothing has yet, made by `make`, which returns 0 or more on success.
 * Its result goes to *result; -1 and errno on failure. */
static char *take_hidden_name(const up_writer *w, int (*make)(const up_writer *, const char *),
                              int *result)
{
    size_t size = strlen(w->folder) + 32;
    char *name = malloc(size);
    *result = -1;
    for (int i = 0; name && i < TRIES; i++) {
        uint64_t random = 0;
        if (getrandom(&random, sizeof random, 0) != sizeof random)
            break;
        snprintf(name, size, "%s/.upscale-%016llx", w->folder, (unsigned long long)random);
        *result = make(w, name);
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

static int create_named(const up_writer *w, const char *name)
{
    (void)w;
    return open(name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, PERMISSIONS);
}

static void descriptor_path(const up_writer *w, char path[static 32])
{
    snprintf(path, 32, "/proc/self/fd/%d", w->fd);
}

/* Gives the unfinished file a further name, which must not exist. */
static int link_as(const up_writer *w, const char *name)
{
    char unnamed[32];
    descriptor_path(w, unnamed);
    return linkat(AT_FDCWD, w->temp ? w->temp : unnamed, AT_FDCWD, name, AT_SYMLINK_FOLLOW);
}

/* An unnamed file vanishes with the process, however it dies; where the file system has none, or
 * could not name it afterwards, a hidden file does. */
static int create_temporary(up_writer *w)
{
    w->fd = open(w->folder, O_TMPFILE | O_RDWR | O_CLOEXEC, PERMISSIONS);
    if (w->fd >= 0) {
        char unnamed[32];
        descriptor_path(w, unnamed);
        if (access(unnamed, F_OK) == 0)
            return 0;
        close(w->fd);
    }
    w->temp = take_hidden_name(w, create_named, &w->fd);
    return w->temp ? 0 : -1;
}

/* Where a name leads: devices and pipes are written to as they are, a link is followed. */
static up_status look(up_writer *w, const char *path, up_error *error)
{
    struct stat info;
    if (lstat(path, &info)) {
        w->path = strdup(path);
        return UP_OK;
    }
    bool link = S_ISLNK(info.st_mode);
    if (link && stat(path, &info))
        return up_fail(error, UP_ERROR_OUTPUT, "%s: is a link that leads nowhere; remove it first",
                       path);
    if (S_ISDIR(info.st_mode))
        return up_fail(error, UP_ERROR_OUTPUT, "%s: is a folder; name a file in it", path);
    if (!S_ISREG(info.st_mode)) {
        w->direct = true;
        w->fd = open(path, O_WRONLY | O_CLOEXEC);
        return w->fd < 0 ? up_fail_output(w->name, errno, "be opened", error) : UP_OK;
    }
    w->path = link ? realpath(path, NULL) : strdup(path);
    return w->overwrite ? UP_OK : fail_exists(w, error);
}

static up_status start(up_writer *w, const char *path, up_error *error)
{
    w->standard = strcmp(path, "-") == 0;
    w->name = strdup(w->standard ? "standard output" : path);
    if (!w->name)
        return up_fail_memory(error, "a file name", strlen(path));
    if (w->standard) {
        w->direct = true;
        w->fd = STDOUT_FILENO;
        return UP_OK;
    }
    if (is_folder_name(path))
        return up_fail(error, UP_ERROR_OUTPUT, "\"%s\" does not name an output file", path);
    UP_TRY(look(w, path, error));
    if (w->direct)
        return UP_OK;
    char *copy = w->path ? strdup(w->path) : NULL;
    w->folder = copy ? strdup(dirname(copy)) : NULL;
    free(copy);
    if (!w->folder)
        return up_fail_memory(error, path, strlen(path));
    return create_temporary(w) ? fail_create(w, errno, error) : UP_OK;
}

static up_status make(up_writer **writer, const char *what, bool overwrite, up_error *error)
{
    up_writer *w = *writer = up_alloc(1, sizeof *w);
    if (!w)
        return up_fail_memory(error, what, sizeof *w);
    memset(w, 0, offsetof(up_writer, buffer));
    w->fd = -1;
    w->overwrite = overwrite;
    return UP_OK;
}

up_status up_writer_open(up_writer **writer, const char *path, bool overwrite, up_error *error)
{
    UP_TRY(make(writer, path, overwrite, error));
    up_status status = start(*writer, path, error);
    if (status != UP_OK)
        up_writer_close(writer);
    return status;
}

up_status up_writer_open_memory(up_writer **writer, const char *name, up_error *error)
{
    UP_TRY(make(writer, name, false, error));
    up_writer *w = *writer;
    w->direct = true;
    w->name = strdup(name);
    w->fd = w->name ? memfd_create("upscale", MFD_CLOEXEC) : -1;
    if (w->fd >= 0)
        return UP_OK;
    up_writer_close(writer);
    return up_fail_memory(error, name, BUFFER_SIZE);
}

void up_writer_close(up_writer **writer)
{
    up_writer *w = *writer;
    if (!w)
        return;
    if (w->fd >= 0 && !w->standard)
        close(w->fd);
    if (w->temp)
        unlink(w->temp);
    free(w->temp);
    free(w->folder);
    free(w->path);
    free(w->name);
    up_free(w);
    *writer = NULL;
}

const char *up_writer_name(const up_writer *writer)
{
    return writer->name;
}

bool up_writer_seekable(const up_writer *writer)
{
    return !writer->direct;
}

/* All bytes, at the descriptor's position if `offset` is negative. */
static up_status put(up_writer *w, int64_t offset, const uint8_t *bytes, size_t size,
                     up_error *error)
{
    for (size_t done = 0; done < size;) {
        ssize_t n = offset < 0 ? write(w->fd, bytes + done, size - done)
                               : pwrite(w->fd, bytes + done, size - done, offset + (int64_t)done);
        if (n < 0 && errno != EINTR)
            return up_fail_output(w->name, errno, "be written", error);
        if (n > 0)
            done += (size_t)n;
    }
    return UP_OK;
}

static up_status flush(up_writer *w, up_error *error)
{
    size_t size = w->used;
    w->used = 0;
    return put(w, -1, w->buffer, size, error);
}

up_status up_writer_write(up_writer *writer, const void *bytes, size_t size, up_error *error)
{
    if (size > BUFFER_SIZE - writer->used)
        UP_TRY(flush(writer, error));
    if (size >= BUFFER_SIZE)
        return put(writer, -1, bytes, size, error);
    memcpy(writer->buffer + writer->used, bytes, size);
    writer->used += size;
    return UP_OK;
}

up_status up_writer_write_at(up_writer *writer, int64_t offset, const void *bytes, size_t size,
                             up_error *error)
{
    if (writer->direct)
        return up_fail(error, UP_ERROR_OUTPUT, "%s: planes need a file, not a pipe", writer->name);
    return put(writer, offset, bytes, size, error);
}

up_status up_writer_take(up_writer *writer, uint8_t **bytes, size_t *size, up_error *error)
{
    UP_TRY(flush(writer, error));
    off_t end = lseek(writer->fd, 0, SEEK_CUR);
    *size = end > 0 ? (size_t)end : 0;
    *bytes = up_alloc(*size, 1);
    if (!*bytes)
        return up_fail_memory(error, writer->name, *size);
    for (size_t done = 0; done < *size;) {
        ssize_t n = pread(writer->fd, *bytes + done, *size - done, (off_t)done);
        if (n <= 0) {
            up_free(*bytes);
            *bytes = NULL;
            return up_fail_output(writer->name, n < 0 ? errno : EIO, "be read back", error);
        }
        done += (size_t)n;
    }
    return UP_OK;
}

/* Replaces what is there: the new file gets a name of its own first, then takes over the place. */
static int replace(up_writer *w)
{
    if (!w->temp) {
        int linked;
        w->temp = take_hidden_name(w, link_as, &linked);
        if (!w->temp)
            return -1;
    }
    if (rename(w->temp, w->path))
        return -1;
    free(w->temp);
    w->temp = NULL;
    return 0;
}

/* Takes the place only if it is free. Without hard links (FAT) the kernel can rename that way. */
static int claim(up_writer *w)
{
    if (w->temp && renameat2(AT_FDCWD, w->temp, AT_FDCWD, w->path, RENAME_NOREPLACE) == 0) {
        free(w->temp);
        w->temp = NULL;
        return 0;
    }
    if (w->temp && errno == EEXIST)
        return -1;
    return link_as(w, w->path);
}

up_status up_writer_publish(up_writer *writer, up_error *error)
{
    UP_TRY(flush(writer, error));
    if (writer->direct)
        return UP_OK;
    if (fsync(writer->fd))
        return up_fail_output(writer->name, errno, "be written", error);
    int failed = claim(writer);
    if (failed && errno == EEXIST && !writer->overwrite)
        return fail_exists(writer, error);
    if (failed && errno == EEXIST)
        failed = replace(writer);
    if (failed)
        return up_fail_output(writer->name, errno, "be given its name", error);
    int folder = open(writer->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder >= 0) {
        fsync(folder); /* best effort: some file systems cannot */
        close(folder);
    }
    return UP_OK;
}
