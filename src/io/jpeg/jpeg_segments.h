/* SPDX-License-Identifier: MIT */
/* What the APPn and COM segments of a JPEG file say, and writing them. */
#ifndef UP_IO_JPEG_SEGMENTS_H
#define UP_IO_JPEG_SEGMENTS_H

#include "io/jpeg/jpeg_parts.h"
#include "io/sink.h"
#include "io/source.h"

/* Has libjpeg keep (or, none between scans, no longer keep) the segments that are read. */
void up_jpeg_keep_segments(struct jpeg_decompress_struct *info, bool keep);

/* Fills the source's metadata from the segments kept, and says what else there was. */
up_status up_jpeg_take_segments(up_source *source, jpeg_saved_marker_ptr segments, up_error *error);

/* Narrows metadata to what a JPEG file can hold, as up_sink_format asks for. */
up_status up_jpeg_keep(up_metadata *m, const up_format *format, up_notes *dropped, up_error *error);

/* Writes what fits, right behind the start of the file. `m` is as up_jpeg_keep() left it,
 * `resources` as up_photoshop_resources() makes them. */
void up_jpeg_write_segments(struct jpeg_compress_struct *info, const up_metadata *m,
                            const up_blob *resources);

#endif
