/* SPDX-License-Identifier: MIT */
#include "base/json/json_number.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    MOST_DIGITS = 800, /* of a double, or the middle of two, are at most 768: more only matter by
                          being there */
    MOST_EXPONENT = 1 << 30,
};

typedef struct {
    char digits[MOST_DIGITS + 24]; /* then "e" and the exponent */
    int count;
    int64_t exponent; /* of the last of them */
} decimal;

static void add_digit(decimal *d, char digit, bool fraction)
{
    const bool more = d->count == MOST_DIGITS;
    if (more && digit != '0')
        d->digits[MOST_DIGITS - 1] = '1'; /* which was a digit too many already */
    if (!more && (d->count || digit != '0'))
        d->digits[d->count++] = digit;
    d->exponent += more - fraction;
}

double up_json_parse_number(const char *text)
{
    decimal d = { .count = 0 };
    bool fraction = false;
    int64_t stated = 0;
    const bool minus = *text == '-';
    for (text += minus; *text && *text != 'e' && *text != 'E'; text++)
        if (*text == '.')
            fraction = true;
        else
            add_digit(&d, *text, fraction);
    const bool lower = *text && text[1] == '-';
    if (*text)
        text += text[1] == '-' || text[1] == '+' ? 2 : 1;
    for (; *text; text++)
        stated = stated < MOST_EXPONENT ? 10 * stated + (*text - '0') : stated;
    d.exponent += lower ? -stated : stated;
    snprintf(d.digits + d.count, sizeof d.digits - (size_t)d.count, "%se%" PRId64,
             d.count ? "" : "0", d.exponent);
    const double number = strtod(d.digits, NULL); /* no point in it, so the same in any locale */
    return minus ? -number : number;
}

/* "1e+06" and "1e-06" are 1e6 and 1e-6. */
static void put_exponent(char **to, const char *from)
{
    *(*to)++ = 'e';
    if (*from == '-')
        *(*to)++ = '-';
    from += strspn(from, "+-0");
    strcpy(*to, *from ? from : "0");
    *to += strlen(*to);
}

size_t up_json_print_number(char to[UP_JSON_NUMBER], double number, int digits)
{
    char printed[UP_JSON_NUMBER], *end = to;
    bool point = false;
    snprintf(printed, sizeof printed, "%.*g", digits, number);
    for (const char *at = printed; *at; at++) {
        if (*at == 'e') {
            put_exponent(&end, at + 1);
            return (size_t)(end - to);
        }
        if (*at == '-' || (*at >= '0' && *at <= '9')) {
            *end++ = *at;
        } else if (!point) { /* of the locale, which may be several bytes */
            *end++ = '.';
            point = true;
        }
    }
    strcpy(end, point ? "" : ".0");
    return (size_t)(end - to) + strlen(end);
}
