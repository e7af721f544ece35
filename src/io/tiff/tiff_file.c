/* SPDX-License-Identifier: MIT */
#include "io/tiff/tiff_file.h"

#include <stdio.h>
#include <string.h>

#define BESIDE_FILE ((tmsize_t)32 << 20) /* bytes of what is packed very well */

static tmsize_t read_bytes(thandle_t handle, void *buffer, tmsize_t size)
{
    up_tiff_file *f = handle;
    const int64_t left = up_reader_size(f->reader) - f->at;
    size = size < left ? size : left > 0 ? (tmsize_t)left : 0;
    if (size <= 0 || up_reader_read_at(f->reader, f->at, buffer, (size_t)size, NULL) != UP_OK)
        return 0;
    f->at += size;
    return size;
}

static tmsize_t write_nothing(thandle_t handle, void *buffer, tmsize_t size)
{
    (void)handle, (void)buffer, (void)size;
    return 0;
}

static toff_t seek(thandle_t handle, toff_t offset, int whence)
{
    up_tiff_file *f = handle;
    const int64_t from = whence == SEEK_SET   ? 0
                         : whence == SEEK_CUR ? f->at
                                              : up_reader_size(f->reader);
    int64_t to;
    if (__builtin_add_overflow(from, (int64_t)offset, &to) || to < 0)
        return (toff_t)-1;
    f->at = to;
    return (toff_t)to;
}

static int close_nothing(thandle_t handle)
{
    (void)handle;
    return 0;
}

static toff_t size_of(thandle_t handle)
{
    return (toff_t)up_reader_size(((up_tiff_file *)handle)->reader);
}

up_status up_tiff_open(up_tiff_file *file, up_reader *reader, uint64_t offset, up_error *error)
{
    *file = (up_tiff_file){ .reader = reader };
    TIFFOpenOptions *options = up_tiff_options(file->said);
    if (!options)
        return up_fail_memory(error, up_reader_name(reader), sizeof *file);
    up_tiff.TIFFOpenOptionsSetMaxSingleMemAlloc(options, up_reader_size(reader) + BESIDE_FILE);
    file->tiff =
        up_tiff.TIFFClientOpenExt(up_reader_name(reader), offset ? "rmh" : "rm", file, read_bytes,
                                  write_nothing, seek, close_nothing, size_of, NULL, NULL, options);
    up_tiff.TIFFOpenOptionsFree(options);
    if (!file->tiff || (offset && !up_tiff.TIFFSetSubDirectory(file->tiff, offset)))
        return up_tiff_fail(file, error);
    return UP_OK;
}

void up_tiff_close(up_tiff_file *file)
{
    if (file->tiff)
        up_tiff.TIFFClose(file->tiff);
    file->tiff = NULL;
}

up_status up_tiff_fail(const up_tiff_file *file, up_error *error)
{
    if (up_reader_failed(file->reader))
        return up_reader_fail(file->reader, error);
    if (up_tiff_lacks_memory(file->said, up_reader_name(file->reader)))
        return up_fail(error, UP_ERROR_MEMORY, "%s: libtiff is out of memory: %s",
                       up_reader_name(file->reader), file->said);
    return up_fail(error, UP_ERROR_INPUT, "%s: damaged TIFF: %s", up_reader_name(file->reader),
                   file->said[0] ? file->said : "it cannot be read");
}
