/* SPDX-License-Identifier: MIT */
#include "cli/show/cli_text.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#define EXIT_TRY_AGAIN 75

void cli_out_of_memory(void)
{
    fputs("upscale: out of memory; try again, or with fewer files at once\n", stderr);
    exit(EXIT_TRY_AGAIN);
}

static void *or_die(void *block)
{
    if (!block)
        cli_out_of_memory();
    return block;
}

void *cli_alloc(size_t count, size_t size)
{
    return or_die(calloc(count ? count : 1, size));
}

void *cli_grow(void *items, size_t count, size_t size)
{
    bool full = count == 0 || (count >= 16 && (count & (count - 1)) == 0);
    if (!full)
        return items;
    size_t capacity = count ? 2 * count : 16;
    if (capacity > SIZE_MAX / size)
        return or_die(NULL);
    return or_die(realloc(items, capacity * size));
}

char *cli_copy_part(const char *text, size_t length)
{
    char *copy = cli_alloc(length + 1, 1);
    memcpy(copy, text, length);
    return copy;
}

char *cli_copy(const char *text)
{
    return cli_copy_part(text, strlen(text));
}

char *cli_format_list(const char *format, va_list arguments)
{
    va_list again;
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, arguments);
    char *text = cli_alloc((size_t)(length < 0 ? 0 : length) + 1, 1);
    vsnprintf(text, (size_t)(length < 0 ? 0 : length) + 1, format, again);
    va_end(again);
    return text;
}

char *cli_format(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    char *text = cli_format_list(format, arguments);
    va_end(arguments);
    return text;
}

void cli_append(char **text, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    char *more = cli_format_list(format, arguments), *longer = cli_format("%s%s", *text, more);
    va_end(arguments);
    free(more);
    free(*text);
    *text = longer;
}

static int smallest(int a, int b, int c)
{
    int least = a < b ? a : b;
    return least < c ? least : c;
}

int cli_distance(const char *a, const char *b)
{
    enum { LONGEST = 40 };
    size_t rows = strlen(a), columns = strlen(b);
    if (rows > LONGEST || columns > LONGEST)
        return LONGEST;
    int d[LONGEST + 1][LONGEST + 1];
    for (size_t i = 0; i <= rows; i++)
        d[i][0] = (int)i;
    for (size_t j = 0; j <= columns; j++)
        d[0][j] = (int)j;
    for (size_t i = 1; i <= rows; i++) {
        for (size_t j = 1; j <= columns; j++) {
            d[i][j] = smallest(d[i - 1][j] + 1, d[i][j - 1] + 1,
                               d[i - 1][j - 1] + (a[i - 1] != b[j - 1]));
            bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
            if (swapped && d[i - 2][j - 2] + 1 < d[i][j])
                d[i][j] = d[i - 2][j - 2] + 1;
        }
    }
    return d[rows][columns];
}

void cli_nearest_offer(cli_nearest *nearest, const char *candidate)
{
    size_t length = strlen(nearest->word);
    bool begins = length >= 3 && strncmp(candidate, nearest->word, length) == 0;
    int distance = begins ? 1 : cli_distance(nearest->word, candidate);
    if (!nearest->best || distance < nearest->distance) {
        nearest->best = candidate;
        nearest->distance = distance;
    }
}

const char *cli_nearest_found(const cli_nearest *nearest)
{
    int enough = 1 + (int)strlen(nearest->word) / 4;
    return nearest->best && nearest->distance <= enough ? nearest->best : NULL;
}

bool cli_list_next(const char **list, const char **word, size_t *length)
{
    *word = *list + strspn(*list, " ");
    *length = strcspn(*word, " ");
    *list = *word + *length;
    return *length > 0;
}

int cli_list_find(const char *list, const char *word, size_t length)
{
    const char *item;
    size_t item_length;
    for (int i = 0; cli_list_next(&list, &item, &item_length); i++) {
        if (item_length == length && strncasecmp(item, word, length) == 0)
            return i;
    }
    return -1;
}

cli_short_text cli_bytes_text(double bytes)
{
    static const char *const units[] = { "bytes", "KiB", "MiB", "GiB", "TiB", "PiB" };
    size_t unit = 0;
    while (bytes >= 1024 && unit + 1 < sizeof units / sizeof *units) {
        bytes /= 1024;
        unit++;
    }
    cli_short_text result;
    int decimals = unit > 0 && bytes < 9.95 ? 1 : 0;
    snprintf(result.text, sizeof result.text, "%.*f %s", decimals, bytes, units[unit]);
    return result;
}

cli_short_text cli_clock_text(double seconds)
{
    cli_short_text result;
    long long whole = seconds < 1e9 ? (long long)seconds : 999999999;
    if (whole >= 3600)
        snprintf(result.text, sizeof result.text, "%lld:%02lld:%02lld", whole / 3600,
                 whole / 60 % 60, whole % 60);
    else
        snprintf(result.text, sizeof result.text, "%lld:%02lld", whole / 60, whole % 60);
    return result;
}

cli_short_text cli_seconds_text(double seconds)
{
    if (!(seconds < 60))
        return cli_clock_text(seconds);
    cli_short_text result;
    snprintf(result.text, sizeof result.text, "%.*f s", seconds < 9.95 ? 2 : 1, seconds);
    return result;
}

double cli_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}
