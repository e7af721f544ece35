/* SPDX-License-Identifier: MIT */
/* upscale info and upscale pool. */
#include "support/shell.h"

#include <criterion/criterion.h>

static void set_up(void)
{
    scratch_init();
    write_ppm("a.ppm", 12, 10);
    write_ppm("tree/b.ppm", 6, 4);
    shell_code("echo nothing > text.ppm");
}

TestSuite(cli_commands, .init = set_up, .fini = scratch_fini);

Test(cli_commands, info)
{
    static const shell_case tests[] = {
        { "upscale info a.ppm", 0, "12 x 10 RGB, 8 bit", "" },
        { "upscale info a.ppm", 0, "24 x 20 with tconv:small", "" },
        { "upscale info a.ppm -s 3 -m nearest", 0, "36 x 30 with nearest", "" },
        { "upscale info a.ppm --json", 0, "\"width\":12,\"height\":10", "" },
        { "upscale info -r tree --json", 0, "\"input\":\"tree/b.ppm\"", "" },
        { "upscale info a.ppm text.ppm tree/b.ppm", 1, "tree/b.ppm", "text.ppm: " },
        { "upscale info", 2, "", "info needs a file" },
        { "upscale info tree", 2, "", "-r" },
        { "upscale info a.ppm > /dev/full", 1, "", "standard output" },
    };
    SHELL_EXPECT_ALL(tests);
}

Test(cli_commands, pool_and_unpool)
{
    static const shell_case tests[] = {
        { "upscale pool a.ppm -o p.ppm --indices i.npy --kernel 2 && size_of p.ppm", 0, "P6 6 5",
          "" },
        { "upscale p.ppm -m max-unpool --indices i.npy --kernel 2 -o u.ppm && size_of u.ppm", 0,
          "P6 12 10", "" },
        { "upscale pool a.ppm -o p.ppm --indices i2.npy --kernel 2", 1, "", "p.ppm exists" },
        { "upscale pool a.ppm -o p2.ppm --indices i.npy --kernel 2", 1, "", "i.npy exists" },
        { "upscale pool a.ppm -o p.ppm --indices i.npy --kernel 2 --overwrite --json", 0,
          "\"status\":\"done\"", "" },
        { "upscale pool text.ppm -o p3.ppm --indices i3.npy --kernel 2", 1, "", "text.ppm: " },
        { "test -e p2.ppm -o -e p3.ppm -o -e i2.npy -o -e i3.npy", 1, "", "" },
    };
    SHELL_EXPECT_ALL(tests);
}

Test(cli_commands, pool_says_what_is_missing)
{
    static const shell_case tests[] = {
        { "upscale pool", 2, "", "one input" },
        { "upscale pool a.ppm --indices i.npy --kernel 2", 2, "", "-o POOLED" },
        { "upscale pool a.ppm -o p.ppm --kernel 2", 2, "", "--indices IDX.npy" },
        { "upscale pool a.ppm -o p.ppm --indices i.npy", 2, "", "--kernel K" },
        { "upscale pool a.ppm -o i.npy --indices i.npy --kernel 2", 2, "", "the same file" },
        { "upscale pool a.ppm -o a.ppm --indices i.npy --kernel 2 --overwrite", 2, "",
          "the input" },
        { "ln -s a.ppm l.npy; upscale pool a.ppm -o p.ppm --indices l.npy --kernel 2 --overwrite",
          2, "", "the input" },
    };
    SHELL_EXPECT_ALL(tests);
    cr_expect_eq(shell_code("size_of a.ppm | grep -q 'P6 12 10'"), 0);
}

/* Folders above an output are made by every command that writes, and DIR/ is no name of a file. */
Test(cli_commands, outputs_in_new_folders)
{
    static const shell_case tests[] = {
        { "upscale pool a.ppm -o n1/p.ppm --indices n2/i.npy --kernel 2 && ls n1 n2", 0,
          "n1:\np.ppm\n\nn2:\ni.npy\n", "" },
        { "upscale pool a.ppm -o n3/ --indices i.npy --kernel 2", 1, "", "name it: n3/NAME" },
        { "upscale pool a.ppm -o p.ppm --indices tree --kernel 2", 1, "", "name it: tree/NAME" },
        { "upscale info tconv:bicubic -s 2 --plot n4/f/filters.png > /dev/null && ls n4/f", 0,
          "filters.png\n", "" },
        { "upscale info tconv:bicubic -s 2 --plot n5/ > /dev/null", 1, "", "name it: n5/NAME" },
        { "mkdir w; ln -s w link; upscale info tconv:bicubic -s 2 --plot link > /dev/null", 1, "",
          "name it: link/NAME" },
        { "upscale -q a.ppm -s 4 -m nearest -o b.ppm && upscale eval b.ppm -m bicubic --csv -q > "
          "n1/eval.csv && head -n 1 n1/eval.csv",
          0, "picture,", "" },
        { "test -e n3 -o -e n5 -o -e p.ppm -o -e i.npy", 1, "", "" },
    };
    SHELL_EXPECT_ALL(tests);
}
