/* SPDX-License-Identifier: MIT */
/* The files in a ZIP archive that is held in memory: stored ones in place, deflated ones unpacked
 * when they are asked for. */
#ifndef UP_WEIGHTS_PYTORCH_ZIP_ENTRIES_H
#define UP_WEIGHTS_PYTORCH_ZIP_ENTRIES_H

#include <stdint.h>

#include "weights/weight_format.h"

typedef struct {
    const char *name; /* in the archive, `length` bytes */
    size_t length;
    size_t local;        /* offset of its local header */
    size_t packed, size; /* bytes */
    unsigned method, flags;
    uint32_t crc;
    const unsigned char *data; /* once it was asked for */
} up_zip_entry;

typedef struct {
    up_zip_entry *entry; /* by name; kept by the file */
    size_t count;
    size_t unpacked; /* bytes so far */
} up_zip_entries;

/* Reads the directory of the archive that `file` is. */
up_status up_zip_open(up_zip_entries *zip, up_tensor_file *file, up_error *error);

/* NULL if there is none of this name. */
up_zip_entry *up_zip_find(const up_zip_entries *zip, const char *name, size_t length);

/* All `entry->size` bytes, which live as long as the file. */
up_status up_zip_read(up_zip_entries *zip, up_tensor_file *file, up_zip_entry *entry,
                      const unsigned char **data, up_error *error);

#endif
