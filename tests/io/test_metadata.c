/* SPDX-License-Identifier: MIT */
#include "io/metadata/exif.h"
#include "io/metadata/metadata.h"
#include "io/metadata/metadata_rescale.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

/* A small EXIF block in either byte order: IFD0 at 8 with six entries and a thumbnail IFD behind
 * it, resolutions 72/1 and 300/2 at 200 and 208, the EXIF IFD at 120 with the pixel dimensions. */
enum { EXIF_SIZE = 256, IFD0 = 8, EXIF_IFD = 120, X_AT = 200, Y_AT = 208, IFD1 = 216 };
enum { NEXT_AT = IFD0 + 2 + 7 * 12 };

typedef struct {
    uint8_t bytes[EXIF_SIZE];
    bool big;
} block;

static void put(block *b, size_t at, int bytes, uint32_t value)
{
    for (int i = 0; i < bytes; i++)
        b->bytes[at + (size_t)(b->big ? bytes - 1 - i : i)] = (uint8_t)(value >> 8 * i);
}

static uint32_t get(const block *b, size_t at, int bytes)
{
    uint32_t value = 0;
    for (int i = 0; i < bytes; i++)
        value |= (uint32_t)b->bytes[at + (size_t)(b->big ? bytes - 1 - i : i)] << 8 * i;
    return value;
}

static void entry(block *b, size_t at, unsigned tag, unsigned type, uint32_t value)
{
    put(b, at, 2, tag);
    put(b, at + 2, 2, type);
    put(b, at + 4, 4, 1);
    put(b, at + 8, type == 3 ? 2 : 4, value);
}

static block make_exif(bool big, int orientation)
{
    block b = { .big = big };
    memcpy(b.bytes, big ? "MM\0*" : "II*\0", 4);
    put(&b, 4, 4, IFD0);
    put(&b, IFD0, 2, 7);
    entry(&b, IFD0 + 2 + 0 * 12, 0x100, 4, 640);
    entry(&b, IFD0 + 2 + 1 * 12, 0x101, 3, 480);
    entry(&b, IFD0 + 2 + 2 * 12, 0x112, 3, (uint32_t)orientation);
    entry(&b, IFD0 + 2 + 3 * 12, 0x11a, 5, X_AT);
    entry(&b, IFD0 + 2 + 4 * 12, 0x11b, 5, Y_AT);
    entry(&b, IFD0 + 2 + 5 * 12, 0x128, 3, 2);
    entry(&b, IFD0 + 2 + 6 * 12, 0x8769, 4, EXIF_IFD);
    put(&b, NEXT_AT, 4, IFD1);
    put(&b, EXIF_IFD, 2, 2);
    entry(&b, EXIF_IFD + 2, 0xa002, 3, 640);
    entry(&b, EXIF_IFD + 14, 0xa003, 4, 480);
    put(&b, X_AT, 4, 72), put(&b, X_AT + 4, 4, 1);
    put(&b, Y_AT, 4, 300), put(&b, Y_AT + 4, 4, 2);
    return b;
}

/* Exactly as long as it says, so that a sanitizer sees a step beyond the end. */
static up_metadata metadata_of(const void *exif, size_t size)
{
    up_metadata m;
    up_metadata_init(&m);
    cr_assert_eq(up_blob_set(&m.exif, exif, size, NULL), UP_OK);
    m.orientation = up_exif_orientation(&m.exif);
    return m;
}

static block rescaled(const block *b, double scale_x, double scale_y, int width, int height)
{
    up_metadata m = metadata_of(b->bytes, sizeof b->bytes);
    up_metadata_rescale(&m, scale_x, scale_y, width, height, NULL);
    block result = { .big = b->big };
    memcpy(result.bytes, m.exif.data, sizeof result.bytes);
    up_metadata_clear(&m);
    return result;
}

Test(metadata, starts_empty)
{
    up_metadata m;
    up_metadata_init(&m);
    cr_expect_eq(m.orientation, 1);
    cr_expect_not(m.color.has_srgb || m.color.has_cicp);
    cr_expect_null(m.icc.data);
    cr_expect_eq(up_exif_orientation(&m.exif), 1);
    up_metadata_rescale(&m, 2, 2, 10, 10, NULL);
    cr_expect_eq(m.dpi_x, 0);
    up_metadata_clear(&m);
    up_metadata_clear(&m);
}

