/* SPDX-License-Identifier: MIT */
/* upscale eval for papers: statistics, sets, scales, measures, tables. */
#include "support/pictures/image_io.h"
#include "support/shell.h"

#include <criterion/criterion.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static void set_up(void)
{
    scratch_init();
    write_sets_of_ppm();
}

TestSuite(cli_eval_paper, .init = set_up, .fini = scratch_fini);

static double number(const json_t *json, const char *a, const char *b, const char *c)
{
    const json_t *at = json_object_get(json, a);
    at = b ? json_object_get(at, b) : at;
    at = c ? json_object_get(at, c) : at;
    cr_assert(json_is_number(at), "%s %s %s", a, b ? b : "", c ? c : "");
    return json_number_value(at);
}

Test(cli_eval_paper, statistics_are_of_the_pictures)
{
    json_t *end = shell_json(
        "upscale eval --threads 1 one two_b -m nearest,bicubic --baseline nearest --json "
        "--metrics psnr,gmsd -q | tail -n 1");
    double value[6], mean = 0, squares = 0;
    for (int i = 0; i < 6; i++) {
        json_t *line = shell_json(
            "upscale eval --threads 1 one two_b -m bicubic --json -q | sed -n %dp", i + 1);
        value[i] = number(json_array_get(json_object_get(line, "results"), 0), "psnr", NULL, NULL);
        mean += value[i] / 6;
        json_decref(line);
    }
    for (int i = 0; i < 6; i++)
        squares += (value[i] - mean) * (value[i] - mean);
    const json_t *bicubic = json_array_get(json_object_get(end, "statistics"), 1);
    cr_expect_float_eq(number(bicubic, "psnr", "mean", NULL), mean, 1e-6);
    cr_expect_float_eq(number(bicubic, "psnr", "deviation", NULL), sqrt(squares / 5), 1e-6);
    cr_expect_leq(number(bicubic, "psnr", "low", NULL), mean);
    cr_expect_geq(number(bicubic, "psnr", "high", NULL), mean);
    const json_t *against = json_object_get(bicubic, "against_baseline");
    for (int i = 0; i < 2; i++) {
        const char *metric = i ? "gmsd" : "psnr";
        cr_expect_eq(number(against, metric, "wins", NULL) +
                         number(against, metric, "losses", NULL) +
                         number(against, metric, "equal", NULL),
                     6);
        cr_expect_leq(number(against, metric, "p", NULL), 1);
    }
    cr_expect_eq(json_array_size(json_object_get(end, "sets")), 2);
    const json_t *set = json_array_get(json_object_get(end, "sets"), 1);
    cr_expect_str_eq(json_string_value(json_object_get(set, "set")), "two_b");
    cr_expect_eq(number(set, "pictures", NULL, NULL), 3);
    json_decref(end);
}

Test(cli_eval_paper, several_scales_in_one_run)
{
    static const shell_case tests[] = {
        { "upscale eval --threads 1 one -m bicubic -s 2,3,4 --json -q | grep -c '\"pictures\":3'",
          0, "3", "" },
        { "upscale eval --threads 1 one -m bicubic -s 2x,300% --csv -q | grep mean | cut -d, -f "
          "1-3",
          0, "(mean),bicubic,2\n(mean),bicubic,3\n", "" },
        { "upscale eval --threads 1 one -m bicubic -s 2,2 --csv -q | grep -c mean", 0, "1\n", "" },
        { "upscale eval --threads 1 one -m bicubic -s 3,2 -q | grep ^Scale", 0, "Scale 3: ", "" },
        { "upscale eval --threads 1 one -m bicubic -s 4,2 | awk 'length > 80'", 0, "", NULL },
    };
    SHELL_EXPECT_ALL(tests);
}

Test(cli_eval_paper, csv_has_every_measure_and_set)
{
    static const shell_case tests[] = {
        { "upscale eval --threads 1 one -m bicubic --metrics ssim,gmsd,psnr --csv -q | head -n 1",
          0, "picture,method,scale,channel,border,psnr,ssim,gmsd,seconds,processor,multiply_adds\n",
          "" },
        { "upscale eval --threads 1 one two_b -m bicubic --csv -q | grep -c 'of two_b'", 0, "5\n",
          "" },
        { "upscale eval --threads 1 one two_b -m bicubic --csv -q | awk -F, 'NF != 10'", 0, "",
          "" },
        { "upscale eval --threads 1 one -m bicubic --csv -q | grep '^(deviation),bicubic,2,y,2,' | "
          "grep ',,$'",
          0, NULL, "" },
    };
    SHELL_EXPECT_ALL(tests);
}

