/* SPDX-License-Identifier: MIT */
#include "io/metadata/metadata.h"

#include "base/memory.h"

#include <string.h>

/* More is no metadata, but a file that means harm. */
enum { MOST_CHUNKS = 4096, MOST_CHUNK_BYTES = 64 << 20 };
enum { PROFILE_HEAD = 132 }; /* bytes of the shortest ICC profile */

void up_metadata_init(up_metadata *m)
{
    *m = (up_metadata){ .orientation = 1 };
}

static void blob_clear(up_blob *blob)
{
    up_free(blob->data);
    *blob = (up_blob){ 0 };
}

enum { BLOBS = 6 };

static up_blob *blob_at(up_metadata *m, int i)
{
    up_blob *const blobs[BLOBS] = { &m->icc,          &m->exif, &m->xmp,
                                    &m->xmp_extended, &m->iptc, &m->photoshop };
    return blobs[i];
}

void up_metadata_clear(up_metadata *m)
{
    for (int i = 0; i < BLOBS; i++)
        blob_clear(blob_at(m, i));
    for (int i = 0; i < m->chunks.count; i++)
        up_free(m->chunks.item[i].data.data);
    up_free(m->chunks.item);
    up_notes_clear(&m->lost);
    up_metadata_init(m);
}

up_status up_blob_set(up_blob *blob, const void *data, size_t size, up_error *error)
{
    uint8_t *copy = NULL;
    if (size > 0) {
        copy = up_alloc(size, 1);
        if (!copy)
            return up_fail_memory(error, "metadata", size);
        memcpy(copy, data, size);
    }
    blob_clear(blob);
    *blob = (up_blob){ copy, size };
    return UP_OK;
}

static uint32_t big_endian(const uint8_t *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

up_status up_metadata_take_profile(up_metadata *m, const uint8_t *data, size_t size,
                                   up_error *error)
{
    if (m->icc.data || size < PROFILE_HEAD || big_endian(data) != size ||
        memcmp(data + 36, "acsp", 4) != 0)
        return UP_OK;
    return up_blob_set(&m->icc, data, size, error);
}

/* Before EXIF stands "Exif\0\0" in JPEG files, and in others by mistake. */
up_status up_metadata_take_exif(up_metadata *m, const uint8_t *data, size_t size, up_error *error)
{
    if (size > 6 && memcmp(data, "Exif\0\0", 6) == 0) {
        data += 6;
        size -= 6;
    }
    if (m->exif.data || size < 8 ||
        (memcmp(data, "II*\0", 4) != 0 && memcmp(data, "MM\0*", 4) != 0))
        return UP_OK;
    return up_blob_set(&m->exif, data, size, error);
}

/* Room for one more chunk: doubled whenever the count is a power of two. */
static bool grow(up_chunks *chunks)
{
    const size_t count = (size_t)chunks->count;
    if (count & (count - 1))
        return true;
    up_chunk *item = up_alloc(count ? 2 * count : 1, sizeof *item);
    if (item && count)
        memcpy(item, chunks->item, count * sizeof *item);
    if (item) {
        up_free(chunks->item);
        chunks->item = item;
    }
    return item;
}

up_status up_metadata_add_chunk(up_metadata *m, const up_chunk *chunk, up_error *error)
{
    up_chunks *chunks = &m->chunks;
    if (chunks->count >= MOST_CHUNKS || chunk->data.size > MOST_CHUNK_BYTES - chunks->bytes)
        return up_notes_add(&m->lost, UP_NOTE_DROPPED, error, "texts past the first %d or %d MiB",
                            MOST_CHUNKS, MOST_CHUNK_BYTES >> 20);
    if (!grow(chunks))
        return up_fail_memory(error, "metadata", sizeof *chunk);
    up_chunk copy = *chunk;
    copy.data = (up_blob){ 0 };
    UP_TRY(up_blob_set(&copy.data, chunk->data.data, chunk->data.size, error));
    chunks->item[chunks->count++] = copy;
    chunks->bytes += copy.data.size;
    return UP_OK;
}

void up_metadata_remove_chunk(up_metadata *m, int i)
{
    up_chunks *chunks = &m->chunks;
    chunks->bytes -= chunks->item[i].data.size;
    up_free(chunks->item[i].data.data);
    chunks->count--;
    memmove(&chunks->item[i], &chunks->item[i + 1],
            (size_t)(chunks->count - i) * sizeof *chunks->item);
}

void up_metadata_order_chunks(up_metadata *m)
{
    up_chunk *item = m->chunks.item;
    for (int i = 0, front = 0; i < m->chunks.count; i++) {
        const up_chunk chunk = item[i];
        if (chunk.behind)
            continue;
        memmove(&item[front + 1], &item[front], (size_t)(i - front) * sizeof *item);
        item[front++] = chunk;
    }
}

static up_status copy_parts(up_metadata *to, const up_metadata *from, up_error *error)
{
    up_metadata parts = *from;
    for (int i = 0; i < BLOBS; i++)
        UP_TRY(
            up_blob_set(blob_at(to, i), blob_at(&parts, i)->data, blob_at(&parts, i)->size, error));
    for (int i = 0; i < from->chunks.count; i++)
        UP_TRY(up_metadata_add_chunk(to, &from->chunks.item[i], error));
    return UP_OK;
}

up_status up_metadata_copy(up_metadata *to, const up_metadata *from, up_error *error)
{
    up_metadata copy = *from;
    for (int i = 0; i < BLOBS; i++)
        *blob_at(&copy, i) = (up_blob){ 0 };
    copy.chunks = (up_chunks){ 0 };
    copy.lost = (up_notes){ 0 };
    up_status status = copy_parts(&copy, from, error);
    if (status != UP_OK) {
        up_metadata_clear(&copy);
        return status;
    }
    up_metadata_clear(to);
    *to = copy;
    return UP_OK;
}
