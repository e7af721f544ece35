/* SPDX-License-Identifier: MIT */
/* XMP of a JPEG file in two: what fits a segment, and an extension that it names by its MD5. */
#ifndef UP_IO_XMP_EXTENDED_H
#define UP_IO_XMP_EXTENDED_H

#include "io/metadata/xmp.h"

#define UP_XMP_GUID_SIZE 32

/* The name of the extension that a packet has; false if it names none. */
bool up_xmp_extension_name(const up_blob *xmp, char guid[UP_XMP_GUID_SIZE + 1]);
/* Takes out that it has one. */
up_status up_xmp_forget_extension(up_blob *xmp, up_error *error);

/* Makes one packet of both; *joined: that could be done. */
up_status up_xmp_join(up_blob *xmp, const up_blob *extended, bool *joined, up_error *error);

/* The same for the XMP of `m`, for all formats but JPEG, whose way round its limits an extension
 * is; one that is damaged is named in `dropped`. */
up_status up_xmp_join_all(up_metadata *m, up_notes *dropped, up_error *error);

/* Divides a packet so that at most `most` bytes are in `xmp`; names the extension as it is now.
 * *whole: the extension that was there before came along. */
up_status up_xmp_divide(up_blob *xmp, up_blob *extended, size_t most, bool *whole, up_error *error);

#endif
