/* SPDX-License-Identifier: MIT */
/* The page of an explanation. */
#ifndef UP_EXPLAIN_PAGE_H
#define UP_EXPLAIN_PAGE_H

#include "base/status.h"

/* One HTML file, of the template explain.html with `json` (of up_explain_json()) in the place of
 * @DATA@. It appears whole or not at all. */
up_status up_explain_page_write(const char *path, const char *json, bool overwrite,
                                up_error *error);

#endif
