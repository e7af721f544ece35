/* SPDX-License-Identifier: MIT */
/* Flags: what is refused, in which words, and that nothing is touched then. */
#include "support/shell.h"

#include <criterion/criterion.h>
#include <string.h>

static void set_up(void)
{
    scratch_init();
    write_ppm("a.ppm", 12, 10);
}

TestSuite(cli_flags, .init = set_up, .fini = scratch_fini);

Test(cli_flags, habits_of_other_programs_are_answered)
{
    static const shell_case tests[] = {
        { "upscale -i a.ppm -o b.png -s 2", 2, "", "-i: pictures are named without a flag" },
        { "upscale a.ppm --model_name x4plus", 2, "", "--model_name: a method is chosen by -m" },
        { "upscale a.ppm --tile=256", 2, "", "--tile: pictures are read in bands" },
        { "upscale a.ppm -g 0", 2, "", "-g: the processor is all" },
        { "upscale a.ppm --denoise 2", 2, "", "--denoise: --clean 0..100" },
        { "upscale a.ppm --sclae 2", 2, "", "did you mean --scale?" },
        { "upscale a.ppm -y", 2, "", "there is no flag -y; upscale --help lists them" },
        { "upscale train -i a.ppm", 2, "", "there is no flag -i; its --help" },
        { "upscale a.ppm 2x -o b.png", 2, "",
          "2x: there is no such file; if it is to be the "
          "scale, write -s 2x" },
        { "upscale eval a.ppm 200%", 2, "", "write -s 200%" },
        { "upscale https://example.org/a.png -o b.png", 2, "", "addresses are not fetched" },
        { "upscale a.ppm large.png -s 2", 1, "", "if it is to be the output, write -o large.png" },
        { "cp a.ppm 2x && upscale 2x -s 2 -o two.png -q", 0, "", "" },
    };
    SHELL_EXPECT_ALL(tests);
}

Test(cli_flags, says_what_it_is)
{
    static const shell_case tests[] = {
        { "upscale --version", 0, "upscale 0.", "" },
        { "upscale --help", 0, "Usage:", "" },
        { "upscale -h", 0, "--skip-existing", "" },
        { "upscale pool --help", 0, "--ceil-mode", "" },
        { "upscale info --help", 0, "--json", "" },
        { "upscale --list-methods", 0, "lanczos", "" },
        { "upscale --list-methods", 0, "The default is tconv:small.", "" },
        { "upscale --man", 0, ".TH UPSCALE 1", "" },
        { "upscale", 2, "", "no input" },
    };
    SHELL_EXPECT_ALL(tests);
}

Test(cli_flags, help_fits_80_columns)
{
    static const char *const commands[] = { "", "compare", "eval", "pool", "info" };
    for (int i = 0; i < 5; i++)
        cr_expect_neq(shell_code("upscale %s --help | grep -E '.{81}'", commands[i]), 0);
}

Test(cli_flags, every_flag_is_in_help_man_and_completions)
{
    static const char *const shown[] = { "help", "man", "completion bash", "completion zsh" };
    static const char *const flags[] = { "--method",  "--scale",   "--size",       "--weights",
                                         "--output",  "--name",    "--max-memory", "--cubic-a",
                                         "--indices", "--threads", "--background", "--json" };
    for (size_t s = 0; s < sizeof shown / sizeof *shown; s++) {
        process_result r = shell("upscale --%s | sed 's/\\\\-/-/g'", shown[s]);
        for (size_t f = 0; f < sizeof flags / sizeof *flags; f++)
            cr_expect(strstr(r.out, flags[f]), "--%s lacks %s", shown[s], flags[f]);
        process_free(&r);
    }
}

Test(cli_flags, unknown_flags_suggest_the_nearest)
{
    static const shell_case tests[] = {
        { "upscale --sclae 2 a.ppm", 2, "", "did you mean --scale?" },
        { "upscale --overwirte a.ppm", 2, "", "did you mean --overwrite?" },
        { "upscale --skip a.ppm", 2, "", "did you mean --skip-existing?" },
        { "upscale --xyzzyxyzzy a.ppm", 2, "", "there is no flag --xyzzyxyzzy" },
        { "upscale -Z a.ppm", 2, "", "there is no flag -Z" },
        { "upscale pool --recursive a.ppm", 2, "", "there is no flag --recursive" },
        { "upscale -m lancsoz a.ppm", 2, "", "did you mean 'lanczos'?" },
        { "upscale -m nearest,,lanczos a.ppm", 2, "", "is not a list of methods: there is no ''" },
    };
    SHELL_EXPECT_ALL(tests);
}

