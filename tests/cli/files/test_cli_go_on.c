/* SPDX-License-Identifier: MIT */
/* Runs that find work done already, that are broken off, or that nobody listens to any more. */
#include "support/shell.h"

#include <criterion/criterion.h>
#include <string.h>

static void set_up(void)
{
    scratch_init();
    write_ppm("a.ppm", 12, 10);
    write_ppm("b.ppm", 9, 8);
    write_ppm("c.ppm", 40, 30);
}

TestSuite(cli_go_on, .init = set_up, .fini = scratch_fini);

/* -------------------------------------------------------------- --skip-existing */

Test(cli_go_on, what_is_there_already_is_left)
{
    static const shell_case tests[] = {
        { "upscale a.ppm b.ppm -o o -q && upscale a.ppm b.ppm c.ppm -o o --skip-existing", 0, "",
          "1 done, 2 skipped in" },
        { "upscale a.ppm b.ppm c.ppm -o o --skip-existing 2>&1 | grep but", 1, "", "" },
        { "upscale a.ppm -o o --skip-existing -m lanczos -v", 0, "", "o/a.ppm exists, skipped" },
        { "upscale a.ppm -m bicubic,nearest -o m/ -q; upscale a.ppm -m bicubic,nearest -o m -s 2 "
          "--skip-existing",
          0, "", "upscale: 2 skipped in" },
        { "cp a.ppm noext; upscale noext -f png -o e/ -q; upscale noext -f png -o e "
          "--skip-existing; ls e",
          0, "noext.png\n", "" },
    };
    SHELL_EXPECT_ALL(tests);
}

Test(cli_go_on, outputs_of_another_size_or_type_are_named)
{
    static const shell_case tests[] = {
        { "upscale a.ppm b.ppm -o o -q && upscale a.ppm b.ppm c.ppm -o o -s 3 --skip-existing", 0,
          "",
          "upscale: o/a.ppm: kept, but it is 24 x 20, and this run makes 36 x 30; --overwrite "
          "replaces it\n" },
        { "upscale a.ppm b.ppm c.ppm -o o -s 3 --skip-existing", 0, "",
          "1 skipped, 2 kept though different in" },
        { "upscale a.ppm -o o --size 24x21 --skip-existing", 0, "",
          "makes 24 x 21; --overwrite replaces it\n" },
        { "upscale a.ppm -o o --fit 24x24 --skip-existing", 0, "", "" },
        { "upscale a.ppm -o o -w " UP_GOLDEN_DIR "/../../src/weights/data/bicubic-x3.safetensors "
          "-m tconv --skip-existing",
          0, "", "makes 36 x 30; --overwrite replaces it\n" },
        { "upscale a.ppm -o o -w " UP_GOLDEN_DIR "/../../src/weights/data/bicubic-x3.safetensors "
          "-m tconv -s 2 --skip-existing",
          0, "", "" },
        { "upscale a.ppm -o o -s 3 --skip-existing -q", 0, "", "" },
        { "upscale a.ppm -o o -s 3 --skip-existing -n", 0, "would be skipped", "36 x 30" },
        { "upscale a.ppm -o o -s 3 --skip-existing --json", 0,
          "\"status\":\"skipped\",\"differs\":\"is 24 x 20, and this run makes 36 x 30\"", NULL },
        { "upscale a.ppm -o o --skip-existing --json | grep differs", 1, "", "" },
        { "upscale c.ppm -o p.png -q && cp p.png o/c.ppm; upscale c.ppm -o o --skip-existing", 0,
          "",
          "o/c.ppm: kept, but it holds png, and this run makes ppm; --overwrite replaces it\n" },
        { "cmp p.png o/c.ppm && upscale info o/a.ppm", 0, "24 x 20", "" },
    };
    SHELL_EXPECT_ALL(tests);
}

Test(cli_go_on, outputs_that_are_broken_or_cut_short_are_named)
{
    static const shell_case tests[] = {
        { "for f in png jpg ppm pgm pbm npy; do upscale c.ppm -s 4 -m nearest -f $f -o o/ -q; done",
          0, "", NULL },
        { "for f in png jpg ppm npy; do upscale c.ppm -s 4 -m nearest -o o -f $f --skip-existing; "
          "done",
          0, "", "" },
        { "for f in png jpg ppm npy; do head -c 1000 o/c.$f > t; cat t > o/c.$f; done", 0, "", "" },
        { "upscale c.ppm -s 4 -o o -f png --skip-existing", 0, "",
          "upscale: o/c.png: kept, but it is cut short; --overwrite replaces it\n" },
        { "upscale c.ppm -s 4 -o o -f jpg --skip-existing", 0, "",
          "upscale: o/c.jpg: kept, but it is cut short; --overwrite replaces it\n" },
        { "upscale c.ppm -s 4 -o o --skip-existing", 0, "",
          "upscale: o/c.ppm: kept, but it is cut short; --overwrite replaces it\n" },
        { "upscale c.ppm -s 4 -o o -f npy --skip-existing", 0, "",
          "upscale: o/c.npy: kept, but it cannot be read: truncated: " },
        { ": > o/c.png; upscale c.ppm -s 4 -o o -f png --skip-existing", 0, "",
          "it cannot be read: is empty; --overwrite replaces it\n" },
        { "echo text > o/c.png; upscale c.ppm -s 4 -o o -f png --skip-existing", 0, "",
          "; it holds text that is not numbers alone; --overwrite replaces it\n" },
        { "rm o/c.png; ln -s nowhere o/c.png; upscale c.ppm -s 4 -o o -f png --skip-existing", 0,
          "", "cannot be opened" },
        { "upscale a.ppm - -s 2 -o o2/ < b.ppm -q; upscale a.ppm - -s 3 -o o2/ < b.ppm "
          "--skip-existing",
          0, "", "1 skipped, 1 kept though different" },
    };
    SHELL_EXPECT_ALL(tests);
}

