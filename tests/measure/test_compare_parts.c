/* SPDX-License-Identifier: MIT */
/* The parts that a report is made of. */
#include "compare/files/json_text.h"
#include "compare/files/work_folder.h"
#include "compare/impulse.h"
#include "compare/pictures/tile_text.h"
#include "compare/pictures/tiles.h"
#include "compare/quality_plot.h"
#include "compare/regions.h"
#include "support/pictures/image_io.h"
#include "support/scratch.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

TestSuite(compare_parts, .init = scratch_init, .fini = scratch_fini);

/* -------------------------------------------------------------- tiles */

static bool is_forbidden(unsigned unit)
{
    return (unit >= 0xD800 && unit < 0xE000) || unit == '\n' || unit == '\r' || unit == '"' ||
           unit == '\\' || unit == 0x2028 || unit == 0x2029 || unit == 0xFEFF;
}

static unsigned unit_at(const uint8_t *script, size_t at)
{
    return script[at] | (unsigned)script[at + 1] << 8;
}

/* Behind the words at `at`. */
static size_t behind(const uint8_t *script, size_t length, size_t at, const char *words)
{
    cr_assert(at + 2 * strlen(words) <= length);
    for (; *words; words++, at += 2)
        cr_assert_eq(unit_at(script, at), (unsigned)*words, "no %s at %zu", words, at);
    return at;
}

static size_t end_of_string(const uint8_t *script, size_t length, size_t at)
{
    for (; at + 1 < length && unit_at(script, at) != '"'; at += 2)
        cr_assert(!is_forbidden(unit_at(script, at)), "%x at %zu", unit_at(script, at), at);
    return at;
}

/* What a script in UTF-16LE hands over. */
static uint8_t *from_script(const uint8_t *script, size_t length, size_t *size)
{
    cr_assert(length > 2 && unit_at(script, 0) == 0xFEFF);
    const size_t text = behind(script, length, 2, "upscaleTile(\""),
                 end = end_of_string(script, length, text),
                 bits = behind(script, length, end, "\",\"");
    behind(script, length, end_of_string(script, length, bits), "\")\n");
    uint8_t *bytes = malloc(length);
    size_t bit = 0;
    *size = 0;
    for (size_t at = text; at < end; at += 2) {
        unsigned unit = unit_at(script, at);
        if (is_forbidden(unit ^ 0x1000)) {
            unit ^= (unit_at(script, bits + bit / 15 * 2) - 0x3000) >> bit % 15 & 1 ? 0x1000 : 0;
            bit++;
        }
        bytes[(*size)++] = (uint8_t)unit;
        bytes[(*size)++] = (uint8_t)(unit >> 8);
    }
    return bytes;
}

static up_pixels load_tile(const char *name)
{
    size_t size;
    char *script = file_read(scratch_path("tiles/%s.js", name), &size);
    uint8_t *tile_bytes = from_script((const uint8_t *)script, size, &size);
    file_write(scratch_path("tile"), tile_bytes, size);
    free(tile_bytes);
    free(script);
    up_pixels tile;
    up_error error = { 0 };
    cr_assert_eq(up_read_pixels(&tile, scratch_path("tile"), NULL, &error), UP_OK, "%s",
                 error.message);
    return tile;
}

static uint8_t *write_noise(const up_format *format, size_t pixel)
{
    size_t size = pixel * (size_t)format->width * (size_t)format->height;
    uint8_t *data = malloc(size);
    uint32_t state = 5;
    for (size_t i = 0; i < size; i++)
        data[i] = (uint8_t)next_random(&state);
    const up_pixels picture = { .format = *format, .data = data };
    up_error error = { 0 };
    cr_assert_eq(up_write_pixels(scratch_path("picture.png"), &picture, NULL, &error), UP_OK, "%s",
                 error.message);
    return data;
}

