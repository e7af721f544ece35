/* SPDX-License-Identifier: MIT */
/* Pages of TIFF files: which there are, one of them, and all. */
#include "io/formats.h"
#include "support/pictures/image_io.h"
#include "support/pictures/tiff_book.h"
#include "support/sanitized.h"
#include "support/shell.h"

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

static const char *save(const tiff_book *b)
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
    tiff_book b;
    up_error error = { 0 };
    tiff_book_begin(&b);
    tiff_book_add(&b, 7, 5, 0, 0);
    tiff_book_add(&b, 3, 9, 100, 2);
    tiff_book_add(&b, 3, 9, 60, 2);
    tiff_book_add(&b, 12, 1, 200, 0);
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
    tiff_book b;
    up_error error = { 0 };
    tiff_book_begin(&b);
    tiff_book_add(&b, 7, 5, 0, 0);
    tiff_book_add(&b, 3, 9, 100, 0);
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

/* Its noise is its own, though the file can be opened again only as a whole. */
Test(tiff_pages, one_is_an_image)
{
    tiff_book b;
    up_image *opened, *page;
    up_error error = { 0 };
    double noise;
    tiff_book_begin(&b);
    tiff_book_add(&b, 7, 5, 0, 0);
    tiff_book_add(&b, 3, 9, 100, 0);
    cr_assert_eq(up_image_open(&opened, save(&b), &error), UP_OK, "%s", error.message);
    cr_expect_eq(up_image_open_page(&page, opened, 3, &error), UP_ERROR_ARGUMENT);
    cr_expect_null(page);
    cr_expect_eq(up_image_open_page(&page, opened, 0, &error), UP_ERROR_ARGUMENT);
    for (int number = 2; number >= 1; number--) {
        cr_assert_eq(up_image_open_page(&page, opened, number, &error), UP_OK, "%s", error.message);
        const up_image_info *info = up_image_get_info(page);
        cr_expect_eq(info->format.width, number == 1 ? 7 : 3);
        cr_expect_eq(info->format.height, number == 1 ? 5 : 9);
        cr_expect_eq(info->pages, 0);
        cr_expect_eq(up_image_noise(page, &noise, NULL, &error), UP_OK, "%s", error.message);
        cr_expect_eq(up_image_open_page(&(up_image *){ NULL }, page, 1, &error), UP_ERROR_ARGUMENT);
        up_image_close(&page);
    }
    up_image_close(&opened);
}

Test(tiff_pages, info_tells_of_one)
{
    static const shell_case tests[] = {
        { "upscale info book.tif --page 2", 0, "book.tif, page 2\n  image     3 x 9 grey", "" },
        { "upscale info -v book.tif --page 2", 0, "noise", "" },
        { "upscale info book.tif --page 1 -s 3 -m nearest", 0, "21 x 15", "" },
        { "upscale info book.tif --page 3", 2, "", "has 2 pages, and no page 3" },
        { "upscale info one.tif --page 2", 2, "", "is one picture, with no page 2" },
        { "upscale info one.tif --page 1", 0, "a few rows at a time", "" },
    };
    tiff_book b;
    tiff_book_begin(&b);
    tiff_book_add(&b, 7, 5, 0, 0);
    file_write(scratch_path("one.tif"), b.bytes, b.size);
    tiff_book_add(&b, 3, 9, 100, 0);
    save(&b);
    SHELL_EXPECT_ALL(tests);
    json_t *line = shell_json("upscale info book.tif --page 2 --json");
    cr_expect_eq(json_integer_value(json_object_get(line, "page")), 2);
    cr_expect_eq(json_integer_value(json_object_get(line, "width")), 3);
    json_decref(line);
}

