/* SPDX-License-Identifier: MIT */

#include "io/formats.h"

#include "base/memory.h"
#include "io/metadata/declared_colour.h"
#include "io/metadata/photoshop.h"
#include "io/metadata/xmp_extended.h"
#include "io/pixels.h"
#include "io/png/png_text.h"
#include "io/tiff/tiff_exif.h"
#include "io/tiff/tiff_output.h"
#include "io/tiff/tiff_pack.h"

#include <string.h>

#define STRIP_BYTES ((size_t)256 << 10)
#define LIBRARY_BYTES ((size_t)2 << 20)   /* of libtiff and what it brings, as measured */
#define CLASSIC_MOST ((size_t)4000 << 20) /* bytes of pixels that never reach past 32 bits */

enum { DEFAULT_LEVEL = 6, PER_PAIR = 2 };

typedef struct {
    up_sink base;
    up_tiff_output out;
    up_tiff_packing packing;
    uint8_t *carried; /* rows behind the last whole strip */
    int carried_rows, y;
    uint32_t strip; /* the next */
    int page, pages;
    up_tiff_slot *slot;
} tiff_sink;

static up_status choose(up_format *format, up_error *error)
{
    const bool floats = format->sample == UP_SAMPLE_F32 && format->color != UP_COLOR_TENSOR;
    UP_TRY(up_sink_choose_picture("TIFF", format, error));
    if (floats) {
        format->sample = UP_SAMPLE_F32;
        format->depth = 32;
    }
    return UP_OK;
}

static bool is_big(const up_format *format)
{
    size_t bytes;
    return !up_frame_size(format, &bytes) || bytes > CLASSIC_MOST;
}

static up_status drop_exif(up_metadata *m, up_notes *dropped, up_error *error)
{
    if (!m->exif.data)
        return UP_OK;
    UP_TRY(up_notes_add(dropped, UP_NOTE_DROPPED, error, "EXIF (BigTIFF)"));
    return up_blob_set(&m->exif, NULL, 0, error);
}

static up_status keep_in_pages(up_encoding *encoding, up_notes *dropped, up_error *error)
{
    return encoding->pages.bytes > CLASSIC_MOST ? drop_exif(&encoding->metadata, dropped, error)
                                                : UP_OK;
}

static up_status keep(up_metadata *m, const up_format *format, up_notes *dropped, up_error *error)
{
    UP_TRY(up_xmp_join_all(m, dropped, error));
    if (is_big(format))
        UP_TRY(drop_exif(m, dropped, error));
    return up_chunks_drop(m, dropped, error);
}

/* ---- rows */

static size_t strip_bytes(const tiff_sink *s)
{
    return s->packing.row_bytes * (size_t)s->packing.rows;
}

static up_status accept_rows(up_sink *sink, int slot, const void *const *row, int count,
                             up_error *error)
{
    tiff_sink *s = (tiff_sink *)sink;
    up_tiff_slot *to = &s->slot[slot];
    const size_t row_bytes = s->packing.row_bytes;
    (void)error;
    memcpy(to->rows, s->carried, (size_t)s->carried_rows * row_bytes);
    const int all = s->carried_rows + count;
    for (int i = 0; i < count; i++)
        memcpy(to->rows + (size_t)(s->carried_rows + i) * row_bytes, row[i], row_bytes);
    s->y += count;
    const bool last = s->y == sink->format.height;
    s->carried_rows = last ? 0 : all % s->packing.rows;
    to->strips = all / s->packing.rows + (last && all % s->packing.rows > 0);
    to->last_rows = last && all % s->packing.rows > 0 ? all % s->packing.rows : s->packing.rows;
    memcpy(s->carried, to->rows + (size_t)(all - s->carried_rows) * row_bytes,
           (size_t)s->carried_rows * row_bytes);
    return UP_OK;
}

static up_status pack(up_sink *sink, int slot, up_error *error)
{
    tiff_sink *s = (tiff_sink *)sink;
    (void)error;
    up_tiff_slot_pack(&s->slot[slot], &s->packing);
    return UP_OK;
}

static up_status emit(up_sink *sink, int slot, up_error *error)
{
    tiff_sink *s = (tiff_sink *)sink;
    const up_tiff_slot *from = &s->slot[slot];
    for (int i = 0; i < from->strips; i++)
        if (up_tiff.TIFFWriteRawStrip(s->out.tiff, s->strip++,
                                      from->packed + (size_t)i * up_tiff_packed_most(&s->packing),
                                      (tmsize_t)from->size[i]) < 0)
            return up_tiff_output_fail(&s->out, error);
    return UP_OK;
}

