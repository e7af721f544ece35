/* SPDX-License-Identifier: MIT */
#include "io/jpeg/jpeg_segments.h"

#include "base/memory.h"
#include "io/metadata/exif.h"
#include "io/metadata/photoshop.h"

#include <ctype.h>
#include <string.h>

enum { APP0 = JPEG_APP0, APP1, APP2, APP13 = JPEG_APP0 + 13, APP14, APP15 };
enum { MOST_OF_OTHERS = 64 };   /* bytes of a segment kept */
enum { MPF_PICTURES = 0xb001 }; /* tag */

#define MPF "MPF"
#define ISO_GAIN_MAP "urn:iso:std:iso:ts:21496:-1"

typedef struct {
    up_source *source;
    up_metadata *metadata;
    jpeg_saved_marker_ptr first;
} segments;

void up_jpeg_keep_segments(struct jpeg_decompress_struct *info, bool keep)
{
    for (int marker = APP0; marker <= APP15; marker++) {
        const bool whole = marker == APP1 || marker == APP2 || marker == APP13;
        jpeg_save_markers(info, marker, !keep ? 0 : whole ? UP_JPEG_SEGMENT_MOST : MOST_OF_OTHERS);
    }
    jpeg_save_markers(info, JPEG_COM, keep ? UP_JPEG_SEGMENT_MOST : 0);
}

static up_status drop(segments *s, up_error *error, const char *what)
{
    return up_notes_add(&s->metadata->lost, UP_NOTE_DROPPED, error, "%s", what);
}

static up_status take_once(segments *s, up_blob *blob, jpeg_saved_marker_ptr m, size_t head,
                           const char *what, up_error *error)
{
    const uint8_t *data = m->data + head;
    const size_t size = m->data_length - head;
    if (!blob->data)
        return up_blob_set(blob, data, size, error);
    if (blob->size == size && memcmp(blob->data, data, size) == 0)
        return UP_OK;
    return drop(s, error, what);
}

static bool is_photoshop(jpeg_saved_marker_ptr m)
{
    return m->marker == APP13 && up_jpeg_begins(m, UP_JPEG_PHOTOSHOP, sizeof UP_JPEG_PHOTOSHOP);
}

/* Segments of resources continue each other. */
static up_status take_resources(segments *s, up_error *error)
{
    size_t size = 0;
    for (jpeg_saved_marker_ptr m = s->first; m; m = m->next)
        size += is_photoshop(m) ? m->data_length - sizeof UP_JPEG_PHOTOSHOP : 0;
    uint8_t *joined = up_alloc(size + 1, 1), *to = joined;
    if (!joined)
        return up_fail_memory(error, "metadata", size);
    for (jpeg_saved_marker_ptr m = s->first; m; m = m->next)
        if (is_photoshop(m)) {
            const size_t part = m->data_length - sizeof UP_JPEG_PHOTOSHOP;
            memcpy(to, m->data + sizeof UP_JPEG_PHOTOSHOP, part);
            to += part;
        }
    up_status status = up_photoshop_take(s->metadata, joined, size, error);
    up_free(joined);
    return status;
}

/* Multi-picture format: the pictures behind the first one. */
static up_status take_pictures(segments *s, jpeg_saved_marker_ptr m, up_error *error)
{
    enum { MOST_PICTURES = 1000 }; /* that anyone would believe */
    up_blob index = { 0 };
    UP_TRY(up_blob_set(&index, m->data + sizeof MPF, m->data_length - sizeof MPF, error));
    const uint32_t pictures = up_exif_integer(&index, MPF_PICTURES, 1);
    up_free(index.data);
    if (pictures > 1 && pictures <= MOST_PICTURES)
        s->source->further_pictures = (int)pictures - 1;
    return UP_OK;
}

/* "APP12 segment (Ducky)" */
static up_status name_other(segments *s, jpeg_saved_marker_ptr m, up_error *error)
{
    enum { MOST_OTHERS = 16 };
    char name[24];
    size_t length = 0;
    while (length < sizeof name - 1 && length < m->data_length && isalnum(m->data[length])) {
        name[length] = (char)m->data[length];
        length++;
    }
    name[length] = 0;
    if (s->metadata->lost.count >= MOST_OTHERS)
        return drop(s, error, "further segments");
    return up_notes_add(&s->metadata->lost, UP_NOTE_DROPPED, error,
                        length ? "APP%d segment (%s)" : "APP%d segment", m->marker - APP0, name);
}

static up_status take_app0(segments *s, jpeg_saved_marker_ptr m, up_error *error)
{
    enum { JFIF_SIZE = 14 };
    if (up_jpeg_begins(m, "JFXX", 5) ||
        (up_jpeg_begins(m, "JFIF", 5) && m->original_length > JFIF_SIZE))
        return drop(s, error, "JFIF thumbnail");
    return up_jpeg_begins(m, "JFIF", 5) ? UP_OK : name_other(s, m, error);
}

static up_status take_app1(segments *s, jpeg_saved_marker_ptr m, up_error *error)
{
    up_metadata *metadata = s->metadata;
    if (up_jpeg_begins(m, UP_JPEG_EXIF, sizeof UP_JPEG_EXIF) &&
        m->data_length > sizeof UP_JPEG_EXIF)
        return take_once(s, &metadata->exif, m, sizeof UP_JPEG_EXIF, "second EXIF", error);
    if (up_jpeg_begins(m, UP_JPEG_XMP, sizeof UP_JPEG_XMP) && m->data_length > sizeof UP_JPEG_XMP)
        return take_once(s, &metadata->xmp, m, sizeof UP_JPEG_XMP, "second XMP", error);
    return up_jpeg_is_xmp_part(m) ? UP_OK : name_other(s, m, error);
}

static up_status take_app2(segments *s, jpeg_saved_marker_ptr m, up_error *error)
{
    if (up_jpeg_begins(m, ISO_GAIN_MAP, sizeof ISO_GAIN_MAP))
        s->source->gain_map = true;
    else if (up_jpeg_begins(m, MPF, sizeof MPF))
        return take_pictures(s, m, error);
    else if (!up_jpeg_is_icc_part(m))
        return name_other(s, m, error);
    return UP_OK;
}

static up_status take_segment(segments *s, jpeg_saved_marker_ptr m, up_error *error)
{
    const up_chunk comment = { .type = UP_COMMENT, .data = { m->data, m->data_length } };
    switch (m->marker) {
    case APP0:
        return take_app0(s, m, error);
    case APP1:
        return take_app1(s, m, error);
    case APP2:
        return take_app2(s, m, error);
    case APP13:
        return is_photoshop(m) ? UP_OK : name_other(s, m, error);
    case APP14: /* what Adobe says there libjpeg has heard */
        return up_jpeg_begins(m, "Adobe", 5) ? UP_OK : name_other(s, m, error);
    case JPEG_COM:
        return m->data_length ? up_metadata_add_chunk(s->metadata, &comment, error) : UP_OK;
    default:
        return name_other(s, m, error);
    }
}

static up_status take_all(segments *s, up_error *error)
{
    for (jpeg_saved_marker_ptr m = s->first; m; m = m->next)
        UP_TRY(take_segment(s, m, error));
    UP_TRY(take_resources(s, error));
    UP_TRY(up_jpeg_take_icc(s->metadata, s->first, error));
    return up_jpeg_take_extended_xmp(s->metadata, s->first, error);
}

up_status up_jpeg_take_segments(up_source *source, jpeg_saved_marker_ptr first, up_error *error)
{
    segments s = { .source = source, .metadata = &source->metadata, .first = first };
    return take_all(&s, error);
}
