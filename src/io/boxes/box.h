/* SPDX-License-Identifier: MIT */
/* Boxes of ISO/IEC 14496-12 in memory, and big-endian numbers among their bytes. */
#ifndef UP_IO_BOX_H
#define UP_IO_BOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes that are taken one after the other. Beyond the end all are 0, and `ended` says so. */
typedef struct {
    const uint8_t *bytes;
    size_t size, at;
    bool ended;
} up_box_bytes;

/* A number of 0 to 8 bytes. */
uint64_t up_box_number(up_box_bytes *from, int bytes);

/* A part that follows, of which nothing lies beyond the end. */
up_box_bytes up_box_part(up_box_bytes *from, uint64_t size);

/* The next box: its type and contents. false: there is none. */
bool up_box_next(up_box_bytes *from, char type[5], up_box_bytes *contents);

/* The first box of a type among those that follow. */
bool up_box_find(up_box_bytes from, const char *type, up_box_bytes *contents);

/* Whether a file that begins so names a brand, as far as can be seen: "avif". */
bool up_box_has_brand(const uint8_t *head, size_t size, const char *brand);

#endif
