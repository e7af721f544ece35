/* SPDX-License-Identifier: MIT */
#include "weights/embedded.h"

#include <string.h>

/* embedded_files.inc has a line EMBEDDED(symbol, name, scale, size, path) for each file. */
#define EMBEDDED(symbol, name, scale, size, path)                                                  \
    __asm__(".pushsection .rodata\n"                                                               \
            ".balign 64\n"                                                                         \
            ".globl up_embedded_" #symbol "\n"                                                     \
            ".hidden up_embedded_" #symbol "\n"                                                    \
            "up_embedded_" #symbol ":\n"                                                           \
            ".incbin \"" path "\"\n"                                                               \
            ".popsection\n");                                                                      \
    extern const unsigned char up_embedded_##symbol[size] __attribute__((visibility("hidden")));
#include "embedded_files.inc"
#undef EMBEDDED

static const up_embedded files[] = {
#define EMBEDDED(symbol, name, scale, size, path) { name, scale, up_embedded_##symbol, size },
#include "embedded_files.inc"
#undef EMBEDDED
};

const up_embedded *up_embedded_at(int i)
{
    return i >= 0 && (size_t)i < sizeof files / sizeof *files ? &files[i] : NULL;
}

static const up_embedded *find(const char *name, int scale)
{
    const up_embedded *file;
    for (int i = 0; (file = up_embedded_at(i)); i++)
        if (file->scale == scale && strcmp(file->name, name) == 0)
            return file;
    return NULL;
}

const up_embedded *up_embedded_find(const char *name, int scale)
{
    static const char *const by_itself[] = { "small", "linear", "bicubic" };
    const up_embedded *file = name ? find(name, scale) : NULL;
    for (size_t i = 0; !name && !file && i < sizeof by_itself / sizeof *by_itself; i++)
        file = find(by_itself[i], scale);
    return file;
}
