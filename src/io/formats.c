/* SPDX-License-Identifier: MIT */
#include "io/formats.h"

#include "base/words.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#define FORMAT(name, extensions, library)                                                          \
    {                                                                                              \
        { #name, extensions, true, true, library }, &up_##name##_source, &up_##name##_sink         \
    }
#define READ_ONLY(name, extensions, library)                                                       \
    {                                                                                              \
        { #name, extensions, true, false, library }, &up_##name##_source, NULL                     \
    }
#define LEFT_OUT(name, extensions, library)                                                        \
    {                                                                                              \
        .info = { #name, extensions, false, false, library }                                       \
    }
#ifdef UPSCALE_GIF
#define WITH_GIF READ_ONLY
#else
#define WITH_GIF LEFT_OUT
#endif
#ifdef UPSCALE_WEBP
#define WITH_WEBP FORMAT
#else
#define WITH_WEBP LEFT_OUT
#endif
#ifdef UPSCALE_AVIF
#define WITH_AVIF FORMAT
#else
#define WITH_AVIF LEFT_OUT
#endif
#ifdef UPSCALE_HEIF
#define WITH_HEIF READ_ONLY
#else
#define WITH_HEIF LEFT_OUT
#endif
#ifdef UPSCALE_JXL
#define WITH_JXL FORMAT
#else
#define WITH_JXL LEFT_OUT
#endif
#ifdef UPSCALE_TIFF
#define WITH_TIFF FORMAT
#else
#define WITH_TIFF LEFT_OUT
#endif

const up_file_format up_file_formats[] = {
    FORMAT(png, "png", NULL),
    FORMAT(jpeg, "jpg jpeg jpe jfif", NULL),
    WITH_WEBP(webp, "webp", "libwebp"),
    WITH_TIFF(tiff, "tif tiff", "libtiff"),
    WITH_JXL(jxl, "jxl", "libjxl"),
    WITH_AVIF(avif, "avif", "libavif"),
    WITH_HEIF(heic, "heic heif hif", "libheif"),
    WITH_GIF(gif, "gif", "giflib"),
    FORMAT(pnm, "pnm ppm pgm pam pbm", NULL),
    FORMAT(bmp, "bmp dib", NULL),
    FORMAT(y4m, "y4m", NULL),
    FORMAT(qoi, "qoi", NULL),
    FORMAT(npy, "npy", NULL),
    FORMAT(txt, "txt csv", NULL),
    READ_ONLY(tga, "tga", NULL), /* last: it has no signature */
    { .source = NULL },
};

const up_file_format_info *up_format_left_out(const char *word)
{
    for (const up_file_format *f = up_file_formats; f->info.name; f++)
        if (!f->source && !f->sink &&
            (strcasecmp(f->info.name, word) == 0 || up_word_listed(f->info.extensions, word)))
            return &f->info;
    return NULL;
}

static const up_sink_format *find(const char *word)
{
    for (const up_file_format *f = up_file_formats; f->info.name; f++)
        if (f->sink &&
            (strcasecmp(f->sink->type, word) == 0 || up_word_listed(f->sink->extensions, word)))
            return f->sink;
    return NULL;
}

static bool is_read(const char *word)
{
    for (const up_file_format *f = up_file_formats; f->info.name; f++)
        if (f->source &&
            (strcasecmp(f->info.name, word) == 0 || up_word_listed(f->info.extensions, word)))
            return true;
    return false;
}

up_status up_sink_format_find(const up_sink_format **found, const char *name, const char *path,
                              up_error *error)
{
    const char *word = name ? name : up_path_extension(path ? path : "");
    *found = *word ? find(word) : NULL;
    if (*found)
        return UP_OK;
    const up_file_format_info *left_out = up_format_left_out(word);
    if (left_out)
        return up_fail(error, UP_ERROR_UNSUPPORTED,
                       "this build has no %s: it was made without %s; write PNG instead",
                       left_out->name, left_out->library);
    if (is_read(word))
        return up_fail(error, UP_ERROR_ARGUMENT,
                       "%s: %s is read here, but not written: write .png, or .webp, which hold "
                       "animations too",
                       path ? path : "output", word);
    char list[160] = "";
    for (const up_file_format *f = up_file_formats; f->info.name; f++)
        if (f->sink) {
            size_t used = strlen(list);
            snprintf(list + used, sizeof list - used, " %s", f->sink->extensions);
        }
    if (name)
        return up_fail(error, UP_ERROR_ARGUMENT, "unknown output format \"%s\"; there are:%s", name,
                       list);
    return up_fail(error, UP_ERROR_ARGUMENT,
                   "%s: the extension names no output format; use --format, one of:%s",
                   path ? path : "output", list);
}
