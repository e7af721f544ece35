/* SPDX-License-Identifier: MIT */
#include "io/tiff/tiff_layout.h"

#include "base/memory.h"

#include <limits.h>

static up_status refuse(const up_tiff_file *file, up_error *error, const char *what, int number)
{
    return up_fail(error, UP_ERROR_UNSUPPORTED,
                   "%s: TIFF with %s %d cannot be read; 'magick IN OUT.png' converts it",
                   up_reader_name(file->reader), what, number);
}

static unsigned field16(const up_tiff_file *file, uint32_t tag)
{
    uint16_t value = 0;
    up_tiff.TIFFGetFieldDefaulted(file->tiff, tag, &value);
    return value;
}

/* D50, where the file says nothing of it. */
static up_status take_white(up_tiff_layout *l, up_tiff_file *file, up_error *error)
{
    float *white = NULL;
    if (!up_tiff.TIFFGetFieldDefaulted(file->tiff, TIFFTAG_WHITEPOINT, &white) || !white)
        return up_tiff_fail(file, error);
    l->white[0] = (double)white[0];
    l->white[1] = (double)white[1];
    return UP_OK;
}

static bool has_depth(const up_tiff_layout *l)
{
    if (l->kind == UP_TIFF_LAB)
        return !l->floats && (l->bits == 8 || l->bits == 16);
    if (l->floats)
        return (l->bits == 16 || l->bits == 32 || l->bits == 64) && l->kind != UP_TIFF_PALETTE;
    return l->bits >= 1 && l->bits <= 16;
}

/* Beside the colours; whole bytes of a palette have levels of alpha at most. */
static void take_alpha(up_tiff_layout *l, up_tiff_file *file, int used)
{
    uint16_t extras = 0, *extra = NULL;
    up_tiff.TIFFGetFieldDefaulted(file->tiff, TIFFTAG_EXTRASAMPLES, &extras, &extra);
    const bool palette = l->kind == UP_TIFF_PALETTE && l->bits <= 8;
    if (!(l->kind == UP_TIFF_GREY || l->kind == UP_TIFF_RGB || palette) || extras == 0 ||
        l->samples <= used || extra[0] == EXTRASAMPLE_UNSPECIFIED)
        return;
    l->alpha = used;
    l->associated = extra[0] == EXTRASAMPLE_ASSOCALPHA && !palette;
}

static up_status take_kind(up_tiff_layout *l, up_tiff_file *file, up_error *error)
{
    const unsigned photometric = field16(file, TIFFTAG_PHOTOMETRIC);
    const unsigned compression = field16(file, TIFFTAG_COMPRESSION);
    if (compression == COMPRESSION_OJPEG || !up_tiff.TIFFIsCODECConfigured((uint16_t)compression))
        return refuse(file, error, "compression", (int)compression);
    switch (photometric) {
    case PHOTOMETRIC_MINISWHITE:
    case PHOTOMETRIC_MINISBLACK:
        l->kind = UP_TIFF_GREY;
        l->white_zero = photometric == PHOTOMETRIC_MINISWHITE;
        return UP_OK;
    case PHOTOMETRIC_RGB:
        l->kind = UP_TIFF_RGB;
        return UP_OK;
    case PHOTOMETRIC_PALETTE:
        l->kind = UP_TIFF_PALETTE;
        return up_tiff.TIFFGetField(file->tiff, TIFFTAG_COLORMAP, &l->red, &l->green, &l->blue)
                   ? UP_OK
                   : up_tiff_fail(file, error);
    case PHOTOMETRIC_SEPARATED:
        l->kind = UP_TIFF_CMYK;
        return field16(file, TIFFTAG_INKSET) == INKSET_CMYK && l->samples >= 4
                   ? UP_OK
                   : refuse(file, error, "inks other than CMYK, in number", l->samples);
    case PHOTOMETRIC_YCBCR:
        l->kind = compression == COMPRESSION_JPEG && !l->separate ? UP_TIFF_RGB : UP_TIFF_CONVERTED;
        if (l->kind == UP_TIFF_RGB)
            up_tiff.TIFFSetField(file->tiff, TIFFTAG_JPEGCOLORMODE, JPEGCOLORMODE_RGB);
        return UP_OK;
    case PHOTOMETRIC_CIELAB:
    case PHOTOMETRIC_ICCLAB:
        l->kind = UP_TIFF_LAB;
        l->offset = photometric == PHOTOMETRIC_ICCLAB;
        return take_white(l, file, error);
    case PHOTOMETRIC_LOGL:
    case PHOTOMETRIC_LOGLUV:
        l->kind = UP_TIFF_CONVERTED;
        return UP_OK;
    default:
        return refuse(file, error, "colours of kind", (int)photometric);
    }
}

