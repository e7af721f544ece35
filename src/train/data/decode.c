/* SPDX-License-Identifier: MIT */
#include "train/data/decode.h"

#include "base/memory.h"
#include "io/pixels.h"
#include "io/source.h"
#include "io/source_open.h"

enum { ROWS = 64 }; /* decoded at once */

static up_status check_kind(const char *path, const up_format *f, up_error *error)
{
    if (f->color == UP_COLOR_CMYK)
        return up_fail(error, UP_ERROR_UNSUPPORTED,
                       "%s: is CMYK; training takes grey and RGB, convert it first", path);
    if (f->color == UP_COLOR_TENSOR || f->planar ||
        (f->sample != UP_SAMPLE_U8 && f->sample != UP_SAMPLE_U16))
        return up_fail(error, UP_ERROR_UNSUPPORTED,
                       "%s: is a tensor; training takes pictures (PNG, JPEG, PNM)", path);
    return UP_OK;
}

static up_status open_picture(up_source **source, const char *path, up_error *error)
{
    UP_TRY(up_source_open(source, path, error));
    (*source)->strict = true;
    up_status status = up_source_check(*source, error);
    if (status == UP_OK)
        status = check_kind(path, &(*source)->format, error);
    if (status != UP_OK)
        up_source_close(source);
    return status;
}

up_status up_train_decode_header(up_train_header *header, const char *path, up_error *error)
{
    up_source *source;
    UP_TRY(open_picture(&source, path, error));
    const up_format *f = &source->format;
    *header = (up_train_header){
        .width = f->width,
        .height = f->height,
        .channels = f->channels - up_color_has_alpha(f->color),
        .held_bytes = source->held_bytes,
    };
    up_source_close(&source);
    return UP_OK;
}

/* A sample in 0..255. */
static unsigned level(const void *row, size_t i, bool wide)
{
    return wide ? (((const uint16_t *)row)[i] + 128u) / 257u : ((const uint8_t *)row)[i];
}

static void convert_row(uint8_t *to, const void *from, const up_format *f)
{
    const bool wide = f->sample == UP_SAMPLE_U16, alpha = up_color_has_alpha(f->color);
    const size_t all = (size_t)f->channels, colors = all - alpha;
    for (size_t x = 0; x < (size_t)f->width; x++) {
        unsigned opacity = alpha ? level(from, x * all + colors, wide) : 255;
        for (size_t c = 0; c < colors; c++)
            to[x * colors + c] = (uint8_t)((level(from, x * all + c, wide) * opacity + 127) / 255);
    }
}

static up_status read_rows(up_pixels *picture, up_source *source, uint8_t *raw, size_t row_size,
                           up_error *error)
{
    void *row[ROWS];
    for (int i = 0; i < ROWS; i++)
        row[i] = raw + (size_t)i * row_size;
    for (int y = 0; y < picture->format.height; y += ROWS) {
        int count = up_min(ROWS, picture->format.height - y);
        UP_TRY(up_source_read(source, row, count, error));
        for (int i = 0; i < count; i++)
            convert_row((uint8_t *)picture->data + (size_t)(y + i) * picture->row_stride, row[i],
                        &source->format);
    }
    return UP_OK;
}

static up_status decode_rows(up_pixels *picture, up_source *source, up_error *error)
{
    up_format *to = &picture->format;
    *to = source->format;
    to->channels -= up_color_has_alpha(to->color);
    to->color = up_color_of_channels(to->channels);
    to->sample = UP_SAMPLE_U8;
    to->depth = 8;
    size_t size, raw_row;
    if (!up_frame_size(to, &size) || !up_row_size(&source->format, &raw_row))
        return up_fail_memory(error, "a picture", SIZE_MAX);
    picture->row_stride = size / (size_t)to->height;
    picture->data = up_alloc(size, 1);
    uint8_t *raw = up_alloc(ROWS, raw_row);
    up_status status = picture->data && raw ? read_rows(picture, source, raw, raw_row, error)
                                            : up_fail_memory(error, "a picture", size);
    up_free(raw);
    return status;
}

up_status up_train_decode(up_pixels *picture, const char *path, up_error *error)
{
    *picture = (up_pixels){ 0 };
    up_source *source;
    UP_TRY(open_picture(&source, path, error));
    up_status status = decode_rows(picture, source, error);
    up_source_close(&source);
    if (status != UP_OK) {
        up_free(picture->data);
        picture->data = NULL;
    }
    return status;
}
