/* SPDX-License-Identifier: MIT */
/* JSON for scripts: one object per line. */
#ifndef UP_CLI_JSON_LINES_H
#define UP_CLI_JSON_LINES_H

#include "upscale.h"

#include <jansson.h>

/* Any bytes; what is no UTF-8 becomes U+FFFD. */
json_t *cli_json_text(const char *bytes);
/* null if it is not known or infinite, which JSON cannot say. */
json_t *cli_json_number(double value);
void cli_json_set_format(json_t *object, const up_format *format);

/* As "clean", where a network was told. */
void cli_json_set_cleaning(json_t *object, const up_cleaning *cleaning);

/* For Jansson, whose objects have holes where it was refused memory: the library tells that by a
 * status, and what is printed here ends by cli_out_of_memory() instead. */
void *cli_json_allocate(size_t size);
void cli_json_check(void);

/* Prints the object as a line on standard output, and frees it. */
void cli_json_put(json_t *object);
/* The same on standard error, in ASCII. */
void cli_json_note(json_t *object);

/* Of a measure: "ms-ssim" is ms_ssim. For free(). */
char *cli_metric_key(const char *name);

#endif
