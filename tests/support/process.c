/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "support/process.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

enum { CHILD_IN, CHILD_OUT, CHILD_ERR, CHILD_STREAMS };

typedef struct {
    int parent, child;
} channel;

static void channels_open(channel channels[CHILD_STREAMS])
{
    for (int i = 0; i < CHILD_STREAMS; i++) {
        int ends[2];
        cr_assert_eq(pipe2(ends, O_CLOEXEC), 0, "pipe: %s", strerror(errno));
        channels[i] = i == CHILD_IN ? (channel){ ends[1], ends[0] } : (channel){ ends[0], ends[1] };
    }
}

static pid_t spawn(const char *const *argv, const char *directory,
                   const channel channels[CHILD_STREAMS])
{
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    for (int i = 0; i < CHILD_STREAMS; i++)
        posix_spawn_file_actions_adddup2(&actions, channels[i].child, i);
    if (directory)
        posix_spawn_file_actions_addchdir_np(&actions, directory);
    pid_t pid;
    int error = posix_spawnp(&pid, argv[0], &actions, NULL, (char *const *)argv, environ);
    cr_assert_eq(error, 0, "%s: %s", argv[0], strerror(error));
    posix_spawn_file_actions_destroy(&actions);
    return pid;
}

static void take(int *fd, char **bytes, size_t *size)
{
    *bytes = realloc(*bytes, *size + 65536 + 1);
    cr_assert_not_null(*bytes);
    ssize_t got = read(*fd, *bytes + *size, 65536);
    if (got <= 0) {
        close(*fd);
        *fd = -1;
        got = 0;
    }
    *size += (size_t)got;
    (*bytes)[*size] = 0;
}

static void give(int *fd, const char *bytes, size_t size, size_t *given)
{
    ssize_t put = size > *given ? write(*fd, bytes + *given, size - *given) : 0;
    *given += put > 0 ? (size_t)put : 0;
    if (put < 0 || *given == size) {
        close(*fd);
        *fd = -1;
    }
}

static void talk(channel channels[CHILD_STREAMS], const process_options *options,
                 process_result *result)
{
    size_t given = 0;
    struct pollfd wait[CHILD_STREAMS];
    for (int i = 0; i < CHILD_STREAMS; i++)
        wait[i] = (struct pollfd){ channels[i].parent, i == CHILD_IN ? POLLOUT : POLLIN, 0 };
    while (wait[CHILD_OUT].fd >= 0 || wait[CHILD_ERR].fd >= 0) {
        poll(wait, CHILD_STREAMS, -1);
        if (wait[CHILD_IN].fd >= 0 && wait[CHILD_IN].revents)
            give(&wait[CHILD_IN].fd, options->input, options->input_size, &given);
        if (wait[CHILD_OUT].fd >= 0 && wait[CHILD_OUT].revents)
            take(&wait[CHILD_OUT].fd, &result->out, &result->out_size);
        if (wait[CHILD_ERR].fd >= 0 && wait[CHILD_ERR].revents)
            take(&wait[CHILD_ERR].fd, &result->err, &result->err_size);
    }
    if (wait[CHILD_IN].fd >= 0)
        close(wait[CHILD_IN].fd);
}

process_result process_run(const char *const *argv, const process_options *options)
{
    static const process_options none = { 0 };
    if (!options)
        options = &none;
    signal(SIGPIPE, SIG_IGN); /* a child need not read its input */

    channel channels[CHILD_STREAMS];
    channels_open(channels);
    pid_t pid = spawn(argv, options->directory, channels);
    for (int i = 0; i < CHILD_STREAMS; i++)
        close(channels[i].child);
    fcntl(channels[CHILD_IN].parent, F_SETFL, O_NONBLOCK);

    process_result result = { 0 };
    talk(channels, options, &result);
    struct rusage usage;
    int status;
    cr_assert_eq(wait4(pid, &status, 0, &usage), pid);
    result.peak_bytes = (size_t)usage.ru_maxrss << 10;
    result.exit_code = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
    return result;
}

void process_free(process_result *result)
{
    free(result->out);
    free(result->err);
    *result = (process_result){ 0 };
}

void args_add(process_args *args, const char *format, ...)
{
    cr_assert_lt(args->count + 1, (int)(sizeof args->item / sizeof *args->item));
    va_list list;
    va_start(list, format);
    cr_assert_geq(vasprintf(&args->item[args->count++], format, list), 0);
    va_end(list);
}

void args_free(process_args *args)
{
    for (int i = 0; i < args->count; i++)
        free(args->item[i]);
    *args = (process_args){ 0 };
}
