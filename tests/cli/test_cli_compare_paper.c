/* SPDX-License-Identifier: MIT */
/* upscale compare for papers: statistics, sets, scales, times, tables. */
#define _GNU_SOURCE /* asprintf */

#include "support/pictures/image_io.h"
#include "support/shell.h"

#include <criterion/criterion.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void set_up(void)
{
    scratch_init();
    write_sets_of_ppm();
}

TestSuite(cli_compare_paper, .init = set_up, .fini = scratch_fini);

static json_t *results_after(const char *command, const char *report)
{
    shell_expect(&(shell_case){ command, 0, NULL, NULL });
    json_t *json = json_load_file(scratch_path("%s/results.json", report), 0, NULL);
    cr_assert(json, "%s", report);
    return json;
}

static double number(const json_t *json, const char *a, const char *b)
{
    const json_t *at = json_object_get(json, a);
    at = b ? json_object_get(at, b) : at;
    cr_assert(json_is_number(at), "%s %s", a, b ? b : "");
    return json_number_value(at);
}

/* Of a picture of the overview. */
static double psnr_of(const json_t *json, size_t picture, size_t method)
{
    const json_t *one = json_array_get(json_object_get(json, "pictures"), picture);
    return number(json_array_get(json_object_get(one, "results"), method), "psnr_y", NULL);
}

Test(cli_compare_paper, statistics_are_of_the_pictures_and_of_each_set)
{
    json_t *json = results_after("upscale compare --threads 1 -q one two_b --from-hr -s 2 "
                                 "-m nearest,bicubic --metrics gmsd -o r",
                                 "r");
    const json_t *groups = json_object_get(json, "statistics");
    cr_assert_eq(json_array_size(groups), 3);
    for (size_t g = 0; g < 3; g++) {
        const json_t *group = json_array_get(groups, g);
        const size_t first = g == 2 ? 3 : 0, end = g == 1 ? 3 : 6;
        double mean = 0, squares = 0;
        for (size_t i = first; i < end; i++)
            mean += psnr_of(json, i, 1) / (double)(end - first);
        for (size_t i = first; i < end; i++)
            squares += pow(psnr_of(json, i, 1) - mean, 2);
        const json_t *bicubic = json_array_get(json_object_get(group, "methods"), 1);
        cr_expect_eq(number(group, "pictures", NULL), end - first);
        cr_expect_eq(number(group, "scale", NULL), 2);
        cr_expect_float_eq(number(bicubic, "psnr_y", "mean"), mean, 1e-9);
        cr_expect_float_eq(number(bicubic, "psnr_y", "deviation"),
                           sqrt(squares / (double)(end - first - 1)), 1e-9);
        cr_expect_leq(number(bicubic, "psnr_y", "low"), mean);
        cr_expect_geq(number(bicubic, "psnr_y", "high"), mean);
        cr_expect_gt(number(bicubic, "gmsd", "median"), 0);
    }
    cr_expect(json_is_null(json_object_get(json_array_get(groups, 0), "set")));
    const char *set = json_string_value(json_object_get(json_array_get(groups, 2), "set"));
    cr_expect_str_eq(set, "two_b");
    json_decref(json);
}

Test(cli_compare_paper, times_are_taken_by_turns_or_not_at_all)
{
    json_t *json = results_after("upscale compare --threads 2 -q one --from-hr -s 2 --time 6 "
                                 "-m nearest,bicubic -o r",
                                 "r");
    const json_t *group = json_array_get(json_object_get(json, "statistics"), 0);
    const json_t *method = json_array_get(json_object_get(group, "methods"), 1);
    static const char *const threads[] = { "all_threads", "one_thread" };
    for (int i = 0; i < 2; i++) {
        const json_t *t = json_object_get(json_object_get(method, "times"), threads[i]);
        cr_expect_geq(number(t, "runs", NULL), 6);
        cr_expect_geq(number(t, "median_spread", NULL), 0);
        cr_expect_geq(number(t, "processor_spread", NULL), 0);
        cr_expect_leq(number(t, "low", NULL), number(t, "median", NULL));
        cr_expect_geq(number(t, "high", NULL), number(t, "median", NULL));
        cr_expect_gt(number(t, "processor", NULL), 0);
        cr_expect_gt(number(t, "pixels_per_second", NULL), 0);
    }
    const json_t *one = json_object_get(json_object_get(method, "times"), "one_thread");
    cr_expect_float_eq(number(method, "processor", "mean"), number(one, "processor", NULL), 1e-12);
    cr_expect_eq(number(json, "machine", "threads"), 2);
    cr_expect(json_is_string(json_object_get(json_object_get(json, "machine"), "kernels")));
    json_decref(json);
    json = results_after("upscale compare -q one/a.ppm -s 2 -m nearest,bicubic -o file", "file");
    const json_t *result = json_array_get(json_object_get(json, "results"), 0);
    const json_t *all = json_object_get(json_object_get(result, "times"), "all_threads");
    cr_expect_geq(number(all, "runs", NULL), 5);
    cr_expect_eq(number(all, "median", NULL), number(result, "seconds", NULL));
    json_decref(json);
    json = results_after("upscale compare -q one --from-hr -s 2 --no-time -m nearest -o no && "
                         "upscale compare -q one --from-hr -s 2 --no-time -m nearest -o yes && "
                         "diff -r no yes",
                         "no");
    cr_expect(json_is_null(json_object_get(json, "machine")));
    json_decref(json);
}

