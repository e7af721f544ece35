/* SPDX-License-Identifier: MIT */
/* Pages of TIFF files: which there are, one of them, and all. */
#include "io/formats.h"
#include "support/pictures/image_io.h"
#include "support/sanitized.h"
#include "support/scratch.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void set_up(void)
{
    scratch_init();
    if (up_format_left_out("tiff"))
        cr_skip_test("this build has no TIFF");
}

TestSuite(tiff_pages, .init = set_up, .fini = scratch_fini, .timeout = 120);

/* ---- files made by hand: grey of 8 bits */

enum { REDUCED = 1, MASK = 4, ENTRIES = 10 };

typedef struct {
    uint8_t bytes[4096];
    size_t size, link; /* where the place of the next directory is to be entered */
} book;

static void put(book *b, size_t at, int bytes, size_t value)
{
    for (int i = 0; i < bytes; i++, value >>= 8)
        b->bytes[at + (size_t)i] = (uint8_t)value;
}

static void begin(book *b)
{
    *b = (book){ .size = 8, .link = 4 };
    memcpy(b->bytes, "II*\0", 4);
}

/* Pixels are first, first + 1, ... Returns where the directory lies. */
static size_t add_page(book *b, int width, int height, int first, int type)
{
    const size_t pixels = b->size, count = (size_t)width * (size_t)height;
    for (size_t i = 0; i < count; i++)
        b->bytes[pixels + i] = (uint8_t)((size_t)first + i);
    const size_t at = pixels + count + count % 2;
    const size_t entries[ENTRIES][2] = { { 254, (size_t)type },
                                         { 256, (size_t)width },
                                         { 257, (size_t)height },
                                         { 258, 8 },
                                         { 259, 1 },
                                         { 262, 1 },
                                         { 273, pixels },
                                         { 277, 1 },
                                         { 278, (size_t)height },
                                         { 279, count } };
    put(b, at, 2, ENTRIES);
    for (size_t e = 0; e < ENTRIES; e++) {
        put(b, at + 2 + 12 * e, 2, entries[e][0]);
        put(b, at + 2 + 12 * e + 2, 2, 4);
        put(b, at + 2 + 12 * e + 4, 4, 1);
        put(b, at + 2 + 12 * e + 8, 4, entries[e][1]);
    }
    put(b, b->link, 4, at);
    b->link = at + 2 + 12 * ENTRIES;
    put(b, b->link, 4, 0);
    b->size = b->link + 4;
    return at;
}

static const char *save(const book *b)
{
    const char *path = scratch_path("book.tif");
    file_write(path, b->bytes, b->size);
    return path;
}

static up_options nearest(int scale, int page)
{
    up_options options;
    up_options_init(&options);
    options.method = "nearest";
    options.scale.rows = options.scale.columns = scale;
    options.page = page;
    options.threads = 2;
    options.overwrite = true;
    return options;
}

static up_status make(const char *from, const char *to, int scale, int page, up_error *error)
{
    const up_options options = nearest(scale, page);
    return up_upscale_file(from, scratch_path("%s", to), &options, error);
}

static bool is_there(const char *name)
{
    return access(scratch_path("%s", name), F_OK) == 0;
}

/* A page of `path`, every pixel of it `scale` times in both directions. */
static void expect_page(const char *path, int page, int width, int height, int first, int scale)
{
    image i;
    up_error error = { 0 };
    cr_assert_eq(make(path, "page.pgm", 1, page, &error), UP_OK, "%s", error.message);
    cr_assert_eq(image_load(&i, scratch_path("page.pgm"), 3, &error), UP_OK, "%s", error.message);
    cr_assert(i.format.width == width * scale && i.format.height == height * scale, "%d x %d",
              i.format.width, i.format.height);
    for (int y = 0; y < height * scale; y++)
        for (int x = 0; x < width * scale; x++)
            cr_expect_eq(i.data[y * width * scale + x],
                         (uint8_t)(first + y / scale * width + x / scale), "page %d: %d, %d", page,
                         x, y);
    image_free(&i);
}

static int pages_of(const char *path)
{
    up_image *opened;
    up_error error;
    cr_assert_eq(up_image_open(&opened, path, &error), UP_OK, "%s", error.message);
    const int pages = up_image_get_info(opened)->pages;
    up_image_close(&opened);
    return pages;
}

