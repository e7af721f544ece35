/* SPDX-License-Identifier: MIT */
/* upscale compare: the command, and what lies in its reports. */
#include "support/sanitized.h"
#include "support/shell.h"
#include "upscale.h"

#include <criterion/criterion.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

static void set_up(void)
{
    scratch_init();
    shell_code("mkdir set; cp " UP_GOLDEN_DIR "/../../samples/pictures/*.png set/");
    write_ppm("a.ppm", 61, 47);
}

TestSuite(cli_compare, .init = set_up, .fini = scratch_fini);

static void expect_success(const char *command)
{
    shell_expect(&(shell_case){ command, 0, NULL, NULL });
}

static json_t *results_of(const char *report)
{
    json_t *json = json_load_file(scratch_path("%s/results.json", report), 0, NULL);
    cr_assert(json, "%s", report);
    return json;
}

static const json_t *result_named(const json_t *json, const char *name)
{
    size_t i;
    json_t *result;
    json_array_foreach(json_object_get(json, "results"), i,
                       result) if (strcmp(json_string_value(json_object_get(result, "name")),
                                          name) == 0) return result;
    cr_assert(false, "%s is missing", name);
    return NULL;
}

/* -------------------------------------------------------------- what is shown */

Test(cli_compare, results_are_the_files_that_upscale_writes)
{
    expect_success("upscale compare -q set/kitten.png -s 3 -o report "
                   "-m nearest,bed-of-nails,bicubic,lanczos,tconv:bicubic && "
                   "for m in nearest bed-of-nails bicubic lanczos tconv:bicubic; do "
                   "  upscale -q set/kitten.png -s 3 -m $m -o one.png --overwrite && "
                   "  cmp one.png report/results/$(echo $m | tr : -).png || exit 9; done");
}

Test(cli_compare, with_an_original_results_are_made_of_the_reduced_input)
{
    expect_success(
        "upscale compare -q set/icon.png --from-hr -s 4 -m bicubic,lanczos -o report && "
        "upscale -q set/icon.png -m bicubic --size 24x24 -o small.png && "
        "for m in bicubic lanczos; do upscale -q report/input.png -s 4 -m $m -o $m.png && "
        "cmp $m.png report/results/$m.png || exit 9; done; ls small.png");
}

Test(cli_compare, alpha_and_16_bits_are_kept)
{
    expect_success("upscale compare -q set/icon.png -s 2 -m bicubic -o icon && "
                   "upscale compare -q set/ramp16.png -s 2 -m bicubic -o ramp && "
                   "upscale info icon/results/bicubic.png | grep -q RGB+alpha && "
                   "upscale info ramp/results/bicubic.png | grep -q '16 bit'");
}

/* -------------------------------------------------------------- numbers */

static void expect_same(const json_t *a, const char *a_key, const json_t *b, const char *b_key)
{
    double x = json_number_value(json_object_get(a, a_key));
    double y = json_number_value(json_object_get(b, b_key));
    cr_expect(x > 0 && fabs(x - y) < 1e-7 * x, "%s %.12g, %s %.12g", a_key, x, b_key, y);
}

Test(cli_compare, numbers_are_those_of_eval)
{
    expect_success(
        "upscale compare -q set/skyscraper.png --from-hr -s 3 -m nearest,bicubic,lanczos "
        "-o report");
    json_t *eval =
        shell_json("upscale eval -q --json set/skyscraper.png -s 3 -m nearest,bicubic,lanczos");
    json_t *json = results_of("report");
    size_t i;
    json_t *one;
    const json_t *list = json_object_get(eval, "results");
    cr_assert_eq(json_array_size(list), 3);
    json_array_foreach(list, i, one)
    {
        const json_t *shown = result_named(json, json_string_value(json_object_get(one, "method")));
        expect_same(shown, "psnr_y", one, "psnr");
        expect_same(shown, "ssim", one, "ssim");
    }
    json_decref(json);
    json_decref(eval);
}

