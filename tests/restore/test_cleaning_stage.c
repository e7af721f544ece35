/* SPDX-License-Identifier: MIT */
/* Cleaning before any method, by the network inside the program. */
#include <criterion/criterion.h>
#include <math.h>

#include "support/pictures/image_io.h"
#include "support/shell.h"

static void set_up(void)
{
    scratch_init();
    cr_assert_eq(shell_code("cp " UP_GOLDEN_DIR "/../../samples/pictures/*.png ."), 0);
}

TestSuite(cleaning_stage, .init = set_up, .fini = scratch_fini);

static int ink(int x, int y, int c)
{
    return (x * 7 + y * 13 + c * 31 + (x * y) % 11 * 9) % 256;
}

/* dB of `method` on a photograph that was spoilt so. */
static double psnr(const char *method, const char *degrade, const char *options)
{
    json_t *line = shell_json("upscale eval skyscraper.png -m %s --degrade %s %s --no-time --json "
                              "| head -1",
                              method, degrade, options);
    const double found = json_number_value(
        json_object_get(json_array_get(json_object_get(line, "results"), 0), "psnr"));
    json_decref(line);
    cr_assert(found > 10);
    return found;
}

Test(cleaning_stage, what_is_squeezed_or_noisy_gains_with_any_method)
{
    static const char *const methods[] = { "bicubic", "nearest", "tconv:small" };
    static const char *const spoilt[] = { "box+jpeg:40", "box+noise:8" };
    for (int d = 0; d < 2; d++)
        for (int m = 0; m < 3; m++) {
            const double left = psnr(methods[m], spoilt[d], "-s 2");
            const double cleaned = psnr(methods[m], spoilt[d], "-s 2 --clean auto");
            cr_expect_geq(cleaned, left + 0.2, "%s, %s: %.2f, not cleaned %.2f", methods[m],
                          spoilt[d], cleaned, left);
        }
}

Test(cleaning_stage, photo_does_it_unasked)
{
    cr_expect_eq(psnr("tconv:photo", "box+jpeg:40", "-s 3"),
                 psnr("tconv:small", "box+jpeg:40", "-s 3 --clean auto"));
    cr_expect_eq(psnr("tconv:photo-large", "box+jpeg:40", "-s 2 --clean 0"),
                 psnr("tconv:large", "box+jpeg:40", "-s 2"));
    cr_expect_geq(psnr("tconv:photo", "box+jpeg:40", "-s 2"),
                  psnr("tconv:small", "box+jpeg:40", "-s 2") + 1);
}

Test(cleaning_stage, what_is_clean_stays_as_it_is)
{
    static const char *const pictures[] = { "drawing.png", "icon.png", "ramp16.png" };
    for (int i = 0; i < 3; i++) {
        cr_expect_eq(shell_code("upscale %s -m tconv:photo -o a.png --overwrite && "
                                "upscale %s -m tconv:small -o b.png --overwrite && "
                                "cmp a.png b.png",
                                pictures[i], pictures[i]),
                     0, "%s", pictures[i]);
        cr_expect_eq(shell_code("upscale %s -m bicubic --clean auto -o a.png --overwrite && "
                                "upscale %s -m bicubic -o b.png --overwrite && cmp a.png b.png",
                                pictures[i], pictures[i]),
                     0, "%s", pictures[i]);
    }
}

Test(cleaning_stage, all_kinds_of_pictures)
{
    static const shell_case tests[] = {
        { "upscale kitten.png -s 1 -m tconv:photo --clean 30 -o a.png -v", 0, "",
          "strength 0.30 (given), then tconv:clean; about" },
        { "upscale kitten.png -s 2 -m tconv:clean -o a2.png", 2, "",
          "tconv:photo cleans, and then enlarges" },
        { "upscale kitten.png -s 1 -m tconv:clean --clean 30 -o b.png && cmp a.png b.png", 0, "",
          "" },
        { "upscale kitten.png -s 2 -m lanczos --linear --clean 30 -o c.png -v", 0, "",
          "then tconv:clean, then lanczos to 800x800" },
        { "upscale icon.png -s 1 -m tconv:photo --clean 60 -o d.png -v", 0, "", "tconv:clean" },
        { "upscale ramp16.png -s 2 -m nearest --clean 60 -o e.png -v", 0, "", "tconv:clean" },
        { "upscale kitten.png -s 1 -m nearest -o x.npy && "
          "upscale x.npy -s 2 -m bicubic --clean 30 -o y.npy",
          2, "", "tensors are not cleaned" },
    };
    SHELL_EXPECT_ALL(tests);
}

Test(cleaning_stage, alpha_is_not_touched)
{
    up_error error;
    up_pixels before, after;
    cr_assert_eq(shell_code("upscale icon.png -s 1 -m bicubic --clean 100 -o a.png"), 0);
    cr_assert_eq(up_read_pixels(&before, scratch_path("icon.png"), NULL, &error), UP_OK);
    cr_assert_eq(up_read_pixels(&after, scratch_path("a.png"), NULL, &error), UP_OK);
    const uint8_t *a = before.data, *b = after.data;
    int changed = 0;
    for (int i = 0; i < before.format.width * before.format.height; i++) {
        cr_assert_eq(a[4 * i + 3], b[4 * i + 3]);
        changed += a[4 * i] != b[4 * i];
    }
    cr_expect_gt(changed, 0);
    up_pixels_free(&before);
    up_pixels_free(&after);
}

Test(cleaning_stage, inks_are_cleaned_as_well)
{
    static const shell_case tests[] = {
        { "upscale inks.tif -s 2 -m bicubic --clean 50 -o a.tif -v", 0, "", "tconv:clean" },
        { "upscale inks.tif -s 2 -m bicubic -o b.tif && ! cmp -s a.tif b.tif", 0, "", "" },
        { "upscale info a.tif", 0, "CMYK", "" },
    };
    const up_format f = picture_format(40, 30, 4, UP_SAMPLE_U8);
    up_format inks = f;
    inks.color = UP_COLOR_CMYK;
    picture_save("inks.tif", &inks, ink);
    SHELL_EXPECT_ALL(tests);
}
