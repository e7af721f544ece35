/* SPDX-License-Identifier: MIT */
#define _XOPEN_SOURCE 700 /* wcwidth */

/* Names may hold any byte but NUL: here they become text that is safe to show or to put into JSON.
 */

#include "cli/show/cli_text.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#define REPLACEMENT "\xEF\xBF\xBD" /* U+FFFD */

/* The code point at `s` and its length in bytes; a length of 0 if this is no UTF-8. */
static int decode(const unsigned char *s, uint32_t *code)
{
    static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
    if (s[0] < 0x80) {
        *code = s[0];
        return 1;
    }
    int length = s[0] >= 0xF0 && s[0] < 0xF5 ? 4 : s[0] >= 0xE0 ? 3 : s[0] >= 0xC2 ? 2 : 0;
    if (length == 0 || s[0] >= 0xF5)
        return 0;
    *code = s[0] & (0xFFu >> (length + 1));
    for (int i = 1; i < length; i++) {
        if ((s[i] & 0xC0) != 0x80)
            return 0;
        *code = *code << 6 | (s[i] & 0x3F);
    }
    bool surrogate = *code >= 0xD800 && *code <= 0xDFFF;
    return *code < least[length] || *code > 0x10FFFF || surrogate ? 0 : length;
}

/* Controls, and the marks that reverse or hide what follows them. */
static bool is_unseen(uint32_t code)
{
    return code < 0x20 || (code >= 0x7F && code < 0xA0) || (code >= 0x200B && code <= 0x200F) ||
           (code >= 0x2028 && code <= 0x202E) || (code >= 0x2060 && code <= 0x206F) ||
           code == 0xFEFF || (code >= 0xE0000 && code <= 0xE007F);
}

static size_t escape(char *out, uint32_t code, bool is_byte)
{
    if (code == '\n' || code == '\t' || code == '\r')
        return (size_t)sprintf(out, "\\%c", code == '\n' ? 'n' : code == '\t' ? 't' : 'r');
    if (is_byte || code < 0x80)
        return (size_t)sprintf(out, "\\x%02x", (unsigned)code);
    return (size_t)sprintf(out, "\\u{%x}", (unsigned)code);
}

static char *clean(const char *bytes, bool for_terminal)
{
    const unsigned char *s = (const unsigned char *)bytes;
    char *out = cli_alloc(strlen(bytes) * 6 + 1, 1);
    size_t length = 0;
    while (*s) {
        uint32_t code = 0;
        int size = decode(s, &code);
        if (size > 0 && !(for_terminal && is_unseen(code))) {
            memcpy(out + length, s, (size_t)size);
            length += (size_t)size;
        } else if (for_terminal) {
            length += escape(out + length, size > 0 ? code : *s, size == 0);
        } else {
            memcpy(out + length, REPLACEMENT, 3);
            length += 3;
        }
        s += size > 0 ? size : 1;
    }
    out[length] = 0;
    return out;
}

char *cli_printable(const char *bytes)
{
    return clean(bytes, true);
}

char *cli_utf8(const char *bytes)
{
    return clean(bytes, false);
}

static int width_of(uint32_t code)
{
    int width = wcwidth((wchar_t)code);
    return width < 0 ? 1 : width;
}

int cli_columns(const char *printable)
{
    int columns = 0;
    for (const unsigned char *s = (const unsigned char *)printable; *s;) {
        uint32_t code;
        int size = decode(s, &code);
        columns += size > 0 ? width_of(code) : 1;
        s += size > 0 ? size : 1;
    }
    return columns;
}

/* How many bytes from the start fill at most `columns`. */
static size_t bytes_in_columns(const char *text, int columns)
{
    const unsigned char *s = (const unsigned char *)text;
    size_t at = 0;
    while (s[at]) {
        uint32_t code;
        int size = decode(s + at, &code);
        columns -= size > 0 ? width_of(code) : 1;
        if (columns < 0)
            break;
        at += size > 0 ? (size_t)size : 1;
    }
    return at;
}

char *cli_shorten(const char *printable, int columns)
{
    int full = cli_columns(printable);
    if (full <= columns)
        return cli_copy(printable);
    if (columns < 6)
        return cli_copy_part(printable, bytes_in_columns(printable, columns));
    int kept = columns - 3, head = kept / 3;
    size_t start = bytes_in_columns(printable, head);
    const char *tail = printable;
    while (cli_columns(tail) > kept - head)
        tail += bytes_in_columns(tail, 1) ? bytes_in_columns(tail, 1) : bytes_in_columns(tail, 2);
    return cli_format("%.*s...%s", (int)start, printable, tail);
}

char *cli_fit(const char *printable, int columns, bool right)
{
    char *text = cli_shorten(printable, columns);
    int gap = columns - cli_columns(text);
    char *full = cli_format("%*s%s%*s", right ? gap : 0, "", text, right ? 0 : gap, "");
    free(text);
    return full;
}
