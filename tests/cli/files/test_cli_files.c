/* SPDX-License-Identifier: MIT */
/* Which files are read, how outputs are called, and what is never replaced. */
#include "support/shell.h"

#include <criterion/criterion.h>
#include <string.h>
#include <unistd.h>

static void set_up(void)
{
    scratch_init();
    write_ppm("a.ppm", 12, 10);
    write_ppm("b.ppm", 9, 8);
    write_ppm("tree/x.ppm", 4, 4);
    write_ppm("tree/sub/y.ppm", 4, 5);
    write_ppm("tree/sub/plain", 4, 6);
    write_ppm("tree/.hidden.ppm", 4, 4);
    write_ppm("tree/.git/z.ppm", 4, 4);
    shell_code("echo text > tree/readme.txt; echo text > tree/notes");
}

TestSuite(cli_files, .init = set_up, .fini = scratch_fini);

Test(cli_files, one_input_one_output)
{
    static const shell_case tests[] = {
        { "upscale a.ppm -o big.ppm && size_of big.ppm", 0, "P6 24 20", NULL },
        { "upscale a.ppm -o big.npy && test -s big.npy", 0, "", "" },
        { "upscale a.ppm -o new/deep/big.ppm && test -s new/deep/big.ppm", 0, "", "" },
        { "upscale ./a.ppm -o folder/ && test -s folder/a.ppm", 0, "", "" },
        { "upscale b.ppm -o folder && test -s folder/b.ppm", 0, "", "" },
        { "upscale a.ppm -f npy -o folder && test -s folder/a.npy", 0, "", "" },
        { "upscale a.ppm -o unclear", 2, "", "write -o unclear/; a file needs an extension" },
        { "upscale a.ppm -o unclear -m nearest,bicubic", 2, "", "write -o unclear/" },
        { "upscale a.ppm -o unclear -f png && test -f unclear", 0, "", "" },
        { "upscale a.ppm -o \"$PWD/abs/olute/\" && test -s abs/olute/a.ppm", 0, "", "" },
        { "ln -s folder link; upscale a.ppm -f png -o link && test -s folder/a.png", 0, "", "" },
        { "upscale a.ppm b.ppm -f jpg -o link/ -q && test -s folder/b.jpg", 0, "", "" },
    };
    SHELL_EXPECT_ALL(tests);
}

Test(cli_files, without_output_it_goes_beside_the_input)
{
    static const shell_case tests[] = {
        { "upscale a.ppm && test -s a-x2.ppm", 0, "", "a.ppm -> a-x2.ppm" },
        { "upscale tree/x.ppm -s 1.5 && test -s tree/x-x1.5.ppm", 0, "", "tree/x-x1.5.ppm" },
        { "upscale a.ppm --width 30 && test -s a-30x25.ppm", 0, "", "a-30x25.ppm" },
        { "upscale a.ppm -m nearest,lanczos -q && test -s a-nearest-x2.ppm -a -s a-lanczos-x2.ppm",
          0, "", "" },
        { "upscale a.ppm b.ppm", 1, "", "a-x2.ppm exists" },
        { "test -s b-x2.ppm", 0, "", "" },
        { "upscale -r tree", 2, "", "-o DIR/" },
    };
    SHELL_EXPECT_ALL(tests);
}

Test(cli_files, folders_need_r_and_are_mirrored)
{
    static const shell_case tests[] = {
        { "upscale tree -o out", 2, "", "tree is a folder; -r" },
        { "test ! -e out", 0, "", "" },
        { "upscale -r tree -o out", 0, "", "3 done" },
        { "cd out && find . -type f | sort | tr '\\n' ' '", 0,
          "./sub/plain.pnm ./sub/y.ppm ./x.ppm ", "" },
        { "upscale -r . -o out/again --dry-run | grep -c hidden", 1, "0", "" },
        { "mkdir empty; upscale -r empty -o out", 1, "", "there are no images in this folder" },
        { "upscale -r tree/x.ppm -o single/ && test -s single/x.ppm", 0, "", "" },
    };
    SHELL_EXPECT_ALL(tests);
}

Test(cli_files, an_output_folder_inside_the_input_is_not_read)
{
    cr_expect_eq(shell_code("upscale -r tree -o tree/big && upscale -r tree -o tree/big "
                            "--skip-existing && test ! -e tree/big/big"),
                 0);
}

Test(cli_files, lists)
{
    static const shell_case tests[] = {
        { "printf 'a.ppm\\n\\nb.ppm' > list; upscale --files-from list -o o1", 0, "", "2 done" },
        { "printf 'a.ppm\\0b.ppm\\0' | upscale --files-from - -0 -o o2", 0, "", "2 done" },
        { "find tree -name '*.ppm' -print0 | upscale --files-from=- --null -n -o o3 | wc -l", 0,
          "4", "" },
        { "printf 'a.ppm\\0b.ppm' | upscale --files-from - -o o4", 2, "", "--null" },
        { "upscale --files-from missing -o o5", 2, "", "cannot read missing" },
        { "printf '' | upscale --files-from - -o o6", 0, "", NULL },
        { "echo a.ppm | upscale - --files-from - -o o7/", 2, "", "only once" },
    };
    SHELL_EXPECT_ALL(tests);
}

