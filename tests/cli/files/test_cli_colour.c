/* SPDX-License-Identifier: MIT */
/* Colours on the command line: what info names, light, backgrounds, inks. */
#include "support/pictures/image_io.h"
#include "support/pictures/profiles.h"
#include "support/shell.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include <jpeglib.h>

TestSuite(cli_colour, .init = scratch_init, .fini = scratch_fini, .timeout = 300);

static void save(const char *name, const up_format *f, const void *pixels,
                 const up_color_tags *tags)
{
    up_encoding encoding = plain_encoding();
    encoding.metadata.color = *tags;
    cr_assert_eq(image_save(scratch_path("%s", name), f, pixels, &encoding, 1, 16, NULL), UP_OK);
}

static image load(const char *name)
{
    image loaded;
    up_error error;
    cr_assert_eq(image_load(&loaded, scratch_path("%s", name), 16, &error), UP_OK, "%s",
                 error.message);
    return loaded;
}

static const up_color_tags nothing = { 0 };

Test(cli_colour, info_names_what_is_declared)
{
    const up_format f = picture_format(4, 4, 3, UP_SAMPLE_U8);
    const uint8_t pixels[48] = { 0 };
    up_color_tags tags = { .has_cicp = true,
                           .has_mastering = true,
                           .has_light_level = true,
                           .cicp = { 12, 16, 0, 1 },
                           .mastering_chromaticities = { .708, .292, .17, .797, .131, .046, .3127,
                                                         .329 },
                           .mastering_most = 1000,
                           .mastering_least = 0.005,
                           .light_most = 987,
                           .light_average = 400,
                           .draft_names = true };
    save("hdr.png", &f, pixels, &tags);
    save("plain.png", &f, pixels, &nothing);
    save("gamma.png", &f, pixels, &(up_color_tags){ .gamma = 0.5 });
    save("srgb.png", &f, pixels, &(up_color_tags){ .has_srgb = true });
    const shell_case tests[] = {
        { "upscale info hdr.png", 0, "cICP 12, 16, 0, 1: Display P3 primaries, PQ transfer", "" },
        { "upscale info hdr.png", 0, "mDCv red, green, blue, white 0.708 0.292", "" },
        { "upscale info hdr.png", 0, "0.005 to 1000 cd/m2", "" },
        { "upscale info hdr.png", 0, "cLLi at most 987 cd/m2, 400 on average", "" },
        { "upscale info hdr.png", 0, "--linear  PQ (cICP)", "" },
        { "upscale info plain.png", 0, "--linear  sRGB (nothing else is said)", "" },
        { "upscale info gamma.png", 0, "gAMA 0.5", "" },
        { "upscale info gamma.png", 0, "gamma 2 (gAMA)", "" },
        { "upscale info srgb.png", 0, "sRGB, intent 0", "" },
        { "upscale info gamma.png --json", 0, "\"gAMA\":0.5,\"light\":\"gamma 2 (gAMA)\"", "" },
        { "upscale info hdr.png --json", 0, "\"cICP\":[12,16,0,1]", "" },
        { "upscale info hdr.png --json", 0, "\"most\":1000.0,\"least\":0.005}", "" },
        { "upscale info hdr.png --json", 0, "\"cLLI\":{\"most\":987.0,\"average\":400.0}", "" },
        { "upscale hdr.png -m nearest -s 2 --strip -o bare.png && upscale info bare.png", 0,
          "--linear  sRGB (nothing else is said)", NULL },
        { "upscale gamma.png --linear -m lanczos -o big.png -v", 0, "",
          "to light by gamma 2 (gAMA), then lanczos to 8x8" },
        { "upscale gamma.png --linear -m nearest -o near.png -v", 0, "", "; nearest to 8x8" },
    };
    SHELL_EXPECT_ALL(tests);
}

/* A checkerboard reduced to half: the mean of black and white, in light. */
static int mean_of_checkerboard(const up_color_tags *tags, int channels)
{
    const up_format f = picture_format(16, 16, channels, UP_SAMPLE_U8);
    uint8_t pixels[16 * 16 * 3];
    for (int i = 0; i < 16 * 16 * channels; i++)
        pixels[i] = (i / channels % 16 + i / channels / 16) % 2 ? 255 : 0;
    save("board.png", &f, pixels, tags);
    cr_assert_eq(shell_code("upscale board.png --linear -m bilinear -s 0.5 --overwrite -o h.png"),
                 0);
    image half = load("h.png");
    int level = half.data[(3 * 8 + 3) * channels];
    image_free(&half);
    return level;
}