Test(cli_compare, named_measures_are_those_of_eval_in_report_table_and_overview)
{
    expect_success("upscale compare -q set/skyscraper.png set/drawing.png --from-hr -s 2 "
                   "-m nearest,bicubic --metrics gmsd,psnr,psnr-hvs,gmsd -o report");
    json_t *eval = shell_json("upscale eval -q --json set/skyscraper.png -s 2 -m nearest,bicubic "
                              "--metrics gmsd,psnr-hvs");
    json_t *json = results_of("report/pages/skyscraper-png"), *all = results_of("report");
    const json_t *bicubic = json_array_get(json_object_get(eval, "results"), 1);
    const json_t *shown = result_named(json, "bicubic"), *measures;
    expect_same(shown, "gmsd", bicubic, "gmsd");
    expect_same(shown, "psnr_hvs", bicubic, "psnr_hvs");
    measures = json_object_get(all, "measures");
    cr_assert_eq(json_array_size(measures), 2, "psnr is there without being asked for");
    cr_expect(json_is_true(json_object_get(json_array_get(measures, 0), "lower_is_better")));
    const json_t *mean = json_array_get(json_object_get(all, "means"), 1);
    cr_expect_gt(json_number_value(json_object_get(mean, "psnr_hvs")), 10);
    json_decref(all);
    json_decref(json);
    json_decref(eval);
    const shell_case cases[] = {
        { "upscale compare set/drawing.png --from-hr -s 2 -m bicubic --metrics gmsd -o a", 0,
          "SSIM     GMSD", NULL },
        { "upscale compare set/drawing.png -s 2 -m bicubic --metrics sharpness -o b", 0,
          "method       sharpness         ms", NULL },
        { "upscale compare set/drawing.png -s 2 -m bicubic --metrics sharpness --json -o c", 0,
          "\"sharpness\":", NULL },
        { "upscale compare set/drawing.png -s 2 -m bicubic --metrics sharpness,gmsd -o d", 2, "",
          "gmsd needs something to measure against: --from-hr or --reference" },
    };
    SHELL_EXPECT_ALL(cases);
}

Test(cli_compare, a_reference_is_measured_against)
{
    expect_success("upscale compare -q set/osprey.png --from-hr -s 2 -m bicubic -o first && "
                   "upscale compare -q first/input.png --reference set/osprey.png -s 2 -m bicubic "
                   "-o second");
    json_t *first = results_of("first"), *second = results_of("second");
    const json_t *a = result_named(first, "bicubic"), *b = result_named(second, "bicubic");
    expect_same(a, "psnr_y", b, "psnr_y");
    expect_same(a, "psnr_rgb", b, "psnr_rgb");
    expect_same(a, "ssim", b, "ssim");
    expect_same(a, "ms_ssim", b, "ms_ssim");
    json_decref(first);
    json_decref(second);
}

/* -------------------------------------------------------------- the report as a whole */

Test(cli_compare, reports_appear_whole_or_not_at_all)
{
    static const shell_case tests[] = {
        { "echo no picture > bad.png; upscale compare bad.png -o report", 1, "", "bad.png" },
        { "upscale compare missing.png -o report", 1, "", "missing.png" },
        { "upscale compare a.ppm -m bicubic -s 2 -o report --crop 100,90,30,10", 2, "",
          "outside the output of 122x94" },
        { "ls -A | grep -v -e ^set -e '\\.p[pn][mg]$'; true", 0, "", "" },
        { "upscale compare -q a.ppm -m bicubic -s 2 -o report && ls -A | grep upscale; true", 0, "",
          "" },
        { "upscale compare a.ppm -m bicubic -s 2 -o report", 1, "", "(--overwrite replaces it" },
        { "upscale compare -q a.ppm -m bicubic -s 3 -o report --overwrite && "
          "grep -c '183' report/results.json",
          0, "1", "" },
        { "upscale compare bad.png -o report --overwrite; ls report/results", 0, "bicubic.png",
          NULL },
        { "echo mine > report/notes; upscale compare a.ppm -o report --overwrite", 1, "",
          "not a report alone" },
        { "cat report/notes", 0, "mine", "" },
        { "ln -s /dev/null null; upscale compare a.ppm --single-file -o null --overwrite", 1, "",
          "not a regular file" },
        { "ls -A | grep '^\\.upscale'; true", 0, "", "" },
    };
    SHELL_EXPECT_ALL(tests);
}

