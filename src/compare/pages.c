#define _GNU_SOURCE /* memmem */

#include "compare/pages.h"

#include "compare/json_text.h"
#include "compare/work_folder.h"

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

/* Each mark comes once, in this order. */
static bool fill(FILE *out, const up_page *page, const filling *part, size_t parts)
{
    const char *at = page->bytes, *end = page->bytes + page->size;
    for (size_t i = 0; i < parts; i++) {
        const char *mark = memmem(at, (size_t)(end - at), part[i].mark, strlen(part[i].mark));
        if (!mark)
            continue;
        fwrite(at, 1, (size_t)(mark - at), out);
        if (part[i].text)
            fputs(part[i].text, out);
        if (part[i].path && !copy_file(out, part[i].path))
            return false;
        at = mark + strlen(part[i].mark);
    }
    fwrite(at, 1, (size_t)(end - at), out);
    return !ferror(out);
}

static up_status write_file(const char *folder, const char *name, const up_page *page,
                            const filling *part, size_t parts, up_error *error)
{
    char *path = up_path_join(folder, name, error);
    if (!path)
        return UP_ERROR_MEMORY;
    FILE *out = fopen(path, "we");
    bool fine = out && fill(out, page, part, parts);
    fine = (!out || fclose(out) == 0) && fine;
    up_status status = fine ? UP_OK : up_fail_write(path, error);
    free(path);
    return status;
}

up_status up_page_write(const char *folder, const up_page *page, const up_page_content *content,
                        up_error *error)
{
    static const up_page bare = { "@DATA@\n", sizeof "@DATA@\n" - 1 };
    char *data = up_json_for_page(content->data);
    if (!data)
        return up_fail_memory(error, "a page", page->size);
    const filling parts[] = { { "@PLOT@", content->plot, NULL },
                              { "@DATA@", data, NULL },
                              { "@PICTURES@", NULL, content->pictures_path } };
    up_status status = write_file(folder, "index.html", page, parts, 3, error);
    if (status == UP_OK)
        status = write_file(folder, "results.json", &bare, parts + 1, 1, error);
    free(data);
    return status;
}
