/* SPDX-License-Identifier: MIT */
/* HEIC, which upscale does not write, by libheif's encoder: what is read is what went in. */
#include "io/formats.h"
#include "io/source_open.h"
#include "support/codecs/coded_pictures.h"
#include "support/scratch.h"

#include <criterion/criterion.h>
#include <libheif/heif.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WIDTH = 67, HEIGHT = 45, PIXELS = WIDTH * HEIGHT };

static const uint8_t exif[] = { 'I', 'I', '*', 0, 8, 0, 0, 0, 1, 0, 0x12, 1, 3,
                                0,   1,   0,   0, 0, 6, 0, 0, 0, 0, 0,    0, 0 };
static const char xmp[] = "<x:xmpmeta xmlns:x='adobe:ns:meta/'/>";

typedef struct {
    int bits, channels;
    bool premultiplied, metadata, two;
    int thumbnail;
    int primaries, transfer, matrix; /* 0, 0, 0: RGB as it is, and nothing is said of colours */
    bool icc;
    enum heif_orientation orientation;
} kind;

static void check(struct heif_error error)
{
    cr_assert_eq(error.code, heif_error_Ok, "%s", error.message);
}

static void set_up(void)
{
    struct heif_encoder *encoder = NULL;
    struct heif_context *context = heif_context_alloc();
    scratch_init();
    const struct heif_error found =
        heif_context_get_encoder_for_format(context, heif_compression_HEVC, &encoder);
    if (encoder)
        heif_encoder_release(encoder);
    heif_context_free(context);
    if (found.code != heif_error_Ok)
        cr_skip_test("this libheif cannot encode HEVC");
}

TestSuite(heif_library, .init = set_up, .fini = scratch_fini, .timeout = 120);

/* Of a smooth picture; alpha, the fourth channel, is never nothing. */
static unsigned level(const kind *k, int x, int y, int c)
{
    const unsigned most = (1u << k->bits) - 1;
    const unsigned v = (unsigned)(3 * x + 4 * y + 9 * (c == 1) + (x * y) % 11);
    return (c == 3 ? v + 9 : v) * most / 400;
}

static struct heif_image *picture(const kind *k)
{
    static const enum heif_chroma chromas[2][2] = {
        { heif_chroma_interleaved_RGB, heif_chroma_interleaved_RGBA },
        { heif_chroma_interleaved_RRGGBB_LE, heif_chroma_interleaved_RRGGBBAA_LE }
    };
    struct heif_image *made;
    int stride;
    const bool wide = k->bits > 8;
    check(heif_image_create(WIDTH, HEIGHT, heif_colorspace_RGB, chromas[wide][k->channels == 4],
                            &made));
    check(heif_image_add_plane(made, heif_channel_interleaved, WIDTH, HEIGHT, k->bits));
    uint8_t *plane = heif_image_get_plane(made, heif_channel_interleaved, &stride);
    for (int y = 0; y < HEIGHT; y++)
        for (int i = 0; i < WIDTH * k->channels; i++) {
            const unsigned v = level(k, i / k->channels, y, i % k->channels);
            uint8_t *row = plane + y * stride;
            row[wide ? 2 * i : i] = (uint8_t)v;
            if (wide)
                row[2 * i + 1] = (uint8_t)(v >> 8);
        }
    heif_image_set_premultiplied_alpha(made, k->premultiplied);
    if (k->icc) {
        uint8_t icc[140] = { 0, 0, 0, 140 };
        memcpy(icc + 36, "acsp", 4);
        check(heif_image_set_raw_color_profile(made, "prof", icc, sizeof icc));
    }
    return made;
}

