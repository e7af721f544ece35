/* SPDX-License-Identifier: MIT */
/* The pages of a TIFF file: its chain of directories, without smaller copies and masks. */
#ifndef UP_IO_TIFF_PAGES_H
#define UP_IO_TIFF_PAGES_H

#include "io/files/reader.h"

#define UP_TIFF_MOST_PAGES 65535

typedef struct {
    uint64_t *offset; /* of each page's directory; owned */
    int count;
    int reduced,
        masks; /* directories that are no pages: of lower resolution, and of transparency */
    bool cut;  /* the chain leads out of the file, or back into itself */
    bool more; /* there are more than the most */
} up_tiff_pages;

/* Walks the chain, of a reader that can seek. One page at least, the first directory, if there is
 * one: where all are smaller copies they are its pages. */
up_status up_tiff_pages_find(up_tiff_pages *pages, up_reader *reader, up_error *error);
void up_tiff_pages_free(up_tiff_pages *pages);

#endif
