/* SPDX-License-Identifier: MIT */
/* TIFF files of several pages made by hand, in grey of 8 bits. */
#ifndef SUPPORT_TIFF_BOOK_H
#define SUPPORT_TIFF_BOOK_H

#include <stddef.h>
#include <stdint.h>

enum { TIFF_REDUCED = 1, TIFF_MASK = 4 };

typedef struct {
    uint8_t bytes[4096];
    size_t size, link; /* where the place of the next directory is to be entered */
} tiff_book;

void tiff_book_begin(tiff_book *book);

/* Pixels are first, first + 1, ... Returns where the directory lies. */
size_t tiff_book_add(tiff_book *book, int width, int height, int first, int type);

/* A number of so many bytes, low byte first. */
void tiff_book_put(tiff_book *book, size_t at, int bytes, size_t value);

#endif