static up_status finish(up_sink *sink, up_error *error)
{
    tiff_sink *s = (tiff_sink *)sink;
    UP_TRY(up_tiff_output_page(&s->out, error));
    if (s->page + 1 < s->pages)
        return UP_OK;
    UP_TRY(up_tiff_output_finish(&s->out, error));
    return up_writer_publish(sink->writer, error);
}

static void free_page(tiff_sink *s)
{
    for (int i = 0; s->slot && i < s->base.slots; i++)
        up_tiff_slot_close(&s->slot[i]);
    up_free(s->slot);
    up_free(s->carried);
    s->slot = NULL;
    s->carried = NULL;
}

static void close_tiff(up_sink *sink)
{
    tiff_sink *s = (tiff_sink *)sink;
    up_tiff_output_close(&s->out);
    free_page(s);
}

/* ---- the directory */

static bool set_pixels(TIFF *t, const up_format *f, int rows)
{
    static const uint16_t photometric[] = { [UP_COLOR_GREY] = PHOTOMETRIC_MINISBLACK,
                                            [UP_COLOR_GREY_ALPHA] = PHOTOMETRIC_MINISBLACK,
                                            [UP_COLOR_RGB] = PHOTOMETRIC_RGB,
                                            [UP_COLOR_RGBA] = PHOTOMETRIC_RGB,
                                            [UP_COLOR_CMYK] = PHOTOMETRIC_SEPARATED };
    const uint16_t alpha = EXTRASAMPLE_UNASSALPHA;
    const bool floats = f->sample == UP_SAMPLE_F32;
    return up_tiff.TIFFSetField(t, TIFFTAG_IMAGEWIDTH, f->width) &&
           up_tiff.TIFFSetField(t, TIFFTAG_IMAGELENGTH, f->height) &&
           up_tiff.TIFFSetField(t, TIFFTAG_BITSPERSAMPLE, f->depth) &&
           up_tiff.TIFFSetField(t, TIFFTAG_SAMPLESPERPIXEL, f->channels) &&
           up_tiff.TIFFSetField(t, TIFFTAG_SAMPLEFORMAT,
                                floats ? SAMPLEFORMAT_IEEEFP : SAMPLEFORMAT_UINT) &&
           up_tiff.TIFFSetField(t, TIFFTAG_PLANARCONFIG, PLANARCONFIG_CONTIG) &&
           up_tiff.TIFFSetField(t, TIFFTAG_PHOTOMETRIC, photometric[f->color]) &&
           up_tiff.TIFFSetField(t, TIFFTAG_ORIENTATION, ORIENTATION_TOPLEFT) &&
           up_tiff.TIFFSetField(t, TIFFTAG_COMPRESSION, COMPRESSION_ADOBE_DEFLATE) &&
           up_tiff.TIFFSetField(t, TIFFTAG_PREDICTOR,
                                floats ? PREDICTOR_FLOATINGPOINT : PREDICTOR_HORIZONTAL) &&
           up_tiff.TIFFSetField(t, TIFFTAG_ROWSPERSTRIP, rows) &&
           (!up_color_has_alpha(f->color) ||
            up_tiff.TIFFSetField(t, TIFFTAG_EXTRASAMPLES, 1, &alpha));
}

static bool set_number(const tiff_sink *s)
{
    TIFF *t = s->out.tiff;
    return s->pages < 2 || (up_tiff.TIFFSetField(t, TIFFTAG_SUBFILETYPE, FILETYPE_PAGE) &&
                            up_tiff.TIFFSetField(t, TIFFTAG_PAGENUMBER, s->page, s->pages));
}

static bool set_density(TIFF *t, const up_metadata *m)
{
    const bool known = m->dpi_x > 0 && m->dpi_y > 0;
    if (!known && !(m->aspect > 0))
        return true;
    return up_tiff.TIFFSetField(t, TIFFTAG_RESOLUTIONUNIT, known ? RESUNIT_INCH : RESUNIT_NONE) &&
           up_tiff.TIFFSetField(t, TIFFTAG_XRESOLUTION, known ? m->dpi_x : 1.0) &&
           up_tiff.TIFFSetField(t, TIFFTAG_YRESOLUTION, known ? m->dpi_y : m->aspect);
}

