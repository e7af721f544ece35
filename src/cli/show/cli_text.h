/* SPDX-License-Identifier: MIT */
/* Text for people and machines: sizes, durations, names that may hold any byte. */
#ifndef UP_CLI_TEXT_H
#define UP_CLI_TEXT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

/* Memory or a message and exit code 75: a program this small has no better answer. */
void *cli_alloc(size_t count, size_t size);
_Noreturn void cli_out_of_memory(void);
/* Room for one more item in an array of `count` items; NULL and 0 start one. */
void *cli_grow(void *items, size_t count, size_t size);
char *cli_copy(const char *text);
char *cli_copy_part(const char *text, size_t length);

/* printf into new memory. */
char *cli_format(const char *format, ...) __attribute__((format(printf, 1, 2)));
char *cli_format_list(const char *format, va_list arguments);
/* printf behind what *text, which is in memory of its own, says already. */
void cli_append(char **text, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Valid UTF-8 in new memory. For a terminal what cannot be seen or would steer it is written as an
 * escape; for JSON, which escapes by itself, only what is no UTF-8 is replaced by U+FFFD. */
char *cli_printable(const char *bytes);
char *cli_utf8(const char *bytes);

/* `printable` in at most `columns` columns, the middle left out. In new memory. */
char *cli_shorten(const char *printable, int columns);
/* The same in exactly so many columns, at their left or right. */
char *cli_fit(const char *printable, int columns, bool right);
int cli_columns(const char *printable);

/* How many letters must be changed, added, dropped or swapped with a neighbour. */
int cli_distance(const char *a, const char *b);
/* Of the words offered so far the nearest one to `word`, if it is near enough to be meant. */
typedef struct {
    const char *word, *best;
    int distance;
} cli_nearest;
void cli_nearest_offer(cli_nearest *nearest, const char *candidate);
const char *cli_nearest_found(const cli_nearest *nearest);

/* Is `word` one of the space-separated `list` (ASCII case does not matter)? Its place, or -1. */
int cli_list_find(const char *list, const char *word, size_t length);
/* Steps through a space-separated list: false at its end. */
bool cli_list_next(const char **list, const char **word, size_t *length);

typedef struct {
    char text[32];
} cli_short_text;
cli_short_text cli_bytes_text(double bytes);     /* 34 MiB */
cli_short_text cli_clock_text(double seconds);   /* 0:05, 2:05, 1:02:05 */
cli_short_text cli_seconds_text(double seconds); /* 0.84 s, from a minute on as a clock */

double cli_now(void); /* seconds of a clock that never jumps */

#endif
