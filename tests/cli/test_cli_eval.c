/* SPDX-License-Identifier: MIT */
/* upscale eval. */
#include "support/pictures/image_io.h"
#include "support/shell.h"
#include "upscale_measure.h"

#include <criterion/criterion.h>
#include <jansson.h>
#include <math.h>

static int texture(int x, int y, int c)
{
    return (x * x / 7 + x * y + 60 * c) % 251;
}

static void write_picture(const char *name, int width, int height, int channels, up_sample sample,
                          up_color color)
{
    up_format format = picture_format(width, height, channels, sample);
    format.color = color;
    picture_save(name, &format, texture);
}

static void set_up(void)
{
    scratch_init();
    shell_code("mkdir set; cp " UP_GOLDEN_DIR "/../../samples/pictures/*.png set/");
    write_ppm("a.ppm", 61, 47);
    shell_code("echo nothing > bad.ppm; mkdir empty");
}

TestSuite(cli_eval, .init = set_up, .fini = scratch_fini);

/* Line `n` of what `upscale eval --json` prints. */
static json_t *eval_line(const char *arguments, int n)
{
    return shell_json("upscale eval --json -q %s | sed -n '%dp'", arguments, n);
}

static double number(const json_t *line, const char *list, size_t method, const char *key)
{
    return json_number_value(
        json_object_get(json_array_get(json_object_get(line, list), method), key));
}

/* -------------------------------------------------------------- numbers */

/* The same in steps, with the program itself. */
static void expect_steps(const char *picture, const char *method, int scale, int width, int height,
                         const up_measuring *how, const char *flags)
{
    shell_code("upscale %s -m bicubic --size %dx%d -o low.png --overwrite", picture, width / scale,
               height / scale);
    shell_code("upscale low.png -m %s -s %d -o high.png --overwrite", method, scale);
    up_pixels original, upscaled;
    double psnr, ssim;
    up_error error;
    char arguments[256];
    cr_assert_eq(up_read_pixels(&original, scratch_path("%s", picture), NULL, &error), UP_OK);
    cr_assert_eq(up_read_pixels(&upscaled, scratch_path("high.png"), NULL, &error), UP_OK);
    cr_assert_eq(up_psnr(&psnr, &original, &upscaled, how, &error), UP_OK, "%s", error.message);
    cr_assert_eq(up_ssim(&ssim, &original, &upscaled, how, &error), UP_OK, "%s", error.message);
    snprintf(arguments, sizeof arguments, "%s -m nearest,%s -s %d %s", picture, method, scale,
             flags);
    json_t *line = eval_line(arguments, 1);
    cr_expect_float_eq(number(line, "results", 1, "psnr"), psnr, 1e-6, "%s", arguments);
    cr_expect_float_eq(number(line, "results", 1, "ssim"), ssim, 1e-8, "%s", arguments);
    json_decref(line);
    up_pixels_free(&original);
    up_pixels_free(&upscaled);
}

Test(cli_eval, same_as_in_steps)
{
    const up_measuring luma = { .border = 4 }, rgb = { .channel = UP_CHANNEL_RGB, .border = 7 };
    expect_steps("set/kitten.png", "lanczos", 4, 400, 400, &luma, "");
    expect_steps("set/circuits.png", "tconv:bicubic", 2, 420, 360, &rgb,
                 "--channel rgb --border 7");
    expect_steps("set/drawing.png", "bilinear", 4, 480, 320, &luma, "--threads 1");
}

Test(cli_eval, means)
{
    json_t *kitten = eval_line("set/kitten.png set/osprey.png -m bicubic,lanczos -s 3", 1);
    json_t *osprey = eval_line("set/kitten.png set/osprey.png -m bicubic,lanczos -s 3", 2);
    json_t *mean = eval_line("set/kitten.png set/osprey.png -m bicubic,lanczos -s 3", 3);
    static const char *const keys[] = { "psnr", "ssim", "multiply_adds" };
    for (size_t m = 0; m < 2; m++)
        for (size_t k = 0; k < 3; k++)
            cr_expect_float_eq(
                number(mean, "mean", m, keys[k]),
                (number(kitten, "results", m, keys[k]) + number(osprey, "results", m, keys[k])) / 2,
                1e-6, "%s", keys[k]);
    const json_t *protocol = json_object_get(mean, "protocol");
    cr_expect_eq(json_integer_value(json_object_get(mean, "pictures")), 2);
    cr_expect_eq(json_integer_value(json_object_get(protocol, "scale")), 3);
    cr_expect_eq(json_integer_value(json_object_get(protocol, "border")), 3);
    cr_expect_str_eq(json_string_value(json_object_get(protocol, "channel")), "y");
    cr_expect_eq(json_integer_value(json_object_get(kitten, "width")), 399);
    cr_expect_gt(number(kitten, "results", 1, "seconds"), 0);
    json_decref(kitten);
    json_decref(osprey);
    json_decref(mean);
}

