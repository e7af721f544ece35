/* SPDX-License-Identifier: MIT */
/* Pictures that are damaged: what is read, with which words, and what is refused. */
#include "io/png/png_chunk.h"
#include "support/pictures/image_io.h"
#include "support/shell.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

TestSuite(damage, .init = scratch_init, .fini = scratch_fini, .timeout = 300);

/* ---- PNG files of 8-bit samples, chunk by chunk */

enum { WIDTH = 40, HEIGHT = 30, MOST = 1 << 14 };

typedef struct {
    uint8_t bytes[MOST];
    size_t size;
} file;

static void add(file *f, const char *type, const void *data, size_t size)
{
    uint8_t *at = f->bytes + f->size + UP_PNG_CHUNK_HEAD;
    memcpy(at, data, size);
    up_png_seal(at, type, size);
    f->size += size + UP_PNG_CHUNK_HEAD + UP_PNG_CHUNK_TAIL;
}

/* With a checksum that is wrong by a bit. */
static void add_spoilt(file *f, const char *type, const void *data, size_t size)
{
    add(f, type, data, size);
    f->bytes[f->size - 1] ^= 1;
}

static file begin(int color_type, int interlace)
{
    file f = { .size = UP_PNG_SIGNATURE_SIZE };
    const uint8_t header[13] = {
        0, 0, 0, WIDTH, 0, 0, 0, HEIGHT, 8, (uint8_t)color_type, 0, 0, (uint8_t)interlace
    };
    memcpy(f.bytes, UP_PNG_SIGNATURE, UP_PNG_SIGNATURE_SIZE);
    add(&f, "IHDR", header, sizeof header);
    return f;
}

/* `rows` of noise without a filter, deflated; in *deflated there is room. */
static size_t deflate_rows(uint8_t deflated[MOST], int channels, int rows)
{
    static uint8_t raw[HEIGHT * 2 * (1 + WIDTH * 4)];
    const size_t line = 1 + (size_t)(WIDTH * channels);
    uLongf size = MOST;
    uint32_t state = 5;
    for (size_t i = 0; i < line * (size_t)rows; i++)
        raw[i] = i % line ? (uint8_t)(next_random(&state) % 16) : 0;
    cr_assert_eq(compress(deflated, &size, raw, line * (size_t)rows), Z_OK);
    return size;
}

static void add_pixels(file *f, int channels, int rows)
{
    static uint8_t deflated[MOST];
    add(f, "IDAT", deflated, deflate_rows(deflated, channels, rows));
}

static const char *save(const file *f)
{
    const char *path = scratch_path("in.png");
    file_write(path, f->bytes, f->size);
    return path;
}

static void expect_read(const file *f, const char *damage)
{
    image loaded = expect_read_with_damage(save(f), damage);
    image_free(&loaded);
}

static void expect_whole(const file *f, const char *damage)
{
    file good = begin(0, 0);
    add_pixels(&good, 1, HEIGHT);
    add(&good, "IEND", "", 0);
    image whole, loaded;
    up_error error;
    cr_assert_eq(image_load(&whole, save(&good), 3, &error), UP_OK, "%s", error.message);
    cr_assert_str_eq(whole.damage, "");
    loaded = expect_read_with_damage(save(f), damage);
    cr_assert_eq(loaded.size, whole.size);
    cr_assert_arr_eq(loaded.data, whole.data, whole.size);
    image_free(&whole);
    image_free(&loaded);
}