static up_status take_samples(up_tiff_layout *l, up_tiff_file *file, up_error *error)
{
    static const int colours[] = { 1, 3, 1, 4, 3 };
    const unsigned format = field16(file, TIFFTAG_SAMPLEFORMAT);
    const bool is_signed = l->kind == UP_TIFF_LAB && format == SAMPLEFORMAT_INT;
    l->bits = (int)field16(file, TIFFTAG_BITSPERSAMPLE);
    l->alpha = -1;
    if (l->kind == UP_TIFF_CONVERTED)
        return UP_OK;
    l->floats = format == SAMPLEFORMAT_IEEEFP;
    if (format != SAMPLEFORMAT_UINT && format != SAMPLEFORMAT_VOID && !l->floats && !is_signed)
        return refuse(file, error, "samples of format", (int)format);
    if (!has_depth(l))
        return refuse(file, error, l->floats ? "float samples, in bits," : "samples, in bits,",
                      l->bits);
    const int used = colours[l->kind];
    if (l->samples < used)
        return refuse(file, error, "samples too few for its colours:", l->samples);
    take_alpha(l, file, used);
    l->further = l->samples - used - (l->alpha >= 0);
    return UP_OK;
}

static up_status take_places(up_tiff_layout *l, up_tiff_file *file, up_error *error)
{
    uint32_t rows = 0, columns = (uint32_t)l->width;
    l->tiled = up_tiff.TIFFIsTiled(file->tiff);
    if (l->tiled) {
        up_tiff.TIFFGetField(file->tiff, TIFFTAG_TILEWIDTH, &columns);
        up_tiff.TIFFGetField(file->tiff, TIFFTAG_TILELENGTH, &rows);
    } else
        up_tiff.TIFFGetFieldDefaulted(file->tiff, TIFFTAG_ROWSPERSTRIP, &rows);
    if (!l->tiled && rows > (uint32_t)l->height)
        rows = (uint32_t)l->height;
    if (rows == 0 || columns == 0 || rows > INT_MAX || columns > INT_MAX)
        return up_tiff_fail(file, error);
    l->rows = (int)rows;
    l->columns = (int)columns;
    return UP_OK;
}

up_status up_tiff_read_layout(up_tiff_layout *layout, up_tiff_file *file, up_error *error)
{
    uint32_t width = 0, height = 0;
    *layout = (up_tiff_layout){ 0 };
    up_tiff.TIFFGetField(file->tiff, TIFFTAG_IMAGEWIDTH, &width);
    up_tiff.TIFFGetField(file->tiff, TIFFTAG_IMAGELENGTH, &height);
    if (width < 1 || height < 1 || width > INT_MAX || height > INT_MAX)
        return up_fail(error, UP_ERROR_INPUT, "%s: damaged TIFF: it is %u x %u pixels large",
                       up_reader_name(file->reader), width, height);
    layout->width = (int)width;
    layout->height = (int)height;
    layout->samples = (int)field16(file, TIFFTAG_SAMPLESPERPIXEL);
    layout->separate =
        layout->samples > 1 && field16(file, TIFFTAG_PLANARCONFIG) == PLANARCONFIG_SEPARATE;
    UP_TRY(take_kind(layout, file, error));
    UP_TRY(take_samples(layout, file, error));
    return take_places(layout, file, error);
}

int up_tiff_colours(const up_tiff_layout *layout)
{
    return layout->samples - layout->further;
}

int up_tiff_channels(const up_tiff_layout *layout)
{
    if (layout->kind == UP_TIFF_CONVERTED)
        return 3;
    return up_tiff_colours(layout) + (layout->kind == UP_TIFF_PALETTE ? 2 : 0);
}

/* ---- rows */

static size_t ceil_div(int a, int b)
{
    return ((size_t)a + (size_t)b - 1) / (size_t)b;
}

