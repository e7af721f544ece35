/* SPDX-License-Identifier: MIT */
/* What a run does not take is told: pictures in formats that are not read, links to folders. */
#include "support/shell.h"

#include <criterion/criterion.h>
#include <string.h>

static void set_up(void)
{
    scratch_init();
    write_ppm("tree/a.ppm", 12, 10);
    write_ppm("tree/sub/b.ppm", 9, 8);
    shell_code("printf '\\377\\117\\377\\121' > tree/photo.j2k\n"
               "cp tree/photo.j2k tree/sub/other.j2k; cp tree/photo.j2k mis.jpg\n"
               "printf 'v/1\\001' > tree/sub/img.EXR\n"
               "printf '\\012\\005\\001\\010' > tree/old.pcx\n"
               "cp tree/a.ppm tree/odd.j2k\n"
               "echo text > tree/notes.txt; printf '\\0\\0\\0\\1Bud1' > tree/.DS_Store\n"
               "printf '%%PDF-1.4\\n' > tree/form.pdf; printf 'PK\\3\\4' > tree/all.zip\n"
               "mkdir none; cp tree/photo.j2k none/");
}

TestSuite(cli_left_out, .init = set_up, .fini = scratch_fini);

Test(cli_left_out, pictures_in_trees_are_named_and_counted)
{
    process_result r = shell("upscale -r tree -o out");
    cr_expect_eq(r.exit_code, 0);
    static const char *const said[] = {
        ("upscale: left out: 2 JPEG 2000; 'opj_decompress -i IN -o OUT.png' converts it\n"
         "  tree/photo.j2k\n  tree/sub/other.j2k\n"),
        "left out: 1 OpenEXR; ",
        "  tree/sub/img.EXR\n",
        "left out: 1 PCX; ",
        "  tree/old.pcx\n",
        "left out: 1 readable, but named otherwise; ",
        "  tree/odd.j2k\n",
        "2 done, 5 left out in ",
    };
    for (size_t i = 0; i < sizeof said / sizeof *said; i++)
        cr_expect(strstr(r.err, said[i]), "%s\nis not in\n%s", said[i], r.err);
    static const char *const unsaid[] = { "notes", "DS_Store", "form", "all.zip" };
    for (size_t i = 0; i < sizeof unsaid / sizeof *unsaid; i++)
        cr_expect_null(strstr(r.err, unsaid[i]), "%s", r.err);
    process_free(&r);
}

Test(cli_left_out, scripts_get_a_line_for_each)
{
    static const shell_case tests[] = {
        { "upscale -r tree -o out --json -q | grep -c '\"status\":\"left out\"'", 0, "5\n", "" },
        { "upscale -r tree -o out2 --json | grep sub/img", 0,
          "{\"input\":\"tree/sub/img.EXR\",\"output\":null,\"status\":\"left out\","
          "\"reason\":\"OpenEXR\",\"advice\":\"'magick",
          NULL },
        { "upscale info -r tree --json | grep -c 'left out'", 0, "5\n", "" },
        { "upscale eval tree -m bicubic --json -q | grep -c 'left out'", 0, "3\n", NULL },
        { "upscale compare -q tree -m nearest -o report --json | grep -c 'left out'", 0, "3\n",
          NULL },
        { "upscale train -r tree --validation none -o w.safetensors --json -q | "
          "grep -c 'left out'",
          0, "6\n", NULL },
    };
    SHELL_EXPECT_ALL(tests);
}

Test(cli_left_out, quiet_and_verbose)
{
    static const shell_case tests[] = {
        { "upscale -r tree -o o1 -q", 0, "", "" },
        { "for i in 1 2 3 4 5 6 7 8 9 10 11 12; do cp none/photo.j2k none/$i.j2k; done; "
          "cp tree/a.ppm none/c.ppm",
          0, "", "" },
        { "upscale -r none tree -o o2", 0, "", "left out: 15 JPEG 2000; " },
        { "upscale -r none tree -o o3", 0, "", "  ... and 5 more\n" },
        { "upscale -r none tree -o o4 -v", 0, "", "  tree/sub/other.j2k\n" },
        { "upscale -r none tree -o o5 -n 2>&1 | grep -c ': left out'", 0, "4\n", "" },
    };
    SHELL_EXPECT_ALL(tests);
}

Test(cli_left_out, a_folder_of_nothing_else_is_an_error)
{
    static const shell_case tests[] = {
        { "upscale -r none -o out", 1, "", "no images in this folder that can be read" },
        { "upscale -r none -o out", 1, "", "none/photo.j2k\n" },
        { "upscale -r none tree -o out", 1, "", "2 done, 1 failed, 6 left out in" },
        { "upscale mis.jpg -o o.png", 1, "",
          "mis.jpg: is JPEG 2000, which cannot be read; 'opj_decompress" },
        { "upscale tree/photo.j2k tree/a.ppm -o two/", 1, "", "tree/photo.j2k: is JPEG 2000" },
    };
    SHELL_EXPECT_ALL(tests);
}

Test(cli_left_out, links)
{
    static const shell_case tests[] = {
        { "mkdir t; cp tree/a.ppm t; ln -s ../tree t/linked; upscale -r t -o o1", 0, "",
          "left out: 1 linked folder(s); name them to take what is in them\n  t/linked\n" },
        { "ls o1", 0, "a.ppm\n", "" },
        { "upscale -r t/linked -o o2 -q && ls o2", 0, "a.ppm\nsub\n", "" },
        { "ln -s ../o1 t/out; upscale -r t -o o1 --skip-existing 2>&1 | grep t/out", 1, "", "" },
        { "ln -s nowhere t/gone.png; upscale -r t -o o3", 1, "", "t/gone.png: cannot be opened" },
        { "ln -s nowhere t/gone.txt; upscale -r t -o o4 2>&1 | grep gone.txt", 1, "", "" },
    };
    SHELL_EXPECT_ALL(tests);
}

/* An odd name in the terminal or in JSON does no harm. */
Test(cli_left_out, odd_names)
{
    process_result r = shell("mkdir t; cp tree/a.ppm t; n=$(printf 't/o\\377\\033[2J\\nx.j2k'); "
                             "cp none/photo.j2k \"$n\"; upscale -r t -o out");
    cr_expect(strstr(r.err, "  t/o\\xff\\x1b[2J\\nx.j2k\n"), "%s", r.err);
    process_free(&r);
}
