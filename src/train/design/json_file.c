/* SPDX-License-Identifier: MIT */
#include "train/design/json_file.h"

#include "base/json/json_tree.h"
#include "base/memory.h"
#include "io/files/reader.h"
#include "weights/label.h"

enum { MOST_BYTES = 1 << 20 };

/* Jansson does not always tell no memory from bad text. */
static bool is_good(const char *text, size_t size, enum json_error_code code)
{
    up_json_problem problem;
    return code != json_error_duplicate_key && code != json_error_numeric_overflow &&
           up_json_tree_bytes(text, size, UP_JSON_MOST_DEPTH, &problem) > 0;
}

static up_status parse(json_t **object, const char *text, size_t size, const char *path,
                       const char *what, up_error *error)
{
    json_error_t problem;
    char label[UP_LABEL];
    if (size > MOST_BYTES)
        return up_fail(error, UP_ERROR_INPUT, "%s: is longer than 1 MiB, which %s is not", path,
                       what);
    *object = json_loadb(text, size, JSON_REJECT_DUPLICATES, &problem);
    if (!*object && is_good(text, size, json_error_code(&problem)))
        return up_fail_memory(error, path, size);
    if (!*object)
        return up_fail(error, UP_ERROR_INPUT, "%s: bad JSON in line %d: %s", path, problem.line,
                       up_label(label, problem.text));
    if (json_is_object(*object))
        return UP_OK;
    json_decref(*object);
    *object = NULL;
    return up_fail(error, UP_ERROR_INPUT, "%s: %s is a JSON object, {...}", path, what);
}

up_status up_json_file_read(json_t **object, const char *path, const char *what, up_error *error)
{
    up_reader *reader;
    *object = NULL;
    UP_TRY(up_reader_open(&reader, path, error));
    char *text = up_alloc(MOST_BYTES + 1, 1);
    const size_t size = text ? up_reader_read(reader, text, MOST_BYTES + 1) : 0;
    up_status status = !text ? up_fail_memory(error, what, MOST_BYTES)
                       : up_reader_failed(reader)
                           ? up_fail(error, UP_ERROR_INPUT, "%s: cannot be read", path)
                           : parse(object, text, size, path, what, error);
    up_free(text);
    up_reader_close(&reader);
    return status;
}