static bool set_blob(TIFF *t, uint32_t tag, const up_blob *blob)
{
    return !blob->data || blob->size > UINT32_MAX ||
           up_tiff.TIFFSetField(t, tag, (uint32_t)blob->size, blob->data);
}

static bool set_texts(TIFF *t, const up_blob *exif)
{
    static const uint32_t tags[] = { TIFFTAG_IMAGEDESCRIPTION, TIFFTAG_MAKE,     TIFFTAG_MODEL,
                                     TIFFTAG_SOFTWARE,         TIFFTAG_DATETIME, TIFFTAG_ARTIST,
                                     TIFFTAG_HOSTCOMPUTER,     TIFFTAG_COPYRIGHT };
    for (size_t i = 0; i < sizeof tags / sizeof *tags; i++) {
        const char *text = up_exif_text(exif, tags[i]);
        if (text && !up_tiff.TIFFSetField(t, tags[i], text))
            return false;
    }
    return true;
}

/* The block goes into the file as it is, its offsets moved, and the directory leads into it. */
static up_status add_exif(tiff_sink *s, const up_blob *exif, up_error *error)
{
    up_blob moved = { 0 };
    uint32_t exif_at, gps_at;
    uint64_t at;
    const uint32_t base = (uint32_t)(s->out.size + (s->out.size & 1));
    UP_TRY(up_blob_set(&moved, exif->data, exif->size, error));
    up_exif_move(&moved, base, &exif_at, &gps_at);
    up_status status = UP_OK;
    if (exif_at || gps_at)
        status = up_tiff_output_add(&s->out, moved.data, moved.size, &at, error);
    up_free(moved.data);
    if ((exif_at && !up_tiff.TIFFSetField(s->out.tiff, TIFFTAG_EXIFIFD, (uint64_t)exif_at)) ||
        (gps_at && !up_tiff.TIFFSetField(s->out.tiff, TIFFTAG_GPSIFD, (uint64_t)gps_at)))
        return up_tiff_output_fail(&s->out, error);
    return status;
}

static up_status write_head(tiff_sink *s, const up_metadata *m, up_error *error)
{
    TIFF *t = s->out.tiff;
    up_blob resources = { 0 };
    UP_TRY(up_photoshop_resources(m, &resources, error));
    const bool set = set_pixels(t, &s->base.format, s->packing.rows) && set_number(s) &&
                     set_density(t, m) && set_blob(t, TIFFTAG_ICCPROFILE, &m->icc) &&
                     set_blob(t, TIFFTAG_XMLPACKET, &m->xmp) &&
                     set_blob(t, TIFFTAG_PHOTOSHOP, &resources) && set_texts(t, &m->exif);
    up_free(resources.data);
    if (!set)
        return up_tiff_output_fail(&s->out, error);
    return m->exif.data ? add_exif(s, &m->exif, error) : UP_OK;
}

/* ---- opening */

/* Big-endian where EXIF is, so that it can be taken over. */
static const char *mode_of(const up_format *format, const up_encoding *encoding)
{
    const up_blob *exif = &encoding->metadata.exif;
    const bool big_endian = exif->size > 0 && exif->data[0] == 'M';
    return is_big(format) || encoding->pages.bytes > CLASSIC_MOST ? "wl8"
           : big_endian                                           ? "wb"
                                                                  : "wl";
}

static bool set_packing(up_tiff_packing *p, const up_format *f, const up_encoding *encoding)
{
    *p = (up_tiff_packing){ .channels = f->channels,
                            .width = f->width,
                            .sample = f->sample,
                            .level = encoding->effort > 0 ? encoding->effort : DEFAULT_LEVEL };
    if (!up_row_size(f, &p->row_bytes) || p->row_bytes > UINT32_MAX / PER_PAIR)
        return false;
    const size_t rows = STRIP_BYTES / p->row_bytes;
    p->rows = rows < 1 ? 1 : rows < (size_t)f->height ? (int)rows : f->height;
    return true;
}

/* Of a slot: those of a group, and of rows carried over. */
static int strips_of(const up_tiff_packing *p, size_t group_bytes)
{
    return (int)(group_bytes / (p->row_bytes * (size_t)p->rows)) + PER_PAIR;
}

