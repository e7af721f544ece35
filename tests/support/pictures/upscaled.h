/* SPDX-License-Identifier: MIT */
/* Tensors through the program: what must work, and what must be refused. */
#ifndef SUPPORT_UPSCALED_H
#define SUPPORT_UPSCALED_H

#include "support/process.h"
#include "support/reference/ndarray.h"

/* Runs `upscale INPUT -o OUT.npy --threads 1 FLAGS` and loads what it made. A failure is reported
 * with the name `what` and gives an array without data. */
ndarray upscaled(const char *input, const process_args *flags, const char *what);

/* Runs the same command and expects exit code 1 or 2, an error on standard error, and no output. */
void expect_refused(const char *input, const process_args *flags, const char *what);

/* Appends words separated by single spaces. */
void args_split(process_args *args, const char *words);

#endif