/* A picture of whole blocks comes back from nearest as it was. */
Test(cli_eval, equal_pictures)
{
    write_picture("flat.png", 40, 40, 1, UP_SAMPLE_U8, UP_COLOR_GREY);
    static const shell_case tests[] = {
        { "upscale flat.png -m nearest -s 64 -o blocks.png; upscale blocks.png -m nearest --size "
          "1x1 -o dot.png; upscale dot.png -m nearest -s 64 -o one.png",
          0, "", NULL },
        { "upscale eval one.png -m bicubic | grep one.png", 0, "   inf  1.0000", NULL },
        { "upscale eval one.png -m bicubic --csv -q", 0, ",inf,1.00000000,", "" },
        { "upscale eval one.png -m bicubic --json -q", 0, "\"psnr\":null,\"ssim\":1.0", "" },
    };
    SHELL_EXPECT_ALL(tests);
}

/* -------------------------------------------------------------- what is shown */

Test(cli_eval, tables)
{
    static const shell_case tests[] = {
        { "upscale eval set -m bicubic", 0, "kitten.png", "7 done" },
        { "upscale eval set -m bicubic", 0, "Scale 2: originals", NULL },
        { "upscale eval set -m bicubic --channel rgb --border 0", 0,
          "Red, green and blue without 0 pixels", NULL },
        { "upscale eval set -m bicubic -q | grep -c png", 1, "0", "" },
        { "upscale eval set -m bicubic,nearest,lanczos,bilinear,tconv,tconv:bicubic -s 4 -q", 0,
          "\ntconv:bicubic  ", "" },
        { "upscale eval set a.ppm -m bicubic,nearest,lanczos,bilinear,tconv,tconv:bicubic "
          "2>/dev/null | awk 'length > 80'",
          0, "", "" },
        { "mkdir -p d/deep && cp set/kitten.png d/deep && cp a.ppm d && upscale eval d", 0, "a.ppm",
          NULL },
        { "upscale eval d | grep kitten", 1, "", NULL },
        { "upscale eval -r d", 0, "deep/kitten.png", NULL },
        { "cp set/kitten.png \"$(printf 'new\\nline%070d.png' 0)\" && upscale eval new* 2>&1 | "
          "awk 'length > 80'",
          0, "", "" },
    };
    SHELL_EXPECT_ALL(tests);
}

Test(cli_eval, csv)
{
    static const shell_case tests[] = {
        { "upscale eval set/kitten.png -m nearest,bicubic --csv | wc -l", 0, "5", NULL },
        { "upscale eval set/kitten.png -m nearest,bicubic --csv | head -n 1", 0,
          "picture,method,scale,channel,border,psnr,ssim,seconds,processor,multiply_adds",
          "Scale 2" },
        { "upscale eval set/kitten.png -m nearest -s 3 --csv -q", 0,
          "\nset/kitten.png,nearest,3,y,3,", "" },
        { "upscale eval set/kitten.png --csv -q | awk -F, 'NF != 10'", 0, "", "" },
        { "cp a.ppm 'odd, \"name\".ppm'; upscale eval odd* -m lanczos --csv -q", 0,
          "\n\"odd, \"\"name\"\".ppm\",lanczos,2,", "" },
    };
    SHELL_EXPECT_ALL(tests);
}

/* -------------------------------------------------------------- pictures of all kinds */

