/* SPDX-License-Identifier: MIT */
/* The numbers of a result, by the keys that they have in JSON: the measures asked for, and those of
 * every report. */
#ifndef UP_COMPARE_ROW_NUMBERS_H
#define UP_COMPARE_ROW_NUMBERS_H

#include "upscale_compare.h"

#include <stddef.h>

#define UP_MOST_NUMBERS (UP_MOST_METRICS + 7)

typedef struct {
    char key[32];  /* "psnr-hvs" is psnr_hvs */
    size_t offset; /* in up_report_row */
    bool quality;  /* the others are what it costs */
    bool lower_is_better;
} up_row_number;

int up_row_number_count(const up_report_options *options);
up_row_number up_row_number_at(const up_report_options *options, int i);

double up_row_value(const up_report_row *row, const up_row_number *number);

/* NULL: there is none. */
const up_measure_info *up_measure_named(const char *name);

#endif