Test(cli_eval_paper, tables_for_papers)
{
    static const shell_case tests[] = {
        { "upscale eval --threads 1 one two_b -m nearest,bicubic,lanczos -s 2,3 --latex -q", 0,
          "\\begin{tabular}{lcrrrr}\n\\toprule\n & & \\multicolumn{2}{c}{one} & "
          "\\multicolumn{2}{c}{two\\_b} \\\\\n\\cmidrule(lr){3-4}\\cmidrule(lr){5-6}\n"
          "Method & Scale & PSNR $\\uparrow$ & SSIM $\\uparrow$ & PSNR $\\uparrow$ & SSIM "
          "$\\uparrow$ \\\\\n\\midrule\n",
          "" },
        { "upscale eval --threads 1 one -m nearest,bicubic,lanczos --metrics gmsd --latex -q | "
          "grep -c 'textbf{0'",
          0, "1", "" },
        { "upscale eval --threads 1 one -m nearest,bicubic,lanczos --metrics gmsd --latex -q | "
          "grep -c 'underline{0'",
          0, "1", "" },
        { "upscale eval --threads 1 one -m nearest,bicubic --metrics psnr,gmsd --markdown -q | "
          "head -n 2",
          0,
          "| Method | Scale | PSNR \xE2\x86\x91 | GMSD \xE2\x86\x93 |\n| --- | ---: | ---: | ---: "
          "|\n",
          "" },
        { "upscale eval --threads 1 one -m bicubic --markdown -q | grep -c '\\*\\*'", 1, "0", "" },
        { "upscale eval --threads 1 one -m bicubic --latex", 0, "\\bottomrule\n\\end{tabular}\n",
          "Scale 2: " },
    };
    SHELL_EXPECT_ALL(tests);
}

Test(cli_eval_paper, measures_and_baselines)
{
    static const shell_case tests[] = {
        { "upscale eval --list-metrics", 0, "gmsd          lower ", "" },
        { "upscale eval one --metrics psnr,lpips", 2, "",
          "LPIPS needs AlexNet's features, as torchvision has them: --metric-weights FILE" },
        { "upscale eval one --metrics lpips --metric-weights one/a.ppm", 1, "",
          "--metric-weights: one/a.ppm: " },
        { "upscale eval --threads 1 one -m nearest,bicubic --baseline nearest -q", 0,
          "PSNR over nearest ", "" },
        { "upscale eval --threads 1 one -m nearest,bicubic --baseline nearest "
          "--metrics psnr,ssim,gmsd,psnr-hvs,psnr-hvs-m,ciede2000,vifp,sharpness,blockiness | "
          "awk 'length > 80'",
          0, "", NULL },
        { "upscale eval --threads 1 one/a.ppm -m bicubic --metrics ms-ssim", 1, "",
          "MS-SSIM needs 176x176" },
        { "upscale eval --threads 1 one -m bicubic --seed 3 --csv -q > a; upscale eval --threads 1 "
          "one -m bicubic --seed 3 "
          "--csv -q > b; cut -d, -f 1-7 a > c; cut -d, -f 1-7 b | cmp - c",
          0, "", "" },
    };
    SHELL_EXPECT_ALL(tests);
}

/* -------------------------------------------------------------- times */

Test(cli_eval_paper, times_by_turns_or_none)
{
    static const shell_case tests[] = {
        { "upscale eval --threads 1 one/a.ppm -m nearest,bicubic --time 5 -q | grep -c -e '^5 runs "
          "or more  *CPU ms' -e '^nearest .*[.][.]'",
          0, "2", "" },
        { "upscale eval --threads 1 one -m nearest,bicubic --time 5 | awk 'length > 80'", 0, "",
          NULL },
        { "upscale eval --threads 1 one/a.ppm --time 4", 2, "",
          "--time: '4' is not a whole number from 5" },
        { "upscale eval --threads 1 one/a.ppm --time 5 --no-time", 2, "", "exclude each other" },
        { "for i in 1 2; do for f in --json --csv -q --latex; do "
          "upscale eval --threads 1 one two_b -m nearest,bicubic -q --no-time $f; done > $i; done; "
          "cmp 1 2",
          0, "", "" },
        { "for i in 1 2; do upscale compare --threads 1 one --from-hr -m nearest,bicubic -q "
          "--no-time -o r$i; "
          "done; diff -r r1 r2",
          0, "", "" },
        { "grep -c 'Time: ' r1/results.json", 1, "0", "" },
        { "upscale compare --threads 1 one/a.ppm --from-hr -m nearest -q -o r3 && "
          "grep -o 'median of five.* upscale [0-9.]* on .* kernels' r3/results.json",
          0, NULL, "" },
    };
    SHELL_EXPECT_ALL(tests);
    json_t *end = shell_json(
        "upscale eval --threads 1 one -m nearest,bicubic --time 5 --json -q | tail -n 1");
    const json_t *bicubic = json_array_get(json_object_get(end, "times"), 1);
    static const char *const threads[] = { "all_threads", "one_thread" };
    for (int i = 0; i < 2; i++) {
        const double median = number(bicubic, threads[i], "median", NULL);
        cr_expect_geq(number(bicubic, threads[i], "runs", NULL), 5);
        cr_expect_gt(number(bicubic, threads[i], "processor", NULL), 0);
        cr_expect_geq(number(bicubic, threads[i], "processor_spread", NULL), 0);
        cr_expect(median > 0 && number(bicubic, threads[i], "low", NULL) <= median &&
                  number(bicubic, threads[i], "high", NULL) >= median);
        cr_expect_gt(number(bicubic, threads[i], "pixels_per_second", NULL), 0);
    }
    cr_expect(json_object_get(json_object_get(end, "protocol"), "machine"));
    json_decref(end);
}

