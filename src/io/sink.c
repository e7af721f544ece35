/* SPDX-License-Identifier: MIT */
#include "io/sink.h"

#include "base/memory.h"
#include "base/words.h"
#include "io/metadata/exif.h"
#include "io/metadata/xmp_extended.h"
#include "io/pixels.h"
#include "io/png/png_text.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

up_status up_sink_choose(const up_sink_format *type, up_format *format, up_error *error)
{
    char needs[64];
    snprintf(needs, sizeof needs, "%s needs", type->type);
    if (type->library)
        UP_TRY(up_library_load(type->library, needs, error));
    return type->choose(format, error);
}

size_t up_sink_memory(const up_sink_format *type, const up_format *format,
                      const up_encoding *encoding, int slots, size_t group_bytes)
{
    size_t bytes = type->slot ? type->slot(format, encoding, group_bytes) : 0;
    const size_t held = type->held ? type->held(format, encoding) : 0;
    return up_mul(bytes, (size_t)slots, &bytes) && up_add(bytes, held, &bytes) ? bytes : SIZE_MAX;
}

size_t up_sink_slot_of_rows(const up_format *format, const up_encoding *encoding,
                            size_t group_bytes)
{
    (void)format, (void)encoding;
    return group_bytes;
}

up_status up_sink_choose_picture(const char *type, up_format *format, up_error *error)
{
    bool tensor = format->color == UP_COLOR_TENSOR;
    if (format->frames != 1)
        return up_fail(error, UP_ERROR_UNSUPPORTED,
                       "%s holds one picture, not a batch of %lld; write .npy (--format npy)", type,
                       (long long)format->frames);
    if (format->sample == UP_SAMPLE_I64 || (tensor && format->sample == UP_SAMPLE_F32))
        return up_fail(error, UP_ERROR_UNSUPPORTED,
                       "%s cannot hold a %s tensor; write .npy (--format npy)", type,
                       format->sample == UP_SAMPLE_I64 ? "64-bit" : "float");
    if (tensor && format->channels > 4)
        return up_fail(error, UP_ERROR_UNSUPPORTED,
                       "%s cannot hold %d channels; write .npy (--format npy)", type,
                       format->channels);
    if (tensor)
        format->color = up_color_of_channels(format->channels);
    if (format->sample == UP_SAMPLE_F32)
        format->sample = UP_SAMPLE_U16;
    format->depth = format->sample == UP_SAMPLE_U16 ? 16 : 8;
    format->planar = false;
    return UP_OK;
}

up_status up_sink_refuse_inks(const char *type, const up_format *format, up_error *error)
{
    if (format->color != UP_COLOR_CMYK)
        return UP_OK;
    return up_fail(
        error, UP_ERROR_UNSUPPORTED,
        "%s is not written in CMYK: write .tif, .jpg or .npy (--format tif), or make RGB "
        "of it with --to-srgb",
        type);
}

up_status up_sink_check_bands(const up_sink_format *type, const char *name, up_error *error)
{
    if (type->bands)
        return UP_OK;
    return up_fail(error, UP_ERROR_UNSUPPORTED,
                   "%s: %s is not made in bands of rows; leave --rows out, or write PNG, JPEG, PNM "
                   "or .npy",
                   name, type->type);
}

/* Names all but colours, and clears it. */
static up_status keep_nothing(up_metadata *m, up_notes *dropped, up_error *error)
{
    const struct {
        const char *name;
        bool there;
    } parts[] = { { "EXIF", m->exif.data },
                  { "XMP", m->xmp.data },
                  { "IPTC", m->iptc.data },
                  { "Photoshop resources", m->photoshop.data },
                  { "resolution", m->dpi_x > 0 || m->aspect > 0 } };
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (parts[i].there)
            UP_TRY(up_notes_add(dropped, UP_NOTE_DROPPED, error, "%s", parts[i].name));
    UP_TRY(up_chunks_drop(m, dropped, error));
    up_metadata_clear(m);
    return UP_OK;
}

static up_status drop(up_blob *blob, const char *what, up_notes *dropped, up_error *error)
{
    if (!blob->data)
        return UP_OK;
    UP_TRY(up_notes_add(dropped, UP_NOTE_DROPPED, error, "%s", what));
    return up_blob_set(blob, NULL, 0, error);
}

up_status up_sink_keep_parts(up_metadata *m, const up_format *format, up_notes *dropped,
                             up_error *error)
{
    double x, y;
    (void)format;
    UP_TRY(up_xmp_join_all(m, dropped, error));
    UP_TRY(drop(&m->iptc, "IPTC", dropped, error));
    UP_TRY(drop(&m->photoshop, "Photoshop resources", dropped, error));
    if ((m->dpi_x > 0 || m->aspect > 0) && !up_exif_density(&m->exif, &x, &y))
        UP_TRY(up_notes_add(dropped, UP_NOTE_DROPPED, error, "resolution"));
    return up_chunks_drop(m, dropped, error);
}

up_status up_sink_keep(const up_sink_format *type, up_metadata *m, const up_format *format,
                       up_notes *dropped, up_error *error)
{
    return type->keep ? type->keep(m, format, dropped, error) : keep_nothing(m, dropped, error);
}

up_status up_sink_open(up_sink **sink, const up_sink_format *type, const char *path, bool overwrite,
                       const up_format *format, const up_encoding *encoding, int slots,
                       size_t group_bytes, up_error *error)
{
    up_writer *writer;
    *sink = NULL;
    UP_TRY(up_writer_open(&writer, path, overwrite, error));
    return up_sink_open_writer(sink, type, writer, format, encoding, slots, group_bytes, error);
}

up_status up_sink_open_writer(up_sink **sink, const up_sink_format *type, up_writer *writer,
                              const up_format *format, const up_encoding *encoding, int slots,
                              size_t group_bytes, up_error *error)
{
    *sink = NULL;
    up_status status = type->open(sink, writer, format, encoding, slots, group_bytes, error);
    if (status == UP_OK)
        (*sink)->writer = writer;
    else
        up_writer_close(&writer);
    return status;
}

up_status up_sink_opened(up_sink **result, up_sink *sink, up_status status)
{
    if (status == UP_OK) {
        *result = sink;
        return UP_OK;
    }
    sink->close(sink);
    up_free(sink);
    return status;
}

up_status up_sink_publish(up_sink *sink, up_error *error)
{
    return up_writer_publish(sink->writer, error);
}

up_status up_sink_to_pixels(up_sink **sink, const up_pixels *pixels, up_error *error)
{
    *sink = NULL;
    up_pixels mapped;
    UP_TRY(up_pixels_check(&mapped, pixels, error));
    up_sink *s = up_alloc_zero(1, sizeof *s);
    if (!s)
        return up_fail_memory(error, "an output", sizeof *s);
    s->type = "pixels";
    s->format = mapped.format;
    s->mapped = mapped;
    *sink = s;
    return UP_OK;
}

void up_sink_close(up_sink **sink)
{
    up_sink *s = *sink;
    if (!s)
        return;
    if (s->close)
        s->close(s);
    if (s->writer)
        up_writer_close(&s->writer);
    up_free(s);
    *sink = NULL;
}
