/* SPDX-License-Identifier: MIT */

#include "io/jpeg/jpeg_segments.h"

#include "base/memory.h"
#include "io/png/png_text.h"

#include <string.h>

enum { APP1 = JPEG_APP0 + 1, APP13 = JPEG_APP0 + 13 };
enum { EXTENDED_PART = 65400 };                    /* bytes of XMP in each; as Adobe does */
enum { MOST_IPTC = 60000, MOST_PHOTOSHOP = 5000 }; /* bytes that together fit a segment */

static up_status drop_too_large(up_blob *blob, size_t most, const char *what, up_notes *dropped,
                                up_error *error)
{
    if (blob->size <= most)
        return UP_OK;
    UP_TRY(up_notes_add(dropped, UP_NOTE_DROPPED, error, "%s of %zu bytes (JPEG holds %zu)", what,
                        blob->size, most));
    return up_blob_set(blob, NULL, 0, error);
}

static up_status divide_xmp(up_metadata *m, up_notes *dropped, up_error *error)
{
    bool whole;
    if (!m->xmp.data)
        return UP_OK;
    UP_TRY(up_xmp_divide(&m->xmp, &m->xmp_extended, UP_JPEG_SEGMENT_MOST - sizeof UP_JPEG_XMP,
                         &whole, error));
    return whole ? UP_OK
                 : up_notes_add(dropped, UP_NOTE_DROPPED, error, "extended XMP that is damaged");
}

up_status up_jpeg_keep(up_metadata *m, const up_format *format, up_notes *dropped, up_error *error)
{
    (void)format;
    UP_TRY(drop_too_large(&m->exif, UP_JPEG_SEGMENT_MOST - sizeof UP_JPEG_EXIF, "EXIF", dropped,
                          error));
    UP_TRY(drop_too_large(&m->iptc, MOST_IPTC, "IPTC", dropped, error));
    UP_TRY(drop_too_large(&m->photoshop, MOST_PHOTOSHOP, "Photoshop resources", dropped, error));
    UP_TRY(divide_xmp(m, dropped, error));
    return up_texts_to_comments(m, dropped, error);
}

/* A segment of `head` and `data`, if it fits into one. */
static void write_segment(struct jpeg_compress_struct *info, int marker, const void *head,
                          size_t head_size, const uint8_t *data, size_t size)
{
    if (size > UP_JPEG_SEGMENT_MOST - head_size)
        return;
    jpeg_write_m_header(info, marker, (unsigned)(head_size + size));
    for (size_t i = 0; i < head_size; i++)
        jpeg_write_m_byte(info, ((const uint8_t *)head)[i]);
    for (size_t i = 0; i < size; i++)
        jpeg_write_m_byte(info, data[i]);
}

static void put_u32(uint8_t *at, size_t value)
{
    for (int i = 0; i < 4; i++)
        at[i] = (uint8_t)(value >> (24 - 8 * i));
}

static void write_extended(struct jpeg_compress_struct *info, const up_metadata *m)
{
    uint8_t head[UP_JPEG_EXTENDED_HEAD];
    char guid[UP_XMP_GUID_SIZE + 1];
    const up_blob *xmp = &m->xmp_extended;
    if (!xmp->data || !up_xmp_extension_name(&m->xmp, guid))
        return;
    memcpy(head, UP_JPEG_EXTENDED_XMP, sizeof UP_JPEG_EXTENDED_XMP);
    memcpy(head + UP_JPEG_EXTENDED_NAME, guid, UP_XMP_GUID_SIZE);
    put_u32(head + UP_JPEG_EXTENDED_HEAD - 8, xmp->size);
    for (size_t at = 0, size; at < xmp->size; at += size) {
        size = xmp->size - at < EXTENDED_PART ? xmp->size - at : EXTENDED_PART;
        put_u32(head + UP_JPEG_EXTENDED_HEAD - 4, at);
        write_segment(info, APP1, head, sizeof head, xmp->data + at, size);
    }
}

void up_jpeg_write_segments(struct jpeg_compress_struct *info, const up_metadata *m,
                            const up_blob *resources)
{
    if (m->exif.data)
        write_segment(info, APP1, UP_JPEG_EXIF, sizeof UP_JPEG_EXIF, m->exif.data, m->exif.size);
    if (m->xmp.data)
        write_segment(info, APP1, UP_JPEG_XMP, sizeof UP_JPEG_XMP, m->xmp.data, m->xmp.size);
    write_extended(info, m);
    if (resources->data)
        write_segment(info, APP13, UP_JPEG_PHOTOSHOP, sizeof UP_JPEG_PHOTOSHOP, resources->data,
                      resources->size);
    if (m->icc.data && m->icc.size <= UP_JPEG_ICC_MOST)
        jpeg_write_icc_profile(info, m->icc.data, (unsigned)m->icc.size);
    for (int i = 0; i < m->chunks.count; i++)
        if (strcmp(m->chunks.item[i].type, UP_COMMENT) == 0)
            write_segment(info, JPEG_COM, "", 0, m->chunks.item[i].data.data,
                          m->chunks.item[i].data.size);
}
