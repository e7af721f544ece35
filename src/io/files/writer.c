/* SPDX-License-Identifier: MIT */
#include "io/files/writer.h"

#include "base/memory.h"
#include "io/files/stream_name.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BUFFER_SIZE ((size_t)64 << 10)

struct up_writer {
    up_new_file file;
    bool direct;         /* a stream: bytes go out as they come; of `file` it uses fd and name */
    bool standard;       /* the descriptor is not ours to close */
    up_kept_bytes *kept; /* it is memory, and of `file` uses name; NULL: it is not */
    int64_t position;    /* in it, where the next byte goes */
    up_take_bytes *take; /* a stream that is a function; NULL: none */
    void *taker;         /* for the function */
    up_batch *batch;     /* that publishes it; NULL: none */
    void *user;          /* for the batch */
    size_t used;
    uint8_t buffer[BUFFER_SIZE];
};

/* What is open already is written to where it stands; others are opened. */
static up_status open_stream(up_writer *w, const char *path, up_error *error)
{
    w->direct = true;
    w->standard = strcmp(path, "-") == 0;
    w->file.name = strdup(w->standard ? "standard output" : path);
    if (!w->file.name)
        return up_fail_memory(error, "a file name", strlen(path));
    int descriptor = w->standard ? STDOUT_FILENO : up_stream_descriptor(path);
    if (descriptor >= 0 && !up_descriptor_allows(descriptor, O_WRONLY))
        return up_fail(error, UP_ERROR_OUTPUT,
                       "%s: is closed, or open for reading only; redirect it, or name a file",
                       w->file.name);
    if (w->standard)
        w->file.fd = descriptor;
    else if (descriptor >= 0)
        w->file.fd = fcntl(descriptor, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    else
        w->file.fd = open(path, O_WRONLY | O_NOCTTY | O_CLOEXEC);
    if (w->file.fd < 0)
        return up_fail_output(w->file.name, errno, "be opened", error);
    up_descriptor_widen(w->file.fd);
    return UP_OK;
}

static up_status make(up_writer **writer, const char *what, up_error *error)
{
    up_writer *w = *writer = up_alloc(1, sizeof *w);
    if (!w)
        return up_fail_memory(error, what, sizeof *w);
    memset(w, 0, offsetof(up_writer, buffer));
    w->file.fd = -1;
    return UP_OK;
}

up_status up_writer_open(up_writer **writer, const char *path, bool overwrite, up_error *error)
{
    return up_writer_open_as(writer, path, &(up_naming){ .overwrite = overwrite }, error);
}

up_status up_writer_open_as(up_writer **writer, const char *path, const up_naming *naming,
                            up_error *error)
{
    UP_TRY(make(writer, path, error));
    up_status status = up_is_stream(path)
                           ? open_stream(*writer, path, error)
                           : up_new_file_create(&(*writer)->file, path, naming, error);
    if (status != UP_OK)
        up_writer_close(writer);
    return status;
}

static up_status make_named(up_writer **writer, const char *name, up_error *error)
{
    UP_TRY(make(writer, name, error));
    (*writer)->file.name = strdup(name);
    if ((*writer)->file.name)
        return UP_OK;
    up_writer_close(writer);
    return up_fail_memory(error, name, strlen(name));
}

up_status up_writer_open_memory(up_writer **writer, const char *name, up_kept_bytes *kept,
                                up_error *error)
{
    UP_TRY(make_named(writer, name, error));
    (*writer)->kept = kept;
    return UP_OK;
}

up_status up_writer_open_function(up_writer **writer, up_take_bytes *take, void *user,
                                  up_error *error)
{
    UP_TRY(make_named(writer, "the function that takes the output", error));
    (*writer)->direct = true;
    (*writer)->take = take;
    (*writer)->taker = user;
    return UP_OK;
}

void up_writer_join(up_writer *writer, up_batch *batch, void *user)
{
    writer->batch = batch;
    writer->user = user;
}

void up_writer_close(up_writer **writer)
{
    up_writer *w = *writer;
    if (!w)
        return;
    if (w->standard)
        w->file.fd = -1;
    up_new_file_discard(&w->file);
    up_free(w);
    *writer = NULL;
}

const char *up_writer_name(const up_writer *writer)
{
    return writer->file.name;
}

bool up_writer_seekable(const up_writer *writer)
{
    return !writer->direct;
}

static up_status hand_on(const up_writer *w, const uint8_t *bytes, size_t size, up_error *error)
{
    up_error said = { .status = UP_OK };
    const up_status status = size > 0 ? w->take(w->taker, bytes, size, &said) : UP_OK;
    if (status == UP_OK)
        return UP_OK;
    return up_fail(error, status, "%s",
                   said.message[0] ? said.message : "the function that takes the output failed");
}

static up_status keep(up_writer *w, int64_t offset, const uint8_t *bytes, size_t size,
                      up_error *error)
{
    const int64_t at = offset < 0 ? w->position : offset;
    UP_TRY(up_kept_bytes_put(w->kept, at, bytes, size, w->file.name, error));
    if (offset < 0)
        w->position += (int64_t)size;
    return UP_OK;
}

/* All bytes, where the last ones without an offset ended if `offset` is negative. */
static up_status put(up_writer *w, int64_t offset, const uint8_t *bytes, size_t size,
                     up_error *error)
{
    if (w->kept)
        return keep(w, offset, bytes, size, error);
    if (w->take)
        return hand_on(w, bytes, size, error);
    for (size_t done = 0; done < size;) {
        ssize_t n = offset < 0
                        ? write(w->file.fd, bytes + done, size - done)
                        : pwrite(w->file.fd, bytes + done, size - done, offset + (int64_t)done);
        if (n < 0 && errno == EAGAIN) /* whoever gave us the pipe does not want to wait; we do */
            poll(&(struct pollfd){ .fd = w->file.fd, .events = POLLOUT }, 1, -1);
        else if (n < 0 && errno != EINTR)
            return up_fail_output(w->file.name, errno, "be written", error);
        if (n > 0)
            done += (size_t)n;
    }
    return UP_OK;
}

static up_status flush(up_writer *w, up_error *error)
{
    size_t size = w->used;
    w->used = 0;
    return size > 0 ? put(w, -1, w->buffer, size, error) : UP_OK;
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
        return up_fail(error, UP_ERROR_OUTPUT, "%s: planes need a file, not a pipe",
                       writer->file.name);
    UP_TRY(flush(writer, error)); /* it may lie there */
    return put(writer, offset, bytes, size, error);
}

up_status up_writer_read_at(up_writer *writer, int64_t offset, void *buffer, size_t size,
                            up_error *error)
{
    const up_kept_bytes *kept = writer->kept;
    UP_TRY(flush(writer, error));
    if (kept && offset >= 0 && (uint64_t)offset <= kept->size &&
        size <= kept->size - (size_t)offset) {
        memcpy(buffer, kept->data + offset, size);
        return UP_OK;
    }
    for (size_t done = 0; !kept && !writer->direct;) {
        const ssize_t n =
            pread(writer->file.fd, (char *)buffer + done, size - done, offset + (int64_t)done);
        if (n > 0)
            done += (size_t)n;
        if (done == size)
            return UP_OK;
        if (n < 0 && errno != EINTR)
            return up_fail_output(writer->file.name, errno, "be read again", error);
        if (n == 0)
            break;
    }
    return up_fail(error, UP_ERROR_OUTPUT, "%s: what was written is not there any more",
                   writer->file.name);
}

/* A stream may tell only now what became of the last bytes. */
static up_status end_stream(up_writer *w, up_error *error)
{
    if (!w->standard && !w->take) {
        int fd = w->file.fd;
        w->file.fd = -1;
        if (close(fd))
            return up_fail_output(w->file.name, errno, "be written", error);
    }
    if (w->batch)
        up_batch_add(w->batch, NULL, w->user);
    return UP_OK;
}

up_status up_writer_publish(up_writer *writer, up_error *error)
{
    UP_TRY(flush(writer, error));
    if (writer->direct)
        return end_stream(writer, error);
    if (writer->kept)
        return UP_OK;
    if (writer->batch) {
        up_batch_add(writer->batch, &writer->file, writer->user);
        return UP_OK;
    }
    UP_TRY(up_new_file_sync(&writer->file, error));
    UP_TRY(up_new_file_publish(&writer->file, error));
    up_sync_folder(writer->file.folder);
    return UP_OK;
}
