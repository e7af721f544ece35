/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* memmem */
#include "support/pictures/carried.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void carried_init(void)
{
    scratch_init();
    write_ppm("a.ppm", 12, 10);
    carried_renew("a.png");
    carried_renew("a.jpg");
    cr_assert_eq(shell_code("cp %s/cases/* .", UP_GOLDEN_DIR), 0);
}

void carried_renew(const char *name)
{
    cr_assert_eq(shell_code("upscale a.ppm -m nearest -s 1 --overwrite -o %s", name), 0);
}

void expect_chunk(const char *name, const char *type, const void *data, size_t size, bool behind)
{
    const char *start = (const char *)data;
    file_part part = png_part(name, type, start, 0);
    cr_expect(part.data && part.size == size && memcmp(part.data, data, size) == 0, "%s: %s %s",
              name, type, start);
    cr_expect(part.behind == behind, "%s: %s %s", name, type, start);
    free(part.data);
}
void expect_comment(const char *name, int n, const char *text)
{
    file_part part = jpeg_part(name, COM, "", n);
    cr_expect(part.data && strcmp((char *)part.data, text) == 0, "%s: comment %d: %s", name, n,
              part.data ? (char *)part.data : "none");
    free(part.data);
}

void expect_warning(const char *input, const char *output, const char *warning)
{
    char *line = NULL;
    process_result r = shell("upscale %s -m nearest -s 2 --overwrite -o %s", input, output);
    if (*warning) {
        cr_assert_geq(asprintf(&line, "upscale: %s: warning: %s\n", input, warning), 0);
        cr_expect_str_eq(r.err, line);
    } else
        cr_expect_str_empty(r.err);
    cr_expect_eq(r.exit_code, 0);
    free(line);
    process_free(&r);
}

void jpeg_insert_xmp(const char *name, const char *xmp)
{
    char *segment = malloc(sizeof XMP_HEAD + strlen(xmp));
    memcpy(segment, XMP_HEAD, sizeof XMP_HEAD);
    memcpy(segment + sizeof XMP_HEAD, xmp, strlen(xmp));
    jpeg_insert(name, APP1, segment, sizeof XMP_HEAD + strlen(xmp));
    free(segment);
}

void png_insert_xmp(const char *name, const char *xmp)
{
    static const char head[] = "XML:com.adobe.xmp\0\0\0\0";
    char *chunk = malloc(sizeof head + strlen(xmp));
    memcpy(chunk, head, sizeof head);
    memcpy(chunk + sizeof head, xmp, strlen(xmp));
    png_insert(name, "iTXt", true, chunk, sizeof head + strlen(xmp));
    free(chunk);
}

bool file_says(const char *name, const char *text)
{
    size_t size;
    char *file = file_read(scratch_path("%s", name), &size);
    bool found = memmem(file, size, text, strlen(text)) != NULL;
    free(file);
    return found;
}