Test(compare_parts, any_bytes_survive_as_a_script)
{
    enum { UNITS = 1 << 16 };
    uint8_t *all = malloc(2 * UNITS), *back;
    char *text;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    for (size_t i = 0; i < UNITS; i++) {
        all[2 * i] = (uint8_t)i;
        all[2 * i + 1] = (uint8_t)(i >> 8);
    }
    fwrite("\xFF\xFE", 1, 2, out);
    up_put_utf16_words(out, "upscaleTile(");
    up_put_utf16(out, all, 2 * UNITS);
    up_put_utf16_words(out, ")\n");
    fclose(out);
    cr_expect_lt(size, 2 * UNITS + 2 * 320, "%zu", size);
    back = from_script((const uint8_t *)text, size, &size);
    cr_assert_eq(size, 2 * UNITS);
    cr_expect_arr_eq(back, all, size);
    free(back);
    free(text);
    free(all);
}

Test(compare_parts, equal_tiles_lie_there_once)
{
    up_error error = { 0 };
    const up_format format = picture_format(600, 40, 3, UP_SAMPLE_U8);
    free(write_noise(&format, 3));
    up_tiling tiling = { .folder = scratch_path("tiles"), .threads = 1 };
    cr_assert_eq(up_folder_make(tiling.folder, &error), UP_OK);
    for (; tiling.result < 3; tiling.result++)
        cr_assert_eq(up_tiles_cut(scratch_path("picture.png"), &tiling, &error), UP_OK, "%s",
                     error.message);
    for (int result = 1; result < 3; result++) {
        size_t size;
        char *text = file_read(scratch_path("tiles/%d/0/1-0.js", result), &size);
        cr_expect(size == 23 && memcmp(text, "upscaleSame(\"0/0/1-0\")\n", 23) == 0, "%.*s",
                  (int)size, text);
        free(text);
    }
}

static void cut_picture(void)
{
    up_error error = { 0 };
    const up_tiling tiling = { .folder = scratch_path("tiles"), .threads = 2 };
    char command[600];
    snprintf(command, sizeof command, "mkdir '%s'", scratch_path("tiles"));
    cr_assert_eq(system(command), 0);
    cr_assert_eq(up_tiles_cut(scratch_path("picture.png"), &tiling, &error), UP_OK, "%s",
                 error.message);
}

static void expect_exact_tiles(int channels, up_sample sample)
{
    size_t pixel = (size_t)channels * (sample == UP_SAMPLE_U16 ? 2 : 1);
    const up_format format = picture_format(1100, 530, channels, sample);
    uint8_t *data = write_noise(&format, pixel);
    cut_picture();
    cr_expect_eq(up_tile_levels(1100, 530), 3);
    for (int row = 0; row < 2; row++)
        for (int column = 0; column < 3; column++) {
            char name[32];
            snprintf(name, sizeof name, "0/0/%d-%d", column, row);
            up_pixels tile = load_tile(name);
            const up_format *f = &tile.format;
            cr_expect_eq(f->width, column < 2 ? 512 : 76);
            cr_expect_eq(f->height, row < 1 ? 512 : 18);
            cr_expect_eq(f->sample, sample);
            size_t bytes = pixel * (size_t)f->width;
            for (int y = 0; y < f->height; y++)
                cr_expect_arr_eq((uint8_t *)tile.data + (size_t)y * bytes,
                                 data + pixel * (size_t)((512 * row + y) * 1100 + 512 * column),
                                 bytes);
            up_pixels_free(&tile);
        }
    free(data);
}

Test(compare_parts, tiles_hold_the_very_samples)
{
    expect_exact_tiles(3, UP_SAMPLE_U8);
}

Test(compare_parts, tiles_keep_alpha_and_16_bits)
{
    expect_exact_tiles(4, UP_SAMPLE_U16);
}

Test(compare_parts, far_views_are_means_of_2x2_within_a_level)
{
    const up_format format = picture_format(13001, 21, 3, UP_SAMPLE_U8);
    uint8_t *data = write_noise(&format, 3);
    cut_picture();
    up_pixels tile = load_tile("0/1/0-0"), last = load_tile("0/5/0-0");
    cr_expect_eq(last.format.width, 407);
    cr_expect_eq(last.format.height, 1);
    for (size_t i = 0; i < 100; i++) {
        size_t x = 5 * i, y = i % 11, c = i % 3, at = 3 * (2 * y * 13001 + 2 * x) + c;
        size_t below = y == 10 ? 0 : (size_t)3 * 13001;
        int sum = data[at] + data[at + 3] + data[at + below] + data[at + below + 3];
        const int seen = ((uint8_t *)tile.data)[3 * (y * 512 + x) + c];
        cr_expect(abs(seen - (sum + 2) / 4) <= 1, "%zu: %d", i, seen);
    }
    up_pixels_free(&tile);
    up_pixels_free(&last);
    free(data);
}

