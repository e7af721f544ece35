/* SPDX-License-Identifier: MIT */
/* Reading a picture from a file a row at a time. */
#ifndef UP_COMPARE_PICTURE_ROWS_H
#define UP_COMPARE_PICTURE_ROWS_H

#include "io/source.h"
#include "upscale_compare.h"

typedef struct {
    up_source *source;
    const up_format *format;
    size_t row_bytes, pixel_bytes;
} up_picture_rows;

/* Interleaved pictures of 8 or 16 bits and 1 to 4 channels: what upscale writes as PNG. */
up_status up_picture_rows_open(up_picture_rows *rows, const char *path, up_error *error);
up_status up_picture_rows_read(up_picture_rows *rows, void *row, up_error *error);
void up_picture_rows_close(up_picture_rows *rows);

/* Cuts `count` boxes, which lie inside the picture, out of it in one go. Free with
 * up_cuts_free(). */
up_status up_cuts_read(up_pixels *cut, const char *path, const up_box *box, int count,
                       up_error *error);
void up_cuts_free(up_pixels *cut, int count);

#endif
