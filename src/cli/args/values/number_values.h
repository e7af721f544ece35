/* SPDX-License-Identifier: MIT */
/* Numbers as people write them. */
#ifndef UP_CLI_NUMBER_VALUES_H
#define UP_CLI_NUMBER_VALUES_H

#include <stdbool.h>

/* The number at *text, which moves behind it. Only plain decimal notation. */
bool cli_take_number(const char **text, double *number);
/* The same as how many times as large: 2, 2x, x2 and 200% are one. */
bool cli_take_scale(const char **text, double *scale);

#endif
