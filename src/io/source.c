/* SPDX-License-Identifier: MIT */
#include "io/source.h"

#include "base/memory.h"
#include "io/pixels.h"

#include <stdio.h>

static up_status refuse_damage(const up_source *source, const up_notes *notes, up_error *error)
{
    const up_note *note;
    for (int i = 0; (note = up_notes_at(notes, i)); i++)
        if (note->kind == UP_NOTE_DAMAGE)
            return up_fail(error, UP_ERROR_INPUT,
                           "%s: damaged: %s; without --strict it would be read all the same",
                           source->name, note->text);
    return UP_OK;
}

up_status up_source_check(const up_source *source, up_error *error)
{
    if (!source->strict)
        return UP_OK;
    UP_TRY(refuse_damage(source, &source->notes, error));
    return refuse_damage(source, &source->metadata.lost, error);
}

up_status up_source_read(up_source *source, void *const *row, int count, up_error *error)
{
    UP_TRY(source->read(source, row, count, error));
    return up_source_check(source, error);
}

up_status up_source_next(up_source *source, bool *there, up_error *error)
{
    UP_TRY(source->next(source, there, error));
    return up_source_check(source, error);
}

static up_status read_away(up_source *source, int count, up_error *error)
{
    const up_format *f = &source->format;
    const int planes = f->planar ? f->channels : 1;
    size_t row_bytes;
    void **row = up_alloc((size_t)planes, sizeof *row);
    uint8_t *bytes = up_row_size(f, &row_bytes) ? up_alloc((size_t)planes, row_bytes) : NULL;
    up_status status = UP_OK;
    if (!row || !bytes)
        status = up_fail_memory(error, source->name, row_bytes);
    for (int c = 0; c < planes && status == UP_OK; c++)
        row[c] = bytes + (size_t)c * row_bytes;
    for (int i = 0; i < count && status == UP_OK; i++)
        status = up_source_read(source, row, 1, error);
    up_free(row);
    up_free(bytes);
    return status;
}

up_status up_source_skip(up_source *source, int count, up_error *error)
{
    return source->skip ? source->skip(source, count, error) : read_away(source, count, error);
}

enum { ROWS_TEXT = 32, LEAST_SHARE = 10 /* less than a tenth is not worth having */ };

static up_status check_rest(const up_source *source, int missing, up_error *error)
{
    const int height = source->format.height, rows = height - missing;
    if (source->scraps || ((int64_t)rows * LEAST_SHARE >= height && rows > 0))
        return UP_OK;
    return up_fail(error, UP_ERROR_INPUT, "%s: truncated: only %d of its %d rows are there",
                   up_reader_name(source->reader), rows, height);
}

static const char *last_rows(char text[ROWS_TEXT], int rows)
{
    snprintf(text, ROWS_TEXT, rows == 1 ? "its last row" : "its last %d rows", rows);
    return text;
}

up_status up_source_lacks_rows(up_source *source, int rows, up_error *error)
{
    char text[ROWS_TEXT];
    UP_TRY(check_rest(source, rows, error));
    if (rows == source->format.height)
        return up_notes_add(&source->notes, UP_NOTE_DAMAGE, error, "all of its rows are missing");
    return up_notes_add(&source->notes, UP_NOTE_DAMAGE, error, "%s %s missing",
                        last_rows(text, rows), rows == 1 ? "is" : "are");
}

up_status up_source_lacks_details(up_source *source, const char *where, int rows, up_error *error)
{
    char text[ROWS_TEXT];
    UP_TRY(check_rest(source, rows, error));
    return up_notes_add(&source->notes, UP_NOTE_DAMAGE, error,
                        "it ends %s, so that details%s%s are missing", where,
                        rows > 0 ? " and " : "", rows > 0 ? last_rows(text, rows) : "");
}

up_status up_source_from_pixels(up_source **source, const up_pixels *pixels, up_error *error)
{
    *source = NULL;
    up_pixels mapped;
    UP_TRY(up_pixels_check(&mapped, pixels, error));
    up_source *s = up_alloc_zero(1, sizeof *s);
    if (!s)
        return up_fail_memory(error, "an input", sizeof *s);
    s->type = s->name = "pixels";
    s->format = mapped.format;
    s->mapped = mapped;
    up_metadata_init(&s->metadata);
    *source = s;
    return UP_OK;
}

enum { HELD_ROWS = 16 };

static up_status read_held(up_source *source, const up_pixels *pixels, const volatile int *cancel,
                           up_error *error)
{
    const int planes = pixels->format.planar ? pixels->format.channels : 1;
    void **row = up_alloc((size_t)planes * HELD_ROWS, sizeof *row);
    if (!row)
        return up_fail_memory(error, source->name, (size_t)planes * HELD_ROWS * sizeof *row);
    up_status status = UP_OK;
    for (int y = 0; y < pixels->format.height && status == UP_OK; y += HELD_ROWS) {
        const int count = up_min(HELD_ROWS, pixels->format.height - y);
        for (int i = 0; i < planes * count; i++)
            row[i] = (char *)pixels->data + (size_t)(i / count) * pixels->plane_stride +
                     (size_t)(y + i % count) * pixels->row_stride;
        status = cancel && __atomic_load_n(cancel, __ATOMIC_RELAXED)
                     ? up_fail(error, UP_ERROR_INTERRUPTED, "interrupted")
                     : up_source_read(source, row, count, error);
    }
    up_free(row);
    return status;
}

up_status up_source_hold(up_source *source, size_t most, const volatile int *cancel,
                         up_error *error)
{
    size_t bytes, all;
    if (source->mapped.data)
        return UP_OK;
    if (!up_frame_size(&source->format, &bytes) || !up_add(bytes, source->held_bytes, &all) ||
        all > most)
        return up_fail(error, UP_ERROR_LIMIT,
                       "%s: %dx%d pixels are to be held in memory, which is more than the %zu MiB "
                       "allowed; raise --max-memory, or save it to a file",
                       source->name, source->format.width, source->format.height, most >> 20);
    up_pixels pixels = { .format = source->format, .data = up_alloc(bytes, 1) };
    if (!pixels.data)
        return up_fail_memory(error, source->name, bytes);
    up_status status = up_pixels_check(&pixels, &pixels, error);
    if (status == UP_OK)
        status = read_held(source, &pixels, cancel, error);
    if (status != UP_OK) {
        up_free(pixels.data);
        return status;
    }
    source->mapped = pixels;
    source->held = pixels.data;
    source->held_bytes = all;
    return UP_OK;
}

void up_source_release(up_source *source)
{
    if (source->release)
        source->release(source);
    if (source->held) {
        up_free(source->held);
        source->held = source->mapped.data = NULL;
    }
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
    up_free(s->held);
    if (s->reader && !s->part)
        up_reader_close(&s->reader);
    up_free(s);
    *source = NULL;
}

up_status up_source_opened(up_source **result, up_source *source, up_status status)
{
    *result = source;
    if (status == UP_OK)
        return UP_OK;
    source->reader = NULL; /* it is whose it was */
    up_source_close(result);
    return status;
}
