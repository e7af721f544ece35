/* SPDX-License-Identifier: MIT */
/* Letters of 3 x 5 pixels, for labels in pictures. */
#ifndef UP_CLI_TINY_FONT_H
#define UP_CLI_TINY_FONT_H

#include <stdbool.h>

enum { CLI_GLYPH_WIDTH = 3, CLI_GLYPH_HEIGHT = 5 };

/* Is this pixel of a character set? Small letters look like capitals. */
bool cli_glyph_pixel(char character, int x, int y);

#endif
