/* SPDX-License-Identifier: MIT */
/* What a file holds, also where that is in no format that can be read: so that people hear what it
 * is, and what would make a picture of it. */
#ifndef UP_IO_CONTENT_H
#define UP_IO_CONTENT_H

#include "base/status.h"

#define UP_CONTENT_HEAD 64 /* bytes that are looked at */

/* By the first bytes, and where they tell nothing by the extension of `name`. The same as
 * up_content_of(). */
bool up_content_find(up_content *content, const uint8_t *head, size_t size, const char *name);

/* That the file called `name`, which begins so, cannot be read: what it is, and what would help. */
up_status up_content_fail(const uint8_t *head, size_t size, const char *name, up_error *error);

#endif
