/* SPDX-License-Identifier: MIT */
/*
 * Pickles, as torch.save() writes them, interpreted and never executed: a closed list of opcodes
 * (protocols 1 to 5), and a closed list of names (pickle_names.c) of which some become values here.
 * Nothing is imported, no object is made and nothing is called; any other name is refused.
 *
 * Values live as long as the file that they are read for, and strings lie in its bytes. Time and
 * memory are bounded by the number of opcodes, each of which takes a byte at least. Values form no
 * cycles and nest UP_PICKLE_DEPTH deep at most.
 */
#ifndef UP_WEIGHTS_PYTORCH_PICKLE_H
#define UP_WEIGHTS_PYTORCH_PICKLE_H

#include <stdint.h>

#include "weights/weight_format.h"

#define UP_PICKLE_DEPTH 64

typedef enum {
    UP_PICKLE_NONE,
    UP_PICKLE_BOOL,
    UP_PICKLE_INT,
    UP_PICKLE_FLOAT,
    UP_PICKLE_TEXT,
    UP_PICKLE_TUPLE,
    UP_PICKLE_LIST,
    UP_PICKLE_DICT, /* item: key, value, key, value ... */
    UP_PICKLE_NAME, /* one of the closed list */
    UP_PICKLE_STORAGE,
    UP_PICKLE_TENSOR,
    UP_PICKLE_OPAQUE, /* what has no use here: bytes, sets, large numbers, objects of known names */
    UP_PICKLE_UNKNOWN, /* a name outside the list, as text */
    UP_PICKLE_MARK,
} up_pickle_kind;

typedef struct up_pickle_value up_pickle_value;
typedef struct up_pickle_name up_pickle_name;

/* Elements [offset, offset + elements) of the `whole` ones that the file calls `key`. */
typedef struct {
    up_dtype dtype;
    const char *key;
    size_t key_length;
    size_t offset, elements, whole;
} up_pickle_storage;

/* Not checked against its storage; offset, sizes and strides count elements of `dtype`. */
typedef struct {
    const up_pickle_storage *storage;
    up_dtype dtype;
    int64_t offset;
    const up_pickle_value *size, *stride; /* tuples */
} up_pickle_tensor;

struct up_pickle_value {
    up_pickle_kind kind;
    bool open, done; /* marks of the search for cycles */
    bool seen, told; /* free for who reads it */
    union {
        int64_t integer; /* and BOOL */
        double real;
        struct {
            const char *text; /* ends with `length` */
            size_t length;
        };
        struct {
            up_pickle_value **item;
            size_t count, room;
        };
        const up_pickle_name *name;
        const up_pickle_storage *storage;
        const up_pickle_tensor *tensor;
    };
};

typedef struct {
    up_tensor_file *file;
    up_error *error;
    const unsigned char *bytes;
    size_t size, at; /* `at` ends behind the pickle */
    up_pickle_value **stack;
    size_t depth, stack_room;
    up_pickle_value **memo;
    size_t memoized, memo_room;
    up_pickle_value storages;       /* a list of those that were named */
    const up_pickle_value *unknown; /* the first such name */
    up_pickle_value *result;
} up_pickle;

/* Reads one pickle from `at` on. */
up_status up_pickle_run(up_pickle *pickle);

/* Whether a TEXT is this. */
bool up_pickle_is_text(const up_pickle_value *value, const char *text);

/* The value of a key that is text; NULL if there is none or `dict` is none. */
up_pickle_value *up_pickle_get(const up_pickle_value *dict, const char *key);

#endif
