/* SPDX-License-Identifier: MIT */
#include "compare/pictures/picture_rows.h"

#include "base/memory.h"
#include "io/pixels.h"
#include "io/source_open.h"

#include <string.h>

up_status up_picture_rows_open(up_picture_rows *rows, const char *path, up_error *error)
{
    *rows = (up_picture_rows){ 0 };
    UP_TRY(up_source_open(&rows->source, path, error));
    const up_format *f = rows->format = &rows->source->format;
    bool fits = f->channels >= 1 && f->channels <= 4 && !f->planar &&
                (f->sample == UP_SAMPLE_U8 || f->sample == UP_SAMPLE_U16);
    if (fits && up_row_size(f, &rows->row_bytes)) {
        rows->pixel_bytes = up_sample_size(f->sample) * (size_t)f->channels;
        return UP_OK;
    }
    up_picture_rows_close(rows);
    return up_fail(error, UP_ERROR_UNSUPPORTED,
                   "%s: is not a picture of 8 or 16 bits; compare works on pictures", path);
}

up_status up_picture_rows_read(up_picture_rows *rows, void *row, up_error *error)
{
    void *one[1] = { row };
    return rows->source->read(rows->source, one, 1, error);
}

void up_picture_rows_close(up_picture_rows *rows)
{
    up_source_close(&rows->source);
}

static void copy_row(up_pixels *cut, const up_box *box, const up_picture_rows *rows, int y,
                     const uint8_t *row)
{
    if (y < box->y || y >= box->y + box->height)
        return;
    size_t bytes = (size_t)box->width * rows->pixel_bytes;
    memcpy((uint8_t *)cut->data + (size_t)(y - box->y) * bytes,
           row + (size_t)box->x * rows->pixel_bytes, bytes);
}

static up_status allocate(up_pixels *cut, const up_box *box, int count, const up_picture_rows *rows,
                          up_error *error)
{
    for (int i = 0; i < count; i++) {
        size_t pixels = (size_t)box[i].width * (size_t)box[i].height;
        cut[i].format = *rows->format;
        cut[i].format.width = box[i].width;
        cut[i].format.height = box[i].height;
        cut[i].data = up_alloc(pixels, rows->pixel_bytes);
        if (!cut[i].data)
            return up_fail_memory(error, "a crop", pixels * rows->pixel_bytes);
    }
    return UP_OK;
}

static up_status read_cuts(up_pixels *cut, const up_box *box, int count, up_picture_rows *rows,
                           up_error *error)
{
    int end = 0;
    for (int i = 0; i < count; i++)
        end = up_max(end, box[i].y + box[i].height);
    uint8_t *row = up_alloc(rows->row_bytes, 1);
    if (!row)
        return up_fail_memory(error, "a row", rows->row_bytes);
    up_status status = UP_OK;
    for (int y = 0; y < end && status == UP_OK; y++) {
        status = up_picture_rows_read(rows, row, error);
        for (int i = 0; i < count && status == UP_OK; i++)
            copy_row(&cut[i], &box[i], rows, y, row);
    }
    up_free(row);
    return status;
}

up_status up_cuts_read(up_pixels *cut, const char *path, const up_box *box, int count,
                       up_error *error)
{
    up_picture_rows rows;
    memset(cut, 0, (size_t)count * sizeof *cut);
    UP_TRY(up_picture_rows_open(&rows, path, error));
    up_status status = allocate(cut, box, count, &rows, error);
    if (status == UP_OK)
        status = read_cuts(cut, box, count, &rows, error);
    if (status != UP_OK)
        up_cuts_free(cut, count);
    up_picture_rows_close(&rows);
    return status;
}

void up_cuts_free(up_pixels *cut, int count)
{
    for (int i = 0; i < count; i++) {
        up_free(cut[i].data);
        cut[i].data = NULL;
    }
}