Test(cli_flags, bad_values_name_the_flag_the_value_and_the_remedy)
{
    static const shell_case tests[] = {
        { "upscale a.ppm -s nan", 2, "", "-s: 'nan' is not a number above 0" },
        { "upscale a.ppm -s 2y", 2, "", "'2y'" },
        { "upscale a.ppm -s x2x", 2, "", "'x2x'" },
        { "upscale a.ppm -s 0%", 2, "", "'0%'" },
        { "upscale a.ppm -q 95", 2, "", "-q means --quiet; the quality of JPEGs is --quality 95" },
        { "upscale a.ppm -q95", 2, "", "-q means --quiet; the quality of JPEGs is --quality 95" },
        { "upscale a.ppm -s 0", 2, "", "'0'" },
        { "upscale a.ppm -s -1", 2, "", "'-1'" },
        { "upscale a.ppm -s 0x10", 2, "", "'0x10'" },
        { "upscale a.ppm -s 1e999", 2, "", "'1e999'" },
        { "upscale a.ppm -s 2,3,4", 2, "", "'2,3,4'" },
        { "upscale a.ppm --scale=", 2, "", "--scale: the value is empty" },
        { "upscale a.ppm --size 10", 2, "", "1920x1080" },
        { "upscale a.ppm --size 10x0", 2, "", "'10x0'" },
        { "upscale a.ppm --size 10x99999999999", 2, "", "--size" },
        { "upscale a.ppm --width 1.5", 2, "", "a whole number from 1" },
        { "upscale a.ppm --quality 101", 2, "", "from 1 to 100" },
        { "upscale a.ppm --png-level 10", 2, "", "from 1 to 9" },
        { "upscale a.ppm --depth 12", 2, "", "one of 8, 16" },
        { "upscale a.ppm --subsampling 411", 2, "", "one of auto, 444, 422, 420" },
        { "upscale a.ppm --progress=maybe", 2, "", "one of auto, json, none" },
        { "upscale a.ppm --background mauve", 2, "", "a colour such as" },
        { "upscale a.ppm --background '#12'", 2, "", "'#12'" },
        { "upscale a.ppm --max-memory 10X", 2, "", "512M" },
        { "upscale a.ppm --max-memory=-5", 2, "", "512M" },
        { "upscale a.ppm -f xcf", 2, "", "a format that can be written" },
        { "upscale a.ppm --stride 0", 2, "", "--stride" },
        { "upscale a.ppm --stride 2,", 2, "", "'2,'" },
        { "upscale a.ppm --padding -1", 2, "", "--padding" },
        { "upscale a.ppm --cubic-a inf", 2, "", "--cubic-a" },
        { "upscale a.ppm -j 0", 2, "", "-j: '0'" },
        { "upscale a.ppm --name '{stem'", 2, "", "{stem} {ext}" },
        { "upscale a.ppm --name '{foo}'", 2, "", "{stem} {ext}" },
        { "upscale a.ppm --name '../{stem}'", 2, "", "inside the output folder" },
        { "upscale a.ppm --name '/tmp/{stem}'", 2, "", "inside the output folder" },
        { "upscale a.ppm --json=yes", 2, "", "--json takes no value" },
        { "upscale a.ppm -o", 2, "", "-o needs a value" },
        { "upscale a.ppm -o --overwrite", 2, "", "--output=--overwrite" },
    };
    SHELL_EXPECT_ALL(tests);
    cr_expect_eq(shell_code("test \"$(ls)\" = a.ppm"), 0, "something was made");
}

Test(cli_flags, habits_are_understood)
{
    static const shell_case tests[] = {
        { "for s in 2 2x x2 200%; do upscale -q a.ppm -s $s -m bicubic -o $s.ppm && "
          "cmp 2.ppm $s.ppm || exit 9; done",
          0, "", "" },
        { "upscale -q a.ppm -s 150%,2x -o b.ppm && upscale info b.ppm", 0, "24 x 15", "" },
        { "upscale -q a.ppm -m fast,good,best -o out/ && ls out", 0,
          "a-tconv-large.ppm\na-tconv-linear.ppm\na-tconv-small.ppm\n", "" },
        { "upscale --list-methods", 0, "best           the same as tconv:large", "" },
        { "upscale --list-methods | grep -c ' 37.27$'", 0, "1", "" },
        { "upscale help eval > one; upscale eval --help | cmp - one", 0, "", "" },
        { "upscale help > one; upscale --help | cmp - one", 0, "", "" },
        { "upscale help evla", 2, "", "did you mean 'upscale help eval'?" },
        { "cp a.ppm 95; upscale -q 95 -o c.ppm && ls c.ppm", 0, "c.ppm", "" },
        { "touch -d 2001-02-03T04:05:06Z a.ppm; upscale -q a.ppm -o d.ppm --keep-times && "
          "date -u -r d.ppm +%F",
          0, "2001-02-03", "" },
        { "cp -p a.ppm e.ppm; upscale -q a.ppm e.ppm -o many/ --keep-times && "
          "date -u -r many/e.ppm +%F",
          0, "2001-02-03", "" },
        { "upscale a.ppm -q -o - --keep-times | wc -c", 0, NULL, "" },
    };
    SHELL_EXPECT_ALL(tests);
}

