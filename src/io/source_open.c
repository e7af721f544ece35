/* SPDX-License-Identifier: MIT */
#include "io/source_open.h"

#include "io/content.h"
#include "io/formats.h"
#include "io/metadata/companions.h"
#include "io/orient.h"

#include <stdio.h>

static up_status open_as(const up_source_format *format, up_source **source, up_reader *reader,
                         up_error *error)
{
    char needs[256];
    snprintf(needs, sizeof needs, "%s: %s needs", up_reader_name(reader), format->type);
    if (format->library)
        UP_TRY(up_library_load(format->library, needs, error));
    return format->open(source, reader, error);
}

static up_status open_as_found(up_source **source, up_reader *reader, up_error *error)
{
    const uint8_t *head;
    size_t size = up_reader_peek(reader, &head);
    if (up_reader_failed(reader))
        return up_reader_fail(reader, error);
    up_content
        content; /* whose name may tell more: that of camera raw, which begins as TIFF does */
    const bool known = up_content_find(&content, head, size, up_reader_name(reader));
    for (const up_file_format *f = up_file_formats; f->info.name && known && content.reads; f++)
        if (f->source && f->source->probe(head, size))
            return open_as(f->source, source, reader, error);
    if (size > 0)
        return up_content_fail(head, size, up_reader_name(reader), error);
    return up_fail(error, UP_ERROR_INPUT, "%s: is empty", up_reader_name(reader));
}

up_status up_source_open(up_source **source, const char *path, up_error *error)
{
    up_reader *reader;
    *source = NULL;
    UP_TRY(up_reader_open(&reader, path, error));
    return up_source_open_reader(source, reader, error);
}

/* What all sources have in common, once they are open. */
static up_status settle(up_source **source, const char *name, up_error *error)
{
    up_status status = up_source_settle(*source, error);
    if (status == UP_OK)
        status = up_orient(source, error);
    if (status != UP_OK)
        up_source_close(source);
    else
        (*source)->name = name;
    return status;
}

up_status up_source_open_reader(up_source **source, up_reader *reader, up_error *error)
{
    *source = NULL;
    up_status status = open_as_found(source, reader, error);
    if (status != UP_OK) {
        up_reader_close(&reader);
        return status;
    }
    (*source)->reader = reader;
    return settle(source, up_reader_name(reader), error);
}

up_status up_source_open_page(up_source **page, up_source *source, int number, bool scraps,
                              up_error *error)
{
    *page = NULL;
    UP_TRY(source->page(source, number, page, error));
    (*page)->scraps = scraps;
    return settle(page, source->name, error);
}