Test(metadata, blob_is_replaced_and_emptied)
{
    up_blob blob = { 0 };
    cr_assert_eq(up_blob_set(&blob, "first", 5, NULL), UP_OK);
    cr_assert_eq(up_blob_set(&blob, blob.data + 1, 3, NULL), UP_OK);
    cr_expect_eq(blob.size, 3);
    cr_expect_arr_eq(blob.data, "irs", 3);
    cr_assert_eq(up_blob_set(&blob, NULL, 0, NULL), UP_OK);
    cr_expect_null(blob.data);
}

Test(metadata, copy_is_deep_and_replaces)
{
    up_metadata from, to;
    up_metadata_init(&from), up_metadata_init(&to);
    up_blob_set(&from.icc, "profile", 7, NULL);
    up_blob_set(&from.xmp, "<x/>", 4, NULL);
    up_blob_set(&to.exif, "gone", 4, NULL);
    from.dpi_x = 300, from.color.gamma = 0.5, from.color.chromaticities[3] = 0.25;
    cr_assert_eq(up_metadata_copy(&to, &from, NULL), UP_OK);
    cr_expect_neq(to.icc.data, from.icc.data);
    up_metadata_clear(&from);
    cr_expect_arr_eq(to.icc.data, "profile", 7);
    cr_expect_arr_eq(to.xmp.data, "<x/>", 4);
    cr_expect_null(to.exif.data);
    cr_expect_eq(to.dpi_x, 300);
    cr_expect_eq(to.color.gamma, 0.5);
    cr_expect_eq(to.color.chromaticities[3], 0.25);
    up_metadata_clear(&to);
}

Test(exif, is_read_in_both_byte_orders)
{
    for (int big = 0; big <= 1; big++)
        for (int orientation = 0; orientation <= 9; orientation++) {
            block b = make_exif(big, orientation);
            up_blob exif = { b.bytes, sizeof b.bytes };
            double x, y;
            cr_expect_eq(up_exif_orientation(&exif),
                         orientation >= 1 && orientation <= 8 ? orientation : 1);
            cr_expect(up_exif_density(&exif, &x, &y));
            cr_expect_eq(x, 72);
            cr_expect_eq(y, 150);
        }
}

Test(exif, density_units)
{
    block b = make_exif(false, 1);
    up_blob exif = { b.bytes, sizeof b.bytes };
    double x, y;
    put(&b, IFD0 + 2 + 5 * 12 + 8, 2, 3); /* per centimetre */
    cr_expect(up_exif_density(&exif, &x, &y));
    cr_expect_float_eq(x, 72 * 2.54, 1e-9);
    put(&b, IFD0 + 2 + 5 * 12 + 8, 2, 1); /* no absolute unit */
    cr_expect_not(up_exif_density(&exif, &x, &y));
    put(&b, IFD0 + 2 + 5 * 12 + 8, 2, 2);
    put(&b, X_AT + 4, 4, 0); /* 72/0 */
    cr_expect_not(up_exif_density(&exif, &x, &y));
}

Test(exif, is_rescaled_in_place)
{
    for (int big = 0; big <= 1; big++) {
        block b = make_exif(big, 3), r = rescaled(&b, 2.5, 3, 1600, 70000);
        cr_expect_eq(get(&r, IFD0 + 2 + 0 * 12 + 8, 2), 1600);
        cr_expect_eq(get(&r, IFD0 + 2 + 1 * 12 + 2, 2), 4, "70000 does not fit a SHORT");
        cr_expect_eq(get(&r, IFD0 + 2 + 1 * 12 + 8, 4), 70000);
        cr_expect_eq(get(&r, IFD0 + 2 + 2 * 12 + 8, 2), 1);
        cr_expect_eq(get(&r, X_AT, 4), 180);
        cr_expect_eq(get(&r, X_AT + 4, 4), 1);
        cr_expect_eq(get(&r, Y_AT, 4), 450);
        cr_expect_eq(get(&r, EXIF_IFD + 2 + 8, 2), 1600);
        cr_expect_eq(get(&r, EXIF_IFD + 14 + 8, 4), 70000);
        cr_expect_eq(get(&r, NEXT_AT, 4), 0, "the thumbnail is unlinked");
        cr_expect_arr_eq(r.bytes + IFD1, b.bytes + IFD1, EXIF_SIZE - IFD1);
    }
}

Test(exif, resolutions_change_places_with_the_axes)
{
    block b = make_exif(true, 6), r = rescaled(&b, 2, 3, 100, 100);
    cr_expect_eq(get(&r, X_AT, 4) / (double)get(&r, X_AT + 4, 4), 300);
    cr_expect_eq(get(&r, Y_AT, 4) / (double)get(&r, Y_AT + 4, 4), 216);
}

