/* SPDX-License-Identifier: MIT */
/* Pages of text in the fonts of this machine, for rendered pictures. */
#ifndef UP_TRAIN_RENDERED_TEXT_H
#define UP_TRAIN_RENDERED_TEXT_H

#include "base/status.h"

#include <stdint.h>

enum { UP_TEXT_PAGE = 512, UP_TEXT_PAGES = 32 };

/* How much of each pixel is covered: [count][UP_TEXT_PAGE][UP_TEXT_PAGE], 0..255. */
typedef struct {
    uint8_t *cover;
    int count; /* 0: there are no fonts here, or this was built without Pango */
} up_text_pages;

/* Each page is in a font, weight, style and size of its own, from 7 to 40 pixels. They depend on
 * the seed and the fonts that are installed. */
up_status up_text_pages_make(up_text_pages *pages, uint64_t seed, up_error *error);
void up_text_pages_free(up_text_pages *pages);

#endif
