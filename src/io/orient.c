/* SPDX-License-Identifier: MIT */
#include "io/orient.h"

#include "base/memory.h"
#include "io/pixels.h"

#include <string.h>

enum { BAND = 32 }; /* rows turned at once: columns become runs of this many pixels */

typedef struct {
    up_source base;
    up_source *inner;
    bool transpose, flip_x, flip_y; /* transposed first, then flipped */
    int planes;
    size_t pixel, row_bytes; /* of one plane of `inner` */
    size_t held_row_bytes, held_plane_bytes;
    uint8_t *band, *held;
    void **band_rows;
    int next_row;
} oriented;

static inline void copy_each(uint8_t *to, ptrdiff_t to_step, const uint8_t *from,
                             ptrdiff_t from_step, int count, size_t pixel)
{
    for (int i = 0; i < count; i++)
        memcpy(to + i * to_step, from + i * from_step, pixel);
}

/* Sizes known to the compiler make a copy one or two instructions. */
static void copy_pixels(uint8_t *to, ptrdiff_t to_step, const uint8_t *from, ptrdiff_t from_step,
                        int count, size_t pixel)
{
    switch (pixel) {
    case 1:
        copy_each(to, to_step, from, from_step, count, 1);
        break;
    case 2:
        copy_each(to, to_step, from, from_step, count, 2);
        break;
    case 3:
        copy_each(to, to_step, from, from_step, count, 3);
        break;
    case 4:
        copy_each(to, to_step, from, from_step, count, 4);
        break;
    case 6:
        copy_each(to, to_step, from, from_step, count, 6);
        break;
    case 8:
        copy_each(to, to_step, from, from_step, count, 8);
        break;
    default:
        copy_each(to, to_step, from, from_step, count, pixel);
    }
}

static uint8_t *band_row(const oriented *o, int plane, int i)
{
    return o->band + ((size_t)plane * BAND + (size_t)i) * o->row_bytes;
}

static up_status read_band(oriented *o, int count, up_error *error)
{
    for (int plane = 0; plane < o->planes; plane++)
        for (int i = 0; i < count; i++)
            o->band_rows[plane * count + i] = band_row(o, plane, i);
    o->inner->scraps = o->base.scraps;
    UP_TRY(o->inner->read(o->inner, o->band_rows, count, error));
    UP_TRY(up_notes_take(&o->base.metadata.lost, &o->inner->metadata.lost, error));
    return up_notes_take(&o->base.notes, &o->inner->notes, error);
}

static up_status allocate(oriented *o, size_t held_bytes, up_error *error)
{
    if (o->band)
        return UP_OK;
    size_t planes = (size_t)o->planes;
    o->band_rows = up_alloc(planes * BAND, sizeof *o->band_rows);
    o->held = held_bytes ? up_alloc(held_bytes, 1) : NULL;
    o->band = up_alloc(planes * BAND, o->row_bytes);
    if (o->band_rows && o->band && (o->held || held_bytes == 0))
        return UP_OK;
    up_free(o->band);
    up_free(o->held);
    up_free(o->band_rows);
    o->band = o->held = NULL;
    o->band_rows = NULL;
    return up_fail_memory(error, "applying the EXIF orientation", o->base.held_bytes);
}

static up_status read_mirrored(up_source *source, void *const *row, int count, up_error *error)
{
    oriented *o = (oriented *)source;
    UP_TRY(allocate(o, 0, error));
    ptrdiff_t step = (ptrdiff_t)o->pixel;
    for (int y = 0; y < count; y += BAND) {
        int rows = up_min(BAND, count - y);
        UP_TRY(read_band(o, rows, error));
        for (int plane = 0; plane < o->planes; plane++)
            for (int i = 0; i < rows; i++) {
                uint8_t *last = (uint8_t *)row[plane * count + y + i] + o->row_bytes - o->pixel;
                copy_pixels(last, -step, band_row(o, plane, i), step, source->format.width,
                            o->pixel);
            }
    }
    return UP_OK;
}

/* Rows y .. y + count - 1 of the file, from the band to where they belong in the upright plane. */
static void place_band(oriented *o, int plane, int y, int count)
{
    const up_format *in = &o->inner->format;
    ptrdiff_t pixel = (ptrdiff_t)o->pixel, line = (ptrdiff_t)o->held_row_bytes;
    ptrdiff_t right = o->flip_x ? -pixel : pixel, down = o->flip_y ? -line : line;
    uint8_t *origin = o->held + (size_t)plane * o->held_plane_bytes;
    if (o->flip_x)
        origin += (o->base.format.width - 1) * pixel;
    if (o->flip_y)
        origin += (o->base.format.height - 1) * line;
    if (!o->transpose)
        for (int i = 0; i < count; i++)
            copy_pixels(origin + (y + i) * down, right, band_row(o, plane, i), pixel, in->width,
                        o->pixel);
    else
        for (int x = 0; x < in->width; x++)
            copy_pixels(origin + x * down + y * right, right, band_row(o, plane, 0) + x * pixel,
                        (ptrdiff_t)o->row_bytes, count, o->pixel);
}

static up_status hold_frame(oriented *o, up_error *error)
{
    UP_TRY(allocate(o, (size_t)o->planes * o->held_plane_bytes, error));
    int height = o->inner->format.height;
    for (int y = 0; y < height; y += BAND) {
        int count = up_min(BAND, height - y);
        UP_TRY(read_band(o, count, error));
        for (int plane = 0; plane < o->planes; plane++)
            place_band(o, plane, y, count);
    }
    return UP_OK;
}