Test(exif, fractions_and_huge_resolutions)
{
    block b = make_exif(false, 1);
    put(&b, Y_AT, 4, UINT32_MAX), put(&b, Y_AT + 4, 4, 1);
    block r = rescaled(&b, 1.23456, 8, 100, 100);
    cr_expect_float_eq(get(&r, X_AT, 4) / (double)get(&r, X_AT + 4, 4), 72 * 1.23456, 1e-4);
    cr_expect_eq(get(&r, Y_AT, 4), UINT32_MAX);
    cr_expect_eq(get(&r, Y_AT + 4, 4), 1);
}

Test(exif, a_resolution_inside_the_directory_is_left_alone)
{
    block b = make_exif(false, 1);
    put(&b, IFD0 + 2 + 3 * 12 + 8, 4, IFD0 + 1);
    block r = rescaled(&b, 2, 2, 100, 100);
    cr_expect_eq(get(&r, IFD0, 2), 7);
    cr_expect_eq(get(&r, IFD0 + 2, 2), 0x100);
    cr_expect_eq(get(&r, Y_AT, 4), 300);
}

Test(exif, loops_and_wild_offsets_end)
{
    static const uint32_t offsets[] = { 0,         1,          7,         IFD0, EXIF_SIZE - 1,
                                        EXIF_SIZE, 0x7fffffff, UINT32_MAX };
    for (size_t i = 0; i < sizeof offsets / sizeof *offsets; i++) {
        static const size_t pointers[] = { 4, IFD0 + 2 + 3 * 12 + 8, IFD0 + 2 + 6 * 12 + 8,
                                           NEXT_AT };
        for (size_t k = 0; k < sizeof pointers / sizeof *pointers; k++) {
            block b = make_exif(i & 1, 6);
            put(&b, pointers[k], 4, offsets[i]);
            rescaled(&b, 2, 2, 100, 100);
        }
    }
    block b = make_exif(false, 6);
    put(&b, IFD0, 2, UINT16_MAX);
    up_blob exif = { b.bytes, sizeof b.bytes };
    cr_expect_eq(up_exif_orientation(&exif), 6, "entries before the damage count");
}

Test(exif, survives_every_truncation_and_random_damage)
{
    unsigned seed = 1;
    for (int i = 0; i < 20000; i++) {
        block b = make_exif(i & 1, 1 + i % 8);
        size_t size = i < 2 * EXIF_SIZE ? (size_t)i / 2 : EXIF_SIZE;
        for (int k = 0; size == EXIF_SIZE && k < 1 + i % 4; k++) {
            seed = seed * 1103515245 + 12345;
            b.bytes[(seed >> 8) % EXIF_SIZE] = (uint8_t)(seed >> 20);
        }
        up_metadata m = metadata_of(b.bytes, size);
        double x, y;
        cr_assert(m.orientation >= 1 && m.orientation <= 8);
        up_exif_density(&m.exif, &x, &y);
        up_metadata_rescale(&m, 1.5, 2, 123, 456, NULL);
        cr_assert_eq(m.exif.size, size);
        up_metadata_clear(&m);
    }
}

Test(metadata, rescale_multiplies_density)
{
    up_metadata m;
    up_metadata_init(&m);
    m.dpi_x = 72, m.dpi_y = 96, m.aspect = 2, m.orientation = 8;
    up_metadata_rescale(&m, 2, 4, 10, 10, NULL);
    cr_expect_eq(m.dpi_x, 144);
    cr_expect_eq(m.dpi_y, 384);
    cr_expect_eq(m.aspect, 4);
    cr_expect_eq(m.orientation, 1);
}

Test(metadata, rescale_resets_the_orientation_in_xmp)
{
    static const char before[] =
        "<a tiff:Orientation=\"6\"/><tiff:Orientation>8</tiff:Orientation> "
        "5 tiff:Orientation = '3' tiff:Orientation";
    static const char after[] = "<a tiff:Orientation=\"1\"/><tiff:Orientation>1</tiff:Orientation> "
                                "5 tiff:Orientation = '3' tiff:Orientation";
    up_metadata m;
    up_metadata_init(&m);
    up_blob_set(&m.xmp, before, sizeof before - 1, NULL);
    up_metadata_rescale(&m, 2, 2, 10, 10, NULL);
    cr_expect_arr_eq(m.xmp.data, after, sizeof after - 1, "%.*s", (int)m.xmp.size,
                     (const char *)m.xmp.data);
    up_metadata_clear(&m);
}
