/* SPDX-License-Identifier: MIT */
/* What there is: methods, file formats, the machine. */
#ifndef UPSCALE_CATALOGUE_H
#define UPSCALE_CATALOGUE_H

#include "upscale_base.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
    const char *name, *summary;
} up_method_info;

/* Methods by position; NULL past the last. */
UP_API const up_method_info *up_method_at(int i);
UP_API const char *up_default_method(void);

typedef struct {
    const char *name;       /* "png" */
    const char *extensions; /* "png", "jpg jpeg jpe": the first is the usual one */
    bool reads, writes;
    const char *library; /* "libwebp", that it takes; NULL: none of its own. Built without it, a
                            format neither reads nor writes; see up_file_format_load() */
} up_file_format_info;

UP_API const up_file_format_info *up_file_format_at(int i);

/* Loads the library that a format takes, which otherwise happens when a file of that format is
 * first met: to know whether it is there, or before a sandbox closes. `name` is that of
 * up_file_format_info; a format without a library of its own is UP_OK. UP_ERROR_UNSUPPORTED says
 * what is missing, and which package of Debian holds it, or that the build is without the format.
 */
UP_API up_status up_file_format_load(const char *name, up_error *error);

/* What a file is. */
typedef struct {
    const char *name;   /* "png", "WebP", "a Git LFS pointer" */
    const char *advice; /* what would make a readable picture of it, in words: a command in which IN
                           and OUT stand for files, mostly. NULL: none */
    bool reads;         /* up_image_open() takes it */
    bool picture;       /* a picture, by its content or its name; not a video, page, archive ... */
} up_content;

/* Looks at the first bytes of a regular file, and where they tell nothing at its extension. Strings
 * are the library's. false: neither is known. */
UP_API bool up_content_of(up_content *content, const char *path);

/* "baseline", "avx2", "avx512", "avx512-vnni", "neon": the kernels in use; UPSCALE_CPU in the
 * environment masks.
 */
UP_API const char *up_cpu_name(void);

/* Cores this process may use. */
UP_API int up_cpu_count(void);

/* Memory that this process may use, in bytes: the machine's, or the limit of the process or of its
 * control group where that is lower; and how much of it a run may take whose options.max_memory is
 * this. */
UP_API size_t up_memory_size(void);
UP_API size_t up_memory_limit(size_t max_memory);

#ifdef __cplusplus
}
#endif

#endif
