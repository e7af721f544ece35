/* SPDX-License-Identifier: MIT */
#include "io/files/kept_bytes.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

enum { LEAST_ROOM = 4096 };

/* By realloc(), which moves large blocks without copying them. */
static bool grow(up_kept_bytes *k, size_t wanted)
{
    size_t room;
    if (wanted <= k->room)
        return true;
    if (!up_mul(wanted > LEAST_ROOM ? wanted : LEAST_ROOM, 2, &room) || room > k->most)
        room = k->most > wanted ? k->most : wanted;
    uint8_t *grown = realloc(k->data, room);
    if (!grown)
        return false;
    k->data = grown;
    k->room = room;
    return true;
}

up_status up_kept_bytes_put(up_kept_bytes *kept, int64_t offset, const void *bytes, size_t size,
                            const char *name, up_error *error)
{
    size_t end;
    if (!up_add((size_t)offset, size, &end) || end > kept->most)
        return up_fail(error, UP_ERROR_LIMIT,
                       "%s: the output takes more than the %zu MiB that are left of those allowed; "
                       "raise --max-memory, or write to a file",
                       name, kept->most >> 20);
    if (!grow(kept, end))
        return up_fail_memory(error, name, end);
    if ((size_t)offset > kept->size)
        memset(kept->data + kept->size, 0, (size_t)offset - kept->size);
    memcpy(kept->data + offset, bytes, size);
    kept->size = end > kept->size ? end : kept->size;
    return UP_OK;
}