/* -------------------------------------------------------------- several weights */

Test(cli_eval_paper, several_weights_are_methods)
{
    static const shell_case tests[] = {
        { "upscale train one/a.ppm -s 2 -o first.safetensors -q; "
          "upscale train two_b/a.ppm -s 2 -o second.safetensors -q; ls *.safetensors",
          0, "first.safetensors\nsecond.safetensors\n", NULL },
        { "upscale eval --threads 1 one -w first.safetensors -w second.safetensors -q", 0,
          "\nsecond  ", "" },
        { "upscale eval --threads 1 one -m bicubic,tconv -w first.safetensors -w "
          "second.safetensors --csv -q | "
          "grep mean | cut -d, -f 2",
          0, "bicubic\nfirst\nsecond\n", "" },
        { "upscale eval --threads 1 one -m bicubic,tconv -w first.safetensors --baseline tconv "
          "--json -q "
          "| tail -n 1",
          0, "\"method\":\"tconv:first\",\"weights\":\"first.safetensors\"", "" },
        { "upscale compare --threads 1 -q one/a.ppm --from-hr -s 2 -w first.safetensors -o named "
          "--sheet named.svg --sheet-columns tconv=Ours,bicubic && ls named/results && "
          "grep -c '>Ours<' named.svg",
          0, "bicubic.png\noriginal.png\ntconv-first.png\n1\n", "" },
        { "mkdir d; cp first.safetensors d/second.safetensors; upscale eval --threads 1 one --json "
          "-q "
          "-w second.safetensors -w d/second.safetensors -s 2 | tail -n 1",
          0, "\"method\":\"tconv:second-2\",\"weights\":\"d/second.safetensors\"", "" },
        { "upscale one/a.ppm -w first.safetensors -w second.safetensors -o out/ -q && ls out", 0,
          "a-tconv-first.ppm\na-tconv-second.ppm\n", "" },
        { "upscale -q one/a.ppm -w first.safetensors -o one.ppm && cmp one.ppm "
          "out/a-tconv-first.ppm",
          0, "", "" },
        { "upscale eval --threads 1 one -m bicubic -w first.safetensors -w second.safetensors", 2,
          "", "--weights: bicubic does not read it; -m tconv does" },
        { "upscale eval --threads 1 one -w first.safetensors -w missing", 2, "", "missing" },
        { "head -c 200 first.safetensors > cut.safetensors; "
          "upscale eval --threads 1 one two_b -m bicubic,tconv -w cut.safetensors",
          1, "", "cut.safetensors: " },
        { "upscale compare --threads 1 one/a.ppm -m bicubic,tconv -w cut.safetensors -o none 2>&1 "
          "| grep -c cut.safetensors; ls none 2>&1",
          2, "1\nls: cannot access 'none': No such file or directory\n", "" },
        { "upscale compare --threads 1 -q one/a.ppm -w first.safetensors -w second.safetensors -o "
          "report && "
          "ls report/results",
          0, "bicubic.png\ntconv-first.png\ntconv-second.png\n", "" },
    };
    SHELL_EXPECT_ALL(tests);
}

/* -------------------------------------------------------------- what has no number */

Test(cli_eval_paper, what_is_infinite_or_unknown_is_typeset_so)
{
    char *flat = calloc(48 * 48 * 3, 1);
    FILE *file = fopen(scratch_path("flat.ppm"), "wb");
    cr_assert(flat && file);
    fprintf(file, "P6 48 48 255\n");
    fwrite(flat, 48 * 48, 3, file);
    fclose(file);
    free(flat);
    static const shell_case tests[] = {
        { "upscale eval flat.ppm -m nearest,bicubic --metrics psnr,gmsd --latex -q | "
          "grep '^nearest'",
          0, "nearest & 2 & \\textbf{$\\infty$} & \\textbf{0.0000}", "" },
        { "upscale eval flat.ppm -m nearest,bicubic --metrics psnr --markdown -q | tail -n 1", 0,
          "| bicubic | 2 | **\xE2\x88\x9E** |", "" },
        { "upscale eval flat.ppm --metrics psnr --json -q --no-time | head -n 1", 0,
          "\"psnr\":null", "" },
        { "upscale compare flat.ppm one/a.ppm --from-hr -s 2 -m nearest,bicubic --metrics "
          "niqe,gmsd "
          "--baseline nearest --no-time -o r --latex t.tex && grep -c '^bicubic.* & --' t.tex",
          0, " -                     -        -     -     -\n", NULL },
        { "upscale eval one/a.ppm --border 24", 1, "", "a border of 24 leaves nothing of 60x48" },
    };
    SHELL_EXPECT_ALL(tests);
}
