/* SPDX-License-Identifier: MIT */
#include "compare/pictures/tile_text.h"

#include <stdbool.h>

/* With CHANGED flipped, what is forbidden is not; 15 bits from FIRST on never are. */
enum { CHANGED = 0x1000, BITS = 15, FIRST = 0x3000 };

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

void up_put_utf16_words(FILE *out, const char *words)
{
    for (; *words; words++)
        put_unit(out, (unsigned char)*words);
}

static unsigned unit_at(const uint8_t *bytes, size_t size, size_t i)
{
    return bytes[i] | (i + 1 < size ? (unsigned)bytes[i + 1] << 8 : 0);
}

static bool is_forbidden(unsigned unit)
{
    return (unit >= 0xD800 && unit < 0xE000) || unit == '\n' || unit == '\r' || unit == '"' ||
           unit == '\\' || unit == 0x2028 || unit == 0x2029 || unit == 0xFEFF;
}

static void put_allowed(FILE *out, const uint8_t *bytes, size_t size)
{
    for (size_t i = 0; i < size; i += 2) {
        const unsigned unit = unit_at(bytes, size, i);
        put_unit(out, is_forbidden(unit) ? unit ^ CHANGED : unit);
    }
}

/* One for each unit that may have been another. */
static void put_bits(FILE *out, const uint8_t *bytes, size_t size)
{
    unsigned bits = 0, count = 0;
    for (size_t i = 0; i < size; i += 2) {
        const unsigned unit = unit_at(bytes, size, i);
        if (!is_forbidden(unit) && !is_forbidden(unit ^ CHANGED))
            continue;
        bits |= (unsigned)is_forbidden(unit) << count++;
        if (count == BITS) {
            put_unit(out, FIRST + bits);
            bits = count = 0;
        }
    }
    if (count)
        put_unit(out, FIRST + bits);
}

void up_put_utf16(FILE *out, const uint8_t *bytes, size_t size)
{
    up_put_utf16_words(out, "\"");
    put_allowed(out, bytes, size);
    up_put_utf16_words(out, "\",\"");
    put_bits(out, bytes, size);
    up_put_utf16_words(out, "\"");
}