/* Notes of a plan of `path` into `to`, each behind the other. */
static void expect_note(const char *path, const char *to, const char *wanted)
{
    char all[1024] = "";
    up_image *opened;
    up_plan *plan;
    up_error error;
    const up_note *note;
    const up_options options = nearest(2, 0);
    cr_assert_eq(up_image_open(&opened, path, &error), UP_OK, "%s", error.message);
    cr_assert_eq(up_plan_create(&plan, opened, to, &options, &error), UP_OK, "%s", error.message);
    for (int i = 0; (note = up_plan_note_at(plan, i)); i++)
        snprintf(all + strlen(all), sizeof all - strlen(all), "%s; ", note->text);
    cr_expect(*wanted ? strstr(all, wanted) != NULL : *all == 0, "%s", all);
    up_plan_destroy(&plan);
    up_image_close(&opened);
}

/* ---- tests */

Test(tiff_pages, all_are_kept_each_of_its_size)
{
    book b;
    up_error error = { 0 };
    begin(&b);
    add_page(&b, 7, 5, 0, 0);
    add_page(&b, 3, 9, 100, 2);
    add_page(&b, 3, 9, 60, 2);
    add_page(&b, 12, 1, 200, 0);
    const char *path = save(&b);
    cr_expect_eq(pages_of(path), 4);
    expect_note(path, "out.tif", "");
    cr_assert_eq(make(path, "out.tif", 3, 0, &error), UP_OK, "%s", error.message);
    const char *out = scratch_path("out.tif");
    cr_expect_eq(pages_of(out), 4);
    expect_page(out, 1, 7, 5, 0, 3);
    expect_page(out, 2, 3, 9, 100, 3);
    expect_page(out, 3, 3, 9, 60, 3);
    expect_page(out, 4, 12, 1, 200, 3);
}

Test(tiff_pages, one_is_taken)
{
    book b;
    up_error error = { 0 };
    begin(&b);
    add_page(&b, 7, 5, 0, 0);
    add_page(&b, 3, 9, 100, 0);
    const char *path = save(&b);
    expect_page(path, 1, 7, 5, 0, 1);
    expect_page(path, 2, 3, 9, 100, 1);
    cr_assert_eq(make(path, "second.tif", 2, 2, &error), UP_OK, "%s", error.message);
    cr_expect_eq(pages_of(scratch_path("second.tif")), 0);
    expect_page(scratch_path("second.tif"), 1, 3, 9, 100, 2);
    cr_expect_eq(make(path, "third.tif", 2, 3, &error), UP_ERROR_ARGUMENT);
    cr_expect(strstr(error.message, "has 2 pages, and no page 3"), "%s", error.message);
    cr_expect_eq(make(scratch_path("page.pgm"), "third.tif", 2, 2, &error), UP_ERROR_ARGUMENT);
    cr_expect(!is_there("third.tif"));
    expect_note(path, "out.png", "1 further page;");
}

Test(tiff_pages, formats_are_told)
{
    book b;
    up_image *opened;
    up_format format;
    up_error error;
    begin(&b);
    add_page(&b, 7, 5, 0, 0);
    add_page(&b, 3, 9, 100, 0);
    cr_assert_eq(up_image_open(&opened, save(&b), &error), UP_OK, "%s", error.message);
    cr_assert_eq(up_image_page(opened, 2, &format, &error), UP_OK, "%s", error.message);
    cr_expect(format.width == 3 && format.height == 9);
    cr_expect_eq(up_image_page(opened, 3, &format, &error), UP_ERROR_ARGUMENT);
    cr_expect_eq(up_image_page(opened, 0, &format, &error), UP_ERROR_ARGUMENT);
    up_image_close(&opened);
}

/* Also where a smaller copy is the first. */
Test(tiff_pages, smaller_copies_and_masks_are_none)
{
    book b;
    begin(&b);
    add_page(&b, 2, 2, 50, REDUCED);
    add_page(&b, 7, 5, 0, 0);
    add_page(&b, 7, 5, 0, MASK);
    add_page(&b, 4, 3, 0, REDUCED);
    add_page(&b, 3, 9, 100, 0);
    const char *path = save(&b);
    cr_expect_eq(pages_of(path), 2);
    expect_note(path, "out.tif", "2 smaller copies; 1 transparency mask;");
    expect_page(path, 1, 7, 5, 0, 1);
    expect_page(path, 2, 3, 9, 100, 1);
}

