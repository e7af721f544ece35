/* SPDX-License-Identifier: MIT */
/* What goes wrong around the program: headers that state too much, limits of the system, lists
 * without an end, checkpoints that were damaged, files that a killed program left. */
#include "support/shell.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TRAIN                                                                                      \
    "upscale train a.ppm b.ppm -s 2 --kind net --steps 4 --batch 1 --patch 16 --channels 4 "       \
    "--layers 1 --checkpoint ck --resume "

static void set_up(void)
{
    scratch_init();
    write_ppm("a.ppm", 80, 70);
    write_ppm("b.ppm", 66, 90);
}

TestSuite(cli_hostile, .init = set_up, .fini = scratch_fini);

Test(cli_hostile, stated_rows_take_no_time)
{
    static const shell_case tests[] = {
        { "printf 'P5 1 134217000 255\\n' > tall.pgm; timeout 5 upscale info tall.pgm", 0,
          "134217000", "" },
        { "timeout 5 upscale tall.pgm -o o.png", 1, "", "truncated" },
        { "timeout -s TERM 2 upscale info tall.pgm --size 3x199999999 -m bicubic; test $? -eq 124 "
          "-o $? -eq 0",
          0, NULL, NULL },
    };
    SHELL_EXPECT_ALL(tests);
}

Test(cli_hostile, limits_of_the_system_are_errors_of_that_file)
{
    static const shell_case tests[] = {
        { "ulimit -f 1; upscale a.ppm b.ppm -m nearest -o out", 1, "", "out/a.ppm: cannot be" },
        { "ls -A out", 0, "", "" },
        { "upscale - -o o.png < .", 1, "", "is a folder" },
        { "timeout 20 upscale --files-from /dev/zero -o o.png", 2, "", "longer than 65536 bytes" },
    };
    SHELL_EXPECT_ALL(tests);
}

Test(cli_hostile, finished_training_gives_its_weights_again)
{
    static const shell_case tests[] = {
        { TRAIN "-o w.safetensors", 0, "", "w.safetensors" },
        { "mv w.safetensors first; " TRAIN "-o w.safetensors && cmp first w.safetensors", 0, "",
          "w.safetensors" },
    };
    SHELL_EXPECT_ALL(tests);
}

static void flip(const char *name, size_t from_end)
{
    size_t size;
    char *bytes = file_read(scratch_path("%s", name), &size);
    bytes[size - from_end] ^= 4;
    file_write(scratch_path("%s", name), bytes, size);
    free(bytes);
}

Test(cli_hostile, damaged_checkpoints_do_not_train_on)
{
    static const shell_case tests[] = {
        { TRAIN "-o w.safetensors", 0, "", NULL },
        { TRAIN "-o v.safetensors", 1, "", "the checkpoint is damaged" },
        { "test -e v.safetensors", 1, "", "" },
    };
    shell_expect(&tests[0]);
    flip("ck", 1001);
    shell_expect(&tests[1]);
    shell_expect(&tests[2]);
}
