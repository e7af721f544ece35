/* SPDX-License-Identifier: MIT */
/* Huffman codes as deflate wants them: canonical, of limited length, first bit lowest. */
#ifndef UP_IO_HUFFMAN_H
#define UP_IO_HUFFMAN_H

#include <stdint.h>

#define UP_HUFFMAN_SYMBOLS 288 /* at most */

typedef struct {
    uint16_t code; /* bits in the order they are written, the first lowest */
    uint16_t length;
} up_huffman_code;

/* The codes of `symbols` symbols that occur count[i] times, none longer than `longest`. Symbols
 * that do not occur have length 0; there must be two that do. */
void up_huffman_make(up_huffman_code *code, const uint32_t *count, int symbols, int longest);

#endif