Test(cli_flags, contradictions_are_refused)
{
    static const shell_case tests[] = {
        { "upscale a.ppm -s 2 --size 9x9", 2, "", "--scale and --size exclude each other" },
        { "upscale a.ppm --fit 9x9 --width 9", 2, "", "exclude each other" },
        { "upscale a.ppm --overwrite --skip-existing", 2, "", "exclude each other" },
        { "upscale a.ppm -q -v", 2, "", "exclude each other" },
        { "upscale a.ppm -0", 2, "", "--null means nothing without --files-from" },
        { "upscale a.ppm -w a.ppm -m lanczos", 2, "", "--weights: lanczos does not read it" },
        { "upscale a.ppm -w a.ppm -m tconv:small", 2, "", "choose one, or -m tconv:small,tconv" },
        { "upscale a.ppm --indices a.ppm -m nearest,bicubic", 2, "", "-m max-unpool does" },
        { "upscale a.ppm --json -o -", 2, "", "standard output" },
    };
    SHELL_EXPECT_ALL(tests);
}

Test(cli_flags, spellings)
{
    static const shell_case tests[] = {
        { "upscale -n a.ppm -s3 -o o.ppm", 0, "36 x 30", "" },
        { "upscale -n a.ppm --scale 3 -o o.ppm", 0, "36 x 30", "" },
        { "upscale a.ppm --scale=3 -no o.ppm", 0, "36 x 30", "" },
        { "upscale -n a.ppm -s 2,3 -o o.ppm", 0, "36 x 20", "" },
        { "upscale -n -o o.ppm -- a.ppm", 0, "24 x 20", "" },
        { "upscale -n a.ppm --size 7x9 -o o.ppm", 0, "7 x 9", "" },
        { "upscale -n a.ppm --width 24 -o o.ppm", 0, "24 x 20", "" },
        { "upscale -n a.ppm --height 5 -o o.ppm", 0, "6 x 5", "" },
        { "upscale -n a.ppm --fit 100x20 -o o.ppm", 0, "24 x 20", "" },
        { "upscale -n a.ppm --max-memory 50% -o o.ppm", 0, "24 x 20", "" },
        { "upscale -n a.ppm --max-memory 1.5GiB -o o.ppm", 0, "24 x 20", "" },
        { "upscale -n a.ppm -s 2 -s 4 -o o.ppm", 0, "48 x 40", "" },
        { "cp a.ppm ./-odd.ppm; upscale -n -o o.ppm -- -odd.ppm", 0, "24 x 20", "" },
    };
    SHELL_EXPECT_ALL(tests);
    cr_expect_eq(shell_code("test ! -e o.ppm"), 0, "a dry run made a file");
}

Test(cli_flags, completions_are_valid_scripts)
{
    cr_expect_eq(shell_code("upscale --completion bash | bash -n"), 0);
    cr_expect_eq(shell_code("upscale --completion bash > c; bash -c '. ./c; "
                            "COMP_WORDS=(upscale --sc); COMP_CWORD=1; _upscale; "
                            "test \"${COMPREPLY[*]}\" = --scale'"),
                 0);
    cr_expect_eq(shell_code("upscale --completion bash > c; bash -c '. ./c; "
                            "COMP_WORDS=(upscale -m lan); COMP_CWORD=2; _upscale; "
                            "test \"${COMPREPLY[*]}\" = lanczos'"),
                 0);
    cr_expect_eq(shell_code("command -v zsh >&2 || exit 0; upscale --completion zsh | zsh -n"), 0);
    cr_expect_eq(shell_code("command -v fish >&2 || exit 0; upscale --completion fish | fish -n"),
                 0);
    cr_expect_eq(shell_code("upscale --completion tcsh"), 2);
}
