/* SPDX-License-Identifier: MIT */
/* Pictures from files, as training wants them. */
#ifndef UP_TRAIN_DECODE_H
#define UP_TRAIN_DECODE_H

#include "base/status.h"

#include <stddef.h>

/* What a header says: the size, and the most memory that decoding takes beside its result. */
typedef struct {
    int width, height, channels; /* of the result: 1 or 3 */
    size_t held_bytes;
} up_train_header;

/* Reads the header. Fails with UP_ERROR_UNSUPPORTED for what is no grey or RGB picture. */
up_status up_train_decode_header(up_train_header *header, const char *path, up_error *error);

/* Decodes to 8-bit grey or RGB, interleaved and tightly packed; free picture->data with up_free().
 * 16 bits are rounded to 8. Alpha is multiplied in, as upscaling does before it filters. */
up_status up_train_decode(up_pixels *picture, const char *path, up_error *error);

#endif
