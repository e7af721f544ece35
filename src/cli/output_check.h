/* Names of outputs that commands with one output look at before the work. */
#ifndef UP_CLI_OUTPUT_CHECK_H
#define UP_CLI_OUTPUT_CHECK_H

#include "upscale.h"

bool cli_is_stream(const char *path); /* "-" */
/* That, or one of the names that the system has for it. */
bool cli_is_standard_output(const char *path);
bool cli_same_file(const char *a, const char *b);

/* Whether nothing is in the way of an output; otherwise `error` says so. */
bool cli_output_is_free(const char *path, bool overwrite, up_error *error);

#endif
