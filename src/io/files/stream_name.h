/* SPDX-License-Identifier: MIT */
/* Names of outputs that are no files: bytes go out as they come, and nothing is replaced. */
#ifndef UP_IO_STREAM_NAME_H
#define UP_IO_STREAM_NAME_H

#include "base/status.h"

/* The descriptor that /dev/stdout, /dev/fd/3, /proc/self/fd/3 or a link to one of them means; -1:
 * none. Opening such a name again would begin at the start of the file behind it. */
int up_stream_descriptor(const char *path);

/* Whether an open descriptor of this process may be read or written, as open() names it: O_RDONLY
 * or O_WRONLY. */
bool up_descriptor_allows(int descriptor, int access);

/* Gives a pipe room for frames of video, where the system lets it; anything else stays as it is. */
void up_descriptor_widen(int descriptor);

#endif
