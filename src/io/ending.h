/* SPDX-License-Identifier: MIT */
/* Whether a file goes on to the end of its picture, as far as its last bytes tell. */
#ifndef UP_IO_ENDING_H
#define UP_IO_ENDING_H

#include "io/source.h"

/* Of a source just opened; true where it cannot be told without reading all of it. */
bool up_source_ends(const up_source *source);

#endif
