/* SPDX-License-Identifier: MIT */
/* Pictures that are held whole, because a library takes or gives them so. */
#ifndef UP_IO_HELD_ROWS_H
#define UP_IO_HELD_ROWS_H

#include "base/status.h"

/* Rows one behind the other, interleaved. */
typedef struct {
    uint8_t *pixels; /* NULL: not begun */
    size_t row_bytes;
    size_t bytes; /* of all rows */
    int y;        /* the next to be taken or given */
} up_held_rows;

/* Room for a picture, zeroed; `name` is that of the file. */
up_status up_held_rows_begin(up_held_rows *rows, const up_format *format, const char *name,
                             up_error *error);
void up_held_rows_take(up_held_rows *rows, const void *const *row, int count);
void up_held_rows_give(up_held_rows *rows, void *const *row, int count);
void up_held_rows_end(up_held_rows *rows);

/* Bytes for each pixel, and beside; SIZE_MAX where that is beyond measure. */
size_t up_held_size(int width, int height, size_t each, size_t beside);

/* Of a picture that is beyond it. */
up_status up_fail_size(const char *name, const up_format *format, up_error *error);

#endif
