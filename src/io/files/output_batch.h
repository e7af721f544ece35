/* SPDX-License-Identifier: MIT */
/*
 * Files that are put on disk and named behind the work that makes them.
 *
 * A name must not appear before the bytes are on disk: after a power failure ext4, XFS and others
 * may show an empty file under a new name, and the next run with --skip-existing would take it for
 * a result. So bytes are synced first, the name is given then, and what is promised holds at any
 * moment, however a process or machine dies: a name leads to a whole file. Once a batch is closed
 * all names are on disk too.
 *
 * Waiting for the disk after each file and once more for its folder takes longer than upscaling a
 * small picture. Here one thread waits for all of them: what has gathered is written at once, so
 * that the file system commits its journal for a group instead of for each, and folders are synced
 * when it is done with them. (200 files of 60 kB on ext4: 0.30 s one by one, 0.10 s in groups, and
 * the work does not wait for it. syncfs() would be 0.06 s, but also waits for what others write.)
 */
#ifndef UP_IO_OUTPUT_BATCH_H
#define UP_IO_OUTPUT_BATCH_H

#include "io/files/new_file.h"

/* Takes the file over and leaves *file empty; NULL: an output that needs nothing more. The batch's
 * `published` is told of `user`. Waits while too many files are open. */
void up_batch_add(up_batch *batch, up_new_file *file, void *user);

#endif
