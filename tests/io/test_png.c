/* SPDX-License-Identifier: MIT */
#include "io/deflate/adler.h"
#include "io/deflate/deflate_runs.h"
#include "io/deflate/huffman.h"
#include "io/formats.h"
#include "io/pixels.h"
#include "io/png/png_chunk.h"
#include "io/png/png_filter.h"
#include "support/pictures/image_io.h"
#include "support/scratch.h"

#include <criterion/criterion.h>
#include <dirent.h>
#include <png.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

TestSuite(png, .init = scratch_init, .fini = scratch_fini, .timeout = 600);

/* ---- libpng's own way, to compare with */

typedef struct {
    png_structp png;
    png_infop info;
    uint8_t *data;
    size_t size;
} plain_png;

#define PLAIN_TRANSFORMS (PNG_TRANSFORM_EXPAND | PNG_TRANSFORM_SWAP_ENDIAN)

static plain_png plain_read(const char *path)
{
    FILE *file = fopen(path, "rb");
    cr_assert_not_null(file, "%s", path);
    plain_png p = { .png = png_create_read_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL) };
    p.info = png_create_info_struct(p.png);
    png_init_io(p.png, file);
    png_read_png(p.png, p.info, PLAIN_TRANSFORMS, NULL);
    fclose(file);
    size_t line = png_get_rowbytes(p.png, p.info);
    png_uint_32 height = png_get_image_height(p.png, p.info);
    png_bytepp row = png_get_rows(p.png, p.info);
    p.size = line * height;
    p.data = malloc(p.size);
    for (png_uint_32 y = 0; y < height; y++)
        memcpy(p.data + y * line, row[y], line);
    return p;
}

static void plain_free(plain_png *p)
{
    png_destroy_read_struct(&p->png, &p->info, NULL);
    free(p->data);
}

static void set_colors(png_structp png, png_infop info, int type, int depth)
{
    png_color palette[256];
    png_byte alpha[3] = { 0, 128, 255 };
    png_color_16 transparent = { 1, 2, 2, 2, depth == 1 ? 1 : 2 };
    for (int i = 0; i < 256; i++)
        palette[i] = (png_color){ (png_byte)(255 - i), (png_byte)(i * 5), (png_byte)i };
    if (type == PNG_COLOR_TYPE_PALETTE)
        png_set_PLTE(png, info, palette, 1 << depth);
    if (!(type & PNG_COLOR_MASK_ALPHA))
        png_set_tRNS(png, info, alpha, depth == 1 ? 2 : 3, &transparent);
}

enum { PLAIN_WIDTH = 21, PLAIN_HEIGHT = 13 };

/* Writes noise; `colors` adds a tRNS chunk (and a palette, where one is needed). */
static void plain_write(const char *path, int type, int depth, int interlace, bool colors)
{
    FILE *file = fopen(path, "wb");
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
    png_infop info = png_create_info_struct(png);
    uint8_t rows[PLAIN_HEIGHT][PLAIN_WIDTH * 8];
    uint8_t *row[PLAIN_HEIGHT];
    uint32_t state = (uint32_t)(type * 100 + depth);
    for (int y = 0; y < PLAIN_HEIGHT; y++) {
        row[y] = rows[y];
        for (size_t x = 0; x < sizeof rows[y]; x++)
            rows[y][x] = (uint8_t)(next_random(&state) % (depth == 16 ? 4 : 256));
    }
    png_init_io(png, file);
    png_set_IHDR(png, info, PLAIN_WIDTH, PLAIN_HEIGHT, depth, type, interlace, 0, 0);
    if (colors)
        set_colors(png, info, type, depth);
    png_set_rows(png, info, row);
    png_write_png(png, info, PNG_TRANSFORM_IDENTITY, NULL);
    png_destroy_write_struct(&png, &info);
    fclose(file);
}

static image load(const char *path, int rows)
{
    image loaded;
    up_error error = { 0 };
    cr_assert_eq(image_load(&loaded, path, rows, &error), UP_OK, "%s", error.message);
    return loaded;
}

