/* SPDX-License-Identifier: MIT */
/* Networks that are told how much to clean: what they are told, and why. The made-up ones add a
 * part of it to every sample. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "io/jpeg/jpeg_quality.h"
#include "network/metadata/condition.h"
#include "support/pictures/image_io.h"
#include "support/shell.h"
#include "weights/safetensors/safetensors.h"

enum { WIDTH = 24, HEIGHT = 18, SHARE = 2 /* 1 / SHARE of white for full strength */ };

/* `colours` planes and strength to `colours` planes, `scale` times as large, as NAME.safetensors.
 */
static void write_network(const char *name, const char *color, int colours, int scale,
                          const char *condition)
{
    float weight[3 * 4 * 4] = { 0 };
    const int parts = scale * scale, in = colours + 1;
    for (int o = 0; o < colours * parts; o++) {
        weight[o * in + o / parts] = 1;
        weight[o * in + colours] = 1.0f / SHARE;
    }
    const size_t shape[4] = { (size_t)(colours * parts), (size_t)in, 1, 1 };
    const up_tensor tensor = up_tensor_of_f32("a.weight", 4, shape, weight);
    char layers[200];
    snprintf(layers, sizeof layers,
             "[{\"op\":\"conv2d\",\"name\":\"a\"},{\"op\":\"pixel_shuffle\","
             "\"factor\":%d}]",
             scale);
    const up_metadata_item item[] = { { "upscale.layers", layers },
                                      { "upscale.color", color },
                                      { "upscale.condition", condition } };
    up_error error;
    cr_assert_eq(up_safetensors_write(scratch_path("%s.safetensors", name), &tensor, 1, item, 3,
                                      true, &error),
                 UP_OK, "%s", error.message);
}

static int level(int x, int y, int c)
{
    return c == 3 ? (x * 8) % 256 : 40 + (x * 5 + y * 3 + c * 11) % 60;
}

/* Smooth, with noise of 3 levels and as large as a measurement needs. */
static int noisy(int x, int y, int c)
{
    up_random random = up_random_make(5, (uint64_t)(y * 4096 + x), (uint64_t)c);
    return (int)lround(120 + 40 * sin(x * 0.02) * cos(y * 0.015) + 3 * up_random_normal(&random));
}

static int smooth(int x, int y, int c)
{
    return (int)lround(110 + 50 * sin(x * 0.05 + c) * cos(y * 0.04) + 8 * sin(x * 0.6 + y * 0.4));
}

static void set_up(void)
{
    scratch_init();
    write_network("rgb", "rgb", 3, 1, "strength");
    write_network("rgb-x2", "rgb", 3, 2, "strength");
    write_network("ycbcr", "ycbcr", 3, 1, "strength");
    write_network("y", "y", 1, 2, "strength");
    up_format f = picture_format(200, 160, 3, UP_SAMPLE_U8);
    picture_save("noisy.png", &f, noisy);
    picture_save("smooth.png", &f, smooth);
    f = picture_format(WIDTH, HEIGHT, 3, UP_SAMPLE_U8);
    picture_save("small.png", &f, level);
}

TestSuite(clean, .init = set_up, .fini = scratch_fini);

/* ---- the plane */