/* -------------------------------------------------------------- broken off */

/* Two pictures are done and the third comes through a pipe that stalls when the signal arrives. */
static process_result broken_off(const char *flags)
{
    return shell(
        "mkfifo pipe.ppm\n"
        "env --default-signal=INT upscale a.ppm b.ppm pipe.ppm c.ppm -o out -j1 %s & p=$!\n"
        "exec 9> pipe.ppm; printf 'P6 900 900 255\\n' >&9\n"
        "until test -e out/b.ppm; do sleep 0.05; done\n"
        "kill -INT $p; exec 9>&-; wait $p",
        flags);
}

Test(cli_go_on, a_run_that_was_broken_off_says_how_to_go_on)
{
    process_result r = broken_off("");
    cr_expect_eq(r.exit_code, 130);
    cr_expect(strstr(r.err, "interrupted; 2 done, 2 left, nothing half-written; "
                            "the same command with --skip-existing does the rest\n"),
              "%s", r.err);
    process_free(&r);
    static const shell_case tests[] = {
        { "ls out", 0, "a.ppm\nb.ppm\n", "" },
        { "upscale a.ppm b.ppm c.ppm -o out --skip-existing", 0, "", "1 done, 2 skipped" },
    };
    SHELL_EXPECT_ALL(tests);
}

Test(cli_go_on, going_on_may_be_broken_off_as_well)
{
    process_result r = broken_off("--skip-existing");
    cr_expect(strstr(r.err, "2 left, nothing half-written; the same command does the rest\n"), "%s",
              r.err);
    process_free(&r);
}

Test(cli_go_on, overwriting_cannot_go_on)
{
    process_result r = broken_off("--overwrite");
    cr_expect(strstr(r.err, "2 left, nothing half-written; the same command begins anew\n"), "%s",
              r.err);
    process_free(&r);
}

/* -------------------------------------------------------------- nobody listens */

/* `reader` is gone before the program begins to write. */
static void expect_quiet(const char *command)
{
    process_result r = shell("mkfifo p; (exec 8< p; touch opened) & exec 9> p\n"
                             "wait; { %s\n} >&9 9>&- 2> said\necho $? >&2; cat said >&2",
                             command);
    cr_expect_str_eq(r.err, "141\n", "%s\n%s", command, r.err);
    process_free(&r);
    shell_code("rm -f p opened said");
}

Test(cli_go_on, a_closed_pipe_ends_it_quietly)
{
    static const char *const commands[] = {
        "upscale --man",
        "upscale --help",
        "upscale compare --help",
        "upscale --version",
        "upscale --list-methods",
        "upscale --completion bash",
        "upscale c.ppm -o - -f png",
        "upscale c.ppm -s 30 -m nearest -o -",
        "upscale - -s 9 < c.ppm",
        "upscale pool c.ppm -o - -f png --indices i.npy --kernel 2",
        "upscale info a.ppm b.ppm",
        "upscale info a.ppm b.ppm --json",
        "upscale eval c.ppm c.ppm -m bicubic --csv -q",
        "upscale eval c.ppm c.ppm -m bicubic -q",
        "upscale -n a.ppm b.ppm -o out",
    };
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        expect_quiet(commands[i]);
}

Test(cli_go_on, files_are_written_though_nobody_reads_what_is_said)
{
    static const shell_case tests[] = {
        { "mkfifo p; (exec 8< p) & exec 9> p; wait; upscale a.ppm b.ppm -o o1 --json >&9 9>&-; "
          "echo $?; ls o1",
          0, "141\na.ppm\nb.ppm\n", "" },
        { "(exec 8< p) & exec 9> p; wait; upscale a.ppm b.ppm -o o2 -v 2>&9 9>&-; echo $?; ls o2",
          0, "0\na.ppm\nb.ppm\n", "" },
        { "(exec 8< p) & exec 9> p; wait; upscale missing.ppm -o o3.ppm 2>&9 9>&-", 1, "", "" },
        { "upscale --man > /dev/full", 1, "", "cannot write to standard output: No space" },
    };
    SHELL_EXPECT_ALL(tests);
}