static up_status read_held(up_source *source, void *const *row, int count, up_error *error)
{
    oriented *o = (oriented *)source;
    if (o->next_row == 0)
        UP_TRY(hold_frame(o, error));
    for (int plane = 0; plane < o->planes; plane++)
        for (int i = 0; i < count; i++)
            memcpy(row[plane * count + i],
                   o->held + (size_t)plane * o->held_plane_bytes +
                       (size_t)(o->next_row + i) * o->held_row_bytes,
                   o->held_row_bytes);
    o->next_row = (o->next_row + count) % source->format.height;
    return UP_OK;
}

static up_status next_frame(up_source *source, bool *there, up_error *error)
{
    oriented *o = (oriented *)source;
    o->next_row = 0;
    UP_TRY(o->inner->next(o->inner, there, error));
    source->duration = o->inner->duration;
    UP_TRY(up_notes_take(&source->metadata.lost, &o->inner->metadata.lost, error));
    return up_notes_take(&source->notes, &o->inner->notes, error);
}

static up_status open_page(up_source *source, int number, up_source **page, up_error *error)
{
    up_source *inner = ((oriented *)source)->inner;
    return inner->page(inner, number, page, error);
}

static void release_rows(up_source *source)
{
    oriented *o = (oriented *)source;
    up_free(o->band);
    up_free(o->held);
    up_free(o->band_rows);
    o->band = o->held = NULL;
    o->band_rows = NULL;
    up_source_release(o->inner);
}

static void close_oriented(up_source *source)
{
    release_rows(source);
    up_source_close(&((oriented *)source)->inner);
}

/* Sizes of the band and of what is held; false if they do not fit into the address space. */
static bool measure(oriented *o)
{
    const up_format *in = &o->inner->format, *out = &o->base.format;
    size_t band, held, sample = up_sample_size(in->sample);
    o->planes = in->planar ? in->channels : 1;
    o->pixel = in->planar ? sample : sample * (size_t)in->channels;
    if (!up_mul((size_t)in->width, o->pixel, &o->row_bytes) ||
        !up_mul((size_t)out->width, o->pixel, &o->held_row_bytes) ||
        !up_mul(o->held_row_bytes, (size_t)out->height, &o->held_plane_bytes) ||
        !up_mul(o->held_plane_bytes, (size_t)o->planes, &held) ||
        !up_mul(o->row_bytes, (size_t)o->planes * BAND, &band))
        return false;
    if (o->base.read == read_mirrored)
        return true;
    return up_add(o->base.held_bytes, band, &o->base.held_bytes) &&
           up_add(o->base.held_bytes, held, &o->base.held_bytes);
}

static void exchange(double *a, double *b)
{
    double t = *a;
    *a = *b;
    *b = t;
}

static void transpose_header(up_source *source)
{
    up_format *format = &source->format;
    up_metadata *m = &source->metadata;
    int width = format->width;
    format->width = format->height;
    format->height = width;
    exchange(&m->dpi_x, &m->dpi_y);
    m->aspect = m->aspect > 0 ? 1 / m->aspect : 0;
    if (source->subsampling == UP_SUBSAMPLING_422)
        source->subsampling = UP_SUBSAMPLING_AUTO; /* now 4:4:0, which is not offered */
}

static oriented *wrap(up_source *inner)
{
    oriented *o = up_alloc_zero(1, sizeof *o);
    if (!o)
        return NULL;
    int orientation = inner->metadata.orientation;
    o->inner = inner;
    o->transpose = orientation >= 5;
    o->flip_x = orientation == 2 || orientation == 3 || orientation == 6 || orientation == 7;
    o->flip_y = orientation == 3 || orientation == 4 || orientation == 7 || orientation == 8;
    o->base = (up_source){ .type = inner->type,
                           .format = inner->format,
                           .metadata = inner->metadata,
                           .notes = inner->notes,
                           .subsampling = inner->subsampling,
                           .jpeg_quality = inner->jpeg_quality,
                           .lossless = inner->lossless,
                           .plain_inks = inner->plain_inks,
                           .interlaced = inner->interlaced,
                           .sequence = inner->sequence,
                           .pages = inner->pages,
                           .own_page = inner->own_page,
                           .further_pictures = inner->further_pictures,
                           .gain_map = inner->gain_map,
                           .video = inner->video,
                           .held_bytes = inner->held_bytes,
                           .read = orientation == 2 ? read_mirrored : read_held,
                           .next = inner->next ? next_frame : NULL,
                           .page = inner->page ? open_page : NULL,
                           .release = release_rows,
                           .close = close_oriented };
    if (o->transpose)
        transpose_header(&o->base);
    return o;
}

up_status up_orient(up_source **source, up_error *error)
{
    up_source *inner = *source;
    int orientation = inner->metadata.orientation;
    if (orientation < 2 || orientation > 8 || inner->mapped.data)
        return UP_OK;
    oriented *o = wrap(inner);
    if (!o)
        return up_fail_memory(error, "applying the EXIF orientation", sizeof *o);
    if (!measure(o)) {
        int width = inner->format.width, height = inner->format.height;
        up_free(o);
        return up_fail(error, UP_ERROR_LIMIT, "%dx%d pixels are too many to be turned in memory",
                       width, height);
    }
    up_metadata_init(&inner->metadata); /* its blobs have moved */
    inner->notes = (up_notes){ 0 };
    *source = &o->base;
    return UP_OK;
}
