/* SPDX-License-Identifier: MIT */
/* The bytes of a PNG as libpng is to see them: pixel data (IDAT) in pieces that are whole chunks,
 * and an end where the file breaks off behind the first of them. */
#ifndef UP_IO_PNG_STREAM_H
#define UP_IO_PNG_STREAM_H

#include "io/png/png_chunk.h"

enum { UP_PNG_PIECE = 32 << 10 };

typedef struct {
    up_reader *reader;
    bool begun, pixels; /* the signature, and pixel data, have been read */
    bool cut;           /* the file ended, or what follows are no chunks, before its IEND */
    bool bad_end;       /* the checksum of IEND is wrong */
    char type[4];       /* of the chunk that is being read */
    bool inside;        /* its tail is still to come, behind `left` bytes of data */
    size_t left;
    uint32_t checksum; /* of what has been read of it */
    size_t at, end;    /* of the buffer: what libpng has not seen */
    uint8_t buffer[UP_PNG_CHUNK_HEAD + UP_PNG_PIECE + UP_PNG_CHUNK_TAIL];
} up_png_stream;

/* The next `size` bytes. The checksums of critical chunks are checked here, those of ancillary
 * chunks are libpng's to check. */
up_status up_png_stream_read(up_png_stream *stream, uint8_t *data, size_t size, up_error *error);

#endif
