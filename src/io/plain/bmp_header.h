/* SPDX-License-Identifier: MIT */
/* The headers of BMP files: of OS/2 (12 bytes), Windows 3 (40) to Windows 5 (124). */
#ifndef UP_IO_BMP_HEADER_H
#define UP_IO_BMP_HEADER_H

#include "io/files/reader.h"
#include "io/metadata/metadata.h"

typedef enum { UP_BMP_RAW = 0, UP_BMP_RLE8, UP_BMP_RLE4, UP_BMP_FIELDS } up_bmp_packing;

typedef struct {
    int width, height;
    bool from_top;
    int bits; /* of a pixel: 1, 2, 4, 8, 16, 24 or 32 */
    up_bmp_packing packing;
    uint32_t mask[4];        /* red, green, blue, alpha of 16 and 32 bits; alpha 0: there is none */
    uint8_t palette[256][3]; /* red, green, blue, up to 8 bits */
    bool grey;               /* the palette is 0 .. white in equal steps */
    int64_t pixels;          /* where they begin */
    double dpi_x, dpi_y;
} up_bmp_header;

/* Of a reader that can seek; an ICC profile goes to `m`. */
up_status up_bmp_read_header(up_bmp_header *header, up_metadata *m, up_reader *reader,
                             up_error *error);

#endif
