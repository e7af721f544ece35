/* SPDX-License-Identifier: MIT */
/* Writing the container of an animated WebP: frames go out as they come, and its size at the end.
 */
#ifndef UP_IO_WEBP_ANIMATION_H
#define UP_IO_WEBP_ANIMATION_H

#include "io/files/writer.h"
#include "io/frames/sequence.h"
#include "io/metadata/metadata.h"

typedef struct {
    up_writer *writer;
    const up_metadata *metadata; /* borrowed: ICC, EXIF and XMP go along */
    up_format format;
    uint64_t size; /* of the file, so far */
} up_webp_animation;

/* Needs a writer that can go back. */
up_status up_webp_animation_begin(up_webp_animation *animation, up_writer *writer,
                                  const up_format *format, const up_metadata *metadata, int loops,
                                  up_error *error);

/* A frame, as a WebP file of its own, which is shown for so long. */
up_status up_webp_animation_add(up_webp_animation *animation, const uint8_t *file, size_t size,
                                up_duration duration, up_error *error);

up_status up_webp_animation_end(up_webp_animation *animation, up_error *error);

#endif
