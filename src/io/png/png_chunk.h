/* SPDX-License-Identifier: MIT */
/* Chunks of a PNG file. */
#ifndef UP_IO_PNG_CHUNK_H
#define UP_IO_PNG_CHUNK_H

#include "io/files/reader.h"
#include "io/files/writer.h"
#include "io/metadata/metadata.h"

#define UP_PNG_SIGNATURE "\x89PNG\r\n\x1a\n"
#define UP_PNG_SIGNATURE_SIZE 8
#define UP_PNG_CHUNK_HEAD 8 /* bytes before the data */
#define UP_PNG_CHUNK_TAIL 4 /* bytes behind them */

/* Numbers are big-endian. */
uint32_t up_png_get_u32(const uint8_t *at);
void up_png_put_u32(uint8_t *at, uint32_t value);

/* Makes `size` bytes at `data` a chunk: head and tail are filled in around them. */
void up_png_seal(uint8_t *data, const char *type, size_t size);

/* Inflates a zlib stream into an empty blob; *sound: it is whole, and makes at most `most` bytes.
 */
up_status up_png_inflate(up_blob *blob, const uint8_t *data, size_t size, size_t most, bool *sound,
                         up_error *error);

up_status up_png_write_chunk(up_writer *writer, const char *type, const void *data, size_t size,
                             up_error *error);

#endif
