/* SPDX-License-Identifier: MIT */
/* Names of files, and names that are safe on every file system and in every URL. */
#ifndef UP_COMPARE_FILE_NAMES_H
#define UP_COMPARE_FILE_NAMES_H

#include <stddef.h>

#define UP_SAFE_NAME 64

/* Letters, digits, - and _ of `name`, in lower case; the rest becomes -. `place` > 0 is put behind,
 * to tell it from others. */
void up_safe_name(char safe[UP_SAFE_NAME], const char *name, int place);

/* The last part of a path. */
const char *up_last_part(const char *path);

#endif