Test(compare_parts, of_few_tiles_there_is_no_far_view)
{
    const up_format format = picture_format(1100, 5, 1, UP_SAMPLE_U8);
    free(write_noise(&format, 1));
    cut_picture();
    cr_expect(up_tile_level_is_kept(1100, 5, 0));
    for (int level = 1; level < up_tile_levels(1100, 5); level++) {
        cr_expect_not(up_tile_level_is_kept(1100, 5, level));
        cr_expect_not(file_exists(scratch_path("tiles/0/%d/0-0.js", level)));
    }
}

/* -------------------------------------------------------------- regions */

Test(compare_parts, places_are_where_most_results_differ)
{
    up_error error = { 0 };
    up_regions regions;
    const up_format format = picture_format(400, 300, 1, UP_SAMPLE_U8);
    cr_assert_eq(up_regions_init(&regions, 400, 300, 4, &error), UP_OK);
    for (int result = 0; result < 4; result++) {
        up_regions_begin(&regions, result, &format);
        for (int y = 0; y < 300; y++) {
            uint8_t row[400];
            for (int x = 0; x < 400; x++) {
                bool differs = x >= 300 && y >= 200; /* between all */
                row[x] = (uint8_t)(differs ? 60 * result : 100);
                if (result == 3 && x < 100)
                    row[x] = 0; /* one alone is unlike the others */
            }
            up_regions_watch(&regions, y, row);
        }
    }
    up_box box[3];
    int found = up_regions_find(&regions, box, 3, 48, NULL, 0);
    cr_assert_geq(found, 1);
    cr_expect(box[0].x >= 300 && box[0].y >= 200, "%d,%d", box[0].x, box[0].y);
    for (int i = 0; i < found; i++)
        cr_expect(box[i].x + 48 > 300 && box[i].x + 48 <= 400 && box[i].y + 48 <= 300, "%d,%d",
                  box[i].x, box[i].y);
    const up_box all = { 0, 0, 400, 300 };
    cr_expect_eq(up_regions_find(&regions, box, 3, 48, &all, 1), 0);
    up_regions_clear(&regions);
}

/* -------------------------------------------------------------- impulse */

static up_pixels response_of(const char *method, int scale)
{
    up_error error = { 0 };
    up_pixels response;
    const up_options options = { .method = method, .scale = { scale, scale } };
    const up_format in = picture_format(100, 100, 3, UP_SAMPLE_U8);
    const up_format out = picture_format(100 * scale, 100 * scale, 3, UP_SAMPLE_U8);
    cr_assert_eq(up_impulse_response(&response, &options, &in, &out, &error), UP_OK, "%s",
                 error.message);
    return response;
}

Test(compare_parts, a_white_pixel_becomes_what_the_method_makes_of_it)
{
    up_pixels nearest = response_of("nearest", 3), lanczos = response_of("lanczos", 4);
    float sum = 0, least = 0, most = 0;
    for (int i = 0; i < nearest.format.width * nearest.format.height; i++) {
        float value = ((float *)nearest.data)[i];
        cr_expect(value == 0 || value == 1);
        sum += value;
    }
    cr_expect_eq(sum, 9);
    sum = 0;
    for (int i = 0; i < lanczos.format.width * lanczos.format.height; i++) {
        float value = ((float *)lanczos.data)[i];
        sum += value;
        least = fminf(least, value);
        most = fmaxf(most, value);
    }
    cr_expect_float_eq(sum, 16, 1e-3);
    cr_expect(least < -0.1f && most > 0.9f, "neither clamped nor rounded: %g to %g", least, most);
    up_pixels_free(&nearest);
    up_pixels_free(&lanczos);
}

/* -------------------------------------------------------------- text */

