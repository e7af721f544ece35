/* SPDX-License-Identifier: MIT */

#include "io/formats.h"

#include "base/machine/machine.h"
#include "base/memory.h"
#include "io/held_rows.h"
#include "io/metadata/exif.h"
#include "io/metadata/photoshop.h"
#include "io/pixels.h"
#include "io/tiff/tiff_exif.h"
#include "io/tiff/tiff_layout.h"
#include "io/tiff/tiff_pages.h"
#include "io/tiff/tiff_samples.h"

#include <string.h>

#define METADATA_MOST ((uint32_t)64 << 20)

typedef struct {
    up_source base;
    up_reader *reader;
    uint64_t directory;  /* of the page that is read */
    up_tiff_pages pages; /* of the file; of a source that is one of them, none */
    up_tiff_file file[UP_TIFF_PLANES];
    up_tiff_layout layout;
    up_tiff_rows rows;
    up_tiff_samples samples;
    int y;     /* next row */
    int whole; /* rows that are there, where it broke off; -1: it did not */
} tiff_source;

/* ---- pixels */

static up_status read_row(tiff_source *s, void *row, up_error *error)
{
    const up_tiff_layout *l = &s->layout;
    UP_TRY(up_tiff_rows_read(&s->rows, s->y, error));
    for (size_t tile = 0; tile < s->rows.tiles; tile++) {
        const uint8_t *plane[UP_TIFF_PLANES];
        int x = 0, count = 0;
        for (int p = 0; p < s->rows.files; p++)
            plane[p] = up_tiff_rows_at(&s->rows, s->y, tile, p, &x, &count);
        up_tiff_samples_convert(&s->samples, l, plane, row, x, count);
    }
    if (l->associated)
        up_divide_by_alpha(&s->base.format, row);
    return UP_OK;
}

static bool is_cut(const up_error *error)
{
    return strstr(error->message, ": truncated: ") != NULL;
}

static up_status read_rows(up_source *source, void *const *row, int count, up_error *error)
{
    tiff_source *s = (tiff_source *)source;
    for (int i = 0; i < count; i++, s->y++) {
        up_error own = { 0 };
        const up_status status = s->whole < 0 ? read_row(s, row[i], &own) : UP_OK;
        if (status != UP_OK && (!is_cut(&own) || (s->y == 0 && !source->scraps)))
            return up_fail(error, status, "%s", own.message);
        if (status != UP_OK) {
            s->whole = s->y;
            UP_TRY(up_source_lacks_rows(source, source->format.height - s->y, error));
        }
        if (s->whole >= 0)
            up_fill_missing(row[i], &source->format);
    }
    return UP_OK;
}

static void release_rows(up_source *source)
{
    tiff_source *s = (tiff_source *)source;
    up_free(s->rows.band);
    s->rows.band = NULL;
}

static void close_files(tiff_source *s)
{
    for (int i = 0; i < UP_TIFF_PLANES; i++)
        up_tiff_close(&s->file[i]);
}

static void close_tiff(up_source *source)
{
    tiff_source *s = (tiff_source *)source;
    close_files(s);
    release_rows(source);
    up_tiff_pages_free(&s->pages);
}

/* ---- opening */

/* `take` gets what a tag holds. */
static up_status take_tag(tiff_source *s, uint32_t tag,
                          up_status (*take)(up_metadata *m, const uint8_t *data, size_t size,
                                            up_error *error),
                          up_error *error)
{
    uint32_t size = 0;
    void *data = NULL;
    if (!up_tiff.TIFFGetField(s->file[0].tiff, tag, &size, &data) || !data || size > METADATA_MOST)
        return UP_OK;
    return take(&s->base.metadata, data, size, error);
}

static up_status take_xmp(up_metadata *m, const uint8_t *data, size_t size, up_error *error)
{
    return up_blob_set(&m->xmp, data, size, error);
}

/* Where libtiff counts the words of it, as many files have it, there are four times as many bytes.
 */
static up_status take_iptc(tiff_source *s, up_error *error)
{
    uint32_t size = 0;
    void *data = NULL;
    TIFF *t = s->file[0].tiff;
    if (s->base.metadata.iptc.data ||
        !up_tiff.TIFFGetField(t, TIFFTAG_RICHTIFFIPTC, &size, &data) || !data ||
        size > METADATA_MOST / 4)
        return UP_OK;
    const TIFFField *field = up_tiff.TIFFFieldWithTag(t, TIFFTAG_RICHTIFFIPTC);
    const size_t each = field && up_tiff.TIFFFieldDataType(field) == TIFF_LONG ? 4 : 1;
    if (each == 4 && up_tiff.TIFFIsByteSwapped(t))
        up_tiff.TIFFSwabArrayOfLong(data, (tmsize_t)size);
    return up_blob_set(&s->base.metadata.iptc, data, size * each, error);
}

