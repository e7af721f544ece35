/* SPDX-License-Identifier: MIT */
#include "io/tiff/tiff_output.h"

#include "base/memory.h"
#include "io/tiff/tiff_file.h"

#include <stdio.h>
#include <string.h>

static bool grow(up_tiff_output *o, size_t wanted)
{
    if (wanted <= o->room)
        return true;
    size_t room;
    uint8_t *grown = up_mul(wanted, 2, &room) ? up_alloc_zero(room, 1) : NULL;
    if (!grown)
        return false;
    if (o->held)
        memcpy(grown, o->held, (size_t)o->size);
    up_free(o->held);
    o->held = grown;
    o->room = room;
    return true;
}

static up_status put(up_tiff_output *o, const void *bytes, size_t size)
{
    if (up_writer_seekable(o->writer))
        return up_writer_write_at(o->writer, o->at, bytes, size, &o->failure);
    if (!grow(o, (size_t)o->at + size))
        return up_fail_memory(&o->failure, up_writer_name(o->writer), (size_t)o->at + size);
    memcpy(o->held + o->at, bytes, size);
    return UP_OK;
}

static tmsize_t write_bytes(thandle_t handle, void *buffer, tmsize_t size)
{
    up_tiff_output *o = handle;
    if (size <= 0 || o->failure.status != UP_OK || put(o, buffer, (size_t)size) != UP_OK)
        return size == 0 ? 0 : -1;
    o->at += size;
    o->size = o->at > o->size ? o->at : o->size;
    return size;
}

/* Of the directory before, into which the next one is entered. */
static tmsize_t read_bytes(thandle_t handle, void *buffer, tmsize_t size)
{
    up_tiff_output *o = handle;
    if (size <= 0 || size > o->size || o->at > o->size - size)
        return 0;
    if (!up_writer_seekable(o->writer))
        memcpy(buffer, o->held + o->at, (size_t)size);
    else if (up_writer_read_at(o->writer, o->at, buffer, (size_t)size, &o->failure) != UP_OK)
        return -1;
    o->at += size;
    return size;
}

static toff_t seek(thandle_t handle, toff_t offset, int whence)
{
    up_tiff_output *o = handle;
    o->at = (int64_t)offset + (whence == SEEK_SET ? 0 : whence == SEEK_CUR ? o->at : o->size);
    return (toff_t)o->at;
}

static int close_nothing(thandle_t handle)
{
    (void)handle;
    return 0;
}

static toff_t size_of(thandle_t handle)
{
    return (toff_t)((up_tiff_output *)handle)->size;
}

up_status up_tiff_output_open(up_tiff_output *out, up_writer *writer, const char *mode,
                              up_error *error)
{
    *out = (up_tiff_output){ .writer = writer };
    TIFFOpenOptions *options = up_tiff_options(out->said);
    if (!options)
        return up_fail_memory(error, up_writer_name(writer), sizeof *out);
    out->tiff =
        up_tiff.TIFFClientOpenExt(up_writer_name(writer), mode, out, read_bytes, write_bytes, seek,
                                  close_nothing, size_of, NULL, NULL, options);
    up_tiff.TIFFOpenOptionsFree(options);
    return out->tiff ? UP_OK : up_tiff_output_fail(out, error);
}

up_status up_tiff_output_fail(const up_tiff_output *out, up_error *error)
{
    if (out->failure.status != UP_OK)
        return up_fail(error, out->failure.status, "%s", out->failure.message);
    if (up_tiff_lacks_memory(out->said, up_writer_name(out->writer)))
        return up_fail(error, UP_ERROR_MEMORY, "%s: libtiff is out of memory: %s",
                       up_writer_name(out->writer), out->said);
    return up_fail(error, UP_ERROR_OUTPUT, "%s: cannot be written as TIFF: %s",
                   up_writer_name(out->writer), out->said[0] ? out->said : "libtiff says no more");
}

up_status up_tiff_output_add(up_tiff_output *out, const void *bytes, size_t size, uint64_t *at,
                             up_error *error)
{
    static const char zero[1] = { 0 };
    seek(out, 0, SEEK_END);
    if (out->at % 2 && write_bytes(out, (void *)(uintptr_t)zero, 1) != 1)
        return up_tiff_output_fail(out, error);
    *at = (uint64_t)out->at;
    return write_bytes(out, (void *)(uintptr_t)bytes, (tmsize_t)size) == (tmsize_t)size
               ? UP_OK
               : up_tiff_output_fail(out, error);
}

up_status up_tiff_output_page(up_tiff_output *out, up_error *error)
{
    if (!up_tiff.TIFFWriteDirectory(out->tiff) || out->failure.status != UP_OK)
        return up_tiff_output_fail(out, error);
    return UP_OK;
}

up_status up_tiff_output_finish(up_tiff_output *out, up_error *error)
{
    return out->held ? up_writer_write(out->writer, out->held, (size_t)out->size, error) : UP_OK;
}

void up_tiff_output_close(up_tiff_output *out)
{
    if (out->tiff)
        up_tiff.TIFFCleanup(out->tiff); /* without a directory for what was not finished */
    up_free(out->held);
}