/* Our reading of a file against libpng's. */
static void expect_same(const char *path)
{
    for (int rows = 1; rows <= 32; rows += 31) {
        plain_png plain = plain_read(path);
        image loaded = load(path, rows);
        int depth = png_get_bit_depth(plain.png, plain.info);
        cr_assert_eq(loaded.format.width, (int)png_get_image_width(plain.png, plain.info));
        cr_assert_eq(loaded.format.channels, png_get_channels(plain.png, plain.info), "%s", path);
        cr_assert_eq(loaded.format.sample, depth == 16 ? UP_SAMPLE_U16 : UP_SAMPLE_U8);
        cr_assert_eq(loaded.size, plain.size, "%s", path);
        cr_assert_arr_eq(loaded.data, plain.data, plain.size, "%s", path);
        cr_assert_eq(loaded.interlaced, loaded.held_bytes > 0);
        plain_free(&plain);
        image_free(&loaded);
    }
}

Test(png, reads_every_color_type_and_depth)
{
    static const int known[][2] = { { 0, 1 }, { 0, 2 },  { 0, 4 },  { 0, 8 }, { 0, 16 },
                                    { 2, 8 }, { 2, 16 }, { 3, 1 },  { 3, 2 }, { 3, 4 },
                                    { 3, 8 }, { 4, 8 },  { 4, 16 }, { 6, 8 }, { 6, 16 } };
    const char *path = scratch_path("in.png");
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        for (int variant = 0; variant < 4; variant++) {
            int type = known[i][0], depth = known[i][1];
            bool palette = type == PNG_COLOR_TYPE_PALETTE;
            plain_write(path, type, depth, variant & 1, variant & 2 || palette);
            expect_same(path);
            image loaded = load(path, 4);
            cr_assert_eq(loaded.format.depth, palette ? 8 : depth);
            cr_assert_eq(loaded.format.color, up_color_of_channels(loaded.format.channels));
            image_free(&loaded);
        }
}

Test(png, suite)
{
    const char *folder = UP_SHARED_DIR "/images/pngsuite";
    DIR *dir = opendir(folder);
    if (!dir)
        cr_skip("no PngSuite here");
    int good = 0, bad = 0;
    for (struct dirent *e; (e = readdir(dir));) {
        char path[512];
        snprintf(path, sizeof path, "%s/%s", folder, e->d_name);
        if (!strstr(e->d_name, ".png"))
            continue;
        if (e->d_name[0] == 'x') {
            expect_damaged(path);
            bad++;
        } else {
            expect_same(path);
            good++;
        }
    }
    closedir(dir);
    cr_assert_eq(good, 162);
    cr_assert_eq(bad, 14);
}

/* ---- writing */

typedef enum { NOISE, FLAT, SMOOTH, REPEATS, CONTENTS } content;

/* Lines of the same few letters in other orders, as text is. */
static uint8_t glyph(size_t x, size_t y)
{
    size_t letter = (x / 60 * 7 + y / 20 * 3) % 5, column = x % 60 / 3, line = y % 20;
    bool inside = column > 2 && column < 17 && line > 2 && line < 17;
    bool stroke = column == 4 + 2 * letter || line == 5 + letter || column + line == 19 + letter;
    return inside && stroke ? 30 : 255;
}

static uint8_t *make_content(content kind, size_t line, size_t size)
{
    uint8_t *data = malloc(size);
    uint32_t state = 5;
    for (size_t i = 0; i < size; i++) {
        size_t y = i / line, x = i % line;
        data[i] = kind == NOISE    ? (uint8_t)next_random(&state)
                  : kind == FLAT   ? 77
                  : kind == SMOOTH ? (uint8_t)(x / 9 + y + next_random(&state) % 3)
                                   : glyph(x, y);
    }
    return data;
}

static size_t file_size(const char *path)
{
    size_t size;
    free(file_read(path, &size));
    return size;
}

/* Writes, reads by libpng, compares; returns the size of the file. */
static size_t round_trip(const up_format *f, const uint8_t *data, int level, int slots, int rows)
{
    const char *path = scratch_path("out.png");
    up_encoding encoding = plain_encoding();
    up_error error = { 0 };
    encoding.png_level = level;
    cr_assert_eq(image_save(path, f, data, &encoding, slots, rows, &error), UP_OK, "%s",
                 error.message);
    plain_png plain = plain_read(path);
    cr_assert_eq(png_get_channels(plain.png, plain.info), f->channels);
    cr_assert_eq(png_get_bit_depth(plain.png, plain.info), f->depth);
    cr_assert_arr_eq(plain.data, data, plain.size);
    plain_free(&plain);
    return file_size(path);
}

