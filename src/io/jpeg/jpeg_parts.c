/* SPDX-License-Identifier: MIT */
#include "io/jpeg/jpeg_parts.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

enum { APP1 = JPEG_APP0 + 1, APP2 };

static uint32_t get_u32(const uint8_t *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

bool up_jpeg_begins(jpeg_saved_marker_ptr segment, const void *start, size_t size)
{
    return segment->data_length >= size && memcmp(segment->data, start, size) == 0;
}

/* ---- ICC profiles: numbered parts */

bool up_jpeg_is_icc_part(jpeg_saved_marker_ptr m)
{
    return m->marker == APP2 && up_jpeg_begins(m, UP_JPEG_ICC, sizeof UP_JPEG_ICC) &&
           m->data_length > UP_JPEG_ICC_HEAD;
}

/* Parts by number; the first of each counts. Their count is that which the first one states. */
typedef struct {
    jpeg_saved_marker_ptr part[UP_JPEG_ICC_PARTS + 1];
    int count, others; /* others: say something else than the first of their number */
    size_t size;
} icc_parts;

static void sort_icc(jpeg_saved_marker_ptr m, icc_parts *parts)
{
    for (; m; m = m->next) {
        if (!up_jpeg_is_icc_part(m))
            continue;
        const int number = m->data[12], count = m->data[13];
        if (parts->count == 0)
            parts->count = count;
        jpeg_saved_marker_ptr *part = &parts->part[number];
        if (count != parts->count || number < 1 || number > count)
            parts->others++;
        else if (!*part) {
            *part = m;
            parts->size += m->data_length - UP_JPEG_ICC_HEAD;
        } else if ((*part)->data_length != m->data_length ||
                   memcmp((*part)->data, m->data, m->data_length) != 0)
            parts->others++;
    }
}

up_status up_jpeg_take_icc(up_metadata *metadata, jpeg_saved_marker_ptr first, up_error *error)
{
    icc_parts parts = { 0 };
    sort_icc(first, &parts);
    for (int i = 1; i <= parts.count; i++)
        if (!parts.part[i])
            return up_notes_add(&metadata->lost, UP_NOTE_DAMAGE, error,
                                "part %d of %d of its ICC profile is missing", i, parts.count);
    if (parts.size == 0)
        return UP_OK;
    uint8_t *profile = up_alloc(parts.size, 1);
    if (!profile)
        return up_fail_memory(error, "an ICC profile", parts.size);
    size_t at = 0;
    for (int i = 1; i <= parts.count; i++) {
        const size_t size = parts.part[i]->data_length - UP_JPEG_ICC_HEAD;
        memcpy(profile + at, parts.part[i]->data + UP_JPEG_ICC_HEAD, size);
        at += size;
    }
    up_free(metadata->icc.data);
    metadata->icc = (up_blob){ profile, at };
    return parts.others
               ? up_notes_add(&metadata->lost, UP_NOTE_DROPPED, error, "second ICC profile")
               : UP_OK;
}

/* ---- extended XMP: parts at offsets */

typedef struct {
    size_t offset, size;
    const uint8_t *data;
} xmp_part;

static int by_offset(const void *a, const void *b)
{
    const xmp_part *x = a, *y = b;
    return (x->offset > y->offset) - (x->offset < y->offset);
}

bool up_jpeg_is_xmp_part(jpeg_saved_marker_ptr m)
{
    return m->marker == APP1 &&
           up_jpeg_begins(m, UP_JPEG_EXTENDED_XMP, sizeof UP_JPEG_EXTENDED_XMP) &&
           m->data_length >= UP_JPEG_EXTENDED_HEAD;
}

/* The parts of the extension called `guid`, and the size that all of them state; 0: they do not
 * agree. */
static size_t collect_parts(jpeg_saved_marker_ptr first, const char *guid, xmp_part *parts,
                            size_t *count)
{
    size_t size = 0;
    *count = 0;
    for (jpeg_saved_marker_ptr m = first; m; m = m->next) {
        if (!up_jpeg_is_xmp_part(m) ||
            memcmp(m->data + UP_JPEG_EXTENDED_NAME, guid, UP_XMP_GUID_SIZE) != 0)
            continue;
        const uint8_t *numbers = m->data + UP_JPEG_EXTENDED_NAME + UP_XMP_GUID_SIZE;
        if (*count > 0 && get_u32(numbers) != size)
            return 0;
        size = get_u32(numbers);
        parts[(*count)++] =
            (xmp_part){ get_u32(numbers + 4), m->data_length - UP_JPEG_EXTENDED_HEAD,
                        m->data + UP_JPEG_EXTENDED_HEAD };
    }
    return size;
}

/* Lays parts end to end, one that comes twice once; false if they leave gaps or overlap. */
static bool join_parts(const xmp_part *parts, size_t count, uint8_t *to, size_t size)
{
    size_t at = 0;
    for (size_t i = 0; i < count; i++) {
        const bool repeats =
            i > 0 && parts[i].offset == parts[i - 1].offset && parts[i].size == parts[i - 1].size;
        if (repeats)
            continue;
        if (parts[i].offset != at || parts[i].size > size - at)
            return false;
        memcpy(to + at, parts[i].data, parts[i].size);
        at += parts[i].size;
    }
    return at == size;
}

/* *joined: the extension of that name is there as a whole. */
static up_status join_extended(up_metadata *metadata, jpeg_saved_marker_ptr first, size_t segments,
                               const char *guid, bool *joined, up_error *error)
{
    size_t count, most = 0;
    xmp_part *parts = up_alloc(segments + 1, sizeof *parts);
    if (!parts)
        return up_fail_memory(error, "XMP", segments * sizeof *parts);
    const size_t size = collect_parts(first, guid, parts, &count);
    for (size_t i = 0; i < count; i++)
        most += parts[i].size;
    *joined = false;
    uint8_t *bytes = size > 0 && size <= most ? up_alloc(size, 1) : NULL;
    if (bytes) {
        qsort(parts, count, sizeof *parts, by_offset);
        *joined = join_parts(parts, count, bytes, size);
    }
    up_free(parts);
    if (*joined)
        metadata->xmp_extended = (up_blob){ bytes, size };
    else
        up_free(bytes);
    return UP_OK;
}

up_status up_jpeg_take_extended_xmp(up_metadata *metadata, jpeg_saved_marker_ptr first,
                                    up_error *error)
{
    char guid[UP_XMP_GUID_SIZE + 1];
    bool joined = false;
    size_t segments = 0;
    for (jpeg_saved_marker_ptr m = first; m; m = m->next)
        segments += up_jpeg_is_xmp_part(m);
    const bool named = up_xmp_extension_name(&metadata->xmp, guid);
    if (named)
        UP_TRY(join_extended(metadata, first, segments, guid, &joined, error));
    if (joined || (!named && segments == 0))
        return UP_OK;
    UP_TRY(up_xmp_forget_extension(&metadata->xmp, error));
    if (named)
        return up_notes_add(&metadata->lost, UP_NOTE_DAMAGE, error,
                            "its extended XMP is not whole");
    return up_notes_add(&metadata->lost, UP_NOTE_DROPPED, error,
                        "extended XMP that nothing refers to");
}