Test(damage, png_ancillary_chunks_with_a_wrong_checksum_are_left_out)
{
    static const struct {
        const char *type;
        const void *data;
        size_t size;
    } chunk[] = { { "tEXt", "Comment\0x", 9 },         { "pHYs", "\0\0\1\0\0\0\1\0\1", 9 },
                  { "gAMA", "\0\0\xb1\x8f", 4 },       { "tRNS", "\0\1", 2 },
                  { "tIME", "\x07\xd0\1\1\1\1\1", 7 }, { "prVt", "private", 7 } };
    for (size_t i = 0; i < sizeof chunk / sizeof *chunk; i++)
        for (int behind = 0; behind < 2; behind++) {
            char damage[96];
            file f = begin(0, 0);
            if (behind)
                add_pixels(&f, 1, HEIGHT);
            add_spoilt(&f, chunk[i].type, chunk[i].data, chunk[i].size);
            if (!behind)
                add_pixels(&f, 1, HEIGHT);
            add(&f, "IEND", "", 0);
            snprintf(damage, sizeof damage, "its %s chunk has a wrong checksum and is left out",
                     chunk[i].type);
            expect_whole(&f, damage);
        }
    file f = begin(0, 0);
    add_spoilt(&f, "pHYs", "\0\0\1\0\0\0\1\0\1", 9);
    add_spoilt(&f, "gAMA", "\0\0\xb1\x8f", 4);
    add_pixels(&f, 1, HEIGHT);
    add(&f, "IEND", "", 0);
    image loaded;
    cr_assert_eq(image_load(&loaded, save(&f), 3, NULL), UP_OK);
    cr_assert_eq(loaded.metadata.dpi_x, 0);
    cr_assert_eq(loaded.metadata.color.gamma, 0);
    image_free(&loaded);
}

Test(damage, png_critical_chunks_with_a_wrong_checksum_are_refused)
{
    static uint8_t deflated[MOST];
    const size_t size = deflate_rows(deflated, 1, HEIGHT);
    file f = begin(3, 0);
    add_spoilt(&f, "PLTE", "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuv", 48);
    add(&f, "IDAT", deflated, size);
    add(&f, "IEND", "", 0);
    expect_damaged(save(&f));
    f = begin(0, 0);
    add_spoilt(&f, "IDAT", deflated, size);
    add(&f, "IEND", "", 0);
    expect_damaged(save(&f));
    f = begin(0, 0);
    f.bytes[f.size - 1] ^= 1;
    add_pixels(&f, 1, HEIGHT);
    add(&f, "IEND", "", 0);
    expect_damaged(save(&f));
    f = begin(0, 0);
    add_pixels(&f, 1, HEIGHT);
    add_spoilt(&f, "IEND", "", 0);
    expect_whole(&f, "its end is damaged");
}

Test(damage, png_ends_in_many_ways)
{
    static uint8_t deflated[MOST + 32];
    const size_t size = deflate_rows(deflated, 1, HEIGHT), adler = 4;
    file f = begin(0, 0);
    add(&f, "IDAT", deflated, size); /* no IEND */
    expect_whole(&f, "its end is missing");
    f.size += 3; /* some zeros */
    expect_whole(&f, "its end is missing");
    f = begin(0, 0);
    add(&f, "IDAT", deflated, size - adler);
    add(&f, "IEND", "", 0);
    expect_whole(&f, "its end is missing");
    f = begin(0, 0);
    deflated[size - 1] ^= 1;
    add(&f, "IDAT", deflated, size);
    add(&f, "IEND", "", 0);
    expect_damaged(save(&f)); /* its checksum says that the pixels are wrong */
    f = begin(0, 0);
    deflated[size - 1] ^= 1;
    add(&f, "IDAT", deflated, size + 20);
    add(&f, "IEND", "", 0);
    expect_whole(&f, "there are bytes too many behind its pixels");
    f = begin(0, 0);
    add_pixels(&f, 1, HEIGHT + 7);
    add(&f, "IEND", "", 0);
    expect_whole(&f, "there are bytes too many behind its pixels");
    f = begin(0, 0);
    add(&f, "IDAT", deflated, size);
    add(&f, "tEXt", "Comment\0 that is cut", 20);
    f.size -= 10;
    expect_whole(&f, "its end is missing");
}

Test(damage, png_rows_are_missing)
{
    static uint8_t deflated[MOST];
    const size_t size = deflate_rows(deflated, 1, HEIGHT);
    file f = begin(0, 0);
    add_pixels(&f, 1, HEIGHT - 1); /* whole, but for a lower picture */
    add(&f, "IEND", "", 0);
    expect_read(&f, "its last row is missing");
    f = begin(0, 0);
    add_pixels(&f, 1, HEIGHT - 12);
    add(&f, "IEND", "", 0);
    expect_read(&f, "its last 12 rows are missing");
    f = begin(0, 0);
    add(&f, "IDAT", deflated, size / 2);
    const size_t half = f.size;
    add(&f, "IDAT", deflated + size / 2, size - size / 2);
    memset(f.bytes + half, 0, f.size - half); /* the rest never reached the disk */
    image zeros, cut;
    up_error error;
    cr_assert_eq(image_load(&zeros, save(&f), 3, &error), UP_OK, "%s", error.message);
    cr_assert(strstr(zeros.damage, "rows are missing"));
    f.size = half;
    cr_assert_eq(image_load(&cut, save(&f), 3, &error), UP_OK, "%s", error.message);
    cr_assert_arr_eq(zeros.data, cut.data, cut.size);
    image_free(&zeros);
    image_free(&cut);
}

