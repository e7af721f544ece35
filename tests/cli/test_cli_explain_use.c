/* SPDX-License-Identifier: MIT */
/* explain and show as they are typed: what fits a terminal; what is refused, and how. */
#include "support/scratch.h"
#include "support/shell.h"

#include <criterion/criterion.h>
#include <string.h>

TestSuite(cli_explain_use, .init = scratch_init, .fini = scratch_fini);

/* -------------------------------------------------------------- a terminal */

static void expect_screen(const char *out, int lines, const char *what)
{
    int count = 0;
    for (const char *at = out; *at; at += *at == '\n') {
        const size_t length = strcspn(at, "\n");
        cr_expect_leq(length, 80, "%s: %.*s", what, (int)length, at);
        at += length;
        count++;
    }
    cr_expect_leq(count, lines, "%s takes %d lines:\n%s", what, count, out);
}

Test(cli_explain_use, two_by_two_fits_a_terminal)
{
    static const char *const flags[] = { "tconv",
                                         "tconv --padding 1",
                                         "tconv --stride 2",
                                         "tconv --stride 2 --padding 1",
                                         "tconv --stride 2 --padding 1 --output-padding 1",
                                         "conv" };
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++) {
        process_result r = shell("upscale explain %s --x '0,1;2,3' --k '0,1;2,3'", flags[i]);
        cr_expect_eq(r.exit_code, 0, "%s: %s", flags[i], r.err);
        expect_screen(r.out, 24, flags[i]);
        process_free(&r);
    }
}

/* -------------------------------------------------------------- what is said */

Test(cli_explain_use, refusals)
{
    write_ppm("large.ppm", 40, 30);
    static const shell_case cases[] = {
        { "upscale explain", 2, "", "explain needs the name of one op" },
        { "upscale explain tconv conv --x 1 --k 1", 2, "", "explain needs the name of one op" },
        { "upscale explain deconv --x 1", 2, "", "these can: tconv, conv, nearest" },
        { "upscale explain tconv --k 1", 2, "", "tconv needs an input" },
        { "upscale explain tconv --x 1", 2, "", "tconv needs a kernel" },
        { "upscale explain tconv --x '1,2;3' --k 1", 1, "",
          "--x: line 1, column 6: this row is longer or shorter" },
        { "upscale explain tconv --x missing.npy --k 1", 1, "", "missing.npy" },
        { "upscale explain tconv --x large.ppm --k 1", 1, "", "at most 16x16 can be explained" },
        { "upscale explain tconv --x 1 --k large.ppm", 1, "", "at most 16x16 can be explained" },
        { "upscale explain tconv --x 1,nan --k 1", 1, "", "give finite numbers" },
        { "upscale explain tconv --x '1|2' --k '1|2|3'", 2, "", "3 planes do not fit 2 input" },
        { "upscale explain tconv --x 1 --k 1 --stride 17", 1, "",
          "--stride 17: from 1 to 16 can be explained" },
        { "upscale explain tconv --x 1 --k 1 --padding 1", 2, "", "nothing is left of the result" },
        { "upscale explain tconv --x 1,2 --k 1 --output-padding 1", 2, "", "output padding" },
        { "upscale explain conv --x 1,2 --k 1,2,3", 2, "", "nothing is left of the result" },
        { "upscale explain conv --x 1,2 --k 1 --output-padding 1", 2, "",
          "--output-padding means nothing to conv; it is for: tconv" },
        { "upscale explain nearest --x 1,2 --stride 2", 2, "",
          "--stride means nothing to nearest" },
        { "upscale explain nearest --x 1,2 --scale 1.5", 1, "", "whole scales" },
        { "upscale explain pixel-shuffle --x '1|2|3'", 2, "", "a multiple of 4, not 3" },
        { "upscale explain max-pool --x '1,2;3,4'", 2, "", "--kernel K" },
        { "upscale explain max-unpool --x 6 --kernel 2", 2, "", "--indices" },
        { "upscale explain max-unpool --x 6 --indices 9 --kernel 2", 2, "", "9 is no position" },
        { "upscale explain max-unpool --x 6 --indices 1,2 --kernel 2", 2, "", "not shaped like" },
        { "upscale explain tconv --x 1 --k 1 -o -", 2, "", "a page cannot go" },
        { "upscale explain tconv --x 1 --k 1 --overwrite", 2, "", "--overwrite means nothing" },
        { "upscale show", 2, "", "show needs a file" },
        { "upscale show -", 2, "", "give it a file" },
        { "upscale show missing.npy", 1, "", "missing.npy" },
    };
    SHELL_EXPECT_ALL(cases);
}

Test(cli_explain_use, files_quiet_and_pages)
{
    static const shell_case cases[] = {
        { "printf '0 1\\n2 3\\n' > x.txt; upscale explain tconv --x x.txt --kernel-values x.txt", 0,
          "4 12  9", "" },
        { "upscale explain tconv --x x.txt --k x.txt --quiet", 0, "", "" },
        { "upscale explain tconv --x x.txt -k 1 -o page.html && grep -c '\"op\":\"tconv\"' "
          "page.html",
          0, "1\n", "" },
        { "upscale explain tconv --x x.txt -k 1 -o page.html", 1, "", "page.html" },
        { "upscale explain tconv --x x.txt -k 1 -o page.html --overwrite", 0, "", "" },
        { "upscale x.txt -m nearest -s 3 -o z.npy && upscale explain tconv --x z.npy -k 1", 0,
          "for 20 more elements (--all-steps)", "" },
        { "upscale explain tconv --x z.npy -k 1 --all-steps | grep -c '3 \\* k'", 0, NULL, "" },
        { "upscale x.txt -m nearest -s 2 -o y.npy && upscale explain conv --x y.npy -k 1,0,-1", 0,
          "ways agree", "" },
    };
    SHELL_EXPECT_ALL(cases);
}

Test(cli_explain_use, shown_pictures)
{
    write_ppm("noise.ppm", 200, 100);
    static const shell_case cases[] = {
        { "printf 'P5 4 2 255\\n\\0\\377\\0\\377\\377\\0\\377\\0' > t.pgm; upscale show t.pgm", 0,
          NULL, "" },
        { "upscale show t.pgm --digits 1", 0, "  0 255   0 255\n255   0 255   0\n", "" },
        { "upscale show noise.ppm | awk 'length > 80' | wc -l", 0, "0\n", "" },
        { "upscale show noise.ppm | wc -l", 0, "20\n", "" },
    };
    SHELL_EXPECT_ALL(cases);
}