Test(cli_compare, a_report_goes_into_any_folder_that_is_new_or_empty)
{
    static const shell_case tests[] = {
        { "upscale compare a.ppm -m nearest,bicubic -o new/ && ls -A new", 0,
          "index.html\nresults\nresults.json\ntiles\n", "new/ (open index.html in it)" },
        { "upscale compare -q a.ppm -m nearest -o deep/er/report// && ls deep/er", 0, "report\n",
          "" },
        { "upscale compare -q a.ppm -m nearest -o \"$PWD/absolute/\" && ls absolute", 0,
          "index.html\n", "" },
        { "mkdir -m 700 empty; i=$(ls -id empty); upscale compare -q a.ppm -m nearest -o empty && "
          "test \"$(ls -id empty)\" = \"$i\" && stat -c %a empty && ls -A empty",
          0, "700\nindex.html\nresults\nresults.json\ntiles\n", "" },
        { "mkdir real; ln -s real link; upscale compare -q a.ppm set/icon.png -m nearest -o link/ "
          "&& ls real",
          0, "index.html\npages\n", "" },
        { "mkdir here; cd here; upscale compare -q ../a.ppm -m nearest -o . && ls -A", 0,
          "index.html\nresults\nresults.json\ntiles\n", "" },
        { "upscale compare -q a.ppm -m nearest -s 3 -o link --overwrite && ls link real", 0,
          "link:\nindex.html\nresults\nresults.json\ntiles\n\nreal:\nindex.html\n", "" },
        { "upscale compare -q a.ppm -m nearest -o deep/report --sheet deep/report/sheet.png; "
          "ls deep/report | grep -v sheet",
          0, "index.html\nresults\nresults.json\n", NULL },
        { "ls -A . new deep empty real here | grep '^\\.upscale'", 1, "", "" },
    };
    SHELL_EXPECT_ALL(tests);
}

Test(cli_compare, places_that_cannot_be_taken_are_named)
{
    static const shell_case tests[] = {
        { "mkdir full; echo mine > full/notes; upscale compare a.ppm -o full/", 1, "",
          "upscale: full: is a folder with something in it" },
        { "ls -A full", 0, "notes\n", "" },
        { "echo mine > file; upscale compare a.ppm -o file/", 1, "", "file" },
        { "upscale compare a.ppm -o file --overwrite", 1, "", "file: is not a folder" },
        { "upscale compare a.ppm --single-file -o out/", 2, "", "-o REPORT.html" },
        { "upscale compare a.ppm --single-file -o set", 2, "", "-o REPORT.html" },
        { "upscale compare a.ppm --sheet sheets/", 1, "", "sheets/ is a folder" },
        { "test ! -e out -a ! -e sheets && cat file", 0, "mine", "" },
        { "upscale compare -q a.ppm -m nearest,bicubic --sheet missing/sheet.png; ls missing", 0,
          NULL, NULL },
    };
    SHELL_EXPECT_ALL(tests);
}

Test(cli_compare, an_interrupted_report_leaves_nothing)
{
    write_ppm("large.ppm", 900, 900);
    expect_success("upscale compare -q large.ppm -s 8 -o report & p=$!; sleep 0.4; kill -TERM $p; "
                   "wait $p; test $? = 143 && ! ls -A | grep -e ^report -e upscale");
}

Test(cli_compare, what_makes_no_sense_is_said)
{
    static const shell_case tests[] = {
        { "upscale compare", 2, "", "needs a picture" },
        { "upscale compare a.ppm", 2, "", "-o REPORT/" },
        { "upscale compare - -o r", 2, "", "standard input" },
        { "upscale compare a.ppm -o -", 2, "", "standard output" },
        { "upscale compare a.ppm -o r --full", 2, "", "--single-file" },
        { "upscale compare a.ppm -o r --zoom 4", 2, "", "--sheet" },
        { "upscale compare a.ppm -o r --crop 1,2,3", 2, "", "left, top, width and height" },
        { "upscale compare a.ppm -o r --crop 1,2,0,3", 2, "", "left, top, width and height" },
        { "upscale compare a.ppm -o r --from-hr --reference a.ppm", 2, "", "exclude" },
        { "upscale compare a.ppm -o r --from-hr -s 1.5", 2, "", "whole number" },
        { "upscale compare a.ppm set -o r --single-file", 2, "", "one picture" },
        { "upscale compare a.ppm -m bicubic -s 2 -o r --reference a.ppm", 2, "", "61x47" },
        { "ls r* s.png 2>&1 | grep -v 'No such'; true", 0, "", "" },
    };
    SHELL_EXPECT_ALL(tests);
}

static double size_after(const char *text, const char *words)
{
    char unit[8] = "";
    double size = 0;
    const char *at = strstr(text, words);
    cr_assert(at && sscanf(at + strlen(words), "%lf %7s", &size, unit) == 2, "%s", text);
    return size * (strcmp(unit, "MiB") == 0 ? 1024 : 1);
}

Test(cli_compare, sizes_are_said_before_and_hold)
{
    static const char *const commands[] = {
        "upscale compare set/kitten.png set/osprey.png -s 3 -m bicubic,lanczos -o report",
        "upscale compare set/kitten.png --from-hr -s 2 -m bicubic,tconv:bicubic -o report/",
        "upscale compare set/circuits.png -s 2 -m bicubic,lanczos --single-file --full -o report",
    };
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
        process_result r = shell("rm -rf report; %s", commands[i]);
        cr_assert_eq(r.exit_code, 0, "%s", r.err);
        const double said = size_after(r.err, "a report of about ");
        const double made = size_after(r.err, i == 2 ? "upscale: report  " : "in it)  ");
        cr_expect(said > 0.7 * made && said < 1.5 * made, "%s: %g, was %g KiB", commands[i], said,
                  made);
        process_free(&r);
    }
    static const shell_case quiet = { "upscale compare -q a.ppm -s 2 -m bicubic -o q", 0, "", "" };
    shell_expect(&quiet);
}

