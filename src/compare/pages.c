/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* memmem */

#include "compare/pages.h"

#include "compare/files/json_text.h"
#include "compare/files/work_folder.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* page_files.inc has a line PAGE(name, size, path) for each page. */
#define PAGE(name, size, path)                                                                     \
    __asm__(".pushsection .rodata\n"                                                               \
            ".globl up_page_bytes_" #name "\n"                                                     \
            ".hidden up_page_bytes_" #name "\n"                                                    \
            "up_page_bytes_" #name ":\n"                                                           \
            ".incbin \"" path "\"\n"                                                               \
            ".popsection\n");                                                                      \
    extern const char up_page_bytes_##name[size] __attribute__((visibility("hidden")));            \
    const up_page up_page_##name = { up_page_bytes_##name, size };
#include "page_files.inc"
#undef PAGE

static bool copy_file(FILE *out, const char *path)
{
    char buffer[1 << 16];
    FILE *in = fopen(path, "re");
    size_t n;
    while (in && (n = fread(buffer, 1, sizeof buffer, in)) > 0)
        fwrite(buffer, 1, n, out);
    bool fine = in && !ferror(in) && !ferror(out);
    if (in)
        fclose(in);
    return fine;
}

typedef struct {
    const char *mark, *text, *path; /* one of text and path, or neither */
} filling;

enum { MARKS = 2 };

typedef struct {
    const up_page *page;
    filling part[MARKS]; /* each mark comes at most once, in this order */
} filled_page;

static bool put_page(FILE *out, const void *what)
{
    const filled_page *f = what;
    const char *at = f->page->bytes, *end = at + f->page->size;
    for (const filling *part = f->part; part < f->part + MARKS; part++) {
        const char *mark = memmem(at, (size_t)(end - at), part->mark, strlen(part->mark));
        if (!mark)
            continue;
        fwrite(at, 1, (size_t)(mark - at), out);
        if (part->text)
            fputs(part->text, out);
        if (part->path && !copy_file(out, part->path))
            return false;
        at = mark + strlen(part->mark);
    }
    fwrite(at, 1, (size_t)(end - at), out);
    return !ferror(out);
}

up_status up_page_write(const char *folder, const up_page *page, const up_page_content *content,
                        up_error *error)
{
    static const up_page bare = { "@DATA@\n", sizeof "@DATA@\n" - 1 };
    char *data = up_json_was_short() ? NULL : up_json_for_page(content->data);
    if (!data)
        return up_fail_memory(error, "a page", page->size);
    filled_page filled = {
        page, { { "@DATA@", data, NULL }, { "@PICTURES@", NULL, content->pictures_path } }
    };
    up_status status = up_file_write_in(folder, "index.html", put_page, &filled, error);
    filled.page = &bare;
    if (status == UP_OK)
        status = up_file_write_in(folder, "results.json", put_page, &filled, error);
    free(data);
    return status;
}
