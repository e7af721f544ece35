/* SPDX-License-Identifier: MIT */
/* Blocks of text laid side by side, as many in a band as the columns allow. ASCII. */
#ifndef UP_EXPLAIN_TEXT_BLOCKS_H
#define UP_EXPLAIN_TEXT_BLOCKS_H

#include "explain/small_tensor.h"

#include <stdio.h>

#define UP_MOST_DIGITS 12

typedef struct {
    char **line;
    int lines, width;
} up_text_block;

typedef struct {
    up_text_block *block;
    int count;
    bool failed; /* no memory */
} up_text_blocks;

/* A new block; its first line is a title, unless that is NULL. */
void up_blocks_begin(up_text_blocks *blocks, const char *title);

/* One more line of the last block. */
void up_blocks_line(up_text_blocks *blocks, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* A block of numbers aligned by their points, a blank line between channels. Where `shown` is
 * given, places where it is 0 are points. */
void up_blocks_tensor(up_text_blocks *blocks, const char *title, const up_small *t,
                      const up_small *shown, int digits);

/* Writes them in bands of at most so many columns, unless one block alone is wider, and frees
 * them. */
void up_blocks_write(up_text_blocks *blocks, FILE *out, int columns);

/* Drops the last block if it is wider. */
void up_blocks_drop_wide(up_text_blocks *blocks, int columns);
/* Decimals that these values need, at most `digits`; 0: at most 4. */
int up_decimals(const double *value, size_t count, int digits);

/* Text broken at blanks, its further lines indented. */
void up_write_wrapped(FILE *out, const char *text, int columns, int indent);

#endif
