/* SPDX-License-Identifier: MIT */
/* upscale train. */
#include "support/pictures/image_io.h"
#include "support/shell.h"

#include <criterion/criterion.h>
#include <string.h>

static int noise(int x, int y, int c)
{
    uint32_t state = (uint32_t)(x * 31 + y * 1009 + c * 7);
    return (int)(next_random(&state) >> 8 & 255);
}

static void write_picture(const char *name, int side, up_color color, up_sample sample)
{
    const int channels = color == UP_COLOR_CMYK ? 4 : color == UP_COLOR_RGB ? 3 : 1;
    up_format format = picture_format(side, side, channels, sample);
    format.color = color;
    picture_save(name, &format, noise);
}

static void set_up(void)
{
    scratch_init();
    write_ppm("photos/a.ppm", 80, 70);
    write_ppm("photos/inner/b.ppm", 66, 90);
    write_ppm("photos/inner/c.ppm", 100, 64);
    shell_code("mkdir empty mixed; echo nothing > mixed/broken.png");
    write_picture("mixed/tiny.png", 30, UP_COLOR_RGB, UP_SAMPLE_U8);
    write_picture("mixed/grey.png", 70, UP_COLOR_GREY, UP_SAMPLE_U8);
    write_picture("mixed/deep.png", 75, UP_COLOR_RGB, UP_SAMPLE_U16);
    write_picture("mixed/cmyk.jpg", 80, UP_COLOR_CMYK, UP_SAMPLE_U8);
}

TestSuite(cli_train, .init = set_up, .fini = scratch_fini);

Test(cli_train, makes_weights_that_upscale)
{
    static const shell_case tests[] = {
        { "upscale train -r photos -s 2 -o w.safetensors", 0, "", "x2 from 3 pictures" },
        { "upscale info w.safetensors", 0, "exactly the input times the scale", "" },
        { "upscale info w.safetensors", 0, "even", "" },
        { "upscale photos/a.ppm -m tconv -w w.safetensors -s 2 -o t.ppm && size_of t.ppm", 0,
          "P6 160 140", "" },
        { "upscale train -r photos -s 3 -o v.safetensors -q --support 5 --ridge 1e-4 --data 'my "
          "own' --license CC0-1.0",
          0, "", "" },
        { "upscale info v.safetensors", 0, "CC0-1.0", "" },
        { "upscale info v.safetensors", 0, "my own", "" },
        { "upscale info v.safetensors", 0, "--support 5 --ridge 0.0001", "" },
        { "upscale train -r photos -s 2 -o w.safetensors", 1, "", "w.safetensors exists" },
        { "upscale train -r photos -s 2 -o w.safetensors --overwrite --json", 0,
          "\"status\":\"done\"", "" },
        { "upscale train -r photos -q -o - | cmp - w.safetensors", 0, "", "" },
        { "find photos | upscale train --files-from - -r -o x.safetensors", 0, "", "pictures" },
    };
    SHELL_EXPECT_ALL(tests);
}

Test(cli_train, degrades)
{
    static const shell_case tests[] = {
        { "upscale train -r photos --degrade jpeg:30-90,noise:2.5 -o a.safetensors", 0, "", "dB" },
        { "upscale info a.safetensors", 0, "--degrade noise:2.5-2.5,jpeg:30-90 --seed 0", "" },
        { "upscale train -r photos --degrade noise:2.5 --degrade jpeg:30-90 -q -o - | "
          "cmp - a.safetensors",
          0, "", "" },
        { "upscale train -r photos -q -o - | cmp -s - a.safetensors", 1, "", "" },
        { "upscale train -r photos --kind net --steps 1 --batch 1 --patch 16 --degrade jpeg:50 "
          "--seed 7 -q -o n.safetensors",
          0, "", "" },
        { "upscale info n.safetensors", 0, "jpeg:50-50", "" },
        { "upscale train -r photos --degrade blur:3 -o w.safetensors", 2, "", "--degrade: " },
        { "upscale train -r photos --degrade jpeg -o w.safetensors", 2, "", "--degrade: " },
        { "upscale train -r photos --degrade jpeg:0-90 -o w.safetensors", 2, "", "--degrade: " },
        { "upscale train -r photos --degrade jpeg:90-30 -o w.safetensors", 2, "", "--degrade: " },
        { "upscale train -r photos --degrade jpeg:30- -o w.safetensors", 2, "", "--degrade: " },
        { "upscale train -r photos --degrade jpeg:30, -o w.safetensors", 2, "", "--degrade: " },
        { "upscale train -r photos --degrade jpeg:30.5 -o w.safetensors", 2, "", "--degrade: " },
        { "upscale train -r photos --degrade noise:1-101 -o w.safetensors", 2, "", "--degrade: " },
        { "upscale train -r photos --degrade noise:nan -o w.safetensors", 2, "", "--degrade: " },
        { "test -e w.safetensors", 1, "", "" },
    };
    SHELL_EXPECT_ALL(tests);
}