bool up_tiff_rows_size(up_tiff_rows *rows, size_t *held)
{
    const up_tiff_layout *l = rows->layout;
    TIFF *tiff = rows->file[0]->tiff;
    rows->band_at = -1;
    rows->tiles = l->tiled ? ceil_div(l->width, l->columns) : 1;
    if (l->kind == UP_TIFF_CONVERTED) {
        const size_t pixels = (size_t)l->columns * sizeof(uint32_t);
        rows->tile_row_bytes = pixels;
        return up_mul(pixels, (size_t)l->rows, &rows->tile_bytes) &&
               up_mul(rows->tile_bytes, rows->tiles, held);
    }
    const uint64_t row =
        l->tiled ? up_tiff.TIFFTileRowSize64(tiff) : up_tiff.TIFFScanlineSize64(tiff);
    const uint64_t tile = l->tiled ? up_tiff.TIFFTileSize64(tiff) : row;
    size_t bits;
    if (row == 0 || tile < row || tile > SSIZE_MAX ||
        !up_mul((size_t)l->columns * (size_t)l->bits, l->separate ? 1 : (size_t)l->samples,
                &bits) ||
        row < (bits + 7) / 8 || (l->tiled && tile / row < (uint64_t)l->rows))
        return false;
    rows->tile_row_bytes = (size_t)row;
    rows->tile_bytes = (size_t)tile;
    return up_mul(rows->tile_bytes, rows->tiles, held) && up_mul(*held, (size_t)rows->files, held);
}

/* What lies beyond the end of a file that was broken off. */
static bool is_cut(const up_tiff_rows *rows, const up_tiff_file *file, int plane, int y)
{
    TIFF *t = file->tiff;
    const uint16_t sample = (uint16_t)(rows->layout->separate ? plane : 0);
    const uint32_t strip = rows->layout->tiled
                               ? up_tiff.TIFFComputeTile(t, 0, (uint32_t)y, 0, sample)
                               : up_tiff.TIFFComputeStrip(t, (uint32_t)y, sample);
    const uint64_t end =
        up_tiff.TIFFGetStrileOffset(t, strip) + up_tiff.TIFFGetStrileByteCount(t, strip);
    return end > (uint64_t)up_reader_size(file->reader) && !up_reader_failed(file->reader);
}

static up_status fail_row(const up_tiff_rows *rows, int plane, int y, up_error *error)
{
    const up_tiff_file *file = rows->file[plane];
    if (is_cut(rows, file, plane, y))
        return up_fail(error, UP_ERROR_INPUT, "%s: truncated: the file ends too early",
                       up_reader_name(file->reader));
    return up_tiff_fail(file, error);
}

static bool read_tile(up_tiff_rows *rows, int plane, size_t tile, int y, uint8_t *to)
{
    const up_tiff_layout *l = rows->layout;
    TIFF *t = rows->file[plane]->tiff;
    const uint32_t x = (uint32_t)tile * (uint32_t)l->columns;
    if (l->kind != UP_TIFF_CONVERTED)
        return l->tiled ? up_tiff.TIFFReadTile(t, to, x, (uint32_t)y, 0, (uint16_t)plane) >= 0
                        : up_tiff.TIFFReadScanline(t, to, (uint32_t)y, (uint16_t)plane) > 0;
    return l->tiled ? up_tiff.TIFFReadRGBATileExt(t, x, (uint32_t)y, (uint32_t *)(void *)to, 1)
                    : up_tiff.TIFFReadRGBAStripExt(t, (uint32_t)y, (uint32_t *)(void *)to, 1);
}

up_status up_tiff_rows_read(up_tiff_rows *rows, int y, up_error *error)
{
    const up_tiff_layout *l = rows->layout;
    const bool bands = l->tiled || l->kind == UP_TIFF_CONVERTED;
    const int start = bands ? y - y % l->rows : y;
    const size_t all = (size_t)rows->files * rows->tiles * rows->tile_bytes;
    if (!rows->band && !(rows->band = up_alloc_zero(all, 1)))
        return up_fail_memory(error, up_reader_name(rows->file[0]->reader), all);
    if (rows->band_at == start)
        return UP_OK;
    rows->band_at = start;
    for (int plane = 0; plane < rows->files; plane++)
        for (size_t tile = 0; tile < rows->tiles; tile++)
            if (!read_tile(rows, plane, tile, start,
                           rows->band + ((size_t)plane * rows->tiles + tile) * rows->tile_bytes))
                return fail_row(rows, plane, start, error);
    return UP_OK;
}

const uint8_t *up_tiff_rows_at(const up_tiff_rows *rows, int y, size_t tile, int plane, int *x,
                               int *count)
{
    const up_tiff_layout *l = rows->layout;
    int inside = y - rows->band_at;
    *x = (int)tile * l->columns;
    *count = up_min(l->columns, l->width - *x);
    if (l->kind == UP_TIFF_CONVERTED) /* which begins at the bottom */
        inside = (l->tiled ? l->rows : up_min(l->rows, l->height - rows->band_at)) - 1 - inside;
    return rows->band + ((size_t)plane * rows->tiles + tile) * rows->tile_bytes +
           (size_t)inside * rows->tile_row_bytes;
}
