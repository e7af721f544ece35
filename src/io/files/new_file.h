/* SPDX-License-Identifier: MIT */
/* A file that gets its name when it is complete, and appears whole or not at all. */
#ifndef UP_IO_NEW_FILE_H
#define UP_IO_NEW_FILE_H

#include "base/status.h"

typedef struct {
    bool overwrite;   /* an existing file may be replaced */
    const char *mark; /* in the hidden name, as up_options.unfinished; NULL: none */
} up_naming;

typedef struct {
    int fd; /* -1: none */
    up_naming naming;
    char *name;   /* as the user gave it, for messages */
    char *path;   /* where it goes */
    char *folder; /* of path */
    char *temp;   /* hidden name of the unfinished file; NULL: it has none */
} up_new_file;

/* Unnamed (O_TMPFILE) or with a hidden name in the folder of `path`, where a link is followed. What
 * exists there is an error unless it may be replaced, checked here and again, without a race, when
 * the file is named. The mark must live as long as the file, which can be discarded on failure as
 * well. */
up_status up_new_file_create(up_new_file *file, const char *path, const up_naming *naming,
                             up_error *error);

/* Begins to write to the disk, without waiting. */
void up_new_file_start_sync(const up_new_file *file);

/* Waits until all bytes are on the disk. To be called before the name is given: after a power
 * failure a new name may otherwise lead to an empty file. */
up_status up_new_file_sync(const up_new_file *file, up_error *error);

/* XXH64 of its bytes, and how many there are. */
up_status up_new_file_hash(const up_new_file *file, uint64_t *hash, uint64_t *bytes,
                           up_error *error);

/* Gives it its name. A file that is replaced hands on its permissions, and its owner and group as
 * far as this user may give them. */
up_status up_new_file_publish(up_new_file *file, up_error *error);

/* Makes names given in a folder last. */
void up_sync_folder(const char *folder);

/* Frees everything, and removes what was not published. */
void up_new_file_discard(up_new_file *file);

/* Why an output `name` cannot be written: "be created" or the like failed with the errno `code`. */
up_status up_fail_output(const char *name, int code, const char *doing, up_error *error);

#endif
