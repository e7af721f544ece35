/* SPDX-License-Identifier: MIT */
#include "io/files/reader.h"

#include "base/memory.h"
#include "io/files/stream_name.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BUFFER_SIZE ((size_t)64 << 10)
#define PEEK_SIZE 64

struct up_reader {
    int fd;        /* -1: `memory` is the input */
    bool standard; /* the descriptor is not ours to close */
    const uint8_t *memory;
    uint8_t *held;     /* what of it was read from a pipe */
    int failure;       /* errno of the read that failed, 0 if none did */
    int64_t size;      /* -1: a pipe */
    int64_t base;      /* offset of the descriptor when it was opened */
    int64_t position;  /* of the byte at `end`, from base */
    size_t start, end; /* unread bytes in the buffer */
    uint8_t buffer[BUFFER_SIZE];
    char name[];
};

static up_status measure(up_reader *r, up_error *error)
{
    struct stat info;
    if (fstat(r->fd, &info))
        return up_fail(error, up_status_of(errno, UP_ERROR_INPUT), "%s: cannot be read: %s",
                       r->name, strerror(errno));
    if (S_ISDIR(info.st_mode))
        return up_fail(error, UP_ERROR_INPUT, "%s: is a folder, not an image; name the files in it",
                       r->name);
    off_t base = S_ISREG(info.st_mode) ? lseek(r->fd, 0, SEEK_CUR) : -1;
    r->base = base < 0 ? 0 : base;
    r->size = base < 0 ? -1 : info.st_size > base ? info.st_size - base : 0;
    if (base < 0)
        up_descriptor_widen(r->fd);
    return UP_OK;
}

static up_status make(up_reader **reader, const char *name, up_error *error)
{
    const size_t length = strlen(name) + 1;
    up_reader *r = *reader = up_alloc(1, sizeof *r + length);
    if (!r)
        return up_fail_memory(error, name, sizeof *r + length);
    memset(r, 0, offsetof(up_reader, buffer));
    memcpy(r->name, name, length);
    r->fd = -1;
    return UP_OK;
}

up_status up_reader_open(up_reader **reader, const char *path, up_error *error)
{
    *reader = NULL;
    bool standard = strcmp(path, "-") == 0;
    const char *name = standard ? "standard input" : path;
    int fd = standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return up_fail(error, up_status_of(errno, UP_ERROR_INPUT), "%s: cannot be opened: %s", name,
                       strerror(errno));
    if (standard && !up_descriptor_allows(fd, O_RDONLY))
        return up_fail(error, UP_ERROR_INPUT, "%s: is closed; name a file", name);
    up_reader *r;
    up_status status = make(&r, name, error);
    if (status != UP_OK) {
        if (!standard)
            close(fd);
        return status;
    }
    r->fd = fd;
    r->standard = standard;
    status = measure(r, error);
    if (status != UP_OK)
        up_reader_close(&r);
    *reader = r;
    return status;
}

up_status up_reader_open_memory(up_reader **reader, const void *bytes, size_t size,
                                const char *name, up_error *error)
{
    UP_TRY(make(reader, name, error));
    (*reader)->memory = bytes;
    (*reader)->size = (int64_t)size;
    return UP_OK;
}

/* Room for twice as much; what there is stays. */
static bool grow(uint8_t **bytes, size_t *room, size_t used)
{
    size_t more;
    uint8_t *grown = up_mul(*room, 2, &more) ? up_alloc(more, 1) : NULL;
    if (!grown)
        return false;
    memcpy(grown, *bytes, used);
    up_free(*bytes);
    *bytes = grown;
    *room = more;
    return true;
}

up_status up_reader_hold(up_reader *reader, size_t most, up_error *error)
{
    if (reader->size >= 0)
        return UP_OK;
    size_t room = BUFFER_SIZE, used = 0, count = 1;
    uint8_t *bytes = up_alloc(room, 1);
    bool fits = bytes;
    while (fits && count > 0) {
        fits = used <= most && (used < room || grow(&bytes, &room, used));
        count = fits ? up_reader_read(reader, bytes + used, room - used) : 0;
        used += count;
    }
    if (!fits || reader->failure) {
        up_free(bytes);
        return reader->failure ? up_reader_fail(reader, error)
               : used > most
                   ? up_fail(error, UP_ERROR_LIMIT,
                             "%s: more than %zu MiB from a pipe are to be held in memory; "
                             "save it to a file",
                             reader->name, most >> 20)
                   : up_fail_memory(error, reader->name, room);
    }
    reader->memory = reader->held = bytes;
    reader->size = (int64_t)used;
    reader->position = 0;
    reader->start = reader->end = 0;
    return UP_OK;
}

size_t up_reader_held(const up_reader *reader)
{
    return reader->held ? (size_t)reader->size : 0;
}

void up_reader_close(up_reader **reader)
{
    up_reader *r = *reader;
    if (r && !r->standard && r->fd >= 0)
        close(r->fd);
    if (r)
        up_free(r->held);
    up_free(r);
    *reader = NULL;
}

