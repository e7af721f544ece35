/* SPDX-License-Identifier: MIT */
/* Paths and the extensions of formats. */
#ifndef UP_CLI_FILE_TYPES_H
#define UP_CLI_FILE_TYPES_H

#include "upscale.h"

/* The last part of a path, and the dot of its extension (or its end). A leading dot begins no
 * extension. */
const char *cli_base_name(const char *path);
const char *cli_extension_dot(const char *path);

/* The extension of `path` if it is one that can be read or written, else NULL. */
const char *cli_readable_extension(const char *path);
const char *cli_writable_extension(const char *path);

/* The usual extension of a format given by name or by one of its extensions, in new memory. */
char *cli_usual_extension(const char *format_name);
bool cli_is_written(const char *format_name);
/* Do both name the same format? */
bool cli_same_format(const char *a, const char *b);

/* The path without "//", "./" and slashes at its end, in new memory. */
char *cli_tidy_path(const char *path);

/* Makes the folders above `path`; false: `error` says which one and why. */
bool cli_make_folders(const char *path, up_error *error);

#endif
