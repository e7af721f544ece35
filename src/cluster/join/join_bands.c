/* SPDX-License-Identifier: MIT */
#include "cluster/join/join_bands.h"

#include "base/memory.h"

#include <string.h>

enum { COPIED = 1 << 16 };

up_status up_join_unlike(const char *band, up_error *error)
{
    return up_fail(error, UP_ERROR_INPUT,
                   "%s: is no band of the same picture as those before it; make it again", band);
}

up_status up_join_copy(up_writer *out, up_reader *from, int64_t size, up_error *error)
{
    uint8_t buffer[COPIED];
    while (size > 0) {
        const size_t part = size < COPIED ? (size_t)size : COPIED;
        UP_TRY(up_reader_exact(from, buffer, part, error));
        UP_TRY(up_writer_write(out, buffer, part, error));
        size -= (int64_t)part;
    }
    return UP_OK;
}

static up_status join_as_found(const up_joining *joining, up_error *error)
{
    up_reader *reader;
    const uint8_t *head;
    UP_TRY(up_reader_open(&reader, joining->band[0], error));
    const size_t size = up_reader_peek(reader, &head);
    uint8_t first[4] = { 0 };
    memcpy(first, head, size < 4 ? size : 4);
    up_reader_close(&reader);
    if (memcmp(first, "\x89PNG", 4) == 0)
        return up_join_png(joining, error);
    if (memcmp(first, "\x93NUM", 4) == 0)
        return up_join_npy(joining, error);
    if (first[0] == 0xff && first[1] == 0xd8)
        return up_join_jpeg(joining, error);
    if (first[0] == 'P')
        return up_join_pnm(joining, error);
    return up_fail(error, UP_ERROR_UNSUPPORTED, "%s: bands of this format cannot be joined",
                   joining->band[0]);
}

up_status up_join(const char *output, const char *const *bands, int count, bool overwrite,
                  up_error *error)
{
    up_joining joining = { .band = bands, .count = count };
    UP_TRY(up_writer_open(&joining.out, output, overwrite, error));
    up_status status = join_as_found(&joining, error);
    if (status == UP_OK)
        status = up_writer_publish(joining.out, error);
    up_writer_close(&joining.out);
    return status;
}
