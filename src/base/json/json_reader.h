/* SPDX-License-Identifier: MIT */
/*
 * JSON by RFC 8259, value by value, of text that lies in memory: nothing is allocated, and what is
 * read of a string is a place in the text. Stricter than the grammar in what the RFC leaves open:
 * text must be UTF-8 and begins with no byte order mark, an escaped surrogate must have its other
 * half, and no string holds U+0000. Names that come twice are for who collects them to find
 * (up_words_twice(), json_tree.h).
 */
#ifndef UP_BASE_JSON_READER_H
#define UP_BASE_JSON_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { UP_JSON_MOST_DEPTH = 64 }; /* arrays and objects within each other */

typedef enum {
    UP_JSON_NULL,
    UP_JSON_FALSE,
    UP_JSON_TRUE,
    UP_JSON_INTEGER, /* without fraction and exponent, from -2^63 to 2^63 - 1, and not -0 */
    UP_JSON_REAL,    /* any other number */
    UP_JSON_STRING,
    UP_JSON_ARRAY, /* what is in it follows, up to its UP_JSON_END */
    UP_JSON_OBJECT,
    UP_JSON_END, /* of the innermost array or object; outside of all, of the text */
    UP_JSON_BAD, /* no JSON: see up_json_problem; so is all that follows */
} up_json_kind;

/* What is wrong with a text, and at which byte of it, from 0. */
typedef struct {
    const char *reason; /* NULL: nothing */
    size_t at;
} up_json_problem;

/* A string as it stands between its quotes, checked; or the digits of a number. */
typedef struct {
    const char *at;
    size_t size; /* bytes, also an upper bound for those it means */
    bool escaped;
} up_json_span;

typedef struct {
    up_json_kind kind;
    up_json_span key; /* of a member of an object; .at NULL: it is none */
    up_json_span text;
    int64_t integer;
} up_json_token;

/* A copy reads on from the same place. */
typedef struct {
    const char *text;
    size_t size, at;
    int depth, most_depth;
    uint64_t objects; /* by depth: whether it is an object */
    bool begun;       /* the text's one value */
    bool first;       /* nothing of the innermost array or object has been read */
    up_json_problem problem;
} up_json_reader;

/* `most_depth`, to UP_JSON_MOST_DEPTH: arrays and objects within each other that are accepted. */
up_json_reader up_json_reader_of(const char *text, size_t size, int most_depth);

up_json_kind up_json_read(up_json_reader *reader, up_json_token *token);

/* Reads past what is left of the innermost array or object, or of the text; false where it is bad.
 */
bool up_json_leave(up_json_reader *reader);

/* Elements or members that are left of the innermost array or object. */
size_t up_json_left(const up_json_reader *reader);

/* Writes what a string means, with a NUL behind it: at most ->size + 1 bytes; its length. */
size_t up_json_copy(char *to, const up_json_span *string);
bool up_json_says(const up_json_span *string, const char *word);

#endif
