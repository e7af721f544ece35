/* SPDX-License-Identifier: MIT */
/* How hard a JPEG was squeezed, by its own account. */
#ifndef UP_IO_JPEG_QUALITY_H
#define UP_IO_JPEG_QUALITY_H

#include <stdio.h>

#include <jpeglib.h>

/* Table K.1 of ITU-T T.81: what luminance is quantised by, as it is seen; in natural order. */
extern const unsigned char up_jpeg_luminance[DCTSIZE2];

/*
 * The quality, 1 .. 100, for which libjpeg scales the luminance table of annex K of ITU-T T.81 to
 * what the first component is quantised by; of other tables the one whose entries are nearest, by
 * the mean of |log(entry / entry of that quality)|. The header must have been read; 0: it did not
 * bring the table.
 */
int up_jpeg_quality(const struct jpeg_decompress_struct *info);

/* The same of a table in natural order. */
int up_jpeg_table_quality(const UINT16 table[DCTSIZE2]);

#endif
