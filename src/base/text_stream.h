/* SPDX-License-Identifier: MIT */
/* A stream into memory that grows. glibc's open_memstream() drops what comes when it is refused
 * memory, and goes on without a word. */
#ifndef UP_BASE_TEXT_STREAM_H
#define UP_BASE_TEXT_STREAM_H

#include <stdio.h>

/* After fflush() and fclose(), *text is what was written, and a NUL that *size does not count. It
 * is for free(), once the stream is closed. Refused memory, fclose() fails and leaves NULL there.
 * NULL: out of memory, and there is no text. */
FILE *up_text_stream(char **text, size_t *size);

#endif
