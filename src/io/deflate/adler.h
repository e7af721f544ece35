/* SPDX-License-Identifier: MIT */
/* The checksum of a zlib stream (RFC 1950), by vectors. */
#ifndef UP_IO_DEFLATE_ADLER_H
#define UP_IO_DEFLATE_ADLER_H

#include <stddef.h>
#include <stdint.h>

/* As zlib's adler32(1, in, size). */
uint32_t up_adler(const uint8_t *in, size_t size);

#endif
