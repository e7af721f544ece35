/* SPDX-License-Identifier: MIT */
#include "io/gif/gif_extension.h"

#include "base/memory.h"

#include <string.h>

enum { CONTROL = 0xf9, COMMENT = 0xfe, APPLICATION = 0xff };
enum { CONTROL_SIZE = 4, APPLICATION_SIZE = 11 };
enum { SHORT_DELAY = 1, USUAL_DELAY = 10, CENTISECONDS = 100 };
enum { XMP_TRAILER = 257 };           /* bytes that lead readers of sub-blocks to its end */
#define MOST_BYTES ((size_t)32 << 20) /* of a comment, profile or XMP */

bool up_gif_block(up_gif_walk *walk, uint8_t *size)
{
    walk->cut = up_reader_read_at(walk->reader, walk->at, size, 1, NULL) != UP_OK;
    walk->at += !walk->cut;
    return !walk->cut;
}

bool up_gif_pass(up_gif_walk *walk)
{
    uint8_t size;
    while (up_gif_block(walk, &size)) {
        if (size == 0)
            return true;
        walk->at += size;
    }
    return false;
}

/* The bytes of the file from `from` to `to`, in new memory; empty if they are too many. */
static up_status take_bytes(const up_gif_walk *walk, int64_t from, int64_t to, up_blob *blob,
                            up_error *error)
{
    const size_t size = (size_t)(to - from);
    if (to <= from || size > MOST_BYTES)
        return UP_OK;
    blob->data = up_alloc(size, 1);
    if (!blob->data)
        return up_fail_memory(error, "metadata", size);
    blob->size = size;
    return up_reader_read_at(walk->reader, from, blob->data, size, error);
}

/* Sub-blocks without the bytes that say how long they are, in place. */
static void join_blocks(up_blob *blob)
{
    size_t kept = 0;
    for (size_t at = 0; at < blob->size && blob->data[at];) {
        size_t size = blob->data[at++];
        size = size < blob->size - at ? size : blob->size - at;
        memmove(blob->data + kept, blob->data + at, size);
        kept += size;
        at += size;
    }
    blob->size = kept;
}

typedef up_status keep_bytes(up_metadata *m, up_blob *blob, up_error *error);

static up_status keep_comment(up_metadata *m, up_blob *blob, up_error *error)
{
    up_chunk chunk = { .type = UP_COMMENT };
    join_blocks(blob);
    chunk.data = *blob;
    return blob->size ? up_metadata_add_chunk(m, &chunk, error) : UP_OK;
}

static up_status keep_profile(up_metadata *m, up_blob *blob, up_error *error)
{
    join_blocks(blob);
    return up_metadata_take_profile(m, blob->data, blob->size, error);
}

static up_status keep_xmp(up_metadata *m, up_blob *blob, up_error *error)
{
    if (blob->size <= XMP_TRAILER || m->xmp.data)
        return UP_OK;
    return up_blob_set(&m->xmp, blob->data, blob->size - XMP_TRAILER, error);
}

/* Sub-blocks that someone keeps. */
static bool keep(up_gif_walk *walk, keep_bytes *keeps, up_status *status, up_error *error)
{
    const int64_t from = walk->at;
    up_blob blob = { NULL, 0 };
    if (!up_gif_pass(walk))
        return false;
    if (!walk->metadata)
        return true;
    *status = take_bytes(walk, from, walk->at - 1, &blob, error);
    if (*status == UP_OK && blob.size > 0)
        *status = keeps(walk->metadata, &blob, error);
    up_free(blob.data);
    return *status == UP_OK;
}

/* Viewers show what is to last no time, or a hundredth of a second, for a tenth. They take 4 for 3,
 * which some programs meant. */
static bool take_control(up_gif_walk *walk)
{
    uint8_t size, data[CONTROL_SIZE];
    if (!up_gif_block(walk, &size))
        return false;
    if (size == CONTROL_SIZE &&
        up_reader_read_at(walk->reader, walk->at, data, sizeof data, NULL) == UP_OK) {
        const int dispose = data[0] >> 2 & 7, delay = data[1] | data[2] << 8;
        up_gif_picture *next = &walk->control;
        next->place.dispose = dispose == 2                   ? UP_DISPOSE_CLEAR
                              : dispose == 3 || dispose == 4 ? UP_DISPOSE_BACK
                                                             : UP_DISPOSE_NOT;
        next->duration.num = (uint32_t)(delay <= SHORT_DELAY ? USUAL_DELAY : delay);
        next->duration.den = CENTISECONDS;
        next->transparent = data[0] & 1 ? data[3] : -1;
    }
    walk->at += size;
    return size == 0 || up_gif_pass(walk);
}

/* How often it is repeated; viewers show it once more than that. */
static bool take_loops(up_gif_walk *walk)
{
    uint8_t data[4];
    if (walk->sequence &&
        up_reader_read_at(walk->reader, walk->at, data, sizeof data, NULL) == UP_OK &&
        data[0] == 3 && data[1] == 1) {
        const int repeats = data[2] | data[3] << 8;
        walk->sequence->loops = repeats ? repeats + 1 : 0;
    }
    return up_gif_pass(walk);
}

static bool take_application(up_gif_walk *walk, up_status *status, up_error *error)
{
    uint8_t size;
    char name[APPLICATION_SIZE] = "";
    if (!up_gif_block(walk, &size))
        return false;
    if (size == APPLICATION_SIZE)
        walk->cut = up_reader_read_at(walk->reader, walk->at, name, sizeof name, NULL) != UP_OK;
    walk->at += size;
    if (memcmp(name, "NETSCAPE2.0", sizeof name) == 0 ||
        memcmp(name, "ANIMEXTS1.0", sizeof name) == 0)
        return take_loops(walk);
    if (memcmp(name, "XMP DataXMP", sizeof name) == 0)
        return keep(walk, keep_xmp, status, error);
    if (memcmp(name, "ICCRGBG1012", sizeof name) == 0)
        return keep(walk, keep_profile, status, error);
    return size == 0 || up_gif_pass(walk);
}

bool up_gif_extension(up_gif_walk *walk, up_status *status, up_error *error)
{
    uint8_t code;
    if (!up_gif_block(walk, &code))
        return false;
    if (code == CONTROL)
        return take_control(walk);
    if (code == APPLICATION)
        return take_application(walk, status, error);
    return code == COMMENT ? keep(walk, keep_comment, status, error) : up_gif_pass(walk);
}
