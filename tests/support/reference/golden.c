/* SPDX-License-Identifier: MIT */
#include "support/reference/golden.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>

void golden_each(const char *group, const char *list, void (*check)(const json_t *golden))
{
    golden_file path;
    snprintf(path.text, sizeof path.text, UP_GOLDEN_DIR "/%s/cases.json", group);
    json_t *root = json_data_load(path.text);
    const json_t *cases = json_data_at(root, list);
    for (size_t i = 0; i < json_array_size(cases); i++)
        check(json_array_get(cases, i));
    fprintf(stderr, "%s: %zu %s\n", group, json_array_size(cases), list);
    json_decref(root);
}

golden_file golden_name(const char *group, const char *name)
{
    golden_file file;
    int length = snprintf(file.text, sizeof file.text, "%s/%s/%s", UP_UNPACKED_DIR, group, name);
    cr_assert_lt(length, (int)sizeof file.text);
    return file;
}

golden_file golden_path(const char *group, const json_t *golden, const char *key)
{
    return golden_name(group, golden_text(golden, key));
}

const char *golden_text(const json_t *golden, const char *key)
{
    const char *text = json_string_value(json_object_get(golden, key));
    cr_assert_not_null(text, "no %s in a golden case", key);
    return text;
}

ndarray golden_load(const char *group, const json_t *golden, const char *key)
{
    return ndarray_load(golden_path(group, golden, key).text);
}

double golden_tolerance(const json_t *golden, const ndarray *reference)
{
    double theirs = json_number_value(json_data_at(golden, "err32/max_abs"));
    return fmax(4 * theirs, 1e-6 * ndarray_max_abs(reference));
}

void args_pair(process_args *args, const char *flag, const json_t *golden, const char *key)
{
    const json_t *list = json_object_get(golden, key);
    size_t n = json_array_size(list);
    if (n < 2)
        return;
    args_add(args, "%s", flag);
    args_add(args, "%.17g,%.17g", json_number_value(json_array_get(list, n - 2)),
             json_number_value(json_array_get(list, n - 1)));
}
