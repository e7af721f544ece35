/* SPDX-License-Identifier: MIT */
/* UTF-8 by RFC 3629: no surrogates, nothing beyond U+10FFFF, nothing longer than it must be. */
#ifndef UP_BASE_UTF8_H
#define UP_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes of the sequence at `text`, of which `left` >= 1 bytes are there, 1 to 4; 0: it is none. */
size_t up_utf8_length(const char *text, size_t left);
bool up_utf8_valid(const char *text, size_t size);

/* Writes a code point; 1 to 4 bytes. */
size_t up_utf8_put(char *to, uint32_t code);

#endif