static up_status drop(tiff_source *s, int count, const char *one, const char *many, up_error *error)
{
    if (count < 1)
        return UP_OK;
    return up_notes_add(&s->base.notes, UP_NOTE_DROPPED, error, "%d %s", count,
                        count > 1 ? many : one);
}

/* Those that are no pages. */
static up_status note_directories(tiff_source *s, up_error *error)
{
    uint16_t below = 0;
    uint64_t *offsets = NULL;
    if (up_tiff.TIFFGetField(s->file[0].tiff, TIFFTAG_SUBIFD, &below, &offsets))
        UP_TRY(drop(s, below, "image below a page", "images below a page", error));
    UP_TRY(drop(s, s->pages.reduced, "smaller copy", "smaller copies", error));
    UP_TRY(drop(s, s->pages.masks, "transparency mask", "transparency masks", error));
    if (s->pages.more)
        UP_TRY(up_notes_add(&s->base.notes, UP_NOTE_DROPPED, error, "pages behind the first %d",
                            UP_TIFF_MOST_PAGES));
    if (s->pages.cut)
        UP_TRY(up_notes_add(&s->base.notes, UP_NOTE_DAMAGE, error,
                            "its pages do not end, so that some may be missing"));
    return UP_OK;
}

static up_status take_metadata(tiff_source *s, up_error *error)
{
    up_metadata *m = &s->base.metadata;
    TIFF *t = s->file[0].tiff;
    bool tells = false;
    UP_TRY(up_tiff_take_exif(&m->exif, s->reader, up_tiff.TIFFCurrentDirOffset(t), &tells, error));
    up_exif_density(&m->exif, &m->dpi_x, &m->dpi_y);
    if (!tells)
        UP_TRY(up_blob_set(&m->exif, NULL, 0, error));
    if (s->layout.kind != UP_TIFF_CONVERTED && s->layout.kind != UP_TIFF_LAB)
        UP_TRY(take_tag(s, TIFFTAG_ICCPROFILE, up_metadata_take_profile, error));
    UP_TRY(take_tag(s, TIFFTAG_XMLPACKET, take_xmp, error));
    UP_TRY(take_tag(s, TIFFTAG_PHOTOSHOP, up_photoshop_take, error));
    UP_TRY(take_iptc(s, error));
    UP_TRY(note_directories(s, error));
    if (s->layout.further > 0)
        UP_TRY(up_notes_add(&s->base.notes, UP_NOTE_DROPPED, error, "%d further channel%s",
                            s->layout.further, s->layout.further > 1 ? "s" : ""));
    return UP_OK;
}

static up_status set_format(tiff_source *s, up_error *error)
{
    const up_tiff_layout *l = &s->layout;
    up_format *f = &s->base.format;
    const bool bytes = l->kind == UP_TIFF_PALETTE || l->kind == UP_TIFF_CONVERTED;
    const bool wide = !bytes && l->bits > 8;
    *f = (up_format){ .width = l->width,
                      .height = l->height,
                      .channels = up_tiff_channels(l),
                      .frames = 1,
                      .sample = l->floats ? UP_SAMPLE_F32
                                : wide    ? UP_SAMPLE_U16
                                          : UP_SAMPLE_U8 };
    f->color = l->kind == UP_TIFF_CMYK ? UP_COLOR_CMYK : up_color_of_channels(f->channels);
    f->depth = l->floats      ? 32
               : bytes        ? 8
               : l->bits > 8  ? 16
               : l->bits > 4  ? 8
               : l->bits == 3 ? 4
                              : l->bits;
    size_t all;
    if (up_frame_size(f, &all) && up_tiff_rows_size(&s->rows, &s->base.held_bytes) &&
        up_add(s->base.held_bytes, up_reader_held(s->reader), &s->base.held_bytes))
        return UP_OK;
    return up_fail_size(up_reader_name(s->reader), f, error);
}

/* Each plane of separate samples is read at a place of its own. */
static up_status open_planes(tiff_source *s, up_error *error)
{
    const up_tiff_layout *l = &s->layout;
    const bool planes = l->separate && l->kind != UP_TIFF_CONVERTED;
    s->rows.layout = l;
    s->rows.files = planes ? up_tiff_colours(l) : 1;
    for (int i = 0; i < s->rows.files; i++) {
        if (i > 0)
            UP_TRY(up_tiff_open(&s->file[i], s->reader, s->directory, error));
        s->rows.file[i] = &s->file[i];
    }
    return UP_OK;
}

