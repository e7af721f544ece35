/* SPDX-License-Identifier: MIT */
/* Everything the program says: lines on standard error, results on standard output. Lines of
 * different threads never mix, and the progress bar steps aside for them. */
#ifndef UP_CLI_CONSOLE_H
#define UP_CLI_CONSOLE_H

#include <stdbool.h>
#include <stdio.h>

/* A line on standard error, "upscale: " before it. Unseen characters are escaped. */
void cli_say(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* The same without the program's name. */
void cli_note(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* A line on standard output, written at once. `text` is printed as it is. */
void cli_put_line(const char *text);
/* The same into a file; on standard output where that is NULL. */
void cli_put_line_into(FILE *file, const char *text);
void cli_print_into(FILE *file, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Lines on standard output; the last ends with a newline, too. */
void cli_put_text(const char *lines);
/* A line on standard output for people: unseen characters are escaped. */
void cli_print(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* False once writing to standard output has failed; says so the first time, but for a pipe whose
 * reader has gone, which is no failure of ours. */
bool cli_output_works(void);
/* The same at the end of the program: some file systems tell only then what became of the bytes. */
bool cli_output_close(void);
/* Nobody reads standard output any more. */
bool cli_output_gone(void);

/* The bar that stays under all lines; NULL takes it away. */
void cli_bar_set(const char *bar);
int cli_terminal_columns(void);
/* Whether standard output is a terminal, and its columns; 80 where it is none. */
bool cli_output_is_terminal(void);
int cli_output_columns(void);

#endif
