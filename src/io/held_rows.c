/* SPDX-License-Identifier: MIT */
#include "io/held_rows.h"

#include "base/memory.h"
#include "io/pixels.h"

#include <string.h>

up_status up_held_rows_begin(up_held_rows *rows, const up_format *format, const char *name,
                             up_error *error)
{
    *rows = (up_held_rows){ 0 };
    if (!up_row_size(format, &rows->row_bytes) || !up_frame_size(format, &rows->bytes))
        return up_fail_size(name, format, error);
    rows->pixels = up_alloc_zero((size_t)format->height, rows->row_bytes);
    return rows->pixels ? UP_OK : up_fail_memory(error, name, rows->bytes);
}

void up_held_rows_take(up_held_rows *rows, const void *const *row, int count)
{
    for (int i = 0; i < count; i++, rows->y++)
        memcpy(rows->pixels + (size_t)rows->y * rows->row_bytes, row[i], rows->row_bytes);
}

void up_held_rows_give(up_held_rows *rows, void *const *row, int count)
{
    for (int i = 0; i < count; i++, rows->y++)
        memcpy(row[i], rows->pixels + (size_t)rows->y * rows->row_bytes, rows->row_bytes);
}

void up_held_rows_end(up_held_rows *rows)
{
    up_free(rows->pixels);
    rows->pixels = NULL;
}

size_t up_held_size(int width, int height, size_t each, size_t beside)
{
    size_t bytes;
    return up_mul((size_t)width, (size_t)height, &bytes) && up_mul(bytes, each, &bytes) &&
                   up_add(bytes, beside, &bytes)
               ? bytes
               : SIZE_MAX;
}

up_status up_fail_size(const char *name, const up_format *format, up_error *error)
{
    return up_fail(error, UP_ERROR_LIMIT, "%s: %dx%d pixels do not fit into memory", name,
                   format->width, format->height);
}