static up_status begin(tiff_source *s, up_error *error)
{
    char reason[1024];
    UP_TRY(up_tiff_open(&s->file[0], s->reader, s->directory, error));
    UP_TRY(up_tiff_read_layout(&s->layout, &s->file[0], error));
    UP_TRY(take_metadata(s, error));
    if (s->layout.kind == UP_TIFF_CONVERTED) { /* as they lie: turning is done elsewhere */
        up_tiff.TIFFSetField(s->file[0].tiff, TIFFTAG_ORIENTATION, ORIENTATION_TOPLEFT);
        if (!up_tiff.TIFFRGBAImageOK(s->file[0].tiff, reason))
            return up_fail(error, UP_ERROR_UNSUPPORTED, "%s: TIFF cannot be read: %s",
                           up_reader_name(s->reader), reason);
    }
    UP_TRY(open_planes(s, error));
    UP_TRY(set_format(s, error));
    if (up_tiff_samples_init(&s->samples, &s->layout))
        return UP_OK;
    return up_fail(error, UP_ERROR_INPUT, "%s: damaged TIFF: its white has no colour",
                   up_reader_name(s->reader));
}

static tiff_source *make(up_reader *reader)
{
    tiff_source *s = up_alloc_zero(1, sizeof *s);
    if (!s)
        return NULL;
    s->base.type = "tiff";
    s->base.read = read_rows;
    s->base.release = release_rows;
    s->base.close = close_tiff;
    s->reader = reader;
    s->whole = -1;
    up_metadata_init(&s->base.metadata);
    return s;
}

static up_status open_page(up_source *source, int number, up_source **page, up_error *error)
{
    const tiff_source *whole = (const tiff_source *)source;
    tiff_source *s = make(whole->reader);
    if (!s)
        return up_fail_memory(error, up_reader_name(whole->reader), sizeof *s);
    s->directory = whole->pages.offset[number];
    UP_TRY(up_source_opened(page, &s->base, begin(s, error)));
    s->base.reader = whole->reader;
    s->base.part = true;
    return UP_OK;
}

/* Of several pages the first that can be read. */
static up_status begin_first(tiff_source *s, up_error *error)
{
    up_error first = { 0 };
    for (int i = 0; i < s->pages.count; i++) {
        up_error own = { 0 };
        s->directory = s->pages.offset[i];
        s->base.own_page = i;
        const up_status status = begin(s, &own);
        if (status == UP_OK)
            return UP_OK;
        if (i == 0)
            first = own;
        if (status != UP_ERROR_INPUT && status != UP_ERROR_UNSUPPORTED && status != UP_ERROR_LIMIT)
            return up_fail(error, status, "%s", own.message);
        close_files(s);
        up_metadata_clear(&s->base.metadata);
        up_notes_clear(&s->base.notes);
    }
    const char *name = up_reader_name(s->reader); /* with which errors begin */
    return up_fail(error, first.status, "%s: none of its %d pages can be read%s", name,
                   s->pages.count, first.message + strlen(name));
}

static up_status begin_file(tiff_source *s, up_error *error)
{
    UP_TRY(up_reader_hold(s->reader, up_machine_memory_limit(0), error));
    UP_TRY(up_tiff_pages_find(&s->pages, s->reader, error));
    if (s->pages.count < 2) {
        s->directory = s->pages.count ? s->pages.offset[0] : 0;
        return begin(s, error);
    }
    UP_TRY(begin_first(s, error));
    s->base.pages = s->pages.count;
    s->base.page = open_page;
    s->base.held_bytes += (size_t)s->pages.count * sizeof *s->pages.offset;
    return UP_OK;
}

static up_status open_tiff(up_source **source, up_reader *reader, up_error *error)
{
    tiff_source *s = make(reader);
    if (!s)
        return up_fail_memory(error, up_reader_name(reader), sizeof *s);
    return up_source_opened(source, &s->base, begin_file(s, error));
}

/* Classic or BigTIFF; not what cameras make of it. */
static bool probe(const uint8_t *head, size_t size)
{
    const bool tiff =
        size >= 8 && (memcmp(head, "II*\0", 4) == 0 || memcmp(head, "MM\0*", 4) == 0 ||
                      memcmp(head, "II+\0", 4) == 0 || memcmp(head, "MM\0+", 4) == 0);
    return tiff && !(size >= 10 && memcmp(head, "II*\0", 4) == 0 && memcmp(head + 8, "CR", 2) == 0);
}

const up_source_format up_tiff_source = {
    .type = "tiff", .library = &up_tiff_library, .probe = probe, .open = open_tiff
};
