/* SPDX-License-Identifier: MIT */
/* A folder, or one file of it, that appears whole or not at all: made under a hidden name beside
 * its place, then renamed. An empty folder that is there already stays the folder it is, with its
 * permissions, links to it and what is mounted there: the hidden one lies in it, and what it holds
 * is moved up at the end, the page that shows it last. */
#ifndef UP_COMPARE_WORK_FOLDER_H
#define UP_COMPARE_WORK_FOLDER_H

#include "base/status.h"

#include <stdio.h>

typedef struct {
    char *target; /* as it was named, without slashes at its end; of a folder that exists its path
                     without links */
    char *path;   /* the hidden folder while it is being made */
    int lock;     /* an open descriptor of path; -1: none */
    bool overwrite, inside; /* an empty folder is filled */
} up_work_folder;

/* Files by their last names. */
typedef struct {
    const char *const *path;
    int count;
} up_work_names;

/* Removes what programs that were killed have left there, and makes the hidden folder. What is in
 * the way is an error here already: anything but an empty folder (`is_folder`) unless `overwrite`,
 * and then all but a report (`is_folder`), with files called as those of `also`, or a regular
 * file. */
up_status up_work_folder_make(up_work_folder *work, const char *target, bool is_folder,
                              bool overwrite, const up_work_names *also, up_error *error);

/* Renames the folder to its target, or the file `name` in it. */
up_status up_work_folder_publish(up_work_folder *work, up_error *error);
up_status up_work_folder_publish_file(up_work_folder *work, const char *name, up_error *error);

/* Removes what was not published. */
void up_work_folder_clear(up_work_folder *work);

/* "FOLDER/NAME" in new memory for free(); NULL: out of memory, said in `error`. */
char *up_path_join(const char *folder, const char *name, up_error *error);

/* FOLDER/NAME, which may exist already. */
up_status up_folder_make_in(const char *folder, const char *name, up_error *error);

/* Writes FOLDER/NAME by `write`, which returns false where it fails. */
typedef bool up_file_fill(FILE *out, const void *what);
up_status up_file_write_in(const char *folder, const char *name, up_file_fill *fill,
                           const void *what, up_error *error);

up_status up_folder_make(const char *path, up_error *error);

/* With all that is in it. */
void up_folder_remove(const char *path);

/* Of all files in a folder, or of one file. */
size_t up_tree_bytes(const char *path);

/* UP_ERROR_SPACE or UP_ERROR_OUTPUT by errno. */
up_status up_fail_write(const char *path, up_error *error);

#endif
