/* SPDX-License-Identifier: MIT */
/* Bytes of an input: a file, standard input or memory, with a look ahead. */
#ifndef UP_IO_READER_H
#define UP_IO_READER_H

#include "base/status.h"

typedef struct up_reader up_reader;

/* "-" is standard input. */
up_status up_reader_open(up_reader **reader, const char *path, up_error *error);
/* The caller's bytes, which must stay; `name` is for messages. */
up_status up_reader_open_memory(up_reader **reader, const void *bytes, size_t size,
                                const char *name, up_error *error);
void up_reader_close(up_reader **reader);

/* The path as the user gave it; "standard input" for "-". For messages. */
const char *up_reader_name(const up_reader *reader);

/* The path, where opening it once more would read the same bytes; NULL for pipes and standard
 * input. */
const char *up_reader_path(const up_reader *reader);

/* The first bytes without consuming them (at most 64), before anything has been read. */
size_t up_reader_peek(up_reader *reader, const uint8_t **bytes);

/* Reads up to `size` bytes; fewer only at the end or on an I/O error (see up_reader_failed). */
size_t up_reader_read(up_reader *reader, void *buffer, size_t size);
bool up_reader_failed(const up_reader *reader);

/* Why less came than was wanted: reading failed, or the file ends. */
up_status up_reader_fail(const up_reader *reader, up_error *error);

/* Exactly `size` bytes or an error that says the file is truncated. */
up_status up_reader_exact(up_reader *reader, void *buffer, size_t size, up_error *error);

/* Where the next byte lies, from the first of the input. */
int64_t up_reader_position(const up_reader *reader);

/* Total size in bytes, -1 for a pipe. Seeking works where the size is known. */
int64_t up_reader_size(const up_reader *reader);
up_status up_reader_seek(up_reader *reader, int64_t offset, up_error *error);

/* Exactly `size` bytes at `offset`; leaves the position alone. Works where seeking does. */
up_status up_reader_read_at(up_reader *reader, int64_t offset, void *buffer, size_t size,
                            up_error *error);

/* Reads a pipe to its end, at most `most` bytes, so that seeking works; before anything has been
 * read. Files stay as they are. */
up_status up_reader_hold(up_reader *reader, size_t most, up_error *error);
/* Bytes that are held so; 0 of anything else. */
size_t up_reader_held(const up_reader *reader);

#endif
