/* SPDX-License-Identifier: MIT */
/* Pictures in a terminal: two pixels to a character. */
#ifndef UP_CLI_PICTURE_BLOCKS_H
#define UP_CLI_PICTURE_BLOCKS_H

#include "upscale.h"

/* Reads a picture, reduces it to at most so many columns, on white, and prints it: half blocks in
 * 24-bit colour, or shades of ASCII, light ones denser, as terminals are dark. */
up_status cli_picture_show(const char *path, int columns, bool colour, const up_options *options,
                           up_error *error);

#endif
