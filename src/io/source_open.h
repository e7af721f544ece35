/* SPDX-License-Identifier: MIT */
/* Opening a file of any format. */
#ifndef UP_IO_SOURCE_OPEN_H
#define UP_IO_SOURCE_OPEN_H

#include "io/source.h"

/* The format is recognised from the content, never from the name. EXIF orientation is applied:
 * format is what it is after that (mirrored rows stream, the others are held in memory). */
up_status up_source_open(up_source **source, const char *path, up_error *error);
/* The same of what a reader begins with, which it takes over. */
up_status up_source_open_reader(up_source **source, up_reader *reader, up_error *error);

/* A page of a source that has some, from 0. It reads by the reader of `source`, and is to be closed
 * before it. */
up_status up_source_open_page(up_source **page, up_source *source, int number, bool scraps,
                              up_error *error);

#endif
