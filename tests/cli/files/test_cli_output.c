/* SPDX-License-Identifier: MIT */
/* Outputs that are no files, standard streams that are closed, and what is kept of a file that is
 * replaced. */
#include "support/shell.h"

#include <criterion/criterion.h>
#include <unistd.h>

static void set_up(void)
{
    scratch_init();
    write_ppm("a.ppm", 12, 10);
    write_ppm("b.ppm", 9, 8);
    shell_code("upscale a.ppm -q -o whole.ppm; upscale a.ppm -q -o whole.png");
}

TestSuite(cli_output, .init = set_up, .fini = scratch_fini);

Test(cli_output, a_closed_stream_is_an_error_where_it_is_used)
{
    static const shell_case tests[] = {
        { "upscale a.ppm -f png -q -o - >&-", 1, "", "standard output: is closed" },
        { "upscale a.ppm -o /dev/stdout >&-", 1, "", "standard output: is closed" },
        { "upscale a.ppm -o - 1< b.ppm", 1, "", "open for reading only" },
        { "upscale - -o i.ppm <&-", 1, "", "standard input: is closed" },
        { "upscale - -o i.ppm 0> void", 1, "", "standard input: is closed" },
        { "upscale --files-from - -o i/ <&-", 2, "", "cannot read standard input" },
        { "upscale a.ppm -o j.ppm --json >&-", 1, "", "cannot write to standard output" },
        { "upscale info a.ppm >&-", 1, "", "cannot write to standard output" },
        { "upscale --version >&-", 1, "", "cannot write to standard output" },
        { "upscale --help >&-", 1, "", "cannot write to standard output" },
        { "upscale -n a.ppm -o n.ppm >&-", 1, "", "cannot write to standard output" },
        { "upscale missing.ppm -o m.ppm 2>&-", 1, "", "" },
        { "cmp j.ppm whole.ppm; test ! -e i.ppm -a ! -e i", 0, "", "" },
    };
    SHELL_EXPECT_ALL(tests);
}

/* Where messages would go into the picture if it had the descriptor of a closed stream. */
Test(cli_output, a_file_never_takes_the_place_of_a_closed_stream)
{
    static const shell_case tests[] = {
        { "upscale a.ppm -o o1.ppm >&- && cmp o1.ppm whole.ppm", 0, "", "" },
        { "upscale a.ppm -o o2.ppm -v 2>&- && cmp o2.ppm whole.ppm", 0, "", "" },
        { "upscale a.ppm -o o3.ppm -v --json >&- 2>&- <&-; cmp o3.ppm whole.ppm", 0, "", "" },
        { "upscale a.ppm b.ppm broken.ppm -v --json --progress json -o o4 >&- 2>&- <&-; "
          "cmp o4/a.ppm whole.ppm",
          0, "", "" },
        { "upscale a.ppm -o - 2>&- <&- | cmp - whole.ppm", 0, "", "" },
    };
    SHELL_EXPECT_ALL(tests);
}

Test(cli_output, streams_need_no_overwrite_and_are_not_replaced)
{
    static const shell_case tests[] = {
        { "mkfifo pipe; cat pipe > o1 & upscale a.ppm -o pipe && wait && cmp o1 whole.ppm && "
          "test -p pipe",
          0, "", "" },
        { "cat pipe > o2 & upscale a.ppm --skip-existing -v -o pipe && wait && cmp o2 whole.ppm", 0,
          "", "12 x 10" },
        { "ln -s pipe link; cat pipe > o3 & upscale a.ppm -o link && wait && cmp o3 whole.ppm", 0,
          "", "" },
        { "upscale a.ppm -o /dev/null && test -c /dev/null", 0, "", "" },
        { "upscale a.ppm -o /dev/null --skip-existing -v", 0, "", "24 x 20" },
        { "test -e /dev/full || exit 75; upscale a.ppm -o /dev/full", 75, "", NULL },
        { "upscale pool a.ppm -o pool.ppm --kernel 2 --indices i.npy && "
          "upscale pool a.ppm -o /dev/stdout --kernel 2 --indices j.npy | cmp - pool.ppm",
          0, "", "" },
        { "upscale pool a.ppm -o p.ppm --kernel 2 --indices /dev/stdout", 2, "", "stream" },
        { "timeout 60 upscale -n a.ppm -o pipe", 0, "a.ppm -> pipe", "" },
    };
    SHELL_EXPECT_ALL(tests);
}

