/* SPDX-License-Identifier: MIT */
/* JSON that may stand in a page. */
#ifndef UP_COMPARE_JSON_TEXT_H
#define UP_COMPARE_JSON_TEXT_H

#include "base/status.h"
#include "upscale_compare.h"

#include <jansson.h>

/* ASCII on one line, with <, > and & escaped too: nothing in it can end the script element it lies
 * in, whatever the names of files say. For free(); NULL: out of memory. */
char *up_json_for_page(const json_t *json);

/* Takes the value over. Where it cannot be put there, or is NULL, memory was short. */
void up_json_append(json_t *list, json_t *value);
void up_json_set(json_t *object, const char *key, json_t *value);

/* The same of a value that may be left out, but not for that. */
json_t *up_json_made(json_t *value);

/* Whether memory was short in this thread since this was asked last: then JSON has holes. */
bool up_json_was_short(void);

/* A string from any bytes: where they are no UTF-8, all that is not ASCII becomes U+FFFD. */
json_t *up_json_bytes(const char *bytes);

/* Puts a sentence at the end of a list. */
void up_json_add_sentence(json_t *list, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* A number; null if it is not known (NaN), "infinity" if it is that. */
json_t *up_json_number(double value);

/* A list of the measures asked for: key, title, about, digits, lower_is_better. */
json_t *up_json_measures(const up_report_options *options);

/* The measures asked for by their keys, psnr_y, psnr_rgb, ssim, ms_ssim, seconds and multiply_adds.
 */
void up_json_set_numbers(json_t *object, const up_report_row *row,
                         const up_report_options *options);

#endif
