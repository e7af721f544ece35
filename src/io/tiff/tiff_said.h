/* SPDX-License-Identifier: MIT */
/* What libtiff says is kept instead of printed: its first complaint, in one line; "": none. */
#ifndef UP_IO_TIFF_SAID_H
#define UP_IO_TIFF_SAID_H

#include "io/tiff/tiff_library.h"

#include <stdbool.h>

enum { UP_TIFF_SAID = 160 };

/* To open files with. Complaints go to `said`, warnings nowhere. NULL: out of memory. */
TIFFOpenOptions *up_tiff_options(char said[UP_TIFF_SAID]);

/* Whether words of libtiff's, which may begin with the file's name, mean that it was refused
 * memory.
 */
bool up_tiff_lacks_memory(const char *said, const char *name);

#endif
