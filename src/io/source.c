#include "io/source.h"

#include "base/memory.h"
#include "io/formats.h"
#include "io/orient.h"
#include "io/pixels.h"

#include <stdio.h>
#include <string.h>

static up_status fail_unknown(up_reader *reader, up_error *error)
{
    const uint8_t *head;
    if (up_reader_peek(reader, &head) == 0)
        return up_fail(error, UP_ERROR_INPUT, "%s: %s", up_reader_name(reader),
                       up_reader_failed(reader) ? "cannot be read" : "is empty");
    char list[128] = "";
    for (const up_file_format *f = up_file_formats; f->source || f->sink; f++)
        if (f->source) {
            size_t used = strlen(list);
            snprintf(list + used, sizeof list - used, "%s%s", used ? ", " : "", f->source->type);
        }
    return up_fail(error, UP_ERROR_INPUT, "%s: is in no format that can be read (%s)",
                   up_reader_name(reader), list);
}

static up_status open_as_found(up_source **source, up_reader *reader, up_error *error)
{
    const uint8_t *head;
    size_t size = up_reader_peek(reader, &head);
    for (const up_file_format *f = up_file_formats; f->source || f->sink; f++)
        if (f->source && f->source->probe(head, size))
            return f->source->open(source, reader, error);
    return fail_unknown(reader, error);
}

up_status up_source_open(up_source **source, const char *path, up_error *error)
{
    *source = NULL;
    up_reader *reader;
    UP_TRY(up_reader_open(&reader, path, error));
    up_status status = open_as_found(source, reader, error);
    if (status != UP_OK) {
        up_reader_close(&reader);
        return status;
    }
    (*source)->reader = reader;
    status = up_orient(source, error);
    if (status != UP_OK)
        up_source_close(source);
    return status;
}

up_status up_source_from_pixels(up_source **source, const up_pixels *pixels, up_error *error)
{
    *source = NULL;
    up_pixels mapped;
    UP_TRY(up_pixels_check(&mapped, pixels, error));
    up_source *s = up_alloc_zero(1, sizeof *s);
    if (!s)
        return up_fail_memory(error, "an input", sizeof *s);
    s->type = "pixels";
    s->format = mapped.format;
    s->mapped = mapped;
    up_metadata_init(&s->metadata);
    *source = s;
    return UP_OK;
}

void up_source_close(up_source **source)
{
    up_source *s = *source;
    if (!s)
        return;
    if (s->close)
        s->close(s);
    up_metadata_clear(&s->metadata);
    up_notes_clear(&s->notes);
    if (s->reader)
        up_reader_close(&s->reader);
    up_free(s);
    *source = NULL;
}