const char *up_reader_name(const up_reader *reader)
{
    return reader->name;
}

const char *up_reader_path(const up_reader *reader)
{
    return reader->standard || reader->memory || reader->size < 0 ? NULL : reader->name;
}

bool up_reader_failed(const up_reader *reader)
{
    return reader->failure != 0;
}

int64_t up_reader_size(const up_reader *reader)
{
    return reader->size;
}

/* One read(2) of at most `size` bytes; 0 at the end or on an error. */
static size_t fetch(up_reader *r, void *buffer, size_t size)
{
    ssize_t n;
    if (r->memory) {
        const size_t left = (size_t)(r->size - r->position);
        size = size < left ? size : left;
        memcpy(buffer, r->memory + r->position, size);
        r->position += (int64_t)size;
        return size;
    }
    while ((n = read(r->fd, buffer, size)) < 0 && (errno == EINTR || errno == EAGAIN)) {
        if (errno == EAGAIN) /* whoever gave us the pipe does not want to wait; we do */
            poll(&(struct pollfd){ .fd = r->fd, .events = POLLIN }, 1, -1);
    }
    if (n < 0)
        r->failure = errno;
    if (n <= 0)
        return 0;
    r->position += n;
    return (size_t)n;
}

size_t up_reader_peek(up_reader *reader, const uint8_t **bytes)
{
    size_t n = 1;
    while (n && reader->end - reader->start < PEEK_SIZE && reader->end < BUFFER_SIZE) {
        n = fetch(reader, reader->buffer + reader->end, BUFFER_SIZE - reader->end);
        reader->end += n;
    }
    *bytes = reader->buffer + reader->start;
    size_t held = reader->end - reader->start;
    return held < PEEK_SIZE ? held : PEEK_SIZE;
}

size_t up_reader_read(up_reader *reader, void *buffer, size_t size)
{
    size_t done = 0;
    while (done < size) {
        size_t held = reader->end - reader->start, want = size - done;
        if (held) {
            size_t n = held < want ? held : want;
            memcpy((uint8_t *)buffer + done, reader->buffer + reader->start, n);
            reader->start += n;
            done += n;
        } else if (want >= BUFFER_SIZE) {
            reader->start = reader->end = 0;
            size_t n = fetch(reader, (uint8_t *)buffer + done, want);
            if (!n)
                break;
            done += n;
        } else {
            reader->start = 0;
            reader->end = fetch(reader, reader->buffer, BUFFER_SIZE);
            if (!reader->end)
                break;
        }
    }
    return done;
}

up_status up_reader_fail(const up_reader *reader, up_error *error)
{
    if (reader->failure)
        return up_fail(error, up_status_of(reader->failure, UP_ERROR_INPUT),
                       "%s: cannot be read: %s", reader->name, strerror(reader->failure));
    return up_fail(error, UP_ERROR_INPUT, "%s: truncated: the file ends too early", reader->name);
}

up_status up_reader_exact(up_reader *reader, void *buffer, size_t size, up_error *error)
{
    if (up_reader_read(reader, buffer, size) == size)
        return UP_OK;
    return up_reader_fail(reader, error);
}

up_status up_reader_read_at(up_reader *reader, int64_t offset, void *buffer, size_t size,
                            up_error *error)
{
    if (reader->memory) {
        if (offset < 0 || offset > reader->size || size > (size_t)(reader->size - offset))
            return up_reader_fail(reader, error);
        memcpy(buffer, reader->memory + offset, size);
        return UP_OK;
    }
    for (size_t done = 0; done < size;) {
        ssize_t n = pread(reader->fd, (uint8_t *)buffer + done, size - done,
                          reader->base + offset + (int64_t)done);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            reader->failure = errno;
        if (n <= 0)
            return up_reader_fail(reader, error);
        done += (size_t)n;
    }
    return UP_OK;
}

int64_t up_reader_position(const up_reader *reader)
{
    return reader->position - (int64_t)(reader->end - reader->start);
}

up_status up_reader_seek(up_reader *reader, int64_t offset, up_error *error)
{
    int64_t first = reader->position - (int64_t)reader->end;
    if (offset >= first && offset <= reader->position) {
        reader->start = (size_t)(offset - first);
        return UP_OK;
    }
    if (reader->size < 0)
        return up_fail(error, UP_ERROR_INPUT, "%s: a pipe cannot be read twice; save it to a file",
                       reader->name);
    int64_t target;
    if (offset < 0 || (reader->memory && offset > reader->size) ||
        __builtin_add_overflow(offset, reader->base, &target) ||
        (!reader->memory && lseek(reader->fd, target, SEEK_SET) < 0))
        return up_fail(error, UP_ERROR_INPUT, "%s: cannot be read at offset %lld", reader->name,
                       (long long)offset);
    reader->position = offset;
    reader->start = reader->end = 0;
    return UP_OK;
}
