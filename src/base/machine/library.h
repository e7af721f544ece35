/* SPDX-License-Identifier: MIT */
/* Libraries that are loaded when they are first needed, because they bring many others and most
 * runs need none of them. One of them is a list of the functions that are called,
 *
 *     #define UP_FOO_FUNCTIONS(F) F(fooOpen) F(fooClose)
 *     typedef struct { UP_FOO_FUNCTIONS(UP_LIBRARY_POINTER) } up_foo_functions;
 *     extern up_foo_functions up_foo;
 *     extern const up_library up_foo_library;
 *
 * whose types are those of the library's own header, and in a file of its own, which CMake tells
 * what the library is called,
 *
 *     up_foo_functions up_foo;
 *     const up_library up_foo_library = UP_LIBRARY(up_foo, UP_FOO_FUNCTIONS);
 *
 * After up_library_load(&up_foo_library, ...) up_foo.fooOpen() may be called. */
#ifndef UP_BASE_LIBRARY_H
#define UP_BASE_LIBRARY_H

#include "base/status.h"

typedef struct {
    const char *file;         /* as it is looked for: libfoo.so.1 */
    const char *package;      /* of Debian, that holds it; "": not known */
    const char *const *names; /* of its functions, then NULL */
    void **functions;         /* where they go, in this order */
} up_library;

#define UP_LIBRARY_POINTER(function) __typeof__(function) *function;
#define UP_LIBRARY_NAME(function) #function,
#define UP_LIBRARY(table, FUNCTIONS)                                                               \
    {                                                                                              \
        UP_LIBRARY_FILE, UP_LIBRARY_PACKAGE,                                                       \
            (const char *const[]){ FUNCTIONS(UP_LIBRARY_NAME) NULL }, (void **)(void *)&(table)    \
    }

/* Makes sure that its functions can be called; by any number of threads at once, and in a process
 * made by fork(). It stays loaded. UP_ERROR_UNSUPPORTED says what would mend it, in words that
 * continue a sentence: `needs` is "x.foo: Foo needs", or "Foo needs". */
up_status up_library_load(const up_library *library, const char *needs, up_error *error);

#endif
