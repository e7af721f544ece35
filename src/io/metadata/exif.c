/* SPDX-License-Identifier: MIT */
#include "io/metadata/exif.h"

#include <math.h>
#include <string.h>

enum {
    TAG_IMAGE_WIDTH = 0x100,
    TAG_IMAGE_LENGTH = 0x101,
    TAG_ORIENTATION = 0x112,
    TAG_X_RESOLUTION = 0x11a,
    TAG_Y_RESOLUTION = 0x11b,
    TAG_RESOLUTION_UNIT = 0x128,
    TAG_EXIF_IFD = 0x8769,
    TAG_COLOR_SPACE = 0xa001,
    TAG_PIXEL_X_DIMENSION = 0xa002,
    TAG_PIXEL_Y_DIMENSION = 0xa003,
    TAG_INTEROPERABILITY_IFD = 0xa005,
    TAG_GAMMA = 0xa500,
    TAG_INTEROPERABILITY_INDEX = 1, /* in its own directory */
};

enum { TYPE_BYTE = 1, TYPE_SHORT = 3, TYPE_LONG = 4, TYPE_RATIONAL = 5 };
enum { COLOR_SPACE_SRGB = 1, COLOR_SPACE_ADOBE = 2 /* not in the standard */ };
enum { UNIT_INCH = 2, UNIT_CENTIMETRE = 3 };
enum { HEADER_SIZE = 8, ENTRY_SIZE = 12, RATIONAL_SIZE = 8 };

typedef struct {
    uint8_t *data;
    size_t size;
    bool big_endian;
} tiff;

static bool tiff_open(tiff *t, const up_blob *exif)
{
    if (!exif->data || exif->size < HEADER_SIZE)
        return false;
    *t = (tiff){ exif->data, exif->size, exif->data[0] == 'M' };
    return memcmp(t->data, t->big_endian ? "MM\0*" : "II*\0", 4) == 0;
}

static bool holds(const tiff *t, size_t at, size_t bytes)
{
    return at <= t->size && t->size - at >= bytes;
}

static uint32_t get(const tiff *t, size_t at, int bytes)
{
    uint32_t value = 0;
    for (int i = 0; i < bytes; i++)
        value = value << 8 | t->data[at + (size_t)(t->big_endian ? i : bytes - 1 - i)];
    return value;
}

static void put(tiff *t, size_t at, int bytes, uint32_t value)
{
    for (int i = 0; i < bytes; i++, value >>= 8)
        t->data[at + (size_t)(t->big_endian ? bytes - 1 - i : i)] = (uint8_t)value;
}

/* Offsets of directories and entries are never 0: that is where the header lies. */

static size_t first_ifd(const tiff *t)
{
    return get(t, 4, 4);
}

static size_t find_entry(const tiff *t, size_t ifd, unsigned tag)
{
    if (ifd < HEADER_SIZE || !holds(t, ifd, 2))
        return 0;
    size_t count = get(t, ifd, 2), at = ifd + 2;
    for (; count > 0 && holds(t, at, ENTRY_SIZE); count--, at += ENTRY_SIZE)
        if (get(t, at, 2) == tag)
            return at;
    return 0;
}

/* The entry of one whole number, 0 if there is none. */
static size_t find_integer(const tiff *t, size_t ifd, unsigned tag)
{
    size_t at = find_entry(t, ifd, tag);
    if (at == 0 || get(t, at + 4, 4) != 1)
        return 0;
    unsigned type = get(t, at + 2, 2);
    return type == TYPE_BYTE || type == TYPE_SHORT || type == TYPE_LONG ? at : 0;
}

static uint32_t get_integer(const tiff *t, size_t ifd, unsigned tag, uint32_t otherwise)
{
    size_t at = find_integer(t, ifd, tag);
    if (at == 0)
        return otherwise;
    unsigned type = get(t, at + 2, 2);
    return get(t, at + 8, type == TYPE_BYTE ? 1 : type == TYPE_SHORT ? 2 : 4);
}

