/* SPDX-License-Identifier: MIT */
/* upscale compare --sheet: figures as PDF, SVG and PNG. */
#include "support/pictures/image_io.h"
#include "support/shell.h"
#include "upscale.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static void set_up(void)
{
    scratch_init();
    write_ppm("set/a.ppm", 60, 48);
    write_ppm("set/b & <c>.ppm", 45, 64);
}

TestSuite(cli_sheet, .init = set_up, .fini = scratch_fini);

/* false: the build, or the machine, has nothing to draw with. */
static bool draws(void)
{
    process_result r = shell("upscale compare -q set/a.ppm -s 2 -m nearest --sheet try.pdf");
    const bool fine = !strstr(r.err, "Pango") && !strstr(r.err, "font");
    cr_expect(r.exit_code == 0 || !fine, "%s", r.err);
    process_free(&r);
    return fine;
}

static int count_of(const char *text, const char *part)
{
    int count = 0;
    for (const char *at = text; (at = strstr(at, part)); at += strlen(part))
        count++;
    return count;
}

Test(cli_sheet, svg_holds_text_and_pictures)
{
    shell_expect(&(shell_case){
        "upscale compare -q set --from-hr -s 2 -m nearest,bicubic --crop 0,0,16,12 --crop "
        "20,20,8,8 --sheet-map error --sheet-columns 'original=GT & more,bicubic,nearest=<i>' "
        "--sheet f.svg --sheet-width one",
        0, NULL, NULL });
    size_t size;
    char *svg = file_read(scratch_path("f.svg"), &size);
    cr_expect(strstr(svg, "width=\"238"), "%.200s", svg);
    /* Of each of two pictures the whole, of each of two crops three results and two maps, and what
     * their colours mean. */
    cr_expect_eq(count_of(svg, "<image "), 2 * (1 + 2 * 5 + 1));
    cr_expect_eq(count_of(svg, ">GT &#38; more</text>"), 4);
    cr_expect_eq(count_of(svg, ">&#60;i&#62;</text>"), 4);
    cr_expect_eq(count_of(svg, ">bicubic</text>"), 4);
    cr_expect_eq(count_of(svg, ">nearest</text>"), 0);
    cr_expect_eq(count_of(svg, ">error</text>"), 8);
    cr_expect_eq(count_of(svg, ">error of luma: 0 to "), 2);
    cr_expect_eq(count_of(svg, ">b &#38; &#60;c&#62;.ppm \xC3\x97"), 1);
    cr_expect_eq(count_of(svg, ">crops 16\xC3\x97"
                               "12, \xC3\x97"),
                 2);
    const char *gt = strstr(svg, ">GT"), *bicubic = strstr(svg, ">bicubic");
    cr_expect(gt && bicubic && gt < bicubic, "in the order that was asked for");
    free(svg);
}

Test(cli_sheet, crops_may_be_of_one_picture)
{
    shell_expect(&(shell_case){
        "upscale compare -q set --from-hr -s 2 -m nearest,bicubic --crop a.ppm:0,0,16,12 --crop "
        "'b & <c>.ppm:4,5,9,10' --crop a.ppm:20,20,16,12 --sheet f.svg -o r",
        0, NULL, NULL });
    shell_expect(&(shell_case){ "upscale compare -q set -s 2 -m bicubic --crop b.ppm:0,0,1,1 -o s",
                                2, "",
                                "--crop: no picture is called 'b.ppm'; did you mean 'a.ppm'" });
    static const char *const bad[] = { ":1,2,3,4", "a.ppm:1,2,3", "a.ppm:" };
    for (int i = 0; i < 3; i++)
        cr_expect_eq(shell_code("upscale compare set/a.ppm -s 2 --crop '%s' -o s 2> said", bad[i]),
                     2, "%s", bad[i]);
    size_t size;
    char *svg = file_read(scratch_path("f.svg"), &size);
    cr_expect_eq(count_of(svg, "<image "), 1 + 2 * 3 + 1 + 1 * 3);
    cr_expect_eq(count_of(svg, ">crops 16\xC3\x97"
                               "12, \xC3\x97"),
                 1);
    cr_expect_eq(count_of(svg, ">crop 9\xC3\x97"
                               "10, \xC3\x97"),
                 1, "%s", svg);
    free(svg);
}

Test(cli_sheet, the_extension_says_what_it_is)
{
    static const shell_case tests[] = {
        { "upscale compare -q set/a.ppm -s 2 -m nearest,bicubic --sheet f.pdf -o r && "
          "head -c 5 f.pdf",
          0, "%PDF-", "" },
        { "upscale compare -q set/a.ppm -s 2 -m nearest,bicubic --sheet g.PDF && cmp f.pdf g.PDF "
          "&& ls -A | grep upscale; true",
          0, "", "" },
        { "upscale compare -q set -s 2,3 -m nearest,bicubic --sheet f.png && upscale info f.png "
          "| grep -c 'RGB, 8 bit'",
          0, "1", "" },
        { "upscale compare -q set/a.ppm -s 2 -m nearest --sheet f.pdf", 1, "",
          "f.pdf exists; --overwrite replaces it" },
        { "upscale compare -q set/a.ppm -s 2 -m nearest --sheet f.pdf --overwrite && "
          "head -c 5 f.pdf",
          0, "%PDF-", "" },
    };
    if (!draws())
        cr_skip("sheets are not built in");
    SHELL_EXPECT_ALL(tests);
}

Test(cli_sheet, a_pdf_has_pages)
{
    static const shell_case tests[] = {
        { "upscale compare -q set/a.ppm -s 2 -m nearest,bicubic --sheet f.pdf && "
          "grep -a -c -E '/Count 1$|/ObjStm' f.pdf",
          0, "1", "" },
        { "upscale compare -q set -s 2,3,4 -m nearest,bicubic --sheet-width two --sheet g.pdf && "
          "grep -a -c -E '/Count [2-6]$|/ObjStm' g.pdf", /* newer Cairos pack the list of pages */
          0, "1", "" },
    };
    if (!draws())
        cr_skip("sheets are not built in");
    SHELL_EXPECT_ALL(tests);
}

Test(cli_sheet, what_cannot_be_drawn_is_said)
{
    static const shell_case tests[] = {
        { "upscale compare set/a.ppm -m nearest --sheet f.jpg", 2, "", "SHEET.pdf" },
        { "upscale compare set/a.ppm -m nearest --sheet f", 2, "", "SHEET.pdf" },
        { "upscale compare set/a.ppm -m nearest --sheet f.pdf --zoom 3", 2, "", "--sheet-width" },
        { "upscale compare set/a.ppm -m nearest --sheet f.png --sheet-width one", 2, "", "--zoom" },
        { "upscale compare set/a.ppm -m nearest --sheet f.svg --sheet-map error", 2, "",
          "--from-hr" },
        { "upscale compare set/a.ppm -m nearest -o r --sheet-map error", 2, "", "--sheet" },
        { "upscale compare set/a.ppm -m nearest --sheet f.svg --sheet-columns nearest,best", 2, "",
          "best" },
        { "ls -A | grep -v -e set; true", 0, "", "" },
        { "upscale compare set/a.ppm -q -s 2 -m nearest,fast --sheet f.svg --sheet-columns "
          "fast=Ours && "
          "grep -c '>Ours<' f.svg",
          0, "1\n", "" },
    };
    SHELL_EXPECT_ALL(tests);
}