Test(cli_compare_paper, tables_are_those_of_eval)
{
    static const shell_case tests[] = {
        { "upscale compare --threads 1 -q one two_b --from-hr -s 2,3 --no-time --baseline nearest "
          "-m nearest,bicubic --metrics psnr,gmsd -o r --csv new/a.csv --latex a.tex --markdown "
          "a.md && for t in csv:new/a.csv latex:a.tex markdown:a.md; do "
          "upscale eval --threads 1 -q one two_b -s 2,3 --no-time -m nearest,bicubic "
          "--metrics psnr,gmsd --${t%:*} | diff - ${t#*:} || exit 9; done; wc -l < new/a.csv",
          0, "85", "" },
        { "ls r/pages | tr '\\n' ' '", 0,
          "a-ppm a-ppm-2 a-ppm-2-x3 a-ppm-x3 b-ppm b-ppm-2 b-ppm-2-x3 b-ppm-x3 c-ppm", "" },
        { "upscale compare -q one --from-hr -m nearest -o s --csv new/a.csv; ls s", 2, "",
          "new/a.csv exists; --overwrite replaces it" },
        { "upscale compare -q one --from-hr -m nearest -o s --csv new/a.csv --overwrite; ls s", 0,
          "index.html", "" },
        { "upscale compare -q one -m nearest -o t --csv b.csv; ls t", 2, "", "--from-hr" },
        { "upscale compare -q one --from-hr -m nearest,bicubic --baseline bicubik -o t; ls t", 2,
          "", "did you mean 'bicubic'?" },
        { "upscale compare one/a.ppm --from-hr -m nearest,bicubic -s 2,1.5 -o t; ls t", 2, "",
          "whole number" },
        { "upscale compare -q one/a.ppm -m nearest,bicubic -s 1.5,4 -o u && ls u/pages", 0,
          "a-ppm\na-ppm-x4\n", "" },
    };
    SHELL_EXPECT_ALL(tests);
    json_t *json = json_load_file(scratch_path("r/results.json"), 0, NULL);
    const json_t *group = json_array_get(json_object_get(json, "statistics"), 3);
    cr_expect_eq(number(group, "scale", NULL), 3);
    const json_t *bicubic = json_array_get(json_object_get(group, "methods"), 1);
    const json_t *against = json_object_get(bicubic, "against_baseline");
    cr_expect_eq(number(against, "psnr_y", "wins") + number(against, "psnr_y", "losses"), 6);
    cr_expect_leq(number(against, "gmsd", "p"), 1);
    cr_expect_null(
        json_object_get(json_array_get(json_object_get(group, "methods"), 0), "against_baseline"));
    cr_expect_str_eq(json_string_value(json_object_get(json, "baseline")), "nearest");
    json_decref(json);
}

/* Three results, one of them by the file. */
static void expect_three(const char *command)
{
    char *whole = NULL;
    cr_assert_geq(asprintf(&whole,
                           "cp " UP_GOLDEN_DIR "/../../src/weights/data/bicubic-x2.safetensors "
                           "w.safetensors; %s | grep -c -e nearest -e linear -e tconv.w",
                           command),
                  0);
    shell_expect(&(shell_case){ whole, 0, "3", "" });
    free(whole);
}

Test(cli_compare_paper, a_weight_file_stands_beside_those_inside)
{
    expect_three("upscale compare --threads 1 -q one/a.ppm -s 2 -m fast,tconv,nearest "
                 "-w w.safetensors -o r && ls r/results");
    expect_three("upscale compare --threads 1 -q one/a.ppm -s 2 -m fast,nearest "
                 "-w w.safetensors -o joined && ls joined/results");
    expect_three("upscale --threads 1 -q one/a.ppm -s 2 -m fast,tconv,nearest "
                 "-w w.safetensors -o out/ && ls out");
}

/* -------------------------------------------------------------- files beside the report */

Test(cli_compare_paper, reports_name_the_files_of_their_run)
{
    static const shell_case tests[] = {
        { "for i in 1 2; do upscale compare -q one/a.ppm --from-hr -m nearest -s 2 --overwrite "
          "-o out/r --csv out/r/all.csv --latex out/t/table.tex --sheet out/r/fig.svg "
          "--markdown $PWD/far.md || exit 1; done; cd out/r; ls all.csv fig.svg ../t/table.tex; "
          "grep -o '\"files\":.*far.md\"}]' results.json",
          0,
          "\"files\":[{\"name\":\"fig.svg\",\"link\":\"fig.svg\"},{\"name\":\"all.csv\",\"link\":"
          "\"all.csv\"},{\"name\":\"table.tex\",\"link\":\"../t/"
          "table.tex\"},{\"name\":\"far.md\"}]",
          "" },
        { "touch out/r/mine; upscale compare -q one/a.ppm --from-hr -m nearest -s 2 --overwrite "
          "-o out/r --csv out/r/all.csv; ls out/r/all.csv",
          0, "out/r/all.csv", "is not a report alone" },
        { "upscale compare -q one/a.ppm --from-hr -m nearest -s 2 -o out/r.html --single-file "
          "--csv \"out/$(printf 'a\\377b').csv\" --markdown out/m.md; "
          "grep -o '\"link\":\"[^\"]*\"' out/r.html",
          0, "\"link\":\"m.md\"", "" },
    };
    SHELL_EXPECT_ALL(tests);
}
