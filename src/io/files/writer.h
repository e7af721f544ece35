/* SPDX-License-Identifier: MIT */
/* Bytes of an output that appears whole or not at all. */
#ifndef UP_IO_WRITER_H
#define UP_IO_WRITER_H

#include "io/files/kept_bytes.h"
#include "io/files/output_batch.h"

typedef struct up_writer up_writer;

/* A new file; or, of a name that up_is_stream() tells, the stream. An existing file is
 * UP_ERROR_EXISTS unless `overwrite`, checked here and again, without a race, when the file is
 * published. */
up_status up_writer_open(up_writer **writer, const char *path, bool overwrite, up_error *error);
up_status up_writer_open_as(up_writer **writer, const char *path, const up_naming *naming,
                            up_error *error);

/* Into `kept`, which is the caller's, for what must not reach a disk. All is there once it is
 * published; what was not is to be freed as well. */
up_status up_writer_open_memory(up_writer **writer, const char *name, up_kept_bytes *kept,
                                up_error *error);

/* Hands the bytes on as they come, as up_plan_run_to() says. */
up_status up_writer_open_function(up_writer **writer, up_take_bytes *take, void *user,
                                  up_error *error);

/* For messages. */
const char *up_writer_name(const up_writer *writer);

/* No space left is UP_ERROR_SPACE, a closed pipe or anything else UP_ERROR_OUTPUT. */
up_status up_writer_write(up_writer *writer, const void *bytes, size_t size, up_error *error);

/* Random access for .npy planes: writes `size` bytes at `offset` of the file. Fails on a pipe. */
up_status up_writer_write_at(up_writer *writer, int64_t offset, const void *bytes, size_t size,
                             up_error *error);
/* Exactly `size` bytes that were written there; not of a stream. */
up_status up_writer_read_at(up_writer *writer, int64_t offset, void *buffer, size_t size,
                            up_error *error);
bool up_writer_seekable(const up_writer *writer);

/* From now on publishing is left to a batch, which is told of `user` then. */
void up_writer_join(up_writer *writer, up_batch *batch, void *user);

/* Flushes, syncs and gives the file its name. */
up_status up_writer_publish(up_writer *writer, up_error *error);

/* Removes what was not published. */
void up_writer_close(up_writer **writer);

#endif