/* Colours must be brighter by `strength` / SHARE of white, alpha as it was. */
static void expect_shifted(const char *network, int channels, up_sample sample, double strength,
                           int scale, bool chroma)
{
    up_error error;
    up_options options;
    up_pixels made;
    up_options_init(&options);
    const up_format f = picture_format(WIDTH, HEIGHT, channels, sample);
    picture_save("in.png", &f, level);
    options.method = "tconv";
    options.weights = scratch_path("%s.safetensors", network);
    options.scale.rows = options.scale.columns = scale;
    options.clean = (up_clean){ UP_CLEAN_GIVEN, strength };
    options.overwrite = true;
    const char *out = scratch_path("out.png");
    cr_assert_eq(up_upscale_file(scratch_path("in.png"), out, &options, &error), UP_OK, "%s: %s",
                 network, error.message);
    cr_assert_eq(up_read_pixels(&made, out, NULL, &error), UP_OK);
    cr_assert_eq(made.format.channels, channels);
    const int unit = sample == UP_SAMPLE_U8 ? 1 : 257;
    for (int i = 0; i < made.format.width * made.format.height * channels; i++) {
        const int c = i % channels, x = i / channels % made.format.width;
        const int y = i / channels / made.format.width;
        const bool alpha = channels % 2 == 0 && c == channels - 1;
        const int was = level(x / scale, y / scale, alpha ? c : chroma ? c : 0) * unit;
        const double wanted = was + (alpha ? 0 : strength / SHARE * 255 * unit);
        const int got =
            sample == UP_SAMPLE_U8 ? ((uint8_t *)made.data)[i] : ((uint16_t *)made.data)[i];
        const bool seen = channels != 4 || alpha || level(x / scale, 0, 3) > 40;
        if (seen && (alpha ? scale == 1 && channels == 4 : c == 0))
            cr_expect(fabs(got - wanted) <= 0.51 * unit, "%s: (%d, %d) channel %d: %d, not %.1f",
                      network, x, y, c, got, wanted);
    }
    up_pixels_free(&made);
}

Test(clean, the_plane_holds_the_strength_behind_the_colours)
{
    for (double strength = 0; strength <= 1; strength += 0.25) {
        expect_shifted("rgb", 3, UP_SAMPLE_U8, strength, 1, true);
        expect_shifted("rgb", 3, UP_SAMPLE_U16, strength, 1, true);
        expect_shifted("rgb-x2", 3, UP_SAMPLE_U8, strength, 2, true);
        expect_shifted("rgb-x2", 1, UP_SAMPLE_U8, strength, 2, true);
        expect_shifted("y", 1, UP_SAMPLE_U8, strength, 2, true);
    }
}

Test(clean, alpha_and_what_was_cleaned_before_are_left_alone)
{
    expect_shifted("rgb", 4, UP_SAMPLE_U8, 0.5, 1, true);
    expect_shifted("rgb-x2", 3, UP_SAMPLE_U8, 0.5, 4, true);
}

Test(clean, luma_and_chroma_get_it_too)
{
    static const shell_case tests[] = {
        { "upscale small.png -w ycbcr.safetensors -s 1 --clean 40 -o a.png", 0, "", "" },
        { "upscale small.png -w y.safetensors -s 2 --clean 40 -o b.png", 0, "", "" },
        { "upscale small.png -w rgb.safetensors -s 1 --clean 0 -o c.png && "
          "upscale small.png -m nearest -s 1 -o d.png && cmp c.png d.png",
          0, "", "" },
        { "upscale small.png -w rgb.safetensors -s 1 -f npy -o x.npy --clean 0 && "
          "upscale x.npy -w rgb.safetensors -s 1 --clean 30 -o y.npy",
          0, "", "" },
        { "upscale x.npy -w rgb.safetensors -s 1 -o z.npy", 2, "", "cannot be read from a tensor" },
    };
    SHELL_EXPECT_ALL(tests);
}

Test(clean, strength_follows_the_formula)
{
    cr_expect_float_eq(up_condition_strength(UP_QUALITY_NONE, 0), 0, 0);
    cr_expect_float_eq(up_condition_strength(65, 0), 0.5, 1e-12);
    cr_expect_float_eq(up_condition_strength(30, 0), 1, 1e-12);
    cr_expect_float_eq(up_condition_strength(UP_QUALITY_NONE, 6), 0.4, 1e-12);
    cr_expect_float_eq(up_condition_strength(79, 6), 0.5, 1e-12);
    cr_expect_float_eq(up_condition_strength(10, 90), 1, 0);
}

/* ---- what is found */

