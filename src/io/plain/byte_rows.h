/* SPDX-License-Identifier: MIT */
/* What the sinks of plain formats share: rows of 8 bits, made RGB or RGBA where they must be. */
#ifndef UP_IO_BYTE_ROWS_H
#define UP_IO_BYTE_ROWS_H

#include "io/sink.h"

/* Settles on 8 bits, and refuses what `type` cannot hold. */
up_status up_choose_bytes(const char *type, up_format *format, up_error *error);

/* Bytes of groups in flight. */
typedef struct {
    uint8_t *bytes;
    size_t size;
} up_byte_slot;

up_status up_byte_slots_open(up_byte_slot *slot, int count, size_t bytes, const char *name,
                             up_error *error);
void up_byte_slots_close(up_byte_slot *slot, int count);

/* Pixel x of a row as red, green, blue and alpha. */
static inline void up_byte_pixel(uint8_t to[4], const uint8_t *row, int x, int channels)
{
    const uint8_t *at = row + (size_t)x * (size_t)channels;
    const bool grey = channels < 3;
    to[0] = at[0];
    to[1] = at[grey ? 0 : 1];
    to[2] = at[grey ? 0 : 2];
    to[3] = channels % 2 ? UINT8_MAX : at[channels - 1];
}

#endif
