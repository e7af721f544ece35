/* SPDX-License-Identifier: MIT */
/* Bytes of an output that stays in memory: they grow as they are written, at any place. */
#ifndef UP_IO_KEPT_BYTES_H
#define UP_IO_KEPT_BYTES_H

#include "base/status.h"

typedef struct {
    uint8_t *data; /* for up_free() */
    size_t size, room;
    size_t most; /* of bytes that there may be */
} up_kept_bytes;

/* What lies between them and those that are there becomes 0. UP_ERROR_LIMIT beyond `most`; `name`
 * is for messages. */
up_status up_kept_bytes_put(up_kept_bytes *kept, int64_t offset, const void *bytes, size_t size,
                            const char *name, up_error *error);

#endif
