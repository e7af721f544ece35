/* SPDX-License-Identifier: MIT */
/* A JSON text as a tree, to be read only, in one block of memory. No two members of an object have
 * the same name, and every number is one of double. */
#ifndef UP_BASE_JSON_TREE_H
#define UP_BASE_JSON_TREE_H

#include "base/json/json_reader.h"
#include "base/status.h"

typedef struct up_json up_json;
struct up_json {
    const char *key;     /* of a member of an object, else NULL */
    const up_json *next; /* in the same array or object, in the order of the text; NULL: the last */
    union {
        const char *text;     /* UP_JSON_STRING */
        int64_t integer;      /* UP_JSON_INTEGER */
        double real;          /* UP_JSON_REAL */
        const up_json *first; /* UP_JSON_ARRAY, UP_JSON_OBJECT: NULL where it is empty */
    };
    up_json_kind kind;
    uint32_t count; /* elements or members */
};

/* Bytes of memory that up_json_parse() takes for a text that is good; 0 where it is bad. */
size_t up_json_tree_bytes(const char *text, size_t size, int most_depth, up_json_problem *problem);

/* UP_ERROR_INPUT: the text is bad, see `problem`; UP_ERROR_MEMORY. The tree borrows nothing, and is
 * to be freed with up_free(). */
up_status up_json_parse(up_json **root, const char *text, size_t size, int most_depth,
                        up_json_problem *problem);

/* NULL in, or something of another kind: NULL or false out. */
const up_json *up_json_get(const up_json *object, const char *key);
const up_json *up_json_at(const up_json *list, size_t i); /* takes as long as i is large */
const char *up_json_text(const up_json *value);
bool up_json_real(const up_json *value, double *number);
bool up_json_whole(const up_json *value, int64_t least, int64_t most, int *number);

#endif
