/* SPDX-License-Identifier: MIT */
/* The files that a run makes beside its report: tables, and a sheet. As JSON: a list of name, and,
 * where the file lies in the folder of the report, below it or below the folder that the report is
 * in, link: the path from the page on. */
#ifndef UP_COMPARE_OTHER_FILES_H
#define UP_COMPARE_OTHER_FILES_H

#include "upscale_compare.h"

#include <jansson.h>

/* For a report called `target`, which need not be there yet; the folders of the files are. */
json_t *up_other_files_json(const up_report_options *options, const char *target);

#endif
