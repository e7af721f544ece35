/* SPDX-License-Identifier: MIT */
/* What a tensor file is made of, for tensor_file_read.c and tensor_file_build.c. */
#ifndef UP_WEIGHTS_TENSOR_FILE_PARTS_H
#define UP_WEIGHTS_TENSOR_FILE_PARTS_H

#include "weights/weight_format.h"

/* Memory that lives as long as the file, in a list. */
typedef struct up_kept_block {
    struct up_kept_block *next;
    const char *path; /* of a file beside; NULL for a block of small things */
    size_t size, used;
    _Alignas(16) unsigned char data[];
} up_kept_block;

struct up_tensor_file {
    char *name;
    bool named_by_path;
    const up_weight_format *format;
    const unsigned char *bytes;
    void *owned; /* the same, or NULL for borrowed bytes */
    size_t size;
    size_t most, taken; /* bytes of memory */
    size_t wanted;      /* by the last up_tensor_file_keep() */
    up_kept_block *blocks;
    up_tensor *tensor;
    int tensors, tensor_room;
    const up_tensor **by_name; /* sorted */
    up_metadata_item *item;
    int items, item_room;
    const char *part;
    void *content;
};

/* Reads `size` bytes of `path`, all of it, which must be a regular file. `*bytes` is to be freed
 * with up_free(). Leaves `prefix` bytes free before them. */
up_status up_tensor_file_load(up_tensor_file *file, const char *path, size_t prefix, void **bytes,
                              size_t *size, up_error *error);

#endif
