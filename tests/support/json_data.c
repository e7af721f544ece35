/* SPDX-License-Identifier: MIT */
#include "support/json_data.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

json_t *json_data_load(const char *path)
{
    json_error_t error;
    json_t *root = json_load_file(path, 0, &error);
    cr_assert_not_null(root, "%s: line %d: %s", path, error.line, error.text);
    return root;
}

const json_t *json_data_at(const json_t *root, const char *path)
{
    const json_t *at = root;
    while (*path) {
        size_t length = strcspn(path, "/");
        char key[64] = "";
        cr_assert_lt(length, sizeof key);
        memcpy(key, path, length);
        at = json_is_array(at) ? json_array_get(at, (size_t)atoi(key)) : json_object_get(at, key);
        cr_assert_not_null(at, "no %s in the test data", key);
        path += length + (path[length] == '/');
    }
    return at;
}

static void flatten(const json_t *lists, ndarray *a, size_t *filled)
{
    if (!json_is_array(lists)) {
        ndarray_set(a, (*filled)++, json_number_value(lists));
        return;
    }
    for (size_t i = 0; i < json_array_size(lists); i++)
        flatten(json_array_get(lists, i), a, filled);
}

ndarray json_data_array(const json_t *lists)
{
    int rank = 0, shape[NDARRAY_RANK] = { 0 };
    for (const json_t *at = lists; json_is_array(at); at = json_array_get(at, 0)) {
        cr_assert_lt(rank, NDARRAY_RANK);
        shape[rank++] = (int)json_array_size(at);
    }
    ndarray a = ndarray_make("f4", rank, shape);
    size_t filled = 0;
    flatten(lists, &a, &filled);
    cr_assert_eq(filled, a.count);
    return a;
}
