/* SPDX-License-Identifier: MIT */
#include "support/pictures/tiff_book.h"

#include <string.h>

enum { ENTRIES = 10 };

void tiff_book_put(tiff_book *b, size_t at, int bytes, size_t value)
{
    for (int i = 0; i < bytes; i++, value >>= 8)
        b->bytes[at + (size_t)i] = (uint8_t)value;
}

void tiff_book_begin(tiff_book *b)
{
    *b = (tiff_book){ .size = 8, .link = 4 };
    memcpy(b->bytes, "II*\0", 4);
}

size_t tiff_book_add(tiff_book *b, int width, int height, int first, int type)
{
    const size_t pixels = b->size, count = (size_t)width * (size_t)height;
    for (size_t i = 0; i < count; i++)
        b->bytes[pixels + i] = (uint8_t)((size_t)first + i);
    const size_t at = pixels + count + count % 2;
    const size_t entries[ENTRIES][2] = { { 254, (size_t)type },
                                         { 256, (size_t)width },
                                         { 257, (size_t)height },
                                         { 258, 8 },
                                         { 259, 1 },
                                         { 262, 1 },
                                         { 273, pixels },
                                         { 277, 1 },
                                         { 278, (size_t)height },
                                         { 279, count } };
    tiff_book_put(b, at, 2, ENTRIES);
    for (size_t e = 0; e < ENTRIES; e++) {
        tiff_book_put(b, at + 2 + 12 * e, 2, entries[e][0]);
        tiff_book_put(b, at + 2 + 12 * e + 2, 2, 4);
        tiff_book_put(b, at + 2 + 12 * e + 4, 4, 1);
        tiff_book_put(b, at + 2 + 12 * e + 8, 4, entries[e][1]);
    }
    tiff_book_put(b, b->link, 4, at);
    b->link = at + 2 + 12 * ENTRIES;
    tiff_book_put(b, b->link, 4, 0);
    b->size = b->link + 4;
    return at;
}