Test(tiff_pages, formats_are_told)
{
    tiff_book b;
    up_image *opened;
    up_format format;
    up_error error;
    tiff_book_begin(&b);
    tiff_book_add(&b, 7, 5, 0, 0);
    tiff_book_add(&b, 3, 9, 100, 0);
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
    tiff_book b;
    tiff_book_begin(&b);
    tiff_book_add(&b, 2, 2, 50, TIFF_REDUCED);
    tiff_book_add(&b, 7, 5, 0, 0);
    tiff_book_add(&b, 7, 5, 0, TIFF_MASK);
    tiff_book_add(&b, 4, 3, 0, TIFF_REDUCED);
    tiff_book_add(&b, 3, 9, 100, 0);
    const char *path = save(&b);
    cr_expect_eq(pages_of(path), 2);
    expect_note(path, "out.tif", "2 smaller copies; 1 transparency mask;");
    expect_page(path, 1, 7, 5, 0, 1);
    expect_page(path, 2, 3, 9, 100, 1);
}

/* Where the second lies. */
static size_t three_pages(tiff_book *b)
{
    tiff_book_begin(b);
    tiff_book_add(b, 7, 5, 0, 0);
    const size_t second = tiff_book_add(b, 3, 9, 100, 0);
    tiff_book_add(b, 4, 4, 9, 0);
    return second;
}

Test(tiff_pages, a_loop_ends)
{
    tiff_book b;
    const size_t second = three_pages(&b);
    tiff_book_put(&b, b.link, 4, second);
    const char *path = save(&b);
    cr_expect_eq(pages_of(path), 3);
    expect_note(path, "out.tif", "its pages do not end");
    tiff_book_put(&b, b.link, 4, 1 << 20);
    cr_expect_eq(pages_of(save(&b)), 3);
    expect_note(path, "out.tif", "its pages do not end");
}

static up_status make_strictly(const char *path, const char *out, int page, up_error *error)
{
    up_options options = nearest(2, page);
    options.strict = true;
    return up_upscale_file(path, scratch_path("%s", out), &options, error);
}

Test(tiff_pages, a_broken_one_is_left_out)
{
    tiff_book b;
    up_error error = { 0 };
    const size_t second = three_pages(&b);
    tiff_book_put(&b, second + 2 + 12 * 3 + 8, 4, 33); /* bits of a sample */
    const char *path = save(&b);
    expect_note(path, "out.tif", "page 2");
    cr_assert_eq(make(path, "kept.tif", 2, 0, &error), UP_OK, "%s", error.message);
    cr_expect_eq(pages_of(scratch_path("kept.tif")), 2);
    expect_page(scratch_path("kept.tif"), 1, 7, 5, 0, 2);
    expect_page(scratch_path("kept.tif"), 2, 4, 4, 9, 2);
    cr_expect_neq(make_strictly(path, "out.tif", 0, &error), UP_OK);
    cr_expect(strstr(error.message, "book.tif: page 2: "), "%s", error.message);
    cr_expect(!is_there("out.tif"));
    cr_expect_neq(make(path, "out.tif", 2, 2, &error), UP_OK);
    cr_expect(strstr(error.message, "book.tif: page 2: "), "%s", error.message);
    expect_page(path, 1, 7, 5, 0, 1);
}

/* Where its directory lies: within the first 256 bytes. */
static size_t first_of(const tiff_book *b)
{
    return b->bytes[4];
}

/* Also where all that are wanted lie behind it. */
Test(tiff_pages, a_broken_first_is_left_out)
{
    tiff_book b;
    up_error error = { 0 };
    three_pages(&b);
    tiff_book_put(&b, first_of(&b) + 2 + 12 * 3 + 8, 4, 33); /* bits of a sample */
    const char *path = save(&b);
    cr_expect_eq(pages_of(path), 3);
    expect_note(path, "out.tif", "page 1");
    expect_note(path, "out.png", "1 further page;");
    cr_assert_eq(make(path, "kept.tif", 2, 0, &error), UP_OK, "%s", error.message);
    cr_expect_eq(pages_of(scratch_path("kept.tif")), 2);
    expect_page(scratch_path("kept.tif"), 1, 3, 9, 100, 2);
    expect_page(scratch_path("kept.tif"), 2, 4, 4, 9, 2);
    cr_assert_eq(make(path, "kept.pgm", 1, 0, &error), UP_OK, "%s", error.message);
    expect_page(path, 2, 3, 9, 100, 1);
    expect_page(path, 3, 4, 4, 9, 1);
    for (int page = 2; page <= 3; page++)
        cr_expect_eq(make_strictly(path, "kept.tif", page, &error), UP_OK, "%s", error.message);
    for (int page = 0; page <= 1; page++) {
        cr_expect_neq(make_strictly(path, "out.tif", page, &error), UP_OK);
        cr_expect(strstr(error.message, "book.tif: page 1: "), "%s", error.message);
    }
    cr_expect_neq(make(path, "out.tif", 2, 1, &error), UP_OK);
    cr_expect(!is_there("out.tif"));
}

