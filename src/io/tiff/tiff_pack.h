/* SPDX-License-Identifier: MIT */
/* Strips of a TIFF file: differences of neighbours, deflated. */
#ifndef UP_IO_TIFF_PACK_H
#define UP_IO_TIFF_PACK_H

#include "base/status.h"

#include <stddef.h>

typedef struct {
    uint8_t *rows; /* raw, which packing spoils */
    uint8_t *packed;
    size_t *size;   /* of each packed strip; they lie up_tiff_packed_most() apart */
    uint8_t *spare; /* a row of floats */
    void *deflater;
    int strips, last_rows; /* strips; rows of the last */
} up_tiff_slot;

typedef struct {
    size_t row_bytes;
    int channels, width, rows; /* rows: of a strip */
    up_sample sample;
    bool swap; /* samples of 16 bits are to have their bytes exchanged */
    int level;
} up_tiff_packing;

/* Room for so many strips. Free also where that failed. */
up_status up_tiff_slot_open(up_tiff_slot *slot, const up_tiff_packing *packing, int strips,
                            up_error *error);
void up_tiff_slot_close(up_tiff_slot *slot);
size_t up_tiff_slot_bytes(const up_tiff_packing *packing, int strips);

size_t up_tiff_packed_most(const up_tiff_packing *packing);

/* Packs slot->strips strips of slot->rows. */
void up_tiff_slot_pack(up_tiff_slot *slot, const up_tiff_packing *packing);

#endif