Test(cli_compare, of_many_pictures_results_are_files_only_if_asked_for)
{
    expect_success("upscale compare -q set/icon.png a.ppm -s 2 -m bicubic -o tiles && "
                   "upscale compare -q set/icon.png a.ppm -s 2 -m bicubic --full -o files && "
                   "upscale -q a.ppm -s 2 -m bicubic -o one.png && "
                   "cmp one.png files/pages/a-ppm/results/bicubic.png && "
                   "! ls tiles/pages/*/results 2>/dev/null && ! grep -r '\"file\"' tiles && "
                   "grep -q '\"file\"' files/pages/a-ppm/results.json");
}

Test(cli_compare, folders_give_a_page_per_picture_and_an_overview)
{
    expect_success("echo no picture > set/bad.png");
    process_result r = shell("upscale compare set --from-hr -s 2 -m bicubic,lanczos -o report");
    cr_expect(r.exit_code == 1 && strstr(r.err, "bad.png"), "%d %s", r.exit_code, r.err);
    process_free(&r);
    json_t *json = results_of("report");
    const json_t *pictures = json_object_get(json, "pictures");
    cr_expect_eq(json_array_size(pictures), 7);
    size_t i;
    json_t *picture;
    double sum = 0;
    json_array_foreach(pictures, i, picture)
    {
        const char *page = json_string_value(json_object_get(picture, "page"));
        cr_expect(file_exists(scratch_path("report/%s", page)), "%s", page);
        json_t *own = results_of(scratch_path("report/%.*s", (int)(strlen(page) - 11), page) +
                                 strlen(scratch_folder()) + 1);
        sum += json_number_value(json_object_get(result_named(own, "lanczos"), "psnr_y"));
        json_decref(own);
    }
    const json_t *mean = json_array_get(json_object_get(json, "means"), 1);
    cr_expect_float_eq(json_number_value(json_object_get(mean, "psnr_y")), sum / 7, 1e-9);
    json_decref(json);
    expect_success("grep -q '<svg' report/plot.svg && ! ls report/pages | grep bad");
}

Test(cli_compare, one_file_holds_all_and_stays_small)
{
    expect_success("upscale compare -q set/kitten.png -s 4 --single-file -o crops.html && "
                   "upscale compare -q set/kitten.png -s 4 -m nearest,bicubic --single-file --full "
                   "-o full.html && test $(wc -c < crops.html) -lt 5000000 && "
                   "test $(wc -c < full.html) -gt $(wc -c < crops.html) && "
                   "! grep -o '<img[^>]*>' crops.html full.html && ls");
    static const shell_case large = {
        "upscale compare a.ppm -s 60 -m bicubic,lanczos --single-file --crop 0,0,3600,2800 "
        "-o huge.html; ls | grep html",
        0, NULL, "--full"
    };
    shell_expect(&large);
    cr_expect_not(file_exists(scratch_path("huge.html")));
}

/* -------------------------------------------------------------- hostile names */

Test(cli_compare, names_cannot_break_the_page)
{
    static const char *const names[] = {
        "\"><script>alert(1)<!-- & '$(reboot) .ppm",
        "--crop \xE2\x80\xA8 \xC3\xA9 \xF0\x9F\x90\xB1.ppm",
        "\xFF\xFE\x80 broken.ppm",
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        size_t size;
        char *bytes = file_read(scratch_path("a.ppm"), &size);
        file_write(scratch_path("%s", names[i]), bytes, size);
        free(bytes);
        process_result r = process_run((const char *const[]){ UP_PROGRAM, "compare", "-q", "-s2",
                                                              "-mnearest,bicubic", "-o",
                                                              scratch_path("report%zu", i),
                                                              scratch_path("%s", names[i]), NULL },
                                       NULL);
        cr_expect_eq(r.exit_code, 0, "%s", r.err);
        process_free(&r);

        char *page = file_read(scratch_path("report%zu/index.html", i), &size);
        const char *start = strstr(page, "<script type=\"application/json\" id=\"data\">");
        const char *end = start ? strstr(start, "</script>") : NULL;
        cr_assert(end);
        start = strchr(start, '>') + 1;
        cr_expect_null(memchr(start, '<', (size_t)(end - start)));
        cr_expect_null(strstr(page, "alert(1)<"));
        json_t *json = json_loadb(start, (size_t)(end - start), 0, NULL);
        const char *shown =
            json_string_value(json_object_get(json_object_get(json, "picture"), "name"));
        cr_expect_str_eq(shown, i == 2 ? "\uFFFD\uFFFD\uFFFD broken.ppm" : names[i]);
        json_decref(json);
        free(page);
    }
}