Test(cli_colour, linear_is_the_declared_light)
{
    cr_expect_eq(mean_of_checkerboard(&nothing, 1), 188);
    cr_expect_eq(mean_of_checkerboard(&(up_color_tags){ .gamma = 1 }, 1), 128);
    cr_expect_eq(mean_of_checkerboard(&(up_color_tags){ .gamma = 0.45455 }, 3), 186);
    const up_color_tags pq = { .has_cicp = true, .cicp = { 9, 16, 0, 1 }, .gamma = 1 };
    cr_expect_eq(mean_of_checkerboard(&pq, 3), 236);
    const up_color_tags hlg = { .has_cicp = true, .cicp = { 9, 18, 0, 1 }, .has_srgb = true };
    cr_expect_eq(mean_of_checkerboard(&hlg, 1), 222);
}

/* ---- backgrounds */

static void expect_background(const up_format *f, const void *pixels, const char *colour,
                              int channels, const int clear[3])
{
    up_format made;
    up_options options = { .method = "nearest", .has_background = true };
    int wide = f->sample == UP_SAMPLE_U16;
    sscanf(colour, "%2hhx%2hhx%2hhx", &options.background[0], &options.background[1],
           &options.background[2]);
    save("in.png", f, pixels, &nothing);
    cr_assert_eq(up_output_format(f, &options, &made, NULL), UP_OK);
    cr_expect_eq(made.channels, channels);
    cr_expect_eq(made.color, channels == 3 ? UP_COLOR_RGB : UP_COLOR_GREY);
    static const char *const methods[] = { "nearest", "bilinear", "tconv:small", "bed-of-nails" };
    for (int m = 0; m < 4; m++) {
        cr_assert_eq(shell_code("upscale in.png --background %s -m %s --overwrite -o out.png",
                                colour, methods[m]),
                     0);
        image out = load("out.png");
        cr_assert_eq(out.format.channels, channels, "%s on %s", methods[m], colour);
        cr_expect_eq(out.format.sample, f->sample);
        for (int c = 0; c < channels && m == 0; c++) {
            int level = wide ? ((uint16_t *)out.data)[c] : out.data[c];
            cr_expect_eq(level, clear[c] * (wide ? 257 : 1), "%s: %d", colour, level);
        }
        const size_t last = (size_t)(out.format.width * out.format.height - 1) * (size_t)channels;
        for (int c = 0; c < channels && m == 0; c++) /* opaque there */
            cr_expect_eq(wide ? ((uint16_t *)out.data)[last] : out.data[last], wide ? 25700 : 100);
        image_free(&out);
    }
}

Test(cli_colour, a_background_in_colour_makes_grey_rgb)
{
    uint8_t narrow[8 * 8 * 2];
    uint16_t wide[8 * 8 * 2];
    for (int i = 0; i < 64; i++) {
        narrow[2 * i] = 100;
        narrow[2 * i + 1] = (uint8_t)(i * 255 / 63);
        wide[2 * i] = 25700;
        wide[2 * i + 1] = (uint16_t)(narrow[2 * i + 1] * 257);
    }
    const up_format f8 = picture_format(8, 8, 2, UP_SAMPLE_U8);
    const up_format f16 = picture_format(8, 8, 2, UP_SAMPLE_U16);
    const int red[3] = { 255, 0, 0 }, nearly[3] = { 128, 128, 129 }, grey[3] = { 128 };
    expect_background(&f8, narrow, "ff0000", 3, red);
    expect_background(&f16, wide, "ff0000", 3, red);
    expect_background(&f8, narrow, "808081", 3, nearly);
    expect_background(&f16, wide, "808081", 3, nearly);
    expect_background(&f8, narrow, "808080", 1, grey);
    expect_background(&f16, wide, "808080", 1, grey);
}

