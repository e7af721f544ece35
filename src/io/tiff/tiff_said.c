/* SPDX-License-Identifier: MIT */
#include "io/tiff/tiff_said.h"

#include <stdio.h>
#include <string.h>

static int keep(TIFF *tiff, void *user, const char *module, const char *format, va_list args)
{
    char *said = user;
    (void)tiff, (void)module;
    if (!said[0])
        vsnprintf(said, UP_TIFF_SAID, format, args);
    for (char *c = said; *c; c++)
        if ((unsigned char)*c < ' ')
            *c = ' ';
    return 1;
}

static int ignore(TIFF *tiff, void *user, const char *module, const char *format, va_list args)
{
    (void)tiff, (void)user, (void)module, (void)format, (void)args;
    return 1;
}

TIFFOpenOptions *up_tiff_options(char said[UP_TIFF_SAID])
{
    TIFFOpenOptions *options = up_tiff.TIFFOpenOptionsAlloc();
    if (options) {
        up_tiff.TIFFOpenOptionsSetErrorHandlerExtR(options, keep, said);
        up_tiff.TIFFOpenOptionsSetWarningHandlerExtR(options, ignore, NULL);
    }
    return options;
}

bool up_tiff_lacks_memory(const char *said, const char *name)
{
    const size_t length = strlen(name);
    if (strncmp(said, name, length) == 0)
        said += length;
    return strstr(said, "memory") || strstr(said, "malloc") || strstr(said, "No space for");
}