Test(cli_output, descriptors_are_written_where_they_stand)
{
    static const shell_case tests[] = {
        { "upscale a.ppm -o /dev/stdout | cmp - whole.ppm", 0, "", "" },
        { "upscale a.ppm -o /dev/fd/1 | cmp - whole.ppm", 0, "", "" },
        { "{ echo head; upscale a.ppm -o /dev/stdout; echo tail; } > o1; "
          "{ echo head; cat whole.ppm; echo tail; } | cmp - o1",
          0, "", "" },
        { "{ echo head; upscale a.ppm -o /dev/fd/3 3>&1; echo tail; } > o2; cmp o1 o2", 0, "", "" },
        { "echo head > o3; upscale a.ppm -o /dev/stdout >> o3; echo tail >> o3; cmp o1 o3", 0, "",
          "" },
        { "upscale a.ppm -o /proc/self/fd/7 7> o4; cmp o4 whole.ppm", 0, "", "" },
        { "ln -s /dev/fd out; ln -s out/5 five; upscale a.ppm -o five 5> o5; cmp o5 whole.ppm", 0,
          "", "" },
        { "test -L five -a ! -L /dev/fd/5", 0, "", "" },
        { "upscale a.ppm -o /dev/fd/9", 1, "", "/dev/fd/9: is closed" },
        { "upscale a.ppm -o /dev/fd/3 3< b.ppm", 1, "", "open for reading only" },
        { "cp a.ppm own.ppm; upscale own.ppm -o /dev/fd/3 3<> own.ppm; cmp own.ppm a.ppm", 0, "",
          "would replace its input" },
    };
    SHELL_EXPECT_ALL(tests);
}

Test(cli_output, formats_of_streams)
{
    static const shell_case tests[] = {
        { "upscale whole.png -s 1 -m nearest -o /dev/stdout | head -c 4 | tail -c 3", 0, "PNG",
          "" },
        { "upscale a.ppm -f png -o /dev/stdout | cmp - whole.png", 0, "", "" },
        { "mkfifo p.png; cat p.png > o1 & upscale a.ppm -o p.png && wait && cmp o1 whole.png", 0,
          "", "" },
        { "mkfifo p.xyz; cat p.xyz > o2 & upscale a.ppm -o p.xyz && wait && cmp o2 whole.ppm", 0,
          "", "" },
        { "upscale a.ppm -o p.abc", 2, "", "names no output format" },
    };
    SHELL_EXPECT_ALL(tests);
}

Test(cli_output, a_stream_takes_one_image)
{
    static const shell_case tests[] = {
        { "upscale a.ppm b.ppm -o /dev/null", 2, "", "/dev/null: this takes one image" },
        { "upscale a.ppm -m nearest,lanczos -o /dev/null; ls /dev/null*", 0, "/dev/null\n",
          "this takes one image" },
        { "upscale a.ppm --json -o /dev/stdout", 2, "", "both want standard output" },
        { "upscale a.ppm b.ppm -o /dev/stdout", 2, "", "standard output takes one image" },
        { "mkfifo pipe; timeout 60 upscale pipe -o pipe", 2, "", "its input" },
    };
    SHELL_EXPECT_ALL(tests);
}

Test(cli_output, a_replaced_file_hands_on_its_permissions)
{
    static const shell_case tests[] = {
        { "umask 022; touch o.ppm; chmod 604 o.ppm; upscale a.ppm --overwrite -o o.ppm; "
          "cmp o.ppm whole.ppm; stat -c %a o.ppm",
          0, "604", "" },
        { "umask 077; chmod 664 o.ppm; upscale a.ppm --overwrite -o o.ppm; stat -c %a o.ppm", 0,
          "664", "" },
        { "chmod 444 o.ppm; upscale a.ppm --overwrite -o o.ppm; stat -c %a o.ppm", 0, "444", "" },
        { "umask 027; upscale a.ppm --overwrite -o new.ppm; stat -c %a new.ppm", 0, "640", "" },
        { "mkdir d; touch d/a.ppm d/b.ppm; chmod 600 d/a.ppm; chmod 640 d/b.ppm; "
          "upscale a.ppm b.ppm --overwrite -q -o d; stat -c %a d/a.ppm d/b.ppm",
          0, "600\n640\n", "" },
        { "ln -s d/a.ppm l.ppm; upscale b.ppm --overwrite -o l.ppm; test -L l.ppm; "
          "cmp d/a.ppm d/b.ppm; stat -c %a d/a.ppm",
          0, "600", "" },
    };
    SHELL_EXPECT_ALL(tests);
    if (geteuid() != 0)
        cr_skip_test("only root gives files away");
    cr_expect_eq(shell_code("chown 12:34 o.ppm; upscale a.ppm --overwrite -o o.ppm; "
                            "test \"$(stat -c %%u:%%g:%%a o.ppm)\" = 12:34:444"),
                 0);
}
