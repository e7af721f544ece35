/* SPDX-License-Identifier: MIT */
/* A HEIF file as libheif sees it, through a reader; and what it says beside its pixels. */
#ifndef UP_IO_HEIF_FILE_H
#define UP_IO_HEIF_FILE_H

#include "io/heif/heif_library.h"
#include "io/source.h"

typedef struct {
    up_reader *reader; /* one that can seek */
    int64_t at;
    struct heif_context *context;
    struct heif_image_handle *picture; /* the primary one */
} up_heif_file;

/* Needs up_heif_close() in any case; the file must stay where it is until then. */
up_status up_heif_open(up_heif_file *file, up_reader *reader, up_error *error);
void up_heif_close(up_heif_file *file);

/* What libheif said, with the file's name before it. */
up_status up_heif_fail(const up_heif_file *file, struct heif_error said, up_error *error);

/* Colours, EXIF and XMP go into the source's metadata; further pictures and maps are counted, or
 * noted. */
up_status up_heif_take_metadata(const up_heif_file *file, up_source *source, up_error *error);

#endif
