/* SPDX-License-Identifier: MIT */
/* The chunks of a PNG file that say something about its pixels. */
#ifndef UP_IO_PNG_METADATA_H
#define UP_IO_PNG_METADATA_H

#include "io/files/reader.h"
#include "io/files/writer.h"
#include "io/metadata/metadata.h"

#define UP_PNG_METADATA_MOST ((size_t)32 << 20) /* bytes of a chunk, also when inflated */

/* The chunks that are understood, beside those of up_png_colour_types; see below for the others. */
#define UP_PNG_METADATA_COUNT 3
extern const char up_png_metadata_types[UP_PNG_METADATA_COUNT][5];

/* Takes what one chunk says, if it is sound and nothing has said it before; texts, and chunks that
 * the PNG specification calls safe to copy, go to m->chunks; the others are named in m->lost. */
up_status up_png_metadata_take(up_metadata *m, const char *type, bool behind, const uint8_t *data,
                               size_t size, up_error *error);

/* Names one that is larger than that. */
up_status up_png_name_too_large(up_metadata *m, up_error *error);

/* Takes the chunks behind the pixels (where many programs put EXIF and XMP), if the file can be
 * searched. Begins and ends with the reader at the start of the file. */
up_status up_png_metadata_take_trailing(up_metadata *m, up_reader *reader, up_error *error);

/* Narrows metadata to what a PNG file can hold, as up_sink_format asks for. */
up_status up_png_keep(up_metadata *m, const up_format *format, up_notes *dropped, up_error *error);

/* Writes all that stands before the pixels, or the chunks that stand behind them. */
up_status up_png_metadata_write(const up_metadata *m, bool grey, up_writer *writer,
                                up_error *error);
up_status up_png_metadata_write_trailing(const up_metadata *m, up_writer *writer, up_error *error);

#endif
