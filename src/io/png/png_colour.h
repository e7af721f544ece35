/* SPDX-License-Identifier: MIT */
/* The chunks of a PNG file that say what its samples mean, but for the profile. */
#ifndef UP_IO_PNG_COLOUR_H
#define UP_IO_PNG_COLOUR_H

#include "io/files/writer.h"
#include "io/metadata/metadata.h"

#define UP_PNG_COLOUR_COUNT 8
extern const char up_png_colour_types[UP_PNG_COLOUR_COUNT][5];

/* Whether the chunk is one of these. Takes what it says, if it is sound and nothing has said it
 * before. */
bool up_png_colour_take(up_color_tags *tags, const char *type, const uint8_t *data, size_t size);

/* All of them; sRGB, which must not stand beside a profile, only where `srgb`. */
up_status up_png_colour_write(const up_color_tags *tags, bool srgb, up_writer *writer,
                              up_error *error);

#endif
