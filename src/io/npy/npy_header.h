/* SPDX-License-Identifier: MIT */
/* The header of an .npy file: versions 1 to 3, parsed as the one dict it may hold. */
#ifndef UP_IO_NPY_HEADER_H
#define UP_IO_NPY_HEADER_H

#include "io/files/reader.h"

#define UP_NPY_MAX_DIMS 4
#define UP_NPY_HEADER_MAX 256 /* bytes of a header that we write */

typedef enum {
    UP_NPY_U8,
    UP_NPY_U16,
    UP_NPY_F32,
    UP_NPY_F64,
    UP_NPY_I64,
} up_npy_type;

typedef struct {
    up_npy_type type;
    size_t element; /* bytes */
    bool swapped;   /* the other byte order than this machine's */
    int dims;
    int64_t shape[UP_NPY_MAX_DIMS]; /* as in the file: shape[dims - 1] varies fastest */
    size_t count;                   /* of elements; count * element fits an int64_t */
    int64_t offset;                 /* of the first element */
} up_npy_header;

bool up_npy_probe(const uint8_t *head, size_t size);

/* Reads the header from the start of `reader` and checks it against the file's size, where that is
 * known: when it succeeds, the elements are there. */
up_status up_npy_header_read(up_npy_header *header, up_reader *reader, up_error *error);

/* Makes a header (type, dims and shape are used; native byte order) and returns its size. */
size_t up_npy_header_make(uint8_t bytes[static UP_NPY_HEADER_MAX], const up_npy_header *header);

/* All of an int64 file, as index files are. *data is the caller's, to be freed with up_free(). */
up_status up_npy_read_i8(const char *path, int64_t **data, int64_t shape[static UP_NPY_MAX_DIMS],
                         int *dims, up_error *error);

#endif
