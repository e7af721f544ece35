/* What a file says about its pixels, carried from input to output. */
#ifndef UP_IO_METADATA_H
#define UP_IO_METADATA_H

#include "base/status.h"

#include <stddef.h>
#include <stdint.h>

typedef struct {
    uint8_t *data; /* owned; NULL if absent */
    size_t size;
} up_blob;

typedef struct up_metadata {
    up_blob icc;         /* ICC profile */
    up_blob exif;        /* TIFF structure, without "Exif\0\0" */
    up_blob xmp;         /* XML packet */
    int orientation;     /* EXIF 1..8, 1 if none: already applied when pixels are delivered */
    double dpi_x, dpi_y; /* 0 if unknown */
    double aspect;       /* pixel width / height where only that is known, 0 if unknown */
    up_color_tags color; /* what it says of its colours beside the profile */
} up_metadata;

void up_metadata_init(up_metadata *m);
void up_metadata_clear(up_metadata *m);

/* Copies `size` bytes into a blob, replacing what was there. */
up_status up_blob_set(up_blob *blob, const void *data, size_t size, up_error *error);

/* The orientation in an EXIF block (1 if there is none or it is damaged). */
int up_exif_orientation(const up_blob *exif);

/* Prepares metadata for an output `scale_x`, `scale_y` times as large: multiplies the DPI (also
 * inside EXIF), sets EXIF orientation to 1, EXIF pixel dimensions to width x height, and drops the
 * EXIF thumbnail's claim to be current. Damaged EXIF is left as it is but for the orientation. */
void up_metadata_rescale(up_metadata *m, double scale_x, double scale_y, int width, int height);

up_status up_metadata_copy(up_metadata *to, const up_metadata *from, up_error *error);

#endif