Test(png, writes_every_color_type_and_depth)
{
    for (int channels = 1; channels <= 4; channels++)
        for (int sample = UP_SAMPLE_U8; sample <= UP_SAMPLE_U16; sample++)
            for (int width = 1; width < 80; width += 13) {
                up_format f = picture_format(width, 37, channels, (up_sample)sample);
                size_t line = (size_t)(width * channels * (1 + sample));
                uint8_t *data = make_content(SMOOTH, line, line * 37);
                round_trip(&f, data, 0, 3, 5);
                round_trip(&f, data, 0, 1, 64);
                free(data);
            }
}

Test(png, writes_every_content_at_every_level)
{
    const up_format f = picture_format(700, 300, 3, UP_SAMPLE_U8);
    for (content kind = NOISE; kind < CONTENTS; kind++) {
        uint8_t *data = make_content(kind, 2100, 2100 * 300);
        size_t largest = 0, smallest = SIZE_MAX;
        for (int level = 0; level <= 9; level++) {
            size_t size = round_trip(&f, data, level, 2, 64);
            largest = size > largest ? size : largest;
            smallest = size < smallest ? size : smallest;
            cr_assert(level < 2 || size <= largest);
        }
        cr_assert_leq(round_trip(&f, data, 9, 2, 300), smallest);
        cr_assert_leq(largest, 2101 * 300 * 101 / 100 + 1000);
        free(data);
    }
}

Test(png, finds_repeats_in_drawings)
{
    enum { SIZE = 2100 * 300 };
    const up_format f = picture_format(700, 300, 3, UP_SAMPLE_U8);
    uint8_t *data = make_content(REPEATS, 2100, SIZE), *out = malloc(up_deflate_runs_bound(SIZE));
    size_t unfiltered_runs = up_deflate_runs(out, data, SIZE);
    cr_assert_lt(round_trip(&f, data, 0, 2, 64), unfiltered_runs * 2 / 3);
    free(out);
    free(data);
}

Test(png, refuses_what_it_cannot_hold)
{
    const up_sink_format *type;
    up_error error;
    cr_assert_eq(up_sink_format_find(&type, "png", NULL, NULL), UP_OK);
    up_format f = picture_format(2, 2, 4, UP_SAMPLE_U8);
    f.color = UP_COLOR_CMYK;
    cr_assert_eq(type->choose(&f, &error), UP_ERROR_UNSUPPORTED);
    cr_assert(strstr(error.message, "jpg"), "%s", error.message);
    f = picture_format(2, 2, 3, UP_SAMPLE_F32);
    f.color = UP_COLOR_TENSOR;
    cr_assert_eq(type->choose(&f, &error), UP_ERROR_UNSUPPORTED);
    cr_assert(strstr(error.message, "npy"), "%s", error.message);
    f.sample = UP_SAMPLE_U8;
    f.planar = true;
    cr_assert_eq(type->choose(&f, &error), UP_OK);
    cr_assert_eq(f.color, UP_COLOR_RGB);
    cr_assert_not(f.planar);
    f.color = UP_COLOR_TENSOR;
    f.channels = 5;
    cr_assert_eq(type->choose(&f, &error), UP_ERROR_UNSUPPORTED);
}

/* ---- metadata */

enum { PROFILE = 256 };

/* A profile's header, no tags, and something that does not deflate too well for libpng. */
static void make_profile(uint8_t icc[static PROFILE], const char *space)
{
    uint32_t state = 1;
    memset(icc, 0, PROFILE);
    for (int i = 132; i < PROFILE; i++)
        icc[i] = (uint8_t)next_random(&state);
    up_png_put_u32(icc, PROFILE);
    memcpy(icc + 8, "\x02\x20\0\0mntr", 8);
    memcpy(icc + 16, space, 4);
    memcpy(icc + 20, "XYZ ", 4);
    memcpy(icc + 36, "acsp", 4);
    memcpy(icc + 68, "\0\0\xf6\xd6\0\1\0\0\0\0\xd3\x2d", 12);
}

static const char exif[] = "II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x01\0\0\0\0\0\0";
static const char xmp[] = "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"/>";

static void save_with(up_encoding *encoding, int channels, const char *path)
{
    const up_format f = picture_format(2, 2, channels, UP_SAMPLE_U8);
    cr_assert_eq(image_save(path, &f, "0123456789ab", encoding, 1, 2, NULL), UP_OK);
}