Test(damage, next_to_nothing_is_refused)
{
    for (int rows = 0; rows < 5; rows++) {
        file f = begin(0, 0);
        add_pixels(&f, 1, rows);
        add(&f, "IEND", "", 0);
        if (rows < HEIGHT / 10)
            expect_damaged(save(&f));
        else
            expect_read(&f, rows == 3 ? "its last 27 rows are missing"
                                      : "its last 26 rows are missing");
    }
}

Test(damage, missing_rows_are_grey_and_transparent)
{
    static const int color_type[] = { 0, 4, 2, 6 };
    for (int channels = 1; channels <= 4; channels++) {
        file f = begin(color_type[channels - 1], 0);
        add_pixels(&f, channels, HEIGHT - 2);
        add(&f, "IEND", "", 0);
        image loaded = expect_read_with_damage(save(&f), "its last 2 rows are missing");
        const size_t line = (size_t)(WIDTH * channels);
        for (size_t i = (HEIGHT - 2) * line; i < HEIGHT * line; i++) {
            bool alpha = channels % 2 == 0 && i % (size_t)channels == (size_t)channels - 1;
            cr_assert_eq(loaded.data[i], alpha ? 0 : 128);
        }
        image_free(&loaded);
    }
}

Test(damage, a_turned_picture_tells_as_well)
{
    static const uint8_t exif[] = "MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0";
    file f = begin(0, 0);
    add(&f, "eXIf", exif, sizeof exif - 1);
    add_pixels(&f, 1, HEIGHT - 2);
    add(&f, "IEND", "", 0);
    image loaded = expect_read_with_damage(save(&f), "its last 2 rows are missing");
    cr_assert_eq(loaded.format.width, HEIGHT);
    cr_assert_eq(loaded.data[0], 128); /* what was below is now at the left */
    cr_assert_eq(loaded.data[1], 128);
    cr_assert_lt(loaded.data[2], 16);
    image_free(&loaded);
}

/* ---- JPEG and PNM */

static int slope(int x, int y, int c)
{
    return (x * 3 + y * 5 + c * 40) % 256;
}

static char *jpeg(up_color color, size_t *size)
{
    up_format format = picture_format(WIDTH, HEIGHT, color == UP_COLOR_CMYK ? 4 : 1, UP_SAMPLE_U8);
    format.color = color;
    return file_read(picture_save("in.jpg", &format, slope), size);
}

Test(damage, jpeg_of_every_colour_may_end_early)
{
    size_t size;
    char *bytes = jpeg(UP_COLOR_CMYK, &size);
    expect_hostile_survived(scratch_path("in.jpg"), (const uint8_t *)bytes, size, 0);
    free(bytes);
    bytes = jpeg(UP_COLOR_GREY, &size);
    expect_hostile_survived(scratch_path("in.jpg"), (const uint8_t *)bytes, size, 0);
    image loaded;
    file_write(scratch_path("in.jpg"), bytes, size - 2);
    loaded = expect_read_with_damage(scratch_path("in.jpg"), "its end is missing");
    image_free(&loaded);
    const size_t half = size - 60;
    memcpy(bytes + half, "\xff\xd9", 2); /* an end, but too early */
    file_write(scratch_path("in.jpg"), bytes, half + 2);
    cr_assert_eq(image_load(&loaded, scratch_path("in.jpg"), 3, NULL), UP_OK);
    cr_assert(strstr(loaded.damage, "rows are missing"), "%s", loaded.damage);
    cr_assert_eq(loaded.data[loaded.size - 1], 128);
    image_free(&loaded);
    memcpy(bytes + half, "\xff\xd8", 2); /* something else in the middle */
    file_write(scratch_path("in.jpg"), bytes, size);
    expect_damaged(scratch_path("in.jpg"));
    free(bytes);
}

