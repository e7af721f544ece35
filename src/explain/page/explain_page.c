/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* memmem */

#include "explain/page/explain_page.h"

#include "io/files/writer.h"

#include <string.h>

/* EXPLAIN_PAGE and EXPLAIN_PAGE_SIZE are of the template, put together by explain_page.cmake. */
__asm__(".pushsection .rodata\n"
        ".globl up_explain_page_bytes\n"
        ".hidden up_explain_page_bytes\n"
        "up_explain_page_bytes:\n"
        ".incbin \"" EXPLAIN_PAGE "\"\n"
        ".popsection\n");
extern const char up_explain_page_bytes[EXPLAIN_PAGE_SIZE] __attribute__((visibility("hidden")));

/* Nothing in the data may end the script element that it lies in. */
static up_status write_data(up_writer *writer, const char *json, up_error *error)
{
    while (*json) {
        const size_t plain = strcspn(json, "<>&");
        if (plain)
            UP_TRY(up_writer_write(writer, json, plain, error));
        json += plain;
        if (!*json)
            break;
        const char *escaped = *json == '<' ? "\\u003c" : *json == '>' ? "\\u003e" : "\\u0026";
        UP_TRY(up_writer_write(writer, escaped, strlen(escaped), error));
        json++;
    }
    return UP_OK;
}

static up_status write_page(up_writer *writer, const char *json, up_error *error)
{
    static const char mark[] = "@DATA@";
    const char *page = up_explain_page_bytes, *end = page + EXPLAIN_PAGE_SIZE;
    const char *at = memmem(page, EXPLAIN_PAGE_SIZE, mark, sizeof mark - 1);
    const char *rest = at ? at + sizeof mark - 1 : end;
    UP_TRY(up_writer_write(writer, page, (size_t)((at ? at : end) - page), error));
    UP_TRY(write_data(writer, json, error));
    UP_TRY(up_writer_write(writer, rest, (size_t)(end - rest), error));
    return up_writer_publish(writer, error);
}

up_status up_explain_page_write(const char *path, const char *json, bool overwrite, up_error *error)
{
    up_writer *writer;
    UP_TRY(up_writer_open(&writer, path, overwrite, error));
    up_status status = write_page(writer, json, error);
    up_writer_close(&writer);
    return status;
}
