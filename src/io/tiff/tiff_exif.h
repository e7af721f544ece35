/* SPDX-License-Identifier: MIT */
/* EXIF from the directories of a TIFF file, and the other way round. */
#ifndef UP_IO_TIFF_EXIF_H
#define UP_IO_TIFF_EXIF_H

#include "io/files/reader.h"
#include "io/metadata/metadata.h"

/* Makes a block of EXIF of what the directory at `offset` says beside its pixels: orientation,
 * resolution, texts, and the directories of EXIF and GPS. Entries that are damaged, or of more than
 * 1 MiB, are left out. *tells: there is more than a resolution, and that up is up. */
up_status up_tiff_take_exif(up_blob *exif, up_reader *reader, uint64_t offset, bool *tells,
                            up_error *error);

/* Texts of the first directory of an EXIF block; NULL: not said, or without their zero. */
const char *up_exif_text(const up_blob *exif, unsigned tag);

/* Makes the block's offsets count from `base` bytes before it, as they must where it has become
 * part of a TIFF file; *exif_at and *gps_at: its directories from there, 0: none. */
void up_exif_move(up_blob *exif, uint32_t base, uint32_t *exif_at, uint32_t *gps_at);

#endif
