/* SPDX-License-Identifier: MIT */
/* Segments of a JPEG file, and the ICC profiles and XMP that it holds in several of them. */
#ifndef UP_IO_JPEG_PARTS_H
#define UP_IO_JPEG_PARTS_H

#include "io/metadata/xmp_extended.h"

#include <stdio.h>

#include <jpeglib.h>

#define UP_JPEG_SEGMENT_MOST 65533 /* bytes */

/* What segments begin with; their zeros are part of it. */
#define UP_JPEG_EXIF "Exif\0"
#define UP_JPEG_XMP "http://ns.adobe.com/xap/1.0/"
#define UP_JPEG_EXTENDED_XMP "http://ns.adobe.com/xmp/extension/" /* name, size of all, offset */
#define UP_JPEG_EXTENDED_NAME sizeof UP_JPEG_EXTENDED_XMP
#define UP_JPEG_EXTENDED_HEAD (UP_JPEG_EXTENDED_NAME + UP_XMP_GUID_SIZE + 8)
#define UP_JPEG_ICC "ICC_PROFILE" /* number, count */
#define UP_JPEG_ICC_HEAD (sizeof UP_JPEG_ICC + 2)
#define UP_JPEG_ICC_PARTS 255
#define UP_JPEG_ICC_MOST (UP_JPEG_ICC_PARTS * (UP_JPEG_SEGMENT_MOST - UP_JPEG_ICC_HEAD))
#define UP_JPEG_PHOTOSHOP "Photoshop 3.0"

bool up_jpeg_begins(jpeg_saved_marker_ptr segment, const void *start, size_t size);
bool up_jpeg_is_icc_part(jpeg_saved_marker_ptr segment);
bool up_jpeg_is_xmp_part(jpeg_saved_marker_ptr segment);

/* Join what is in the list that begins with `first`. What does not fit together is named in
 * m->lost. XMP: m->xmp names its extension, and no longer does so where that is not whole. */
up_status up_jpeg_take_icc(up_metadata *m, jpeg_saved_marker_ptr first, up_error *error);
up_status up_jpeg_take_extended_xmp(up_metadata *m, jpeg_saved_marker_ptr first, up_error *error);

#endif