Test(cli_files, templates)
{
    static const shell_case tests[] = {
        { "upscale a.ppm -o t --name '{stem}_{method}_{scale}.{ext}' -m nearest && ls t", 0,
          "a_nearest_2.ppm\n", "" },
        { "upscale a.ppm -o u --name '{width}x{height}/{stem}' -s 3 && ls u/36x30", 0, "a.ppm",
          NULL },
        { "upscale a.ppm -o v --name '{stem}.npy' && ls v", 0, "a.npy\n", "" },
        { "upscale tree/sub/y.ppm tree/x.ppm -o w --name '{dir}/{stem}.{ext}' -q && ls w/tree/sub",
          0, "y.ppm\n", "" },
        { "upscale a.ppm --size 36x10 -o x --name '{stem}-{scale}' && ls x", 0, "a-1,3.ppm\n", "" },
        { "upscale a.ppm -m nearest,lanczos -o y --name '{stem}'", 2, "", "{method}" },
        { "test ! -e y", 0, "", "" },
        { "upscale a.ppm -o big.ppm --name '{stem}'", 2, "", "write -o big.ppm/" },
    };
    SHELL_EXPECT_ALL(tests);
}

Test(cli_files, several_methods)
{
    static const shell_case tests[] = {
        { "upscale a.ppm -m nearest,lanczos -o big.ppm -q && ls big-*", 0,
          "big-lanczos.ppm\nbig-nearest.ppm\n", "" },
        { "upscale a.ppm -m nearest,lanczos -o dir/ -q && ls dir", 0,
          "a-lanczos.ppm\na-nearest.ppm\n", "" },
        { "upscale a.ppm -m nearest,lanczos -o - | cat", 0, "", "standard output takes one image" },
    };
    SHELL_EXPECT_ALL(tests);
}

Test(cli_files, collisions_are_found_before_anything_is_touched)
{
    static const shell_case tests[] = {
        { "cp b.ppm tree/a.ppm; upscale a.ppm tree/a.ppm -o out", 2, "",
          "a.ppm and tree/a.ppm would both become out/a.ppm" },
        { "cp a.ppm a.pnm; upscale a.ppm a.pnm -f npy -o out", 2, "", "would both become" },
        { "upscale a.ppm b.ppm -o out --name same", 2, "", "would both become" },
        { "test ! -e out", 0, "", "" },
        { "upscale a.ppm ./a.ppm b.ppm -o out", 0, "", "2 done" },
        { "upscale a.ppm b.ppm -o out.ppm", 2, "", "a folder is needed" },
        { "upscale a.ppm b.ppm -o a.ppm", 2, "", "this is a file" },
    };
    SHELL_EXPECT_ALL(tests);
}

Test(cli_files, nothing_is_overwritten_silently)
{
    static const shell_case tests[] = {
        { "echo keep > o.ppm; upscale a.ppm -o o.ppm", 1, "",
          "o.ppm exists; --overwrite replaces it, --skip-existing leaves it" },
        { "upscale a.ppm -o o.ppm --skip-existing -v; cat o.ppm", 0, "keep", "exists, skipped" },
        { "upscale a.ppm -o o.ppm --overwrite && size_of o.ppm", 0, "P6 24 20", "" },
        { "ln -s nowhere dangling.ppm; upscale a.ppm -o dangling.ppm", 1, "", "exists" },
    };
    SHELL_EXPECT_ALL(tests);
}

Test(cli_files, an_input_is_never_replaced)
{
    static const shell_case tests[] = {
        { "upscale a.ppm -o a.ppm --overwrite", 2, "", "would replace its input" },
        { "upscale a.ppm b.ppm -o . --overwrite", 2, "", "would replace its input" },
        { "ln -s a.ppm soft.ppm; upscale a.ppm -o soft.ppm --overwrite", 2, "", "its input" },
        { "ln a.ppm hard.ppm; upscale a.ppm -o hard.ppm --overwrite", 2, "", "its input" },
        { "ln -s . here; upscale a.ppm -o here/a.ppm --overwrite", 2, "", "its input" },
        { "mkdir d; cp b.ppm d/a.ppm; upscale a.ppm d/a.ppm b.ppm --overwrite -o d "
          "--name '{stem}-{height}' -q; upscale a.ppm d/a.ppm -o d --name '{width}' -q",
          0, "", "" },
        { "cp a.ppm b-x2.ppm; upscale b.ppm b-x2.ppm --overwrite", 2, "", "a file that is read" },
        { "upscale a.ppm -w b.ppm -o b.ppm --overwrite", 2, "", "a file that is read" },
    };
    shell_code("cp a.ppm before");
    SHELL_EXPECT_ALL(tests);
    cr_expect_eq(shell_code("cmp a.ppm before"), 0);
}

Test(cli_files, pipes)
{
    static const shell_case tests[] = {
        { "upscale - < a.ppm | size_of", 0, "P6 24 20", "" },
        { "upscale - -o - < a.ppm | size_of", 0, "P6 24 20", "" },
        { "upscale a.ppm -o - -f npy | head -c 6 | tail -c 5", 0, "NUMPY", "" },
        { "cat a.ppm | upscale - -o p.ppm && size_of p.ppm", 0, "P6 24 20", "" },
        { "upscale - -o d/ < a.ppm && ls d", 0, "stdin.p", "" },
        { "upscale - a.ppm -o d2/ < b.ppm && ls d2 | wc -l", 0, "2", NULL },
        { "upscale - - -o d3/ < b.ppm", 2, "", "only once" },
        { "upscale a.ppm -o - > p2.ppm && upscale a.ppm -o p3.ppm && cmp p2.ppm p3.ppm", 0, "",
          "" },
        { "upscale - < /dev/null", 1, "", "standard input" },
    };
    SHELL_EXPECT_ALL(tests);
}
