/* SPDX-License-Identifier: MIT */
/* Deflating one group of filtered rows after the other into one stream. */
#ifndef UP_IO_PNG_DEFLATE_H
#define UP_IO_PNG_DEFLATE_H

#include "base/status.h"

#define UP_DEFLATE_WINDOW ((size_t)32 << 10) /* how far back deflate can refer */

typedef struct up_png_deflater up_png_deflater;

/* For groups of at most `most` bytes. `level` is up_options.png_level. */
up_status up_png_deflater_open(up_png_deflater **deflater, int level, size_t most, up_error *error);
void up_png_deflater_close(up_png_deflater **deflater);
size_t up_png_deflater_memory(size_t most);

/* Deflates `size` bytes as a piece of a raw stream that starts and ends at a byte boundary.
 * `before` bytes ahead of `in` are those that precede it in the stream, for reference. Returns the
 * size of the piece; *out stays until the next call. There is room for `front` bytes before it. */
size_t up_png_deflate(up_png_deflater *deflater, const uint8_t *in, size_t size, size_t before,
                      uint8_t **out);

#define UP_DEFLATE_FRONT 16 /* bytes before *out, and behind it, that the caller may use */

#endif