static up_status allocate(tiff_sink *s, size_t group_bytes, up_error *error)
{
    s->slot = up_alloc_zero((size_t)s->base.slots, sizeof *s->slot);
    s->carried = up_alloc(1, strip_bytes(s));
    if (!s->slot || !s->carried)
        return up_fail_memory(error, "encoding TIFF", strip_bytes(s));
    for (int i = 0; i < s->base.slots; i++)
        UP_TRY(up_tiff_slot_open(&s->slot[i], &s->packing, strips_of(&s->packing, group_bytes),
                                 error));
    return UP_OK;
}

static up_status begin_page(tiff_sink *s, const char *name, const up_encoding *encoding,
                            size_t group_bytes, up_error *error)
{
    s->page = encoding->pages.number;
    s->pages = encoding->pages.count;
    s->y = 0;
    s->strip = 0;
    s->carried_rows = 0;
    UP_TRY(choose(&s->base.format, error));
    if (!set_packing(&s->packing, &s->base.format, encoding))
        return up_fail(error, UP_ERROR_OUTPUT,
                       "%s: rows of %d pixels are too long for TIFF: write .npy instead", name,
                       s->base.format.width);
    UP_TRY(allocate(s, group_bytes, error));
    s->packing.swap = up_tiff.TIFFIsByteSwapped(s->out.tiff);
    return write_head(s, &encoding->metadata, error);
}

static up_status begin(tiff_sink *s, up_writer *writer, const up_encoding *encoding,
                       size_t group_bytes, up_error *error)
{
    UP_TRY(up_tiff_output_open(&s->out, writer, mode_of(&s->base.format, encoding), error));
    return begin_page(s, up_writer_name(writer), encoding, group_bytes, error);
}

static up_status next_page(up_sink *sink, const up_format *format, const up_encoding *encoding,
                           int slots, size_t group_bytes, up_error *error)
{
    tiff_sink *s = (tiff_sink *)sink;
    free_page(s);
    sink->format = *format;
    sink->slots = slots;
    return begin_page(s, up_writer_name(sink->writer), encoding, group_bytes, error);
}

static up_status open_tiff(up_sink **sink, up_writer *writer, const up_format *format,
                           const up_encoding *encoding, int slots, size_t group_bytes,
                           up_error *error)
{
    tiff_sink *s = up_alloc_zero(1, sizeof *s);
    if (!s)
        return up_fail_memory(error, "encoding TIFF", sizeof *s);
    s->base = (up_sink){ .type = "tiff",
                         .writer = writer,
                         .format = *format,
                         .slots = slots,
                         .page = encoding->pages.count > 1 ? next_page : NULL,
                         .accept = accept_rows,
                         .pack = pack,
                         .emit = emit,
                         .finish = finish,
                         .close = close_tiff };
    return up_sink_opened(sink, &s->base, begin(s, writer, encoding, group_bytes, error));
}

/* Of what a pipe gets at the end, as it grows: twice what may not become smaller by packing. */
static size_t held_back(const up_format *format, const up_encoding *encoding)
{
    size_t bytes;
    if (!up_frame_size(format, &bytes))
        return SIZE_MAX;
    bytes = bytes < encoding->pages.bytes ? encoding->pages.bytes : bytes;
    return up_mul(bytes, 2, &bytes) ? bytes : SIZE_MAX;
}

static size_t held(const up_format *format, const up_encoding *encoding)
{
    up_tiff_packing packing;
    if (!set_packing(&packing, format, encoding))
        return SIZE_MAX;
    const size_t strips = (size_t)format->height / (size_t)packing.rows + 1;
    return packing.row_bytes * (size_t)packing.rows + strips * 4 * sizeof(uint64_t) + LIBRARY_BYTES;
}

static size_t slot_memory(const up_format *format, const up_encoding *encoding, size_t group_bytes)
{
    up_tiff_packing packing;
    if (!set_packing(&packing, format, encoding))
        return SIZE_MAX;
    return up_tiff_slot_bytes(&packing, strips_of(&packing, group_bytes));
}

const up_sink_format up_tiff_sink = { .type = "tiff",
                                      .library = &up_tiff_library,
                                      .extensions = "tif tiff",
                                      .unit_floats = true,
                                      .choose = choose,
                                      .declare = up_declared_by_profile,
                                      .keep = keep,
                                      .keep_in_pages = keep_in_pages,
                                      .open = open_tiff,
                                      .held = held,
                                      .held_back = held_back,
                                      .slot = slot_memory };