Test(cli_train, takes_pictures_at_several_sizes)
{
    static const shell_case tests[] = {
        { "upscale train -r photos --multiscale 0.75,0.5 -o a.safetensors", 0, "", "dB" },
        { "upscale info a.safetensors", 0, "--multiscale 0.75,0.5", "" },
        { "upscale train -r photos -q -o - | cmp -s - a.safetensors", 1, "", "" },
        { "upscale train -r photos --kind net --steps 1 --multiscale 0.8 -q -o n.safetensors", 0,
          "", "" },
        { "upscale info n.safetensors --json", 0, "--multiscale 0.8", "" },
        { "upscale train -r photos --multiscale 1 -o w.safetensors", 2, "", "--multiscale: " },
        { "upscale train -r photos --multiscale 0.5, -o w.safetensors", 2, "", "--multiscale: " },
        { "upscale train -r photos --multiscale 0.5,0 -o w.safetensors", 2, "", "--multiscale: " },
        { "upscale train -r photos --multiscale .9,.8,.7,.6,.5,.4,.3,.2,.1 -o w.safetensors", 2, "",
          "--multiscale: " },
        { "test -e w.safetensors", 1, "", "" },
    };
    SHELL_EXPECT_ALL(tests);
}

Test(cli_train, names_what_it_skips)
{
    process_result r = shell("upscale train -r mixed missing.png -s 2 -o w.safetensors");
    cr_expect_eq(r.exit_code, 0, "%s", r.err);
    static const char *const said[] = {
        "skipped mixed/broken.png: ",     "skipped mixed/cmyk.jpg: is CMYK",
        "skipped mixed/tiny.png: 30x30 ", "skipped missing.png: ",
        "from 2 pictures (4 skipped)",
    };
    for (size_t i = 0; i < sizeof said / sizeof *said; i++)
        cr_expect(strstr(r.err, said[i]), "%s in\n%s", said[i], r.err);
    process_free(&r);
    static const shell_case tests[] = {
        { "upscale train mixed/broken.png mixed/tiny.png -o n.safetensors", 1, "",
          "none of the 2 pictures" },
        { "upscale train mixed/broken.png photos/a.ppm -o n.safetensors --json", 0,
          "\"status\":\"skipped\"", NULL },
        { "upscale train -r photos --validation mixed/broken.png -o o.safetensors", 1, "",
          "for validation" },
        { "upscale train photos/a.ppm --validation photos/inner -o o.safetensors", 0, "",
          "from 3 pictures" },
        { "upscale train photos/a.ppm -r empty -o p.safetensors", 1, "", "no images" },
    };
    SHELL_EXPECT_ALL(tests);
}

Test(cli_train, says_what_is_wrong)
{
    static const shell_case tests[] = {
        { "upscale train", 2, "", "train needs pictures" },
        { "upscale train -r photos", 2, "", "-o FILE" },
        { "upscale train photos -o w.safetensors", 2, "", "-r" },
        { "upscale train -r photos -s 2.5 -o w.safetensors", 2, "", "whole number from 2 to 8" },
        { "upscale train -r photos -s 2,3 -o w.safetensors", 2, "", "whole number from 2 to 8" },
        { "upscale train -r photos --support 8 -o w.safetensors", 2, "", "odd" },
        { "upscale train -r photos --kind magic -o w.safetensors", 2, "", "linear, net" },
        { "upscale train -r photos --seed x -o w.safetensors", 2, "", "--seed" },
        { "upscale train - -o w.safetensors < photos/a.ppm", 2, "", "standard input" },
        { "upscale train -r photos -o photos/a.ppm --overwrite", 2, "", "one of the pictures" },
        { "upscale train -r photos -o - --json", 2, "", "standard output" },
        { "upscale train -r photos -o w.safetensors --max-memory 1K", 1, "", "--max-memory" },
        { "echo > file; upscale train -r photos -o file/w.safetensors", 1, "", "not a folder" },
        { "test -e w.safetensors", 1, "", "" },
    };
    SHELL_EXPECT_ALL(tests);
}

