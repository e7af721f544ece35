/* SPDX-License-Identifier: MIT */
/* What the HEVC streams of a HEIF file say of themselves, whatever its boxes say: decoders take
 * memory by that. */
#ifndef UP_IO_HEVC_STREAM_H
#define UP_IO_HEVC_STREAM_H

#include "io/files/reader.h"

/* Of a sequence parameter set (ITU-T H.265, 7.3.2.2). */
typedef struct {
    uint32_t width, height; /* as coded, uncropped */
    unsigned bits;          /* of luma or chroma, whichever has more */
} up_hevc_size;

/* `nal` is a NAL unit with its header, or its first 256 bytes. false: nobody can decode it. */
bool up_hevc_read_size(up_hevc_size *size, const uint8_t *nal, size_t bytes);

typedef struct {
    size_t bytes;  /* of luma, of the largest picture */
    size_t beside; /* the same of all others that a stream keeps or refers to while it is decoded */
} up_hevc_luma;

/* Looks at all pictures of a file that can seek. Where a stream has larger ones than its boxes say,
 * the file is refused as damaged. */
up_status up_hevc_look(up_reader *reader, up_hevc_luma *luma, up_error *error);

#endif
