/* SPDX-License-Identifier: MIT */
/* Numbers as JSON spells them, whatever the locale makes of a point. */
#ifndef UP_BASE_JSON_NUMBER_H
#define UP_BASE_JSON_NUMBER_H

#include <stddef.h>

enum { UP_JSON_NUMBER = 40, UP_FLOAT_DIGITS = 9, UP_DOUBLE_DIGITS = 17 };

/* The double that is nearest to `text`, a number of JSON; infinite where it is beyond them. */
double up_json_parse_number(const char *text);

/* A finite number to so many digits, 1 to 17, with a point or an exponent; UP_FLOAT_DIGITS
 * bring every float back, UP_DOUBLE_DIGITS every double. */
size_t up_json_print_number(char to[UP_JSON_NUMBER], double number, int digits);

#endif