Test(cli_train, takes_designs_and_recipes)
{
    static const shell_case tests[] = {
        { "printf '%s' '{\"color\": \"rgb\", \"layers\": [{\"op\": \"conv2d\", \"channels\": "
          "\"phases\"}, {\"op\": \"pixel_shuffle\", \"factor\": \"scale\"}]}' > net.json",
          0, "", "" },
        { "upscale train -r photos --kind net --network net.json --recipe clean -s 1 --steps 2 "
          "--batch 2 --patch 16 -o w.safetensors",
          0, "", "x1 from 3 pictures" },
        { "upscale info w.safetensors", 0, "rgb", "" },
        { "upscale photos/a.ppm -s 1 -w w.safetensors -o same.png", 0, "", "" },
        { "echo '{\"blur\": 3}' > r.json; upscale train -r photos --kind net --network net.json "
          "--recipe r.json -s 2 --steps 2 -o v.safetensors",
          1, "", "\"blur\" must be an object" },
        { "upscale train -r photos --kind net --network r.json -o v.safetensors", 1, "",
          "\"blur\" is no part of a design" },
        { "upscale train -r photos --kind net --network no.json -o v.safetensors", 1, "",
          "no.json" },
        { "upscale train -r photos --kind net -s 1 -o v.safetensors", 2, "", "--recipe" },
        { "upscale train -r photos --kind net --ema 1 -o v.safetensors", 2, "", "--ema" },
    };
    SHELL_EXPECT_ALL(tests);
}

Test(cli_train, makes_the_folders_of_its_outputs)
{
    static const shell_case tests[] = {
        { "upscale train -q -r photos -o new/w.safetensors && ls new", 0, "w.safetensors\n", "" },
        { "upscale train -q -r photos --kind net --steps 1 --batch 2 --checkpoint ck/deep/c "
          "-o new/n.safetensors && ls ck/deep",
          0, "c\n", "" },
        { "upscale train -r photos -o w/", 1, "", "name it: w/NAME" },
        { "upscale train -r photos -o new", 1, "", "name it: new/NAME" },
        { "upscale train -r photos --kind net -o w.safetensors --checkpoint new", 1, "",
          "name it: new/NAME" },
    };
    SHELL_EXPECT_ALL(tests);
}

Test(cli_train, tells_how_it_goes)
{
    static const shell_case tests[] = {
        { "upscale train -r photos -o w.safetensors --progress json", 0, "", "\"seconds_left\":" },
        { "upscale train -r photos -o v.safetensors --progress json -q", 0, "", "\"psnr\":" },
    };
    SHELL_EXPECT_ALL(tests);
}

/* Of weights that are there already, everything but the bounds stays. */
Test(cli_train, bounds_alone)
{
#define BOUNDS "upscale train --kind bounds "
    static const shell_case tests[] = {
        { "upscale train -r photos --kind net --channels 4 --layers 1 --patch 16 --batch 2 "
          "--steps 9 -o n.safetensors -q",
          0, "", "" },
        { BOUNDS "photos/a.ppm --from n.safetensors -o a.safetensors -q", 0, "", "" },
        { BOUNDS "-r photos --from a.safetensors -o b.safetensors -q", 0, "", "" },
        { "cmp -s a.safetensors b.safetensors; echo $?", 0, "1", "" },
        { BOUNDS "photos/a.ppm --from b.safetensors -o c.safetensors -q; cmp a.safetensors "
                 "c.safetensors",
          0, "", "" },
        { BOUNDS "-r photos -o d.safetensors", 2, "", "--from" },
        { BOUNDS "-r photos -s 3 --from n.safetensors -o d.safetensors", 2, "", "scale 2, not 3" },
        { "upscale train -r photos -o l.safetensors -q; " BOUNDS
          "-r photos --from l.safetensors -o d.safetensors",
          1, "", "l.safetensors: layer 0 (pad) cannot be trained here" },
    };
    SHELL_EXPECT_ALL(tests);
}

/* Broken off somewhere, and taken up again until it is done. */
Test(cli_train, nets_can_be_broken_off)
{
#define NET                                                                                        \
    "upscale train -r photos --kind net --channels 4 --layers 1 --patch 16 --batch 2 --steps "     \
    "6000 "                                                                                        \
    "--threads 1 "
    static const shell_case tests[] = {
        { NET "-o whole.safetensors", 0, "", "x2 from 3 pictures" },
        { "upscale photos/a.ppm -w whole.safetensors -o net.ppm && size_of net.ppm", 0,
          "P6 160 140", "" },
        { "upscale info whole.safetensors", 0, "--channels 4 --layers 1", "" },
        { "upscale info whole.safetensors --json", 0, "{\"op\":\"prelu\",\"min\":[-", "" },
        { NET "--resume -o part.safetensors", 2, "", "name a --checkpoint" },
        { NET "--checkpoint s.ck -o part.safetensors & sleep 0.2; kill -TERM $!; wait $!", 143, "",
          "interrupted" },
        { NET "--checkpoint s.ck --resume -o part.safetensors", 0, "", "part.safetensors" },
        { "cmp whole.safetensors part.safetensors", 0, "", "" },
        { NET "--seed 2 --checkpoint s.ck --resume -o part.safetensors", 1, "",
          "s.ck was begun with other options" },
        { "upscale train -r photos --kind net --patch 30 -o p.safetensors", 2, "",
          "multiple of 16" },
    };
    SHELL_EXPECT_ALL(tests);
}
