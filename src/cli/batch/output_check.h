/* SPDX-License-Identifier: MIT */
/* Names of outputs that commands with one output look at before the work. */
#ifndef UP_CLI_OUTPUT_CHECK_H
#define UP_CLI_OUTPUT_CHECK_H

#include "upscale.h"

bool cli_is_stream(const char *path); /* "-" */
/* That, or one of the names that the system has for it. */
bool cli_is_standard_output(const char *path);
bool cli_same_file(const char *a, const char *b);

/* "DIR/", or a folder that exists. */
bool cli_names_folder(const char *path);

/* Whether a file can be put there: makes the folders above it. Otherwise `error` says what is in
 * the way. */
bool cli_output_prepare(const char *path, bool overwrite, up_error *error);

#endif