Test(clean, the_quality_of_a_jpeg_is_found)
{
    static const up_subsampling chroma[] = { UP_SUBSAMPLING_420, UP_SUBSAMPLING_444 };
    up_error error;
    up_pixels pixels;
    cr_assert_eq(up_read_pixels(&pixels, scratch_path("smooth.png"), NULL, &error), UP_OK);
    for (int quality = 1; quality <= 100; quality += quality < 30 ? 7 : 3)
        for (int i = 0; i < 2; i++) {
            up_options options;
            up_image *opened;
            up_options_init(&options);
            options.quality = quality;
            options.subsampling = chroma[i];
            options.progressive = quality % 2;
            options.overwrite = true;
            const char *path = scratch_path("q.jpg");
            cr_assert_eq(up_write_pixels(path, &pixels, &options, &error), UP_OK);
            cr_assert_eq(up_image_open(&opened, path, &error), UP_OK);
            const int found = up_image_get_info(opened)->jpeg_quality;
            cr_expect_eq(found, quality, "%d found as %d", quality, found);
            up_image_close(&opened);
        }
    up_pixels_free(&pixels);
}

Test(clean, tables_of_others_are_taken_for_the_nearest)
{
    UINT16 table[DCTSIZE2];
    for (int k = 0; k < DCTSIZE2; k++)
        table[k] = 1;
    cr_expect_eq(up_jpeg_table_quality(table), 100);
    for (int k = 0; k < DCTSIZE2; k++)
        table[k] = 65535;
    cr_expect_eq(up_jpeg_table_quality(table), 1);
    for (int k = 0; k < DCTSIZE2; k++)
        table[k] = 0;
    cr_expect_eq(up_jpeg_table_quality(table), 100);
    /* Steps that rise evenly, as some cameras have them. */
    for (int k = 0; k < DCTSIZE2; k++)
        table[k] = (UINT16)(8 + 4 * (k / 8 + k % 8));
    const int found = up_jpeg_table_quality(table);
    cr_expect(found >= 65 && found <= 80, "%d", found);
}

static double number(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    return value ? json_number_value(value) : -1;
}

static void expect_clean(const char *input, int quality, double noise)
{
    json_t *line = shell_json("upscale %s -w rgb.safetensors -s 1 -f png -o out.png --overwrite "
                              "--json",
                              input);
    const json_t *clean = json_object_get(line, "clean");
    const double found = number(clean, "noise");
    const double counted = found < 1 ? 0 : found < 3 ? 1.5 * (found - 1) : found;
    cr_expect_eq(number(clean, "jpeg_quality"), quality, "%s", input);
    cr_expect(fabs(found - noise) < 0.6, "%s: noise %.2f, not %.1f", input, found, noise);
    cr_expect_float_eq(number(clean, "strength"),
                       up_condition_strength(quality ? quality : UP_QUALITY_NONE, counted), 1e-9);
    json_decref(line);
}