Test(damage, pnm_rows_are_missing)
{
    static const struct {
        const char *header;
        int bytes; /* of a row */
    } kind[] = {
        { "P4 16 9\n", 2 }, { "P5 4 9 255\n", 4 }, { "P5 2 9 65535\n", 4 }, { "P6 2 9 31\n", 6 }
    };
    const char *path = scratch_path("in.pnm");
    char text[256];
    for (size_t i = 0; i < sizeof kind / sizeof *kind; i++) {
        size_t size = strlen(kind[i].header);
        memcpy(text, kind[i].header, size);
        memset(text + size, 7, sizeof text - size);
        file_write(path, text, size + (size_t)(kind[i].bytes * 7) - 1);
        image loaded = expect_read_with_damage(path, "its last 3 rows are missing");
        cr_assert_eq(loaded.data[loaded.size - 1], 128);
        image_free(&loaded);
        file_write(path, text, size);
        expect_damaged(path);
    }
    file_write(path, "P2 2 3 9 1 2 3 4\n", 17);
    image loaded = expect_read_with_damage(path, "its last row is missing");
    image_free(&loaded);
    file_write(path, "P2 2 3 9 1 2 3 4 x 5", 20);
    expect_damaged(path);
}

/* ---- the program */

static void write_damaged_files(void)
{
    file f = begin(0, 0);
    add_pixels(&f, 1, HEIGHT - 4);
    add(&f, "IEND", "", 0);
    file_write(scratch_path("cut.png"), f.bytes, f.size);
    f = begin(0, 0);
    add_spoilt(&f, "tEXt", "Comment\0x", 9);
    add_pixels(&f, 1, HEIGHT);
    add(&f, "IEND", "", 0);
    file_write(scratch_path("text.png"), f.bytes, f.size);
    write_ppm("good.ppm", WIDTH, HEIGHT);
}

Test(damage, the_program_is_lenient_and_strict)
{
    static const shell_case tests[] = {
        { "upscale cut.png -m nearest -o o.ppm && size_of o.ppm", 0, "P5 80 60", NULL },
        { "upscale text.png -m nearest -o t.png", 0, "", NULL },
        { "cat cut.png | upscale - -m nearest -f pnm -o - | cmp - o.ppm", 0, "", NULL },
        { "upscale cut.png -m nearest --strict -o s.png", 1, "", "its last 4 rows are missing" },
        { "upscale text.png -m nearest --strict -o s.png", 1, "", "--strict" },
        { "upscale text.png -m nearest --strict --dry-run -o s.png", 1, "", "tEXt" },
        { "test -e s.png", 1, "", "" },
        { "upscale cut.png good.ppm -m nearest --strict -o both/ -q; ls both", 0, "good", NULL },
        { "upscale cut.png good.ppm -m nearest -o all/ -q; ls all", 0, "cut", NULL },
        { "upscale eval cut.png -m bicubic -s 2 --json", 0, "psnr", NULL },
        { "upscale eval cut.png -m bicubic -s 2 --strict", 1, "", "rows are missing" },
        { "upscale compare cut.png -m nearest,bicubic -s 2 -o page", 0, NULL, NULL },
        { "upscale compare cut.png -m nearest,bicubic -s 2 -o no --strict", 1, "", "missing" },
        { "upscale pool cut.png --kernel 2 -o p.npy --indices i.npy", 0, "", NULL },
        { "upscale pool cut.png --kernel 2 -o q.npy --indices j.npy --strict", 1, "", "missing" },
    };
    write_damaged_files();
    SHELL_EXPECT_ALL(tests);
}

Test(damage, training_leaves_damaged_pictures_out_by_name)
{
    static const shell_case tests[] = {
        { "head -c 9000 a.ppm > cut.ppm; upscale train a.ppm cut.ppm -s 2 -o w.safetensors", 0, "",
          "skipped cut.ppm: damaged: its last" },
        { "head -c 900 w.safetensors > v.safetensors; upscale a.ppm -w v.safetensors -o o.ppm", 1,
          "", "v.safetensors: " },
        { "upscale a.ppm -o a.npy -m nearest; head -c 9000 a.npy > b.npy; upscale b.npy -o c.npy",
          1, "", "b.npy: " },
    };
    write_ppm("a.ppm", 80, 70);
    SHELL_EXPECT_ALL(tests);
}