Test(png, metadata_round_trip)
{
    uint8_t icc[PROFILE];
    make_profile(icc, "RGB ");
    up_encoding encoding = plain_encoding();
    up_metadata *m = &encoding.metadata;
    *m =
        (up_metadata){ .icc = { icc, sizeof icc },
                       .exif = { (uint8_t *)exif, sizeof exif },
                       .xmp = { (uint8_t *)xmp, sizeof xmp - 1 },
                       .dpi_x = 300,
                       .dpi_y = 72,
                       .color = { .gamma = 0.45455,
                                  .chromaticities = { .3127, .329, .64, .33, .3, .6, .15, .06 } } };
    const char *path = scratch_path("out.png");
    save_with(&encoding, 3, path);
    image loaded = load(path, 1);
    const up_metadata *r = &loaded.metadata;
    cr_assert_eq(r->icc.size, sizeof icc);
    cr_assert_arr_eq(r->icc.data, icc, sizeof icc);
    cr_assert_eq(r->exif.size, sizeof exif);
    cr_assert_arr_eq(r->exif.data, exif, sizeof exif);
    cr_assert_eq(r->xmp.size, sizeof xmp - 1);
    cr_assert_arr_eq(r->xmp.data, xmp, sizeof xmp - 1);
    cr_assert_float_eq(r->dpi_x, 300, .02);
    cr_assert_float_eq(r->dpi_y, 72, .02);
    cr_assert_eq(r->color.gamma, m->color.gamma);
    for (int i = 0; i < 8; i++)
        cr_assert_float_eq(r->color.chromaticities[i], m->color.chromaticities[i], 1e-9);
    image_free(&loaded);

    plain_png plain = plain_read(path);
    png_charp name;
    png_bytep data;
    png_uint_32 size, x, y;
    int method, unit;
    cr_assert(png_get_iCCP(plain.png, plain.info, &name, &method, &data, &size));
    cr_assert_arr_eq(data, icc, sizeof icc);
    cr_assert(png_get_eXIf_1(plain.png, plain.info, &size, &data));
    cr_assert_arr_eq(data, exif, sizeof exif);
    png_textp text;
    cr_assert_eq(png_get_text(plain.png, plain.info, &text, NULL), 1);
    cr_assert_str_eq(text->key, "XML:com.adobe.xmp");
    cr_assert_str_eq(text->text, xmp);
    cr_assert(png_get_pHYs(plain.png, plain.info, &x, &y, &unit));
    cr_assert(x == 11811 && y == 2835 && unit == PNG_RESOLUTION_METER);
    plain_free(&plain);
}

Test(png, metadata_that_does_not_fit)
{
    uint8_t icc[PROFILE];
    up_encoding encoding = plain_encoding();
    const char *path = scratch_path("out.png");
    make_profile(icc, "CMYK");
    encoding.metadata.icc = (up_blob){ icc, sizeof icc };
    encoding.metadata.color.has_srgb = true;
    encoding.metadata.color.srgb_intent = 2;
    encoding.metadata.aspect = 2;
    save_with(&encoding, 3, path);
    image loaded = load(path, 1);
    cr_assert_null(loaded.metadata.icc.data);
    cr_assert(loaded.metadata.color.has_srgb);
    cr_assert_eq(loaded.metadata.color.srgb_intent, 2);
    cr_assert_eq(loaded.metadata.aspect, 2);
    cr_assert_eq(loaded.metadata.dpi_x, 0);
    image_free(&loaded);
    make_profile(icc, "GRAY");
    save_with(&encoding, 1, path);
    loaded = load(path, 1);
    cr_assert_eq(loaded.metadata.icc.size, sizeof icc);
    cr_assert_not(loaded.metadata.color.has_srgb);
    image_free(&loaded);
}

/* A file with one more chunk before its last one; `break_crc` damages that. */
static void insert_chunk(const char *path, const char *type, const void *data, size_t size,
                         bool break_crc)
{
    size_t file;
    char *bytes = file_read(path, &file);
    uint8_t *out = malloc(file + size + 12);
    size_t at = file - 12;
    memcpy(out, bytes, at);
    memcpy(out + at + 8, data, size);
    up_png_seal(out + at + 8, type, size);
    out[at + size + 8] ^= break_crc;
    memcpy(out + at + size + 12, bytes + at, 12);
    file_write(path, out, file + size + 12);
    free(out);
    free(bytes);
}