Test(tiff_pages, a_loop_ends)
{
    book b;
    begin(&b);
    add_page(&b, 7, 5, 0, 0);
    const size_t second = add_page(&b, 3, 9, 100, 0);
    add_page(&b, 4, 4, 9, 0);
    put(&b, b.link, 4, second);
    const char *path = save(&b);
    cr_expect_eq(pages_of(path), 3);
    expect_note(path, "out.tif", "its pages do not end");
    put(&b, b.link, 4, 1 << 20);
    cr_expect_eq(pages_of(save(&b)), 3);
    expect_note(path, "out.tif", "its pages do not end");
}

Test(tiff_pages, a_broken_one_leaves_nothing)
{
    book b;
    up_error error = { 0 };
    begin(&b);
    add_page(&b, 7, 5, 0, 0);
    const size_t second = add_page(&b, 3, 9, 100, 0);
    put(&b, second + 2 + 12 * 3 + 8, 4, 33); /* bits of a sample */
    const char *path = save(&b);
    cr_expect_neq(make(path, "out.tif", 2, 0, &error), UP_OK);
    cr_expect(strstr(error.message, "book.tif: page 2: "), "%s", error.message);
    cr_expect(!is_there("out.tif"));
    cr_expect_neq(make(path, "out.tif", 2, 2, &error), UP_OK);
    cr_expect(strstr(error.message, "book.tif: page 2: "), "%s", error.message);
    expect_page(path, 1, 7, 5, 0, 1);
}

/* Memory is that of the largest page, and it is refused before anything is written. */
Test(tiff_pages, memory_is_that_of_the_largest)
{
    book b;
    up_error error;
    up_image *opened;
    up_plan *plan;
    size_t need[2];
    for (int large = 0; large < 2; large++) {
        begin(&b);
        add_page(&b, 7, 5, 0, 0);
        const size_t second = add_page(&b, 3, 9, 100, 0);
        if (large)
            put(&b, second + 2 + 12 + 8, 4, 5000000);
        const up_options options = nearest(2, 0);
        cr_assert_eq(up_image_open(&opened, save(&b), &error), UP_OK, "%s", error.message);
        cr_assert_eq(up_plan_create(&plan, opened, "out.tif", &options, &error), UP_OK, "%s",
                     error.message);
        cr_expect_eq(up_plan_get_info(plan)->pages, 2);
        need[large] = up_plan_get_info(plan)->memory_bytes;
        up_plan_destroy(&plan);
        up_image_close(&opened);
    }
    cr_expect(need[1] > need[0] + 10000000, "%zu, %zu", need[0], need[1]);
    up_options options = nearest(2, 0);
    options.max_memory = need[0] + 1000000;
    cr_expect_eq(
        up_upscale_file(scratch_path("book.tif"), scratch_path("out.tif"), &options, &error),
        UP_ERROR_LIMIT);
    cr_expect(strstr(error.message, "page 2: "), "%s", error.message);
    cr_expect(!is_there("out.tif"));
}

Test(tiff_pages, hostile)
{
    book b;
    uint32_t state = 7;
    begin(&b);
    add_page(&b, 7, 5, 0, 0);
    add_page(&b, 3, 9, 100, 0);
    add_page(&b, 4, 4, 9, 0);
    for (int i = 0; i < MANY_OR_FEW(250, 60); i++) {
        up_options options = nearest(2, 0);
        options.max_memory = (size_t)64 << 20;
        options.threads = 1;
        const size_t at = next_random(&state) % b.size;
        const uint8_t was = b.bytes[at];
        b.bytes[at] = (uint8_t)next_random(&state);
        const char *path = save(&b);
        up_bytes out;
        const up_status status = up_upscale_file(path, scratch_path("out.tif"), &options, NULL);
        size_t size;
        char *file = file_read(path, &size);
        cr_expect_eq(up_upscale_memory(file, size, &out, &options, NULL), status, "byte %zu", at);
        up_bytes_free(&out);
        free(file);
        b.bytes[at] = was;
    }
}
