/* SPDX-License-Identifier: MIT */
/* Bytes as text that pages and their scripts can hold. */
#ifndef UP_COMPARE_TILE_TEXT_H
#define UP_COMPARE_TILE_TEXT_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* In base64: 4 characters for 3 bytes. */
size_t up_base64_size(size_t size);
void up_put_base64(FILE *out, const uint8_t *bytes, size_t size);

/* As two strings of a script in UTF-16LE, with their quotes and a comma. The first has two bytes a
 * character, the last padded with a zero; where those would be a surrogate, a quote, a backslash,
 * an end of line or U+FEFF, 0x1000 is flipped. The second has 15 bits a character, from U+3000 and
 * the lowest on: for each character that is one of these or would be with 0x1000 flipped, whether
 * it was. Together 0.4 % larger than the bytes of a packed picture; base64 would be 33 %. */
void up_put_utf16(FILE *out, const uint8_t *bytes, size_t size);
/* ASCII as it is. */
void up_put_utf16_words(FILE *out, const char *words);

#endif