Test(compare_parts, json_for_a_page_cannot_end_its_element)
{
    json_t *json = json_pack("{s:s, s:s, s:o}", "</script>", "<!--<script>&amp;\"'", "line",
                             "\u2028\u2029\u00e9", "bytes", up_json_bytes("a\xFF\xC3z"));
    char *text = up_json_for_page(json);
    for (const char *c = text; *c; c++)
        cr_expect(*c >= ' ' && *c < 0x7F && !strchr("<>&", *c), "%s", text);
    json_t *back = json_loads(text, 0, NULL);
    cr_expect_str_eq(json_string_value(json_object_get(back, "bytes")), "a\uFFFD\uFFFDz");
    json_object_set_new(json, "bytes", json_string("a\uFFFD\uFFFDz"));
    cr_expect(json_equal(json, back));
    json_decref(back);
    json_decref(json);
    free(text);
}

Test(compare_parts, numbers_that_are_not_known_are_null)
{
    json_t *list = json_pack("[o,o,o]", up_json_number((double)NAN),
                             up_json_number((double)INFINITY), up_json_number(1.5));
    char *text = up_json_for_page(list);
    cr_expect_str_eq(text, "[null,\"infinity\",1.5]");
    free(text);
    json_decref(list);
}

Test(compare_parts, plots_escape_names_and_leave_out_what_is_unknown)
{
    up_error error = { 0 };
    char *svg;
    const up_quality_point points[] = { { "<script>&\"'\xFF", 0.01, 30 },
                                        { "unknown", (double)NAN, 31 },
                                        { "far", 0.02, 8 },
                                        { "good", 1, 33 } };
    cr_assert_eq(up_quality_plot(&svg, points, 4, "time", &error), UP_OK);
    cr_expect(!strstr(svg, "<script") && !strstr(svg, "unknown") && strstr(svg, "&#60;script"),
              "%s", svg);
    cr_expect(strstr(svg, "far: 8.00 dB"));
    cr_expect(strstr(svg, "stroke-dasharray"), "the Pareto front");
    cr_expect_null(strstr(svg, "nan"));
    json_t *valid = json_string(svg);
    cr_expect(valid, "UTF-8");
    json_decref(valid);
    free(svg);
    cr_assert_eq(up_quality_plot(&svg, points + 1, 2, "time", &error), UP_OK);
    cr_expect_null(svg);
}

/* -------------------------------------------------------------- where a report goes */

static bool put_page(FILE *out, const void *what)
{
    return fputs(what, out) >= 0;
}

static void fill(const up_work_folder *work)
{
    up_error error;
    cr_assert_eq(up_file_write_in(work->path, "index.html", put_page, "page", &error), UP_OK);
    cr_assert_eq(up_file_write_in(work->path, "results.json", put_page, "{}", &error), UP_OK);
}

/* An empty folder that is no longer empty at the end keeps what came, and gets nothing. */
Test(compare_parts, a_folder_that_is_filled_by_others_is_left_to_them)
{
    up_error error = { 0 };
    up_work_folder work;
    mkdir(scratch_path("empty"), 0777);
    cr_assert_eq(up_work_folder_make(&work, scratch_path("empty"), true, false, NULL, &error),
                 UP_OK);
    fill(&work);
    file_write(scratch_path("empty/index.html"), "mine", 4);
    cr_expect_eq(up_work_folder_publish(&work, &error), UP_ERROR_OUTPUT);
    cr_expect(strstr(error.message, "empty/index.html: exists already"), "%s", error.message);
    up_work_folder_clear(&work);
    size_t size;
    char *bytes = file_read(scratch_path("empty/index.html"), &size);
    cr_expect_str_eq(bytes, "mine");
    free(bytes);
    cr_expect_not(file_exists(scratch_path("empty/results.json")));
}

Test(compare_parts, two_reports_cannot_take_one_folder)
{
    up_error error = { 0 };
    up_work_folder first, second;
    mkdir(scratch_path("empty"), 0777);
    cr_assert_eq(up_work_folder_make(&first, scratch_path("empty"), true, false, NULL, &error),
                 UP_OK);
    cr_expect_eq(up_work_folder_make(&second, scratch_path("empty"), true, false, NULL, &error),
                 UP_ERROR_OUTPUT);
    fill(&first);
    cr_expect_eq(up_work_folder_publish(&first, &error), UP_OK);
    up_work_folder_clear(&first);
    cr_expect(file_exists(scratch_path("empty/index.html")));
}
