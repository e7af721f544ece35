/* SPDX-License-Identifier: MIT */
#include "compare/pictures/tile_text.h"

#include <stdbool.h>

enum { ESCAPE = 0xE000, CHANGED = 0x8000, SURROGATES = 0xD800 };

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

size_t up_base64_size(size_t size)
{
    return (size + 2) / 3 * 4;
}

void up_put_base64(FILE *out, const uint8_t *bytes, size_t size)
{
    for (size_t i = 0; i < size; i += 3) {
        const size_t left = size - i;
        const unsigned group = (unsigned)bytes[i] << 16 |
                               (left > 1 ? (unsigned)bytes[i + 1] << 8 : 0) |
                               (left > 2 ? bytes[i + 2] : 0);
        const char text[4] = { digits[group >> 18 & 63], digits[group >> 12 & 63],
                               left > 1 ? digits[group >> 6 & 63] : '=',
                               left > 2 ? digits[group & 63] : '=' };
        fwrite(text, 1, sizeof text, out);
    }
}

static void put_unit(FILE *out, unsigned unit)
{
    fputc((int)(unit & 0xFF), out);
    fputc((int)(unit >> 8), out);
}

static bool is_escaped(unsigned unit)
{
    return (unit >= SURROGATES && unit <= ESCAPE) || unit == '\n' || unit == '\r' || unit == '"' ||
           unit == '\\' || unit == 0x2028 || unit == 0x2029 || unit == 0xFEFF;
}

void up_put_utf16(FILE *out, const uint8_t *bytes, size_t size)
{
    for (size_t i = 0; i < size; i += 2) {
        unsigned unit = bytes[i] | (i + 1 < size ? (unsigned)bytes[i + 1] << 8 : 0);
        if (is_escaped(unit)) {
            put_unit(out, ESCAPE);
            unit ^= CHANGED;
        }
        put_unit(out, unit);
    }
}

void up_put_utf16_words(FILE *out, const char *words)
{
    for (; *words; words++)
        put_unit(out, (unsigned char)*words);
}