static void set_integer(tiff *t, size_t ifd, unsigned tag, uint32_t value)
{
    size_t at = find_integer(t, ifd, tag);
    if (at == 0)
        return;
    bool is_short = value <= UINT16_MAX;
    put(t, at + 2, 2, is_short ? TYPE_SHORT : TYPE_LONG);
    put(t, at + 8, 4, 0);
    put(t, at + 8, is_short ? 2 : 4, value);
}

/* Where the value of a rational entry lies, 0 if there is none or if writing to it would damage the
 * directory. */
static size_t find_rational(const tiff *t, size_t ifd, unsigned tag)
{
    size_t at = find_entry(t, ifd, tag);
    if (at == 0 || get(t, at + 2, 2) != TYPE_RATIONAL || get(t, at + 4, 4) != 1)
        return 0;
    size_t value = get(t, at + 8, 4);
    size_t ifd_size = 2 + (size_t)get(t, ifd, 2) * ENTRY_SIZE + 4;
    if (value < HEADER_SIZE || !holds(t, value, RATIONAL_SIZE))
        return 0;
    bool overlaps = value < ifd ? ifd - value < RATIONAL_SIZE : value - ifd < ifd_size;
    return overlaps ? 0 : value;
}

/* 0 if absent or not a positive number. */
static double get_rational(const tiff *t, size_t at)
{
    if (at == 0 || get(t, at + 4, 4) == 0)
        return 0;
    return (double)get(t, at, 4) / get(t, at + 4, 4);
}

static void set_rational(tiff *t, size_t at, double value)
{
    if (!(value > 0))
        return;
    uint32_t denominator = value == floor(value) ? 1 : 10000;
    while (denominator > 1 && value * denominator > UINT32_MAX)
        denominator /= 10;
    put(t, at, 4, (uint32_t)fmin(round(value * denominator), UINT32_MAX));
    put(t, at + 4, 4, denominator);
}

uint32_t up_exif_integer(const up_blob *exif, unsigned tag, uint32_t otherwise)
{
    tiff t;
    return tiff_open(&t, exif) ? get_integer(&t, first_ifd(&t), tag, otherwise) : otherwise;
}

bool up_exif_states_orientation(const up_blob *exif)
{
    const uint32_t orientation = up_exif_integer(exif, TAG_ORIENTATION, 0);
    return orientation >= 1 && orientation <= 8;
}

int up_exif_orientation(const up_blob *exif)
{
    return up_exif_states_orientation(exif) ? (int)up_exif_integer(exif, TAG_ORIENTATION, 1) : 1;
}

bool up_exif_density(const up_blob *exif, double *x, double *y)
{
    tiff t;
    *x = *y = 0;
    if (!tiff_open(&t, exif))
        return false;
    size_t ifd = first_ifd(&t);
    uint32_t unit = get_integer(&t, ifd, TAG_RESOLUTION_UNIT, UNIT_INCH);
    double per_inch = unit == UNIT_INCH ? 1 : unit == UNIT_CENTIMETRE ? 2.54 : 0;
    const double across = per_inch * get_rational(&t, find_rational(&t, ifd, TAG_X_RESOLUTION));
    const double down = per_inch * get_rational(&t, find_rational(&t, ifd, TAG_Y_RESOLUTION));
    if (!(across > 0 && down > 0))
        return false;
    *x = across;
    *y = down;
    return true;
}

/* DCF's way to say Adobe RGB. */
static bool is_option_file(const tiff *t, size_t exif_ifd)
{
    size_t ifd = get_integer(t, exif_ifd, TAG_INTEROPERABILITY_IFD, 0);
    size_t at = find_entry(t, ifd, TAG_INTEROPERABILITY_INDEX);
    return at > 0 && get(t, at + 4, 4) == 4 && memcmp(t->data + at + 8, "R03", 4) == 0;
}

double up_exif_gamma(const up_blob *exif)
{
    tiff t;
    if (!tiff_open(&t, exif))
        return 0;
    size_t ifd = get_integer(&t, first_ifd(&t), TAG_EXIF_IFD, 0);
    uint32_t space = get_integer(&t, ifd, TAG_COLOR_SPACE, 0);
    if (space == COLOR_SPACE_SRGB)
        return 0;
    double gamma = get_rational(&t, find_rational(&t, ifd, TAG_GAMMA));
    if (gamma >= 0.1 && gamma <= 10)
        return gamma;
    return space == COLOR_SPACE_ADOBE || is_option_file(&t, ifd) ? 563 / 256.0 : 0;
}

