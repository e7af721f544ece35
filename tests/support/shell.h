/* SPDX-License-Identifier: MIT */
/* The program as it is used: from a shell, in the folder of the test. */
#ifndef SUPPORT_SHELL_H
#define SUPPORT_SHELL_H

#include "support/process.h"
#include "support/scratch.h"

#include <jansson.h>

/* Runs sh in the scratch folder; `upscale` is the program under test. */
process_result shell(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* A command, its exit code, and what must be part of its output and of its messages (NULL:
 * anything; "": nothing may be said). */
typedef struct {
    const char *command;
    int exit_code;
    const char *out, *err;
} shell_case;

void shell_expect(const shell_case *test);
void shell_expect_all(const shell_case *tests, int count);
#define SHELL_EXPECT_ALL(tests) shell_expect_all(tests, (int)(sizeof tests / sizeof *tests))

/* The JSON that a command says first, with exit code 0; json_decref() it. */
json_t *shell_json(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The exit code alone. */
int shell_code(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* A picture of noise in the scratch folder, whose folders are made. */
void write_ppm(const char *name, int width, int height);
/* Three such pictures, lying, in the folder `one` and three, standing, in `two_b`. */
void write_sets_of_ppm(void);

#endif