Test(clean, strength_is_read_from_the_file)
{
    shell_code("upscale smooth.png -m nearest -s 1 --quality 75 -o smooth.jpg &&"
               "upscale noisy.png -m nearest -s 1 -f ppm -o noisy.ppm &&"
               "upscale noisy.png -m nearest -s 1 --depth 16 -o noisy16.png");
    expect_clean("smooth.jpg", 75, 0);
    expect_clean("noisy.png", 0, 3);
    expect_clean("noisy.ppm", 0, 3);
    expect_clean("noisy16.png", 0, 3);
    static const shell_case tests[] = {
        { "upscale smooth.jpg -w rgb.safetensors -s 1 -o a.png -v", 0, "",
          "strength 0.36 (JPEG quality 75, noise 0." },
        { "upscale smooth.jpg -w rgb.safetensors -s 1 -o b.png -v --clean auto", 0, "",
          "strength 0.36 (JPEG quality 75" },
        { "cmp a.png b.png", 0, "", "" },
        { "upscale smooth.jpg -w rgb.safetensors -s 1 -o c.png -v --clean 12", 0, "",
          "strength 0.12 (given)" },
        { "upscale info smooth.jpg -w rgb.safetensors -s 1", 0, "cleaned   with strength 0.36",
          "" },
        { "upscale info smooth.jpg", 0, "quality   75", "" },
        { "upscale info noisy.png -v", 0, "noise     3.0 of 255 levels", "" },
        { "upscale info noisy.png -w rgb.safetensors -s 1", 0, "noise     3.0", "" },
        { "upscale info noisy.png --json | grep -c noise", 1, "0\n", "" },
        { "head -c 100 noisy.png > header.png; upscale info header.png", 0, "RGB", "" },
        { "upscale info rgb.safetensors", 0, "condition     strength", "" },
        { "upscale convert rgb.safetensors r.safetensors -q", 0, "", "" },
        { "upscale smooth.jpg -w r.safetensors -s 1 -o d.png", 0, "", "" },
        { "cmp a.png d.png", 0, "", "" },
    };
    SHELL_EXPECT_ALL(tests);
}

/* Bands, threads and where the bytes come from change nothing; pipes are held in memory. */
Test(clean, however_it_is_read)
{
    static const shell_case tests[] = {
        { "upscale noisy.png -w rgb-x2.safetensors -o a.png", 0, "", "" },
        { "upscale noisy.png -w rgb-x2.safetensors --threads 1 -o b.png && cmp a.png b.png", 0, "",
          "" },
        { "cat noisy.png | upscale - -w rgb-x2.safetensors -o c.png && cmp a.png c.png", 0, "",
          "" },
        { "upscale - -w rgb-x2.safetensors -o d.png < noisy.png && cmp a.png d.png", 0, "", "" },
        { "cat noisy.png | upscale - -w rgb-x2.safetensors -o e.png --clean auto --max-memory 64K",
          1, "", "--max-memory" },
        { "cat noisy.png | upscale info - -v", 0, "noise     3.0", "" },
    };
    SHELL_EXPECT_ALL(tests);
}

/* Spoilt originals are in memory, but what a file of them would tell is known. */
Test(clean, eval_tells_the_quality_of_the_jpeg)
{
    static const shell_case tests[] = {
        { "upscale eval smooth.png -s 1 -m tconv -w rgb.safetensors --degrade jpeg:65:444 --json",
          0, "\"jpeg_quality\":65", "" },
        { "upscale eval smooth.png -s 1 -m tconv -w rgb.safetensors --degrade jpeg:65+noise:0 "
          "--json",
          0, "\"jpeg_quality\":null", "" },
        { "upscale eval smooth.png -m bicubic,tconv -w rgb-x2.safetensors --clean 0 --json", 0,
          "\"by\":\"given\"", "" },
        { "upscale compare smooth.png --from-hr -s 2 -m tconv -w rgb-x2.safetensors --degrade "
          "box+jpeg:65 -o report -q && grep -q 'JPEG quality 65' report/results.json",
          0, "", "" },
    };
    SHELL_EXPECT_ALL(tests);
}

/* ---- what is refused */

Test(clean, what_is_refused)
{
    write_network("none", "any", 3, 1, "nothing");
    write_network("few", "y", 1, 1, "strength");
    static const shell_case tests[] = {
        { "upscale small.png -w rgb.safetensors --clean 101 -o a.png", 2, "",
          "0 (nothing) to 100" },
        { "upscale small.png -w rgb.safetensors --clean much -o a.png", 2, "", "auto" },
        { "upscale small.png -w none.safetensors -o a.png", 1, "",
          "metadata upscale.condition is \"nothing\", expected strength" },
        { "upscale small.png -m bicubic,tconv -w rgb.safetensors -s 1 --clean 50 -o out/", 0, NULL,
          NULL },
    };
    SHELL_EXPECT_ALL(tests);
}
