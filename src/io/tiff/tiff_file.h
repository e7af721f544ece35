/* SPDX-License-Identifier: MIT */
/* libtiff over readers: what it says is kept instead of printed, and what it may allocate at once
 * is limited by the size of the file. */
#ifndef UP_IO_TIFF_FILE_H
#define UP_IO_TIFF_FILE_H

#include "io/files/reader.h"
#include "io/tiff/tiff_said.h"

typedef struct {
    TIFF *tiff;
    up_reader *reader;
    int64_t at;
    char said[UP_TIFF_SAID];
} up_tiff_file;

/* Opens the directory at `offset`, 0: the first, with a position of its own in a reader that can
 * seek. The struct must stay where it is until it is closed. */
up_status up_tiff_open(up_tiff_file *file, up_reader *reader, uint64_t offset, up_error *error);
void up_tiff_close(up_tiff_file *file);

/* What went wrong, after a call that failed. */
up_status up_tiff_fail(const up_tiff_file *file, up_error *error);

#endif