Test(png, metadata_behind_the_pixels)
{
    static const uint8_t turned[] =
        "MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x02\0\0\0\0\0\0";
    up_encoding encoding = plain_encoding();
    const char *path = scratch_path("out.png");
    save_with(&encoding, 3, path);
    insert_chunk(path, "eXIf", turned, sizeof turned - 1, false);
    uint8_t text[256] = "XML:com.adobe.xmp\0\1\0en\0";
    uLongf room = 200;
    compress(text + 24, &room, (const uint8_t *)xmp, sizeof xmp - 1);
    insert_chunk(path, "iTXt", text, 24 + room, false);
    image loaded = load(path, 1);
    cr_assert_eq(loaded.metadata.orientation, 2);
    cr_assert_arr_eq(loaded.data, "345012", 6); /* mirrored */
    cr_assert_eq(loaded.metadata.xmp.size, sizeof xmp - 1);
    cr_assert_arr_eq(loaded.metadata.xmp.data, xmp, sizeof xmp - 1);
    image_free(&loaded);
    insert_chunk(path, "tEXt", "Comment\0x", 9, true);
    loaded = expect_read_with_damage(path, "its tEXt chunk has a wrong checksum and is left out");
    cr_assert_arr_eq(loaded.data, "345012", 6);
    image_free(&loaded);
}

/* ---- damage */

Test(png, hostile)
{
    uint8_t icc[PROFILE];
    size_t size;
    up_encoding encoding = plain_encoding();
    const char *path = scratch_path("out.png");
    make_profile(icc, "RGB ");
    encoding.metadata.icc = (up_blob){ icc, sizeof icc };
    encoding.metadata.xmp = (up_blob){ (uint8_t *)xmp, sizeof xmp - 1 };
    save_with(&encoding, 3, path);
    char *file = file_read(path, &size);
    expect_hostile_survived(path, (uint8_t *)file, size, 4000);
    free(file);
    for (int interlace = 0; interlace < 2; interlace++) {
        plain_write(path, PNG_COLOR_TYPE_PALETTE, 4, interlace, true);
        file = file_read(path, &size);
        expect_hostile_survived(path, (uint8_t *)file, size, 2000);
        free(file);
    }
}

/* Mutations with sound checksums reach further in. */
Test(png, hostile_behind_the_checksums)
{
    up_encoding encoding = plain_encoding();
    encoding.metadata.exif = (up_blob){ (uint8_t *)exif, sizeof exif };
    encoding.metadata.xmp = (up_blob){ (uint8_t *)xmp, sizeof xmp - 1 };
    const char *path = scratch_path("out.png");
    save_with(&encoding, 3, path);
    size_t size;
    char *file = file_read(path, &size);
    uint8_t *copy = malloc(size);
    uint32_t state = 9;
    for (int i = 0; i < 4000; i++) {
        memcpy(copy, file, size);
        for (size_t at = UP_PNG_SIGNATURE_SIZE, n; at < size; at += n + 12) {
            char type[5] = { 0 };
            n = up_png_get_u32(copy + at);
            memcpy(type, copy + at + 4, 4);
            if (n && next_random(&state) % 3 == 0)
                copy[at + 8 + next_random(&state) % n] = (uint8_t)next_random(&state);
            up_png_seal(copy + at + 8, type, n);
        }
        image loaded;
        file_write(path, copy, size);
        if (image_load(&loaded, path, 3, NULL) == UP_OK)
            image_free(&loaded);
    }
    free(copy);
    free(file);
}

/* ---- parts */

/* Deflates with guards around, inflates, compares; returns the size. */
static size_t expect_inflates(const uint8_t *in, size_t size)
{
    size_t room = up_deflate_runs_bound(size);
    uint8_t *out = malloc(room), *back = malloc(size + 1), *exact = malloc(size ? size : 1);
    memcpy(exact, in, size);
    size_t made = up_deflate_runs(out, exact, size);
    z_stream z = {
        .next_in = out, .avail_in = (uInt)made, .next_out = back, .avail_out = (uInt)size + 1
    };
    cr_assert_leq(made, room);
    cr_assert_eq(inflateInit2(&z, -MAX_WBITS), Z_OK);
    cr_assert_eq(inflate(&z, Z_SYNC_FLUSH), Z_OK);
    cr_assert_eq(z.avail_in, 0);
    cr_assert_eq(z.total_out, size);
    cr_assert_arr_eq(back, in, size);
    inflateEnd(&z);
    free(out);
    free(back);
    free(exact);
    return made;
}