static void encode_into(struct heif_context *context, struct heif_encoder *encoder, const kind *k)
{
    struct heif_image *made = picture(k);
    struct heif_image_handle *handle;
    struct heif_encoding_options *options = heif_encoding_options_alloc();
    struct heif_color_profile_nclx *nclx = heif_nclx_color_profile_alloc();
    nclx->color_primaries = (enum heif_color_primaries)(k->primaries ? k->primaries : 2);
    nclx->transfer_characteristics =
        (enum heif_transfer_characteristics)(k->transfer ? k->transfer : 2);
    nclx->matrix_coefficients = (enum heif_matrix_coefficients)k->matrix;
    nclx->full_range_flag = 1;
    options->output_nclx_profile = nclx;
    options->macOS_compatibility_workaround = 0;
    check(heif_image_set_nclx_color_profile(made, nclx));
    options->macOS_compatibility_workaround_no_nclx_profile = 0;
    options->image_orientation = k->orientation ? k->orientation : heif_orientation_normal;
    check(heif_context_encode_image(context, made, encoder, options, &handle));
    if (k->metadata) {
        check(heif_context_add_exif_metadata(context, handle, exif, sizeof exif));
        check(heif_context_add_XMP_metadata(context, handle, xmp, (int)sizeof xmp - 1));
    }
    if (k->thumbnail) {
        struct heif_image_handle *small;
        check(heif_context_encode_thumbnail(context, made, handle, encoder, options, k->thumbnail,
                                            &small));
        heif_image_handle_release(small);
    }
    heif_image_handle_release(handle);
    heif_nclx_color_profile_free(nclx);
    heif_encoding_options_free(options);
    heif_image_release(made);
}

static const char *encode(const kind *k)
{
    const char *path = scratch_path("a.heic");
    struct heif_context *context = heif_context_alloc();
    struct heif_encoder *encoder;
    check(heif_context_get_encoder_for_format(context, heif_compression_HEVC, &encoder));
    check(heif_encoder_set_lossless(encoder, 1));
    check(heif_encoder_set_parameter_string(encoder, "chroma", "444"));
    check(heif_encoder_set_parameter_string(encoder, "preset", "ultrafast"));
    encode_into(context, encoder, k);
    if (k->two)
        encode_into(context, encoder, k);
    check(heif_context_write_to_file(context, path));
    heif_encoder_release(encoder);
    heif_context_free(context);
    return path;
}

static unsigned sample(const image *i, int at)
{
    return i->format.sample == UP_SAMPLE_U16 ? ((uint16_t *)i->data)[at] : i->data[at];
}

/* libheif 1.15 itself is one level off where it makes planes of RGB and RGB of them. */
Test(heif_library, depths)
{
    for (int bits = 8; bits <= 12; bits += 2)
        for (int channels = 3; channels <= 4; channels++) {
            const kind k = { .bits = bits, .channels = channels };
            const double most = (1 << bits) - 1, white = bits > 8 ? 65535 : 255;
            image i = image_load_whole(encode(&k));
            cr_assert(i.format.width == WIDTH && i.format.height == HEIGHT);
            cr_assert_eq(i.format.channels, channels);
            cr_assert_eq(i.format.depth, bits > 8 ? 16 : 8);
            for (int p = 0; p < PIXELS * channels; p++) {
                const unsigned v =
                    level(&k, p / channels % WIDTH, p / channels / WIDTH, p % channels);
                cr_assert_float_eq(sample(&i, p), v * white / most, 1.01 * white / most,
                                   "%d bits, %d: %u", bits, p);
            }
            image_free(&i);
        }
}

Test(heif_library, premultiplied_alpha)
{
    const kind k = { .bits = 8, .channels = 4, .premultiplied = true };
    image i = image_load_whole(encode(&k));
    for (int p = 0; p < PIXELS; p++)
        for (int c = 0; c < 3; c++) {
            const double alpha = level(&k, p % WIDTH, p / WIDTH, 3);
            const double v = level(&k, p % WIDTH, p / WIDTH, c) * 255 / alpha;
            if (alpha > 60)
                cr_assert_float_eq(i.data[4 * p + c], v < 255 ? v : 255, 6, "%d, %d", p, c);
        }
    image_free(&i);
}

/* Pixel x, y of the upright picture, in one that is stored for this orientation. */
static void stored_at(int orientation, int *x, int *y)
{
    const int right = WIDTH - 1, bottom = HEIGHT - 1, a = *x, b = *y;
    const int at[9][2] = { { 0 },
                           { a, b },
                           { right - a, b },
                           { right - a, bottom - b },
                           { a, bottom - b },
                           { b, a },
                           { b, bottom - a },
                           { right - b, bottom - a },
                           { right - b, a } };
    *x = at[orientation][0];
    *y = at[orientation][1];
}

