/* SPDX-License-Identifier: MIT */
/* Text on a picture, drawn by Pango where it is built in. */
#ifndef UP_COMPARE_SHEET_TEXT_H
#define UP_COMPARE_SHEET_TEXT_H

#include "base/status.h"

typedef struct {
    int size; /* pixels */
    bool bold;
} up_text_style;

/* One line in dark ink, in the middle of `width` columns from x, y on of `canvas`: 8-bit RGB,
 * tightly packed. Of what is too long the middle is left out. Any bytes; UP_ERROR_UNSUPPORTED where
 * there is no Pango, or no font. */
up_status up_text_draw(const up_pixels *canvas, int x, int y, int width, const up_text_style *style,
                       const char *text, up_error *error);

#endif
