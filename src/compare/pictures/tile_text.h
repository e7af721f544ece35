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

/* What a script in UTF-16LE may have between quotes: two bytes a character, the last padded with a
 * zero. Surrogates, quotes, backslashes, ends of lines and U+FEFF follow U+E000, their highest bit
 * changed. It is 3 % larger than the bytes of a packed picture; base64 would be 33 %. */
void up_put_utf16(FILE *out, const uint8_t *bytes, size_t size);
/* ASCII as it is. */
void up_put_utf16_words(FILE *out, const char *words);

#endif
