/* SPDX-License-Identifier: MIT */
/* The chunks of animated PNG: acTL says that it is one, fcTL begins a frame, fdAT are its pixels
 * where they are not those of the picture itself. PNG, third edition, 11.3.6. */
#ifndef UP_IO_PNG_ANIMATION_H
#define UP_IO_PNG_ANIMATION_H

#include "io/files/writer.h"
#include "io/frames/screen.h"
#include "io/frames/sequence.h"

#define UP_PNG_ACTL_SIZE 8
#define UP_PNG_FCTL_SIZE 26

/* What an fcTL says; false: it makes no sense. */
bool up_png_frame_parse(up_placed *place, up_duration *duration, const uint8_t *data, size_t size);

/* acTL; and the fcTL with this number of a frame that is all of the picture. */
up_status up_png_write_animation(up_writer *writer, const up_sequence *sequence, up_error *error);
up_status up_png_write_frame(up_writer *writer, uint32_t number, const up_format *format,
                             up_duration duration, up_error *error);

#endif