/* EXIF says it too, and is not asked. */
Test(heif_library, orientations)
{
    for (int orientation = 1; orientation <= 8; orientation++) {
        const kind k = { .bits = 8,
                         .channels = 3,
                         .metadata = true,
                         .orientation = (enum heif_orientation)orientation };
        image i = image_load_whole(encode(&k));
        const bool turned = orientation >= 5;
        cr_assert_eq(i.format.width, turned ? HEIGHT : WIDTH);
        cr_assert_eq(i.format.height, turned ? WIDTH : HEIGHT);
        for (int p = 0; p < PIXELS * 3; p++) {
            int x = p / 3 % i.format.width, y = p / 3 / i.format.width;
            stored_at(orientation, &x, &y);
            cr_assert_leq(abs(i.data[p] - (int)level(&k, x, y, p % 3)), 1, "%d: %d, %d",
                          orientation, x, y);
        }
        image_free(&i);
    }
}

Test(heif_library, metadata)
{
    const kind k = { .bits = 8, .channels = 3, .metadata = true, .icc = true };
    image i = image_load_whole(encode(&k));
    cr_expect_eq(i.metadata.orientation, 1);
    cr_assert_eq(i.metadata.exif.size, sizeof exif);
    cr_expect_arr_eq(i.metadata.exif.data, exif, sizeof exif);
    cr_assert_eq(i.metadata.xmp.size, sizeof xmp - 1);
    cr_expect_arr_eq(i.metadata.xmp.data, xmp, sizeof xmp - 1);
    cr_expect_eq(i.metadata.icc.size, 140);
    cr_expect_not(i.metadata.color.has_cicp);
    image_free(&i);
}

Test(heif_library, colours)
{
    static const int codes[][3] = { { 9, 16, 9 }, { 12, 13, 6 }, { 1, 13, 1 }, { 2, 2, 6 } };
    for (int n = 0; n < 4; n++) {
        const kind k = { .bits = 10,
                         .channels = 3,
                         .primaries = codes[n][0],
                         .transfer = codes[n][1],
                         .matrix = codes[n][2] };
        image i = image_load_whole(encode(&k));
        const uint8_t cicp[4] = { (uint8_t)codes[n][0], (uint8_t)codes[n][1], 0, 1 };
        cr_expect_eq(i.metadata.color.has_srgb, n == 2);
        cr_assert_eq(i.metadata.color.has_cicp, n < 2, "%d: %d %d %d", n, i.metadata.color.has_cicp,
                     i.metadata.color.cicp[0], i.metadata.color.cicp[1]);
        if (n < 2)
            cr_expect_arr_eq(i.metadata.color.cicp, cicp, 4);
        image_free(&i);
    }
}

Test(heif_library, what_is_left_is_named)
{
    const kind k = { .bits = 8, .channels = 3, .two = true, .thumbnail = 30 };
    up_source *source;
    cr_assert_eq(up_source_open(&source, encode(&k), NULL), UP_OK);
    cr_expect_str_eq(up_notes_at(&source->notes, 0)->text, "1 further picture");
    cr_expect_str_eq(up_notes_at(&source->metadata.lost, 0)->text, "thumbnail");
    cr_expect(source->held_bytes >= PIXELS * 8);
    up_source_close(&source);
}

/* Nothing is decoded by a size that only the stream has. */
Test(heif_library, a_stream_larger_than_it_says)
{
    const kind k = { .bits = 8, .channels = 3 };
    size_t size;
    up_error error = { 0 };
    up_source *source;
    const char *path = encode(&k);
    char *file = file_read(path, &size);
    for (size_t i = 0; i + 16 <= size; i++)
        if (memcmp(file + i, "ispe", 4) == 0)
            memcpy(file + i + 8, "\0\0\0\2\0\0\0\2", 8);
    file_write(path, file, size);
    free(file);
    cr_expect_eq(up_source_open(&source, path, &error), UP_ERROR_INPUT);
    cr_expect(strstr(error.message, "pixels are coded where it says 2 x 2"), "%s", error.message);
}

Test(heif_library, hostile)
{
    const kind k = { .bits = 8, .channels = 4, .metadata = true };
    expect_coded_hostile_survived(encode(&k), 20, 100);
}