Test(png, deflated_runs_inflate)
{
    enum { MOST = 600000 };
    uint8_t *data = malloc(MOST);
    uint32_t state = 11;
    for (int likely = 1; likely <= 64; likely *= 4) { /* how long a byte goes on */
        uint8_t byte = 0;
        for (size_t i = 0; i < MOST; i++)
            data[i] = byte =
                next_random(&state) % (uint32_t)likely ? byte : (uint8_t)next_random(&state);
        for (size_t size = 0; size < 600; size++)
            expect_inflates(data + size, size);
        expect_inflates(data, MOST);
    }
    memset(data, 0, MOST);
    for (size_t size = 1; size < 1100; size++)
        expect_inflates(data, size);
    cr_assert_lt(expect_inflates(data, MOST), 2000);
    free(data);
}

/* Counts like Fibonacci's numbers make the longest codes there are. */
Test(png, checksums_are_those_of_zlib)
{
    static uint8_t bytes[40000];
    static const size_t sizes[] = { 0, 1, 15, 16, 17, 5631, 5632, 5633, 11280, 40000 };
    for (int fill = 0; fill < 3; fill++) {
        for (size_t i = 0; i < sizeof bytes; i++)
            bytes[i] = (uint8_t)(fill == 0 ? 255 : fill == 1 ? 0 : rand() >> 7);
        for (int s = 0; s < 10; s++)
            cr_expect_eq(up_adler(bytes, sizes[s]), adler32_z(1, bytes, sizes[s]), "%zu", sizes[s]);
    }
}

Test(png, huffman_codes_are_limited_and_complete)
{
    uint32_t count[UP_HUFFMAN_SYMBOLS] = { 1, 1 };
    for (int i = 2; i < 40; i++)
        count[i] = count[i - 1] + count[i - 2];
    for (int symbols = 2; symbols <= 40; symbols++)
        for (int longest = 6; longest <= 15; longest++) {
            up_huffman_code code[UP_HUFFMAN_SYMBOLS];
            uint32_t kraft = 0;
            up_huffman_make(code, count, symbols, longest);
            for (int i = 0; i < symbols; i++) {
                cr_assert(code[i].length >= 1 && code[i].length <= longest);
                cr_assert(i == 0 || code[i].length <= code[i - 1].length);
                kraft += 1u << (longest - code[i].length);
            }
            cr_assert_eq(kraft, 1u << longest);
        }
}

static int predict(int filter, int a, int b, int c)
{
    int p = a + b - c, pa = abs(p - a), pb = abs(p - b), pc = abs(p - c);
    int paeth = pa <= pb && pa <= pc ? a : pb <= pc ? b : c;
    return filter == 0 ? 0 : filter == 1 ? a : filter == 2 ? b : filter == 3 ? (a + b) / 2 : paeth;
}

Test(png, filters_follow_the_specification)
{
    enum { SIZE = 9000 };
    static uint8_t space[2][UP_PNG_PAD + SIZE + UP_PNG_PAD], out[1 + SIZE + UP_PNG_PAD];
    uint8_t *row = space[0] + UP_PNG_PAD, *above = space[1] + UP_PNG_PAD;
    uint32_t state = 13;
    bool seen[5] = { false };
    for (int n = 0; n < 60; n++) {
        size_t pixel = 1 + (size_t)n % 8;
        for (size_t i = 0; i < SIZE; i++) {
            int a = i < pixel ? 0 : row[i - pixel], c = i < pixel ? 0 : above[i - pixel];
            above[i] = (uint8_t)(next_random(&state) >> (n % 3));
            row[i] = (uint8_t)(predict(n % 5, a, above[i], c) + (int)(next_random(&state) % 5));
        }
        up_png_filter(out, row, above, SIZE, pixel);
        seen[out[0]] = true;
        for (size_t i = 0; i < SIZE; i++) {
            int a = i < pixel ? 0 : row[i - pixel], c = i < pixel ? 0 : above[i - pixel];
            cr_assert_eq(out[1 + i], (uint8_t)(row[i] - predict(out[0], a, above[i], c)));
        }
    }
    cr_assert(seen[1] && seen[2] && seen[3] && seen[4]);
}
