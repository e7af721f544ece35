/* SPDX-License-Identifier: MIT */
#include "io/webp/webp_animation.h"

#include "io/pixels.h"

#include <string.h>

enum { RIFF_HEAD = 12, CHUNK_HEAD = 8, CANVAS = 10, ANIMATION = 6, FRAME = 16 };
enum { ANIMATED = 2, HAS_XMP = 4, HAS_EXIF = 8, HAS_ALPHA = 0x10, HAS_ICC = 0x20 };
enum { NOT_BLENDED = 2, MOST_MILLISECONDS = (1 << 24) - 1 };

static void put(uint8_t *at, uint32_t value, int bytes)
{
    for (int i = 0; i < bytes; i++)
        at[i] = (uint8_t)(value >> 8 * i);
}

static up_status write_bytes(up_webp_animation *a, const void *bytes, size_t size, up_error *error)
{
    a->size += size;
    if (a->size > UINT32_MAX)
        return up_fail(error, UP_ERROR_UNSUPPORTED,
                       "%s: WebP holds at most 4 GiB: write PNG, or fewer frames (--frame)",
                       up_writer_name(a->writer));
    return up_writer_write(a->writer, bytes, size, error);
}

static up_status write_head(up_webp_animation *a, const char *type, size_t size, up_error *error)
{
    uint8_t head[CHUNK_HEAD];
    memcpy(head, type, 4);
    put(head + 4, (uint32_t)size, 4);
    return write_bytes(a, head, sizeof head, error);
}

static up_status write_chunk(up_webp_animation *a, const char *type, const void *data, size_t size,
                             up_error *error)
{
    UP_TRY(write_head(a, type, size, error));
    UP_TRY(write_bytes(a, data, size, error));
    return size & 1 ? write_bytes(a, "", 1, error) : UP_OK;
}

static up_status write_blob(up_webp_animation *a, const char *type, const up_blob *blob,
                            up_error *error)
{
    return blob->data ? write_chunk(a, type, blob->data, blob->size, error) : UP_OK;
}

up_status up_webp_animation_begin(up_webp_animation *a, up_writer *writer, const up_format *format,
                                  const up_metadata *metadata, int loops, up_error *error)
{
    static const uint8_t riff[RIFF_HEAD] = "RIFF\0\0\0\0WEBP";
    uint8_t canvas[CANVAS] = { ANIMATED }, animation[ANIMATION] = { 0 };
    *a = (up_webp_animation){ .writer = writer, .metadata = metadata, .format = *format };
    if (!up_writer_seekable(writer))
        return up_fail(
            error, UP_ERROR_UNSUPPORTED,
            "%s: animated WebP says its size before it is known, which takes a file, not "
            "a pipe: write PNG (--format png)",
            up_writer_name(writer));
    canvas[0] |= up_color_has_alpha(format->color) ? HAS_ALPHA : 0;
    canvas[0] |= metadata->icc.data ? HAS_ICC : 0;
    canvas[0] |= metadata->exif.data ? HAS_EXIF : 0;
    canvas[0] |= metadata->xmp.data ? HAS_XMP : 0;
    put(canvas + 4, (uint32_t)format->width - 1, 3);
    put(canvas + 7, (uint32_t)format->height - 1, 3);
    put(animation + 4, (uint32_t)(loops < UINT16_MAX ? loops : UINT16_MAX), 2);
    UP_TRY(write_bytes(a, riff, sizeof riff, error));
    UP_TRY(write_chunk(a, "VP8X", canvas, sizeof canvas, error));
    UP_TRY(write_blob(a, "ICCP", &metadata->icc, error));
    return write_chunk(a, "ANIM", animation, sizeof animation, error);
}

up_status up_webp_animation_add(up_webp_animation *a, const uint8_t *file, size_t size,
                                up_duration duration, up_error *error)
{
    uint8_t frame[FRAME] = { 0 };
    size_t from = RIFF_HEAD;
    if (size > from + CHUNK_HEAD + CANVAS && memcmp(file + from, "VP8X", 4) == 0)
        from += CHUNK_HEAD + CANVAS; /* the animation has its own */
    if (size <= from)
        return up_fail(error, UP_ERROR_OUTPUT, "%s: a frame has not been encoded",
                       up_writer_name(a->writer));
    put(frame + 6, (uint32_t)a->format.width - 1, 3);
    put(frame + 9, (uint32_t)a->format.height - 1, 3);
    put(frame + 12, (uint32_t)up_duration_milliseconds(duration, MOST_MILLISECONDS), 3);
    frame[15] = NOT_BLENDED;
    UP_TRY(write_head(a, "ANMF", FRAME + size - from, error));
    UP_TRY(write_bytes(a, frame, sizeof frame, error));
    return write_bytes(a, file + from, size - from, error);
}

up_status up_webp_animation_end(up_webp_animation *a, up_error *error)
{
    uint8_t size[4];
    UP_TRY(write_blob(a, "EXIF", &a->metadata->exif, error));
    UP_TRY(write_blob(a, "XMP ", &a->metadata->xmp, error));
    put(size, (uint32_t)(a->size - CHUNK_HEAD), 4);
    return up_writer_write_at(a->writer, 4, size, sizeof size, error);
}
