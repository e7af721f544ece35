/* SPDX-License-Identifier: MIT */
/* The closed list of names that a pickle may hold, and what use is made of them. */
#ifndef UP_WEIGHTS_PYTORCH_PICKLE_NAMES_H
#define UP_WEIGHTS_PYTORCH_PICKLE_NAMES_H

#include "weights/dtype.h"

typedef enum {
    UP_NAME_DICT,            /* of no arguments, or a list of pairs */
    UP_NAME_TENSOR,          /* (storage, offset, size, stride, ...) */
    UP_NAME_TYPED_TENSOR,    /* (storage of bytes, offset, size, stride, _, _, type, ...) */
    UP_NAME_SAME,            /* its first argument */
    UP_NAME_OTHER_CALL,      /* (function, type, arguments, state): the function's value */
    UP_NAME_STORAGE,         /* a type of storages */
    UP_NAME_TYPE,            /* a type of elements */
    UP_NAME_HARMLESS,        /* whatever is made of it is not needed */
    UP_NAME_HARMLESS_MODULE, /* all names in the module, and in modules of it */
} up_pickle_use;

typedef struct up_pickle_name {
    const char *module, *name;
    up_pickle_use use;
    up_dtype dtype;
} up_pickle_name;

/* The one of this module and name, which need not end in NUL; NULL if it is not listed. */
const up_pickle_name *up_pickle_find_name(const char *module, size_t module_length,
                                          const char *name, size_t name_length);

#endif
