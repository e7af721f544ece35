/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* renameat2, syncfs, asprintf */

#include "compare/files/work_folder.h"

#include "compare/files/file_names.h"
#include "io/files/left_over.h"
#include "io/files/writer.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PERMISSIONS = 0777 }; /* the umask takes its share */

/* Everything that a report has at its top, first what shows the rest: a folder that holds anything
 * else is not replaced. */
static const char *const report_entries[] = { "index.html", "results.json", "plot.svg",
                                              "input.png",  "indices.npy",  "results",
                                              "tiles",      "pages" };

up_status up_fail_write(const char *path, up_error *error)
{
    return up_fail_output(path, errno, "be written", error);
}

char *up_path_join(const char *folder, const char *name, up_error *error)
{
    char *path;
    if (asprintf(&path, "%s/%s", folder, name) >= 0)
        return path;
    up_fail_memory(error, "a path", strlen(folder) + strlen(name));
    return NULL;
}

up_status up_folder_make(const char *path, up_error *error)
{
    return mkdir(path, PERMISSIONS) == 0 || errno == EEXIST ? UP_OK : up_fail_write(path, error);
}

up_status up_folder_make_in(const char *folder, const char *name, up_error *error)
{
    char *path = up_path_join(folder, name, error);
    up_status status = path ? up_folder_make(path, error) : UP_ERROR_MEMORY;
    free(path);
    return status;
}

up_status up_file_write_in(const char *folder, const char *name, up_file_fill *fill,
                           const void *what, up_error *error)
{
    char *path = up_path_join(folder, name, error);
    if (!path)
        return UP_ERROR_MEMORY;
    FILE *out = fopen(path, "we");
    bool fine = out && fill(out, what);
    fine = (!out || fclose(out) == 0) && fine;
    up_status status = fine ? UP_OK : up_fail_write(path, error);
    free(path);
    return status;
}

static bool is_report_entry(const char *name)
{
    for (size_t i = 0; i < sizeof report_entries / sizeof *report_entries; i++)
        if (strcmp(report_entries[i], name) == 0)
            return true;
    return false;
}

