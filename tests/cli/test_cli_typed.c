/* SPDX-License-Identifier: MIT */
/* Tensors and kernels that are typed instead of files. */
#include "support/scratch.h"
#include "support/shell.h"

#include <criterion/criterion.h>

TestSuite(cli_typed, .init = scratch_init, .fini = scratch_fini);

Test(cli_typed, results_are_printed)
{
    static const shell_case cases[] = {
        { "upscale --x '0,1;2,3' -m tconv --kernel-values '0,1;2,3' --stride 2", 0,
          "0 0 0 1\n0 0 2 3\n0 2 0 3\n4 6 6 9\n", "" },
        { "upscale --x '0,1;2,3' -k '0,1;2,3'", 0, " 0  0  1\n 0  4  6\n 4 12  9\n", NULL },
        { "upscale --x '1,2;3,4' -m nearest,bed-of-nails", 0,
          "nearest\n1 1 2 2\n1 1 2 2\n3 3 4 4\n3 3 4 4\nbed-of-nails\n1 0 2 0\n0 0 0 0\n3 0 4 0\n",
          "" },
        { "upscale --x '6,8;14,16' --indices '5,7;13,15' --kernel 2", 0,
          " 0  0  0  0\n 0  6  0  8\n 0  0  0  0\n 0 14  0 16\n", "" },
        { "upscale --x '1,2;3,4|5,6;7,8' -k '1,0;0,1|2,0;0,2|0,1;1,0|0,3;3,0'", 0,
          "channel 0\n 1  7  6\n 8 18 10\n 7 11  4\n\nchannel 1\n 2 19 18\n21 49 28\n21 30  8\n",
          "" },
        { "upscale --x '1,2|3,4' -k '1|2' --groups 2", 0, "channel 0\n1 2\n\nchannel 1\n6 8\n",
          "" },
        { "upscale --x '1,2' -k '1|2|3'", 0, "channel 0\n1 2\n\nchannel 1\n2 4\n", "" },
        { "upscale --x '0,1,2;3,4,5;6,7,8' -m deconvolve --kernel-file '0,0,0;0,1,0;0,0,0'", 0,
          "0 1 2\n3 4 5\n6 7 8\n", "" },
        { "upscale --x 0.125,0.25 -m nearest --digits 2", 0, "0.12 0.12 0.25 0.25\n", "" },
    };
    SHELL_EXPECT_ALL(cases);
}

Test(cli_typed, files_are_the_same)
{
    static const shell_case cases[] = {
        { "printf '0 1\\n2 3\\n' > x.txt; upscale x.txt -k x.txt --stride 2 -o y.txt; "
          "upscale --x x.txt -k '0,1;2,3' --stride 2 -o z.txt && cmp y.txt z.txt && cat z.txt",
          0, "0,0,0,1\n0,0,2,3\n0,2,0,3\n4,6,6,9\n", "" },
        { "upscale --x 0,1 -m nearest -o z.txt", 1, "", "z.txt" },
        { "upscale --x 0,1 -m nearest -o z.txt --overwrite && cat z.txt", 0, "0,0,1,1\n0,0,1,1\n",
          "" },
        { "upscale --x 0,1 -m nearest -f txt -o -", 0, "0,0,1,1\n0,0,1,1\n", "" },
        { "upscale noise.ppm -k '1,1;1,1' --stride 2 -o a.ppm && "
          "upscale noise.ppm -m nearest -o b.ppm && cmp a.ppm b.ppm",
          0, "", "" },
        { "upscale eval noise.ppm -k '1,1;1,1' --stride 2 -s 2", 0, "tconv", NULL },
    };
    write_ppm("noise.ppm", 40, 32);
    SHELL_EXPECT_ALL(cases);
}

Test(cli_typed, refusals)
{
    static const shell_case cases[] = {
        { "upscale --x 0,1 x.txt", 2, "", "no file goes with it" },
        { "upscale --x 0,1 -m nearest --json", 2, "", "--json means nothing" },
        { "upscale --x 0,1 -m nearest -j 2", 2, "", "--jobs means nothing" },
        { "upscale --x 0,1 -m nearest,bilinear -o y.txt", 2, "", "takes one method" },
        { "upscale --x 0,1 -m nearest --digits 2 -o y.txt", 2, "", "--digits means nothing" },
        { "upscale noise.ppm --digits 2", 2, "", "--digits means nothing without --x" },
        { "upscale --x '1,2;3' -m nearest", 1, "", "--x: line 1, column 6: this row" },
        { "upscale --x none.npy -m nearest", 1, "", "none.npy" },
        { "upscale --x noise.ppm -m nearest", 2, "", "is a picture; give it without --x" },
        { "upscale --x 1,2 -k 1 -m bilinear", 2, "", "bilinear does not read it; -m tconv does" },
        { "upscale --x 1,2 -k 1 -m tconv:small", 2, "", "--kernel-values gives others" },
        { "upscale --x 1,2 -k 1 -w layer.safetensors", 2, "", "give one of" },
        { "upscale --x '1|2' -k '1|2|3'", 2, "", "3 planes do not fit 2 input channels" },
        { "upscale --x 1,2 -k nan", 1, "", "NaN or infinity" },
        { "upscale --x 1,2 -k noise.ppm", 1, "", "a tensor, not a picture" },
        { "upscale --x 1,2 -k none.npy", 1, "", "none.npy" },
        { "upscale --x 1,2 -k '1,2;3'", 1, "", "--kernel-values: line 1, column 6" },
        { "upscale --x 6 --indices 0.5 --kernel 2", 1, "", "--indices: 0.5 is no position" },
        { "upscale --x 6 --indices 9 --kernel 2", 1, "", "9" },
        { "upscale --x 1 -m nearest -s 300", 1, "", "too many" },
    };
    write_ppm("noise.ppm", 40, 32);
    SHELL_EXPECT_ALL(cases);
}
