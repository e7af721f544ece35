/* SPDX-License-Identifier: MIT */
#include "base/machine/library.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdbool.h>
#include <string.h>

static bool begins(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

/* glibc adds the cause to some of its words only. */
static bool lacks_memory(const char *said)
{
    const char *const words[] = { strerror(ENOMEM), "out of memory", "cannot allocate",
                                  "cannot create", "failed to map" };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strstr(said, words[i]))
            return true;
    return false;
}

/* The loader's words begin with the file that it did not find, which may be one that the library
 * needs. */
static up_status fail(const up_library *l, const char *needs, const char *said, up_error *error)
{
    const bool absent = begins(said, l->file) && strstr(said, strerror(ENOENT));
    const bool known = l->package[0] != '\0';
    if (lacks_memory(said))
        return up_fail(error, UP_ERROR_MEMORY, "out of memory: %s cannot be loaded", l->file);
    return up_fail(error, UP_ERROR_UNSUPPORTED, "%s %s%s%s%s, which %s%s", needs, l->file,
                   known ? " (Debian: " : "", l->package, known ? ")" : "",
                   absent ? "is not installed" : "cannot be loaded: ", absent ? "" : said);
}

/* A pointer is written once, by whoever comes first: all find the same, and nobody waits for a
 * thread that a fork() has left behind. */
static void set(void **function, void *found)
{
    void *none = NULL;
    __atomic_compare_exchange_n(function, &none, found, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE);
}

static bool is_loaded(const up_library *l)
{
    void **function = l->functions;
    for (const char *const *name = l->names; *name; name++, function++)
        if (!__atomic_load_n(function, __ATOMIC_ACQUIRE))
            return false;
    return true;
}

up_status up_library_load(const up_library *library, const char *needs, up_error *error)
{
    if (is_loaded(library))
        return UP_OK;
    void *opened = dlopen(library->file, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    if (!opened)
        return fail(library, needs, dlerror(), error);
    void **function = library->functions;
    for (const char *const *name = library->names; *name; name++, function++) {
        void *found = dlsym(opened, *name);
        if (!found)
            return fail(library, needs, dlerror(), error);
        set(function, found);
    }
    return UP_OK;
}