Test(cli_compare, names_of_methods_give_safe_and_different_files)
{
    expect_success(
        "mkdir w; upscale --help > /dev/null; "
        "cp " UP_GOLDEN_DIR "/../../src/weights/data/bicubic-x2.safetensors "
        "'w/<b>&\"x.safetensors' && "
        "cp 'w/<b>&\"x.safetensors' 'w/(b)_x.safetensors' && "
        "upscale compare -q a.ppm -s 2 --weights-dir w -o report "
        "-m 'nearest,nearest,tconv:<b>&\"x,tconv:(b)_x' && "
        "test $(ls report/results | wc -l) = 4 && ! ls report/results | grep '[^a-z0-9._-]' && "
        "! grep '<b>' report/index.html report/results.json");
}

/* -------------------------------------------------------------- memory, sheet */

static long peak_of_children(void)
{
    struct rusage usage;
    getrusage(RUSAGE_CHILDREN, &usage);
    return usage.ru_maxrss;
}

Test(cli_compare, memory_does_not_grow_with_the_height)
{
    if (SANITIZED)
        cr_skip("sanitizers take memory of their own");
    write_ppm("low.ppm", 100, 1600);
    write_ppm("high.ppm", 100, 12800);
    expect_success("upscale compare -q low.ppm -s 4 -m bicubic --threads 2 -o low");
    long low = peak_of_children();
    expect_success("upscale compare -q high.ppm -s 4 -m bicubic --threads 2 -o high");
    long high = peak_of_children();
    cr_expect_lt(high, low + 16 * 1024, "%ld KiB, 8 times as high %ld KiB", low, high);
}

/* Is the crop, each pixel `zoom` times as large, somewhere on the sheet? */
static bool holds(const up_pixels *sheet, const up_pixels *crop, int zoom)
{
    int width = crop->format.width * zoom, height = crop->format.height * zoom;
    const unsigned char *s = sheet->data, *c = crop->data;
    for (int y = 0; y + height <= sheet->format.height; y++)
        for (int x = 0; x + width <= sheet->format.width; x++) {
            int at = 0;
            for (; at < width * height; at++) {
                int px = at % width, py = at / width;
                if (memcmp(s + 3 * ((y + py) * sheet->format.width + x + px),
                           c + 3 * (py / zoom * crop->format.width + px / zoom), 3) != 0)
                    break;
            }
            if (at == width * height)
                return true;
        }
    return false;
}

Test(cli_compare, a_sheet_shows_the_pixels_as_they_are)
{
    process_result r = shell("upscale compare set/kitten.png --from-hr -s 4 -m nearest,bicubic "
                             "-o report --sheet sheet.png --crop 120,80,24,20 --zoom 4");
    if (strstr(r.err, "without Pango"))
        cr_skip("sheets are not built in");
    cr_assert_eq(r.exit_code, 0, "%s", r.err);
    process_free(&r);
    static const char *const shown[] = { "original", "nearest", "bicubic" };
    up_error error = { 0 };
    up_pixels sheet, whole;
    cr_assert_eq(up_read_pixels(&sheet, scratch_path("sheet.png"), NULL, &error), UP_OK);
    for (int i = 0; i < 3; i++) {
        const char *path = scratch_path("report/results/%s.png", shown[i]);
        cr_assert_eq(up_read_pixels(&whole, path, NULL, &error), UP_OK, "%s", error.message);
        unsigned char cut[20 * 24 * 3];
        for (int y = 0; y < 20; y++)
            memcpy(cut + 72 * y, (char *)whole.data + 3 * ((80 + y) * whole.format.width + 120),
                   72);
        const up_pixels crop = { .format = { .width = 24, .height = 20 }, .data = cut };
        cr_expect(holds(&sheet, &crop, 4), "%s", shown[i]);
        up_pixels_free(&whole);
    }
    up_pixels_free(&sheet);
    shell_expect(
        &(shell_case){ "upscale compare -q a.ppm -s 2 --sheet sheet.png", 1, "", "--overwrite" });
    expect_success("upscale compare -q a.ppm -s 2 -m bicubic --sheet two.png && ls two.png && "
                   "! ls -A | grep '^\\.upscale'");
}
