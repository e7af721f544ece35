/* SPDX-License-Identifier: MIT */
/* Running a program and taking everything it says. Failures of the machinery fail the test. */
#ifndef SUPPORT_PROCESS_H
#define SUPPORT_PROCESS_H

#include <stddef.h>

typedef struct {
    int exit_code;   /* 128 + signal if a signal ended it */
    char *out, *err; /* standard output and error, followed by a NUL */
    size_t out_size, err_size;
    size_t peak_bytes; /* of memory, of the program or what it ran; not less than the test's own */
} process_result;

typedef struct {
    const void *input; /* standard input; NULL: empty */
    size_t input_size;
    const char *directory; /* NULL: the current one */
} process_options;

/* A list of arguments that grows; [0] is the program. */
typedef struct {
    char *item[64];
    int count;
} process_args;

void args_add(process_args *args, const char *format, ...) __attribute__((format(printf, 2, 3)));
void args_free(process_args *args);

process_result process_run(const char *const *argv, const process_options *options);
void process_free(process_result *result);

/* Runs upscale: RUN_UPSCALE("in.npy", "-o", "out.npy"). */
#define RUN_UPSCALE(...) process_run((const char *const[]){ UP_PROGRAM, __VA_ARGS__, NULL }, NULL)

#endif