Test(cli_colour, a_background_behind_one_bit)
{
    /* 2x1, one bit: black and white, and tRNS makes white clear. */
    static const uint8_t file[] =
        "\211\120\116\107\015\012\032\012\000\000\000\015\111\110\104\122\000\000\000\002"
        "\000\000\000\001\001\000\000\000\000\334\131\102\047\000\000\000\002\164\122\116"
        "\123\000\001\001\224\375\256\000\000\000\012\111\104\101\124\170\234\143\160\000"
        "\000\000\102\000\101\051\067\364\357\000\000\000\000\111\105\116\104\256\102\140"
        "\202";
    file_write(scratch_path("bit.png"), file, sizeof file - 1);
    const shell_case tests[] = {
        { "upscale bit.png --background ff0000 -m nearest -s 1 -o o.ppm && tail -c 6 o.ppm | od "
          "-An "
          "-tu1",
          0, "   0   0   0 255   0   0", NULL },
        { "upscale bit.png --background white -m nearest -s 1 -o o.pgm && tail -c 2 o.pgm | od -An "
          "-tu1",
          0, "   0 255", NULL },
        { "upscale eval bit.png --background ff0000 -s 2 -m nearest", 1, NULL, "too small" },
    };
    SHELL_EXPECT_ALL(tests);
}

Test(cli_colour, measuring_goes_on_behind_a_background)
{
    uint8_t pixels[48 * 48 * 2];
    for (int i = 0; i < 48 * 48; i++) {
        pixels[2 * i] = (uint8_t)(i * 7);
        pixels[2 * i + 1] = (uint8_t)(i / 48 * 5);
    }
    const up_format f = picture_format(48, 48, 2, UP_SAMPLE_U8);
    save("in.png", &f, pixels, &nothing);
    const shell_case tests[] = {
        { "upscale eval in.png --background ff0000 -s 2 -m nearest,bicubic,tconv -q", 0, "bicubic",
          "" },
        { "upscale compare in.png --background ff0000 -s 2 -m nearest,bicubic,tconv -o there -q", 0,
          NULL, "" },
        { "upscale compare in.png --background 20ff40 --from-hr -s 2 -m nearest,bicubic -o from -q",
          0, NULL, "" },
        { "upscale info there/results/*.png | grep -c 'RGB, 8 bit'", 0, "3", "" },
        { "upscale info from/input.png from/results/*.png | grep -c 'RGB, 8 bit'", 0, "4", "" },
    };
    SHELL_EXPECT_ALL(tests);
}

Test(cli_colour, measuring_knows_the_declared_light)
{
    uint8_t pixels[48 * 48];
    uint32_t state = 5;
    for (int i = 0; i < 48 * 48; i++)
        pixels[i] = (uint8_t)(next_random(&state) >> 16);
    const up_format f = picture_format(48, 48, 1, UP_SAMPLE_U8);
    save("light.png", &f, pixels, &(up_color_tags){ .gamma = 1 });
    save("usual.png", &f, pixels, &nothing);
    const shell_case tests[] = {
        { "psnr() { upscale eval $1 -s 2 -m bicubic -q --csv $2 | tail -1 | cut -d, -f 6,7; }\n"
          "psnr light.png > a; psnr light.png --linear > b; psnr usual.png --linear > c\n"
          "test -s a && cmp a b && ! cmp -s b c",
          0, "", "" },
        { "upscale compare light.png -s 2 -m bicubic --from-hr -q -o report && upscale info "
          "report/input.png report/results/*.png | grep -c 'gAMA 1'",
          0, "3", "" },
    };
    SHELL_EXPECT_ALL(tests);
}

/* ---- inks */

enum { INK_SIDE = 16 };

/* Left half red, right half cyan, as other programs store it with a marker (inverted) or without.
 */
