/* SPDX-License-Identifier: MIT */
/* Test data in JSON. Failures fail the test. */
#ifndef SUPPORT_JSON_DATA_H
#define SUPPORT_JSON_DATA_H

#include "support/reference/ndarray.h"

#include <jansson.h>

json_t *json_data_load(const char *path);

/* The value at a path of keys and positions: "computed/intermediate/2". */
const json_t *json_data_at(const json_t *root, const char *path);

/* Nested lists of numbers as float32. */
ndarray json_data_array(const json_t *lists);

#endif
