/* SPDX-License-Identifier: MIT */
/* The crops of all results, for a page in one file. */
#ifndef UP_COMPARE_CROP_PICTURES_H
#define UP_COMPARE_CROP_PICTURES_H

#include "compare/comparison.h"

#define UP_SMALL_PAGE 5000000 /* bytes */

/* Writes them as script elements, and a small picture of what lies around them. Boxes that the
 * program chose are given up, the last first, until the page will be smaller than UP_SMALL_PAGE;
 * if those asked for are too large alone, it is UP_ERROR_LIMIT. */
up_status up_crop_pictures_write(up_comparison *comparison, FILE *page, up_error *error);

#endif
