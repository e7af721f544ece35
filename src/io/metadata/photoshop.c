/* SPDX-License-Identifier: MIT */
#include "io/metadata/photoshop.h"

#include "base/memory.h"

#include <math.h>
#include <string.h>

enum {
    RESOLUTION = 0x03ed,
    IPTC = 0x0404,
    THUMBNAIL_OLD = 0x0409,
    COPYRIGHTED = 0x040a,
    URL = 0x040b,
    THUMBNAIL = 0x040c,
    IPTC_DIGEST = 0x0425,
};

enum { IIM_MARKER = 0x1c, RESOLUTION_SIZE = 16 };

typedef struct {
    unsigned id;
    size_t start, data, size, end; /* the whole of it is from `start` to `end` */
} resource;

static uint32_t get(const uint8_t *at, int bytes)
{
    uint32_t value = 0;
    for (int i = 0; i < bytes; i++)
        value = value << 8 | at[i];
    return value;
}

static void put_u32(uint8_t *at, uint32_t value)
{
    for (int i = 0; i < 4; i++)
        at[i] = (uint8_t)(value >> (24 - 8 * i));
}

/* signature[4], id[2], name (a length and so many bytes, even in all), size[4], data (padded). */
static bool next_resource(const uint8_t *data, size_t size, size_t at, resource *r)
{
    if (size - at < 12)
        return false;
    const size_t name = up_round_up((size_t)1 + data[at + 6], 2);
    if (size - at < 6 + name + 4)
        return false;
    *r = (resource){ .id = get(data + at + 4, 2),
                     .start = at,
                     .data = at + 6 + name + 4,
                     .size = get(data + at + 6 + name, 4) };
    if (r->size > size - r->data)
        return false;
    r->end = r->data + r->size;
    r->end += r->size % 2 && r->end < size;
    return true;
}

static bool is_resources(const uint8_t *data, size_t size)
{
    static const char signatures[][5] = { "8BIM", "MeSa", "AgHg", "PHUT", "DCSR" };
    for (size_t i = 0; i < sizeof signatures / sizeof *signatures && size >= 4; i++)
        if (memcmp(data, signatures[i], 4) == 0)
            return true;
    return false;
}

static up_status append(up_blob *blob, const uint8_t *data, size_t size, up_error *error)
{
    const size_t padded = up_round_up(size, 2);
    uint8_t *bytes = up_alloc_zero(blob->size + padded, 1);
    if (!bytes)
        return up_fail_memory(error, "metadata", padded);
    if (blob->size)
        memcpy(bytes, blob->data, blob->size);
    memcpy(bytes + blob->size, data, size);
    up_free(blob->data);
    *blob = (up_blob){ bytes, blob->size + padded };
    return UP_OK;
}

static bool is_in(const up_blob *resources, unsigned id)
{
    resource r;
    for (size_t at = 0; next_resource(resources->data, resources->size, at, &r); at = r.end)
        if (r.id == id)
            return true;
    return false;
}

static up_status take_resource(up_metadata *m, const uint8_t *data, const resource *r, int *others,
                               up_error *error)
{
    switch (r->id) {
    case IPTC:
        return m->iptc.data ? UP_OK : up_blob_set(&m->iptc, data + r->data, r->size, error);
    case RESOLUTION:
    case COPYRIGHTED:
    case URL:
    case IPTC_DIGEST: /* each once, which also bounds them */
        if (is_in(&m->photoshop, r->id))
            return UP_OK;
        return append(&m->photoshop, data + r->start, r->data + r->size - r->start, error);
    case THUMBNAIL:
    case THUMBNAIL_OLD:
        return up_notes_add(&m->lost, UP_NOTE_DROPPED, error, "Photoshop thumbnail");
    default:
        ++*others;
        return UP_OK;
    }
}

up_status up_photoshop_take(up_metadata *m, const uint8_t *data, size_t size, up_error *error)
{
    if (size > 0 && data[0] == IIM_MARKER)
        return m->iptc.data ? UP_OK : up_blob_set(&m->iptc, data, size, error);
    resource r = { 0 };
    int others = 0;
    while (is_resources(data + r.end, size - r.end) && next_resource(data, size, r.end, &r))
        UP_TRY(take_resource(m, data, &r, &others, error));
    if (others > 0)
        UP_TRY(up_notes_add(&m->lost, UP_NOTE_DROPPED, error, "%d Photoshop resource%s", others,
                            others > 1 ? "s" : ""));
    return UP_OK;
}

up_status up_photoshop_resources(const up_metadata *m, up_blob *resources, up_error *error)
{
    uint8_t head[12] = "8BIM\x04\x04";
    *resources = (up_blob){ 0 };
    if (m->iptc.data && m->iptc.size <= UINT32_MAX) {
        put_u32(head + 8, (uint32_t)m->iptc.size);
        UP_TRY(append(resources, head, sizeof head, error));
        UP_TRY(append(resources, m->iptc.data, m->iptc.size, error));
    }
    return m->photoshop.data ? append(resources, m->photoshop.data, m->photoshop.size, error)
                             : UP_OK;
}

static uint32_t to_fixed(double value)
{
    return (uint32_t)fmin(fmax(round(value), 1), INT32_MAX);
}

void up_photoshop_rescale(up_blob *resources, double scale_x, double scale_y, bool transposed)
{
    resource r = { 0 };
    while (next_resource(resources->data, resources->size, r.end, &r)) {
        uint8_t *data = resources->data + r.data; /* 16.16 per inch, two units; twice */
        if (r.id != RESOLUTION || r.size != RESOLUTION_SIZE)
            continue;
        const double x = get(data, 4), y = get(data + 8, 4);
        put_u32(data, to_fixed((transposed ? y : x) * scale_x));
        put_u32(data + 8, to_fixed((transposed ? x : y) * scale_y));
    }
}