Test(cli_eval, kinds_of_pictures)
{
    write_picture("grey.png", 50, 41, 1, UP_SAMPLE_U8, UP_COLOR_GREY);
    write_picture("grey16.png", 50, 41, 1, UP_SAMPLE_U16, UP_COLOR_GREY);
    write_picture("rgba.png", 50, 41, 4, UP_SAMPLE_U8, UP_COLOR_RGBA);
    write_picture("cmyk.jpg", 50, 41, 4, UP_SAMPLE_U8, UP_COLOR_CMYK);
    write_picture("tensor.npy", 50, 41, 3, UP_SAMPLE_U8, UP_COLOR_TENSOR);
    static const shell_case tests[] = {
        { "upscale eval grey.png rgba.png cmyk.jpg grey16.png -m bicubic,tconv", 0, "cmyk.jpg",
          NULL },
        { "upscale cmyk.jpg --to-srgb -m nearest -s 1 -o seen.png -q; "
          "for i in cmyk.jpg seen.png; do upscale eval $i -m bicubic --csv -q --no-time | cut -d, "
          "-f2-; "
          "done | sort -u | wc -l",
          0, "2\n", "" },
        { "upscale compare cmyk.jpg --from-hr -m bicubic -s 2 -q -o inks && "
          "grep -o 'picture is CMYK' inks/results.json && "
          "upscale compare seen.png --reference cmyk.jpg -m nearest -s 1 -q -o same && "
          "grep -o '\"psnr_rgb\":\"infinity\"' same/results.json && "
          "upscale compare cmyk.jpg -m nearest -s 1 -q -o plain && "
          "upscale info plain/results/nearest.png | grep -o RGB",
          0, "picture is CMYK", "" },
        { "upscale eval rgba.png --background white -m bicubic", 0, "rgba.png", NULL },
        { "upscale eval tensor.npy", 1, "", "tensor.npy: is a tensor; eval takes pictures" },
    };
    SHELL_EXPECT_ALL(tests);
    /* The same picture in 8 and in 16 bits is evaluated in 8 bits. */
    json_t *bytes = eval_line("grey.png", 1), *words = eval_line("grey16.png", 1);
    cr_expect_eq(number(bytes, "results", 0, "psnr"), number(words, "results", 0, "psnr"));
    cr_expect_eq(number(bytes, "results", 0, "ssim"), number(words, "results", 0, "ssim"));
    json_decref(bytes);
    json_decref(words);
}

/* -------------------------------------------------------------- failures */

Test(cli_eval, bad_pictures_are_named_and_the_rest_goes_on)
{
    write_ppm("tiny.ppm", 9, 9);
    write_ppm("dot.ppm", 1, 1);
    static const shell_case tests[] = {
        { "upscale eval set/kitten.png bad.ppm a.ppm -m bicubic", 1, "mean of 2 pictures",
          "bad.ppm: is in no format" },
        { "upscale eval bad.ppm a.ppm --json -q", 1, "\"input\":\"bad.ppm\",\"status\":\"failed\"",
          "bad.ppm: " },
        { "upscale eval bad.ppm a.ppm --csv -q | grep -c bad", 1, "0", "bad.ppm: " },
        { "upscale eval missing.png", 1, "", "missing.png: " },
        { "upscale eval tiny.ppm a.ppm -m bicubic,lanczos", 1, "a.ppm",
          "tiny.ppm: bicubic: SSIM needs 11x11 pixels" },
        { "upscale eval dot.ppm", 1, "", "dot.ppm: 1x1 is too small to be reduced to 1/2" },
        { "upscale eval empty", 1, "", "no images" },
        { "upscale eval set/kitten.png -m max-unpool", 2, "", "--indices" },
        { "upscale eval set/kitten.png --max-memory 1M", 1, "", "--max-memory" },
    };
    SHELL_EXPECT_ALL(tests);
}

Test(cli_eval, command_lines_that_make_no_sense)
{
    static const shell_case tests[] = {
        { "upscale eval", 2, "", "eval needs high-resolution pictures" },
        { "upscale eval set -s 1.5", 2, "", "-s: '1.5' is not a whole number from 1 to 64" },
        { "upscale eval set -s 1", 2, "", "-s: a scale of 1 measures something with --degrade" },
        { "upscale eval set -s 2,x", 2, "", "-s: '2,x' is not a whole number from 1 to 64" },
        { "upscale eval set -s 2,", 2, "", "a list such as 2,3,4" },
        { "upscale eval set --csv --latex", 2, "", "exclude each other" },
        { "upscale eval set --latex table.tex", 2, "", "--latex takes no file here" },
        { "upscale eval set --csv all.CSV", 2, "", "(--csv > all.CSV)" },
        { "upscale eval set --metrics psnr,smsi", 2, "",
          "there is no 'smsi'; did you mean 'ssim'?" },
        { "upscale eval set -m bicubic,lancos", 2, "",
          "there is no 'lancos'; did you mean 'lanczos'?" },
        { "upscale eval set -m bicubic --baseline bicubik", 2, "",
          "--baseline: bicubik is none of the methods; did you mean 'bicubic'?" },
        { "upscale eval set --json --csv", 2, "", "exclude each other" },
        { "upscale eval set --channel luma", 2, "", "'luma' is not one of y, rgb" },
        { "upscale eval set --border -1", 2, "", "--border" },
        { "upscale eval set -m nothing", 2, "", "not a method" },
        { "upscale eval set -w nothing", 2, "", "there is no nothing" },
        { "upscale eval set -o out", 2, "", "there is no flag -o" },
    };
    SHELL_EXPECT_ALL(tests);
}
