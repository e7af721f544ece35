/* Text on a picture, drawn by Pango where it is built in. */
#ifndef UP_COMPARE_SHEET_TEXT_H
#define UP_COMPARE_SHEET_TEXT_H

#include "base/status.h"

typedef struct {
    int size; /* pixels */
    bool bold, centred;
} up_text_style;

/* One line in dark ink, at most `width` wide (what is too long is cut in the middle), its top left
 * at x, y of `canvas`: 8-bit RGB, tightly packed. Any bytes; UP_ERROR_UNSUPPORTED where there is
 * no Pango, or no font. */
up_status up_text_draw(const up_pixels *canvas, int x, int y, int width, const up_text_style *style,
                       const char *text, up_error *error);

#endif
