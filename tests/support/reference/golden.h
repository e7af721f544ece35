/* SPDX-License-Identifier: MIT */
/* The cases that PyTorch computed, in tests/golden/GROUP/cases.json and the archive beside it,
 * which the build unpacks. */
#ifndef SUPPORT_GOLDEN_H
#define SUPPORT_GOLDEN_H

#include "support/json_data.h"
#include "support/process.h"

typedef struct {
    char text[512];
} golden_file;

/* Calls `check` with every case of a list of a group, and says how many there were. */
void golden_each(const char *group, const char *list, void (*check)(const json_t *golden));

/* What a case says under a key, and the file it names there. */
const char *golden_text(const json_t *golden, const char *key);
golden_file golden_path(const char *group, const json_t *golden, const char *key);
golden_file golden_name(const char *group, const char *name);
ndarray golden_load(const char *group, const json_t *golden, const char *key);

/* How far from the float64 reference a float32 result may be: four times as far as PyTorch's own,
 * or a millionth of the largest value. */
double golden_tolerance(const json_t *golden, const ndarray *reference);

/* Appends FLAG ROWS,COLUMNS from the last two numbers of a list; nothing for null. */
void args_pair(process_args *args, const char *flag, const json_t *golden, const char *key);

#endif
