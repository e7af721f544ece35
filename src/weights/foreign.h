/* SPDX-License-Identifier: MIT */
/* Files that are no weights that can be read: what they look like, and what to do. */
#ifndef UP_WEIGHTS_FOREIGN_H
#define UP_WEIGHTS_FOREIGN_H

#include "base/status.h"

#include <stddef.h>

/* Refuses a file that certainly is something else by its first bytes, a few dozen. */
up_status up_foreign_check(const char *name, const unsigned char *head, size_t size,
                           up_error *error);

/* Refuses a file that no format knows. */
up_status up_foreign_refuse(const char *name, const unsigned char *bytes, size_t size,
                            up_error *error);

#endif
