/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "pipeline/stages/frame.h"

#include "base/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define RELEASE_BYTES ((size_t)1 << 20) /* given back at a time */

/* Rows of channel after channel. */
static bool lay_out(const up_shape *shape, size_t *row_bytes, size_t *plane_bytes, size_t *bytes)
{
    size_t row;
    if (!up_mul(shape->width, shape->bytes, &row) || row > PTRDIFF_MAX / 2)
        return false;
    *plane_bytes = up_round_up(row, UP_ALIGN);
    return up_mul(*plane_bytes, shape->channels, row_bytes) &&
           up_mul(*row_bytes, shape->height, bytes) && *bytes < PTRDIFF_MAX / 2;
}

static bool lay_out_parts(up_frame *frame)
{
    up_shape shape = frame->whole->out;
    if (frame->whole->running)
        shape.height = 1;
    bool fits =
        lay_out(&shape, &frame->parts_row_bytes, &frame->parts_plane_bytes, &frame->parts_bytes);
    if (frame->whole->running)
        frame->parts_row_bytes = 0;
    return fits;
}

up_status up_frame_layout(up_frame *frame, up_error *error)
{
    const up_shape *shape = &frame->shape;
    if (lay_out(shape, &frame->row_bytes, &frame->plane_bytes, &frame->bytes) &&
        (!frame->whole || lay_out_parts(frame)))
        return UP_OK;
    return up_fail(error, UP_ERROR_LIMIT, "%dx%d of %d channels are too much to be kept",
                   shape->width, shape->height, shape->channels);
}

/* Not in /tmp, which is memory on many systems. */
static const char *folder(void)
{
    const char *named = getenv("TMPDIR");
    return named && *named ? named : "/var/tmp";
}

/* A file that vanishes when it is closed, whatever happens. */
static int open_nameless(const char *where)
{
    char path[4096];
#ifdef O_TMPFILE
    int file = open(where, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (file >= 0)
        return file;
#endif
    if (snprintf(path, sizeof path, "%s/upscale-XXXXXX", where) >= (int)sizeof path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    int named = mkostemp(path, O_CLOEXEC);
    if (named >= 0)
        unlink(path);
    return named;
}

/* Its room is taken at once: rows that find none would end the program. */
static up_status open_file(up_frame *frame, up_error *error)
{
    const char *where = folder();
    int file = open_nameless(where);
    int failed = file < 0 ? errno : posix_fallocate(file, 0, (off_t)frame->bytes);
    if (failed == 0) {
        frame->data = mmap(NULL, frame->bytes, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
        failed = frame->data == MAP_FAILED ? errno : 0;
    }
    if (file >= 0)
        close(file);
    if (failed == 0)
        return UP_OK;
    frame->data = NULL;
    return up_fail(error, failed == ENOSPC ? UP_ERROR_SPACE : UP_ERROR_OUTPUT,
                   "%zu MiB cannot be kept in %s: %s; set TMPDIR to a folder with room, or raise "
                   "--max-memory",
                   (frame->bytes >> 20) + 1, where, strerror(failed));
}

up_status up_frame_open(up_frame *frame, up_error *error)
{
    const size_t parts = frame->parts_bytes;
    if (frame->whole && !(frame->parts = up_alloc(parts, 1)))
        return up_fail_memory(error, "a whole tensor", parts);
    if (frame->data)
        return UP_OK;
    if (frame->in_file)
        return open_file(frame, error);
    frame->data = up_alloc(frame->bytes, 1);
    return frame->data ? UP_OK : up_fail_memory(error, "a kept tensor", frame->bytes);
}

void up_frame_close(up_frame *frame)
{
    if (frame->in_file && frame->data)
        munmap(frame->data, frame->bytes);
    else
        up_free(frame->data);
    up_free(frame->parts);
    frame->data = NULL;
    frame->parts = NULL;
}

void up_frame_bind(const up_frame *frame, up_ring *ring)
{
    up_ring_bind(ring, frame->data, frame->row_bytes, frame->plane_bytes, 0);
}

void up_frame_bind_made(const up_frame *frame, up_ring *ring)
{
    if (frame->whole)
        up_ring_bind(ring, frame->parts, frame->parts_row_bytes, frame->parts_plane_bytes, 0);
    else
        up_frame_bind(frame, ring);
}

up_status up_frame_finish(up_frame *frame, int threads, void *run,
                          bool (*goes_on)(void *run, double done), up_error *error)
{
    const up_whole whole = { .rows = frame->parts,
                             .row_bytes = frame->parts_row_bytes,
                             .plane_bytes = frame->parts_plane_bytes,
                             .result = frame->data,
                             .result_row_bytes = frame->row_bytes,
                             .result_plane_bytes = frame->plane_bytes,
                             .threads = threads,
                             .run = run,
                             .goes_on = goes_on };
    up_status status = frame->whole->finish(frame->whole, &whole, error);
    up_free(frame->parts);
    frame->parts = NULL;
    return status;
}

static size_t page_bytes(void)
{
    long page = sysconf(_SC_PAGESIZE);
    return page > 0 ? (size_t)page : 4096;
}

/* The pages stay what they are: the system writes them to the file, and gets them from there. */
void up_frame_release(const up_frame *frame, int *done, int end)
{
    const size_t page = page_bytes(), bytes = (size_t)(end - *done) * frame->row_bytes;
    if (!frame->in_file || end <= *done || (bytes < RELEASE_BYTES && end < frame->shape.height))
        return;
    size_t from = *done * frame->row_bytes / page * page;
    size_t to = end * frame->row_bytes / page * page;
    if (end == frame->shape.height)
        to = frame->bytes;
    if (to > from)
        madvise(frame->data + from, to - from, MADV_DONTNEED);
    *done = end;
}

size_t up_frame_window_bytes(const up_frame *frame, int rows)
{
    const size_t window = RELEASE_BYTES + (size_t)rows * frame->row_bytes;
    return window < frame->bytes ? window : frame->bytes;
}
