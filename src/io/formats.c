/* SPDX-License-Identifier: MIT */
#include "io/formats.h"

#include "base/words.h"

#include <strings.h>

#define FORMAT(name, extensions, library)                                                          \
    {                                                                                              \
        { #name, extensions, true, true, library }, &up_##name##_source, &up_##name##_sink         \
    }
#define LEFT_OUT(name, extensions, library)                                                        \
    {                                                                                              \
        .info = { #name, extensions, false, false, library }                                       \
    }
#ifdef UPSCALE_WEBP
#define WITH_WEBP FORMAT
#else
#define WITH_WEBP LEFT_OUT
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
    FORMAT(pnm, "pnm ppm pgm pam pbm", NULL),
    FORMAT(bmp, "bmp dib", NULL),
    FORMAT(qoi, "qoi", NULL),
    FORMAT(npy, "npy", NULL),
    FORMAT(txt, "txt csv", NULL),
    { { "tga", "tga", true, false, NULL }, &up_tga_source, NULL }, /* last: it has no signature */
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