static bool is_dots(const char *name)
{
    return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

static bool is_among(const up_work_names *names, const char *name)
{
    for (int i = 0; i < names->count; i++)
        if (strcmp(up_last_part(names->path[i]), name) == 0)
            return true;
    return false;
}

/* Whether the folder can be read and is empty, or with `also` holds a report and these alone. */
static bool holds_no_other(const char *path, const up_work_names *also)
{
    DIR *folder = opendir(path);
    bool fine = folder;
    for (struct dirent *e; fine && (e = readdir(folder));)
        fine = is_dots(e->d_name) ||
               (also && (is_report_entry(e->d_name) || is_among(also, e->d_name)));
    if (folder)
        closedir(folder);
    return fine;
}

/* Where a link to a folder leads. */
static up_status follow(up_work_folder *w, up_error *error)
{
    char *path = realpath(w->target, NULL);
    if (!path)
        return up_fail_write(w->target, error);
    free(w->target);
    w->target = path;
    return UP_OK;
}

static up_status check_folder(up_work_folder *w, const up_work_names *also, up_error *error)
{
    w->inside = holds_no_other(w->target, NULL);
    if (!w->inside && !w->overwrite)
        return up_fail(error, UP_ERROR_OUTPUT,
                       "%s: is a folder with something in it; name a new or an empty one "
                       "(--overwrite replaces it if that is a report)",
                       w->target);
    if (!w->inside && !holds_no_other(w->target, also))
        return up_fail(error, UP_ERROR_OUTPUT,
                       "%s: is not a report alone, so it is not replaced; choose another output",
                       w->target);
    return follow(w, error);
}

static up_status check_place(up_work_folder *w, bool is_folder, const up_work_names *also,
                             up_error *error)
{
    struct stat info;
    if (is_folder && stat(w->target, &info) == 0 && S_ISDIR(info.st_mode))
        return check_folder(w, also, error);
    if (lstat(w->target, &info) != 0)
        return UP_OK;
    if (!w->overwrite)
        return up_fail(error, UP_ERROR_OUTPUT, "%s: exists already; --overwrite replaces it",
                       w->target);
    if (is_folder || !S_ISREG(info.st_mode))
        return up_fail(error, UP_ERROR_OUTPUT,
                       "%s: is not a %s, so it is not replaced; choose another output", w->target,
                       is_folder ? "folder" : "regular file");
    return UP_OK;
}

static up_status make_hidden(up_work_folder *w, up_error *error)
{
    char *copy = strdup(w->target);
    char *folder = copy && !w->inside ? dirname(copy) : copy;
    w->path = copy ? up_path_join(folder, UP_HIDDEN "XXXXXX", error) : NULL;
    free(copy);
    if (!w->path)
        return up_fail_memory(error, "a path", strlen(w->target));
    if (!mkdtemp(w->path)) {
        int code = errno;
        free(w->path);
        w->path = NULL;
        return up_fail(error, code == ENOSPC ? UP_ERROR_SPACE : UP_ERROR_OUTPUT,
                       "%s: its folder cannot be written to (%s); choose another output", w->target,
                       strerror(code));
    }
    mode_t mask = umask(0); /* mkdtemp keeps others out; a report is as open as any new folder */
    umask(mask);
    chmod(w->path, PERMISSIONS & ~mask);
    w->lock = open(w->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (w->lock >= 0)
        up_left_over_lock(w->lock);
    return UP_OK;
}

static void unlock(up_work_folder *w)
{
    if (w->lock >= 0)
        close(w->lock);
    w->lock = -1;
}

/* Of others only what is a report, or the start of one. */
static void remove_report(int at, const char *name)
{
    const up_work_names none = { 0 };
    char *path;
    if (asprintf(&path, "/proc/self/fd/%d/%s", at, name) < 0)
        return;
    if (holds_no_other(path, &none))
        up_folder_remove(path);
    free(path);
}

static void clean(const char *target)
{
    char *copy = strdup(target);
    up_left_over_each(target, S_IFDIR, remove_report);
    if (copy)
        up_left_over_each(dirname(copy), S_IFDIR, remove_report);
    free(copy);
}

up_status up_work_folder_make(up_work_folder *work, const char *target, bool is_folder,
                              bool overwrite, const up_work_names *also, up_error *error)
{
    *work = (up_work_folder){ .target = strdup(target), .lock = -1, .overwrite = overwrite };
    if (!work->target)
        return up_fail_memory(error, "a path", strlen(target));
    for (size_t end = strlen(target); end > 1 && work->target[end - 1] == '/';)
        work->target[--end] = 0;
    clean(work->target);
    up_status status = check_place(work, is_folder, also, error);
    if (status == UP_OK)
        status = make_hidden(work, error);
    if (status != UP_OK)
        up_work_folder_clear(work);
    return status;
}

/* Calls `visit` for everything below `path`, folders last. */
static void walk(const char *path, void (*visit)(const FTSENT *entry, size_t *sum), size_t *sum)
{
    char *const roots[] = { (char *)path, NULL };
    FTS *tree = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
    FTSENT *entry;
    while (tree && (entry = fts_read(tree)))
        if (entry->fts_info != FTS_D)
            visit(entry, sum);
    if (tree)
        fts_close(tree);
}

static void remove_entry(const FTSENT *entry, size_t *sum)
{
    (void)sum;
    remove(entry->fts_accpath);
}

static void add_bytes(const FTSENT *entry, size_t *sum)
{
    if (entry->fts_info == FTS_F)
        *sum += (size_t)entry->fts_statp->st_size;
}

void up_folder_remove(const char *path)
{
    walk(path, remove_entry, NULL);
}

size_t up_tree_bytes(const char *path)
{
    size_t sum = 0;
    walk(path, add_bytes, &sum);
    return sum;
}

/* One call for the thousands of tiles of a report, before its name says that it is whole. */
static void sync_all(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return;
    syncfs(fd);
    close(fd);
}

static up_status take_place(const char *from, const char *target, bool overwrite, up_error *error)
{
    unsigned flags = RENAME_NOREPLACE;
    struct stat info;
    if (overwrite && lstat(target, &info) == 0)
        flags = RENAME_EXCHANGE;
    if (renameat2(AT_FDCWD, from, AT_FDCWD, target, flags) == 0)
        return UP_OK;
    if (errno == EEXIST)
        return up_fail(error, UP_ERROR_OUTPUT, "%s: exists already; --overwrite replaces it",
                       target);
    /* Some file systems know no flags; an empty or absent place is still taken whole. */
    return rename(from, target) == 0 ? UP_OK : up_fail_write(target, error);
}

/* One entry up, or back. */
static up_status move(const up_work_folder *w, const char *name, bool back, up_error *error)
{
    char *from = up_path_join(w->path, name, error), *to = up_path_join(w->target, name, error);
    struct stat info;
    up_status status = from && to ? UP_OK : UP_ERROR_MEMORY;
    if (status == UP_OK && back)
        rename(to, from);
    else if (status == UP_OK && lstat(from, &info) == 0)
        status = take_place(from, to, false, error);
    free(from);
    free(to);
    return status;
}

static up_status move_up(const up_work_folder *w, up_error *error)
{
    size_t left = sizeof report_entries / sizeof *report_entries, all = left;
    up_status status = UP_OK;
    while (status == UP_OK && left > 0)
        status = move(w, report_entries[--left], false, error);
    for (size_t i = left + 1; status != UP_OK && i < all; i++)
        move(w, report_entries[i], true, NULL);
    return status;
}

up_status up_work_folder_publish(up_work_folder *work, up_error *error)
{
    sync_all(work->path);
    if (work->inside)
        UP_TRY(move_up(work, error));
    else
        UP_TRY(take_place(work->path, work->target, work->overwrite, error));
    unlock(work);
    up_folder_remove(work->path); /* after an exchange, the report of before */
    free(work->path);
    work->path = NULL;
    return UP_OK;
}

up_status up_work_folder_publish_file(up_work_folder *work, const char *name, up_error *error)
{
    char *from = up_path_join(work->path, name, error);
    if (!from)
        return UP_ERROR_MEMORY;
    sync_all(from);
    up_status status = take_place(from, work->target, work->overwrite, error);
    free(from);
    return status;
}

void up_work_folder_clear(up_work_folder *work)
{
    if (work->path) {
        unlock(work);
        up_folder_remove(work->path);
    }
    free(work->path);
    free(work->target);
    *work = (up_work_folder){ .lock = -1 };
}
