/* SPDX-License-Identifier: MIT */
#include "cluster/text_lines.h"

#include "base/json/json_tree.h"

#include <errno.h>
#include <string.h>

up_status up_text_line_read(up_text_line *line, FILE *file, const char *name, up_error *error)
{
    const ssize_t size = getline(&line->text, &line->room, file);
    line->size = size > 0 ? (size_t)size : 0;
    if (size >= 0 || feof(file))
        return UP_OK;
    return up_fail(error, up_status_of(errno, UP_ERROR_IO), "%s: cannot be read: %s", name,
                   strerror(errno));
}

up_status up_text_line_parse(json_t **object, const char *text, size_t size, up_error *error)
{
    json_error_t problem;
    up_json_problem own;
    *object = json_loadb(text, size, 0, &problem);
    if (*object || json_error_code(&problem) == json_error_numeric_overflow ||
        up_json_tree_bytes(text, size, UP_JSON_MOST_DEPTH, &own) == 0)
        return UP_OK;
    return up_fail_memory(error, "a line", size); /* which Jansson may call bad text */
}
