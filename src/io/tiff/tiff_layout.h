/* SPDX-License-Identifier: MIT */
/* How the samples of a TIFF file lie, and their way out of strips and tiles. */
#ifndef UP_IO_TIFF_LAYOUT_H
#define UP_IO_TIFF_LAYOUT_H

#include "io/tiff/tiff_file.h"

#define UP_TIFF_PLANES 5 /* CMYK and alpha */

typedef enum {
    UP_TIFF_GREY,
    UP_TIFF_RGB,
    UP_TIFF_PALETTE,
    UP_TIFF_CMYK,
    UP_TIFF_LAB,
    UP_TIFF_CONVERTED, /* by libtiff, to RGB of 8 bits: YCbCr that is no JPEG, LogLuv */
} up_tiff_kind;

typedef struct {
    up_tiff_kind kind;
    int width, height;
    int bits;        /* of a sample */
    bool floats;     /* 16, 32 or 64 bits of them */
    bool white_zero; /* greys are inverted */
    bool offset;     /* a* and b* are, as ICC has them; else they are signed */
    double white[2]; /* x, y of that of Lab */
    int samples;     /* of a pixel */
    int alpha;       /* which of them it is; -1: none */
    bool associated; /* colours are multiplied by alpha */
    bool separate;   /* each sample has strips or tiles of its own */
    bool tiled;
    int rows;                     /* of a strip or tile */
    int columns;                  /* of a tile; of a strip all */
    uint16_t *red, *green, *blue; /* of a palette; libtiff's */
    int further;                  /* samples that nobody asked for */
} up_tiff_layout;

/* Of the directory that is open, or why it cannot be read. */
up_status up_tiff_read_layout(up_tiff_layout *layout, up_tiff_file *file, up_error *error);

/* Samples in use: of colours and alpha. */
int up_tiff_colours(const up_tiff_layout *layout);

/* Those of a pixel that is made of them. */
int up_tiff_channels(const up_tiff_layout *layout);

/* Rows on their way out. */
typedef struct {
    const up_tiff_layout *layout;
    up_tiff_file *file[UP_TIFF_PLANES]; /* one; of separate samples one for each in use */
    int files;
    size_t tile_bytes, tile_row_bytes, tiles; /* of strips: a row, a row, 1 */
    uint8_t *band;                            /* all tiles of a row of them, plane after plane */
    int band_at;                              /* row where it begins; -1: nowhere */
} up_tiff_rows;

/* Sets sizes; *held: bytes of the band. False: too large. */
bool up_tiff_rows_size(up_tiff_rows *rows, size_t *held);

/* Makes row y, which is to be asked for in order. */
up_status up_tiff_rows_read(up_tiff_rows *rows, int y, up_error *error);

/* The samples of columns x .. x + count - 1 in the row made last, beginning with tile `tile`; of
 * plane `plane` where they are separate. Packed in `bits` each, in the order of this machine. */
const uint8_t *up_tiff_rows_at(const up_tiff_rows *rows, int y, size_t tile, int plane, int *x,
                               int *count);

#endif
