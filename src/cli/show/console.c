/* SPDX-License-Identifier: MIT */
#include "cli/show/console.h"

#include "cli/show/cli_text.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* One process has one terminal: its state lives here and nowhere else. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char *bar;
static int output_error;

static void write_all(int fd, const char *text, size_t length)
{
    while (length > 0) {
        ssize_t n = write(fd, text, length);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0) {
            if (fd == STDOUT_FILENO && output_error == 0)
                output_error = n < 0 ? errno : EIO;
            return;
        }
        text += n;
        length -= (size_t)n;
    }
}

/* One write per line, so that lines of several processes do not mix either. */
static void put(int fd, const char *head, const char *text)
{
    static const char erase[] = "\r\033[K";
    char *line = cli_format("%s%s\n", head, text);
    pthread_mutex_lock(&lock);
    if (bar)
        write_all(STDERR_FILENO, erase, sizeof erase - 1);
    write_all(fd, line, strlen(line));
    if (bar)
        write_all(STDERR_FILENO, bar, strlen(bar));
    pthread_mutex_unlock(&lock);
    free(line);
}

static void put_printable(int fd, const char *head, const char *format, va_list arguments)
{
    char *text = cli_format_list(format, arguments);
    char *printable = cli_printable(text);
    put(fd, head, printable);
    free(printable);
    free(text);
}

void cli_say(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    put_printable(STDERR_FILENO, "upscale: ", format, arguments);
    va_end(arguments);
}

void cli_note(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    put_printable(STDERR_FILENO, "", format, arguments);
    va_end(arguments);
}

void cli_print(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    put_printable(STDOUT_FILENO, "", format, arguments);
    va_end(arguments);
}

void cli_put_line(const char *text)
{
    put(STDOUT_FILENO, "", text);
}

void cli_put_line_into(FILE *file, const char *text)
{
    if (file)
        fprintf(file, "%s\n", text);
    else
        cli_put_line(text);
}

void cli_print_into(FILE *file, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    char *text = cli_format_list(format, arguments), *printable = cli_printable(text);
    va_end(arguments);
    cli_put_line_into(file, printable);
    free(printable);
    free(text);
}

void cli_put_text(const char *lines)
{
    const size_t length = strlen(lines);
    char *line = cli_copy_part(lines, length - (length > 0 && lines[length - 1] == '\n'));
    cli_put_line(line);
    free(line);
}

bool cli_output_works(void)
{
    static bool said;
    if (output_error && output_error != EPIPE && !said)
        cli_say("cannot write to standard output: %s", strerror(output_error));
    said = said || output_error;
    return output_error == 0;
}

bool cli_output_close(void)
{
    if (close(STDOUT_FILENO) && output_error == 0)
        output_error = errno;
    return cli_output_works();
}

bool cli_output_gone(void)
{
    struct pollfd out = { .fd = STDOUT_FILENO };
    return output_error == EPIPE || (poll(&out, 1, 0) == 1 && out.revents & POLLERR);
}

void cli_bar_set(const char *text)
{
    static const char erase[] = "\r\033[K";
    pthread_mutex_lock(&lock);
    if (bar || text)
        write_all(STDERR_FILENO, erase, sizeof erase - 1);
    free(bar);
    bar = text ? cli_copy(text) : NULL;
    if (bar)
        write_all(STDERR_FILENO, bar, strlen(bar));
    pthread_mutex_unlock(&lock);
}

int cli_terminal_columns(void)
{
    struct winsize size;
    bool known = ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col >= 20;
    return known ? size.ws_col : 80;
}

bool cli_output_is_terminal(void)
{
    return isatty(STDOUT_FILENO);
}

int cli_output_columns(void)
{
    struct winsize size;
    bool known = ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col >= 20;
    return known ? size.ws_col : 80;
}
