/* SPDX-License-Identifier: MIT */
/* Pages of HTML inside the library (page/pages.cmake puts them there), filled with data. */
#ifndef UP_COMPARE_PAGES_H
#define UP_COMPARE_PAGES_H

#include "base/status.h"

#include <jansson.h>

typedef struct {
    const char *bytes;
    size_t size;
} up_page;

extern const up_page up_page_picture, up_page_overview;

/* What is put into a page; without pictures their place stays empty. */
typedef struct {
    const json_t *data;
    const char *pictures_path; /* a file of script elements with pictures */
} up_page_content;

/* Writes FOLDER/index.html, and FOLDER/results.json with the same data. */
up_status up_page_write(const char *folder, const up_page *page, const up_page_content *content,
                        up_error *error);

#endif