static void save_inks(const char *name, bool adobe, int sampling, bool turned)
{
    static const JOCTET upside_down[] =
        "Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x04\0\0\0\0\0\0";
    struct jpeg_compress_struct info;
    struct jpeg_error_mgr errors;
    FILE *file = fopen(scratch_path("%s", name), "wb");
    info.err = jpeg_std_error(&errors);
    jpeg_create_compress(&info);
    jpeg_stdio_dest(&info, file);
    info.image_width = info.image_height = INK_SIDE;
    info.input_components = 4;
    info.in_color_space = JCS_CMYK;
    jpeg_set_defaults(&info);
    jpeg_set_quality(&info, 100, TRUE);
    info.write_Adobe_marker = adobe;
    for (int c = 0; c < 4; c += 3)
        info.comp_info[c].h_samp_factor = info.comp_info[c].v_samp_factor = sampling;
    jpeg_start_compress(&info, TRUE);
    if (turned)
        jpeg_write_marker(&info, JPEG_APP0 + 1, upside_down, sizeof upside_down - 1);
    for (int y = 0; y < INK_SIDE; y++) {
        JSAMPLE line[INK_SIDE * 4];
        for (int x = 0; x < INK_SIDE; x++) {
            const JSAMPLE red[4] = { 0, 255, 255, 0 }, cyan[4] = { 255, 0, 0, 0 };
            for (int c = 0; c < 4; c++) {
                int ink = x < INK_SIDE / 2 ? red[c] : cyan[c];
                line[x * 4 + c] = (JSAMPLE)(adobe ? 255 - ink : ink);
            }
        }
        JSAMPROW row = line;
        jpeg_write_scanlines(&info, &row, 1);
    }
    jpeg_finish_compress(&info);
    jpeg_destroy_compress(&info);
    fclose(file);
}

/* What is stored: readers that invert by the marker, and those that always do, both read the same
 * of two files that are alike in both. */
static bool stored_inks(const char *name, JSAMPLE red[4], JSAMPLE cyan[4])
{
    struct jpeg_decompress_struct info;
    struct jpeg_error_mgr errors;
    FILE *file = fopen(scratch_path("%s", name), "rb");
    cr_assert_not_null(file);
    info.err = jpeg_std_error(&errors);
    jpeg_create_decompress(&info);
    jpeg_stdio_src(&info, file);
    jpeg_read_header(&info, TRUE);
    info.out_color_space = JCS_CMYK;
    jpeg_start_decompress(&info);
    JSAMPLE *line = malloc((size_t)info.output_width * 4);
    jpeg_read_scanlines(&info, &line, 1);
    memcpy(red, line, 4);
    memcpy(cyan, line + (info.output_width - 1) * 4, 4);
    bool adobe = info.saw_Adobe_marker;
    free(line);
    jpeg_abort_decompress(&info);
    jpeg_destroy_decompress(&info);
    fclose(file);
    return adobe;
}

static void expect_inks_kept(const char *how)
{
    JSAMPLE red[2][4], cyan[2][4];
    cr_assert_eq(shell_code("upscale in.jpg %s -s 2 --overwrite -o out.jpg", how), 0);
    bool before = stored_inks("in.jpg", red[0], cyan[0]);
    bool after = stored_inks("out.jpg", red[1], cyan[1]);
    cr_expect_eq(before, after, "%s: the marker comes or goes", how);
    for (int c = 0; c < 4; c++)
        cr_expect(abs(red[0][c] - red[1][c]) <= 5 && abs(cyan[0][c] - cyan[1][c]) <= 5,
                  "%s, ink %d: %d, %d is %d, %d", how, c, red[0][c], cyan[0][c], red[1][c],
                  cyan[1][c]);
}

Test(cli_colour, inks_keep_their_polarity)
{
    for (int adobe = 0; adobe < 2; adobe++)
        for (int sampling = 1; sampling < 3; sampling++) {
            save_inks("in.jpg", adobe, sampling, sampling == 2);
            expect_inks_kept("-m nearest");
            expect_inks_kept("-m nearest --progressive");
            expect_inks_kept("-m bicubic --subsampling 420 --quality 95");
            expect_inks_kept("-m bicubic --linear --strip");
        }
}

Test(cli_colour, inks_are_filtered_as_they_are)
{
    save_inks("in.jpg", false, 1, false);
    const shell_case tests[] = {
        { "upscale in.jpg -m bicubic -o a.npy && upscale in.jpg -m bicubic --linear -o b.npy && "
          "cmp "
          "a.npy b.npy",
          0, NULL, NULL },
        { "upscale in.jpg -m bicubic --linear -o c.jpg -v", 0, "", "none (inks cover areas" },
    };
    SHELL_EXPECT_ALL(tests);
}