bool up_exif_is_adobe_rgb(const up_blob *exif)
{
    tiff t;
    if (!tiff_open(&t, exif))
        return false;
    size_t ifd = get_integer(&t, first_ifd(&t), TAG_EXIF_IFD, 0);
    uint32_t space = get_integer(&t, ifd, TAG_COLOR_SPACE, 0);
    return space == COLOR_SPACE_ADOBE || (space != COLOR_SPACE_SRGB && is_option_file(&t, ifd));
}

void up_exif_say_srgb(up_blob *exif)
{
    tiff t;
    if (!tiff_open(&t, exif))
        return;
    size_t ifd = get_integer(&t, first_ifd(&t), TAG_EXIF_IFD, 0);
    set_integer(&t, ifd, TAG_COLOR_SPACE, COLOR_SPACE_SRGB);
    size_t gamma = find_rational(&t, ifd, TAG_GAMMA);
    if (gamma)
        set_rational(&t, gamma, 2.2);
    if (!is_option_file(&t, ifd))
        return;
    size_t other = get_integer(&t, ifd, TAG_INTEROPERABILITY_IFD, 0);
    memcpy(t.data + find_entry(&t, other, TAG_INTEROPERABILITY_INDEX) + 8, "R98", 4);
}

static void rescale_resolution(tiff *t, size_t ifd, double scale_x, double scale_y, bool transposed)
{
    size_t x_at = find_rational(t, ifd, TAG_X_RESOLUTION);
    size_t y_at = find_rational(t, ifd, TAG_Y_RESOLUTION);
    double x = get_rational(t, x_at), y = get_rational(t, y_at);
    bool exchange = transposed && x > 0 && y > 0;
    set_rational(t, x_at, (exchange ? y : x) * scale_x);
    set_rational(t, y_at, (exchange ? x : y) * scale_y);
}

/* Where the first directory says where the second lies, which holds the thumbnail; 0: nowhere. */
static size_t thumbnail_link(const tiff *t)
{
    const size_t ifd = first_ifd(t);
    if (ifd < HEADER_SIZE || !holds(t, ifd, 2))
        return 0;
    const size_t next = ifd + 2 + (size_t)get(t, ifd, 2) * ENTRY_SIZE;
    return holds(t, next, 4) ? next : 0;
}

bool up_exif_has_thumbnail(const up_blob *exif)
{
    tiff t;
    const size_t link = tiff_open(&t, exif) ? thumbnail_link(&t) : 0;
    return link && holds(&t, get(&t, link, 4), 2) && get(&t, link, 4) >= HEADER_SIZE;
}

/* It shows neither the new pixels nor the new orientation. */
static void unlink_thumbnail(tiff *t)
{
    const size_t link = thumbnail_link(t);
    if (link)
        put(t, link, 4, 0);
}

void up_exif_rescale(up_blob *exif, double scale_x, double scale_y, bool transposed, int width,
                     int height)
{
    tiff t;
    if (!tiff_open(&t, exif))
        return;
    size_t ifd = first_ifd(&t);
    size_t exif_ifd = get_integer(&t, ifd, TAG_EXIF_IFD, 0);
    rescale_resolution(&t, ifd, scale_x, scale_y, transposed);
    set_integer(&t, ifd, TAG_ORIENTATION, 1);
    set_integer(&t, ifd, TAG_IMAGE_WIDTH, (uint32_t)width);
    set_integer(&t, ifd, TAG_IMAGE_LENGTH, (uint32_t)height);
    set_integer(&t, exif_ifd, TAG_PIXEL_X_DIMENSION, (uint32_t)width);
    set_integer(&t, exif_ifd, TAG_PIXEL_Y_DIMENSION, (uint32_t)height);
    unlink_thumbnail(&t);
}