Test(tiff_pages, none_can_be_read)
{
    tiff_book b;
    up_error error = { 0 };
    tiff_book_begin(&b);
    tiff_book_add(&b, 7, 5, 0, 0);
    tiff_book_put(&b, first_of(&b) + 2 + 12 * 3 + 8, 4, 33);
    const size_t second = tiff_book_add(&b, 3, 9, 100, 0);
    tiff_book_put(&b, second + 2 + 12 * 3 + 8, 4, 33);
    cr_expect_neq(make(save(&b), "out.tif", 2, 0, &error), UP_OK);
    cr_expect(strstr(error.message, "book.tif: none of its 2 pages can be read: "), "%s",
              error.message);
}

/* It is grey among the others, in its place; alone it is nothing. */
Test(tiff_pages, one_without_pixels_keeps_its_place)
{
    tiff_book b;
    up_error error = { 0 };
    const size_t second = three_pages(&b);
    tiff_book_put(&b, second + 2 + 12 * 6 + 8, 4, 1 << 20); /* where its pixels lie */
    const char *path = save(&b);
    cr_assert_eq(make(path, "kept.tif", 2, 0, &error), UP_OK, "%s", error.message);
    cr_expect_eq(pages_of(scratch_path("kept.tif")), 3);
    expect_page(scratch_path("kept.tif"), 1, 7, 5, 0, 2);
    expect_page(scratch_path("kept.tif"), 3, 4, 4, 9, 2);
    cr_expect_neq(make(path, "out.tif", 2, 2, &error), UP_OK);
    cr_expect_neq(make_strictly(path, "out.tif", 0, &error), UP_OK);
    cr_expect(strstr(error.message, "book.tif: page 2: "), "%s", error.message);
    cr_expect(!is_there("out.tif"));
}

Test(tiff_pages, a_first_without_pixels_keeps_its_place)
{
    tiff_book b;
    up_error error = { 0 };
    three_pages(&b);
    tiff_book_put(&b, first_of(&b) + 2 + 12 * 6 + 8, 4, 1 << 20);
    const char *path = save(&b);
    cr_assert_eq(make(path, "kept.tif", 2, 0, &error), UP_OK, "%s", error.message);
    cr_expect_eq(pages_of(scratch_path("kept.tif")), 3);
    expect_page(scratch_path("kept.tif"), 2, 3, 9, 100, 2);
    expect_page(path, 2, 3, 9, 100, 1);
    cr_expect_neq(make(path, "out.png", 2, 0, &error), UP_OK);
    cr_expect_neq(make_strictly(path, "out.tif", 0, &error), UP_OK);
    cr_expect(strstr(error.message, "book.tif: page 1: "), "%s", error.message);
    cr_expect(!is_there("out.tif"));
}

/* Memory is that of the largest page, and it is refused before anything is written. */
Test(tiff_pages, memory_is_that_of_the_largest)
{
    tiff_book b;
    up_error error;
    up_image *opened;
    up_plan *plan;
    size_t need[2];
    for (int large = 0; large < 2; large++) {
        tiff_book_begin(&b);
        tiff_book_add(&b, 7, 5, 0, 0);
        const size_t second = tiff_book_add(&b, 3, 9, 100, 0);
        if (large)
            tiff_book_put(&b, second + 2 + 12 + 8, 4, 5000000);
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
    tiff_book b;
    uint32_t state = 7;
    tiff_book_begin(&b);
    tiff_book_add(&b, 7, 5, 0, 0);
    tiff_book_add(&b, 3, 9, 100, 0);
    tiff_book_add(&b, 4, 4, 9, 0);
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
