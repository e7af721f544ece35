/* SPDX-License-Identifier: MIT */
/* JPEG XL of kinds that upscale does not write, by libjxl's encoder: what is read is what went in.
 */
#include "io/formats.h"
#include "io/source_open.h"
#include "support/pictures/image_io.h"
#include "support/scratch.h"

#include <criterion/criterion.h>
#include <jxl/encode.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

TestSuite(jxl_library, .init = scratch_init, .fini = scratch_fini, .timeout = 120);

enum { WIDTH = 23, HEIGHT = 11, PIXELS = WIDTH * HEIGHT };

typedef struct {
    int colours, bits;
    bool alpha, depth_channel, lossless, brotli;
    int alpha_bits; /* 0: as the others */
    JxlOrientation orientation;
    int frames; /* of an animation; 0: none */
    const char *xmp;
} kind;

static uint16_t level(int i)
{
    return (uint16_t)(i * 7919 + i / 5 * 331);
}

static JxlBasicInfo basic_info(const kind *k)
{
    JxlBasicInfo info;
    JxlEncoderInitBasicInfo(&info);
    info.xsize = WIDTH;
    info.ysize = HEIGHT;
    info.bits_per_sample = (uint32_t)k->bits;
    info.num_color_channels = (uint32_t)k->colours;
    info.num_extra_channels = (uint32_t)(k->alpha + k->depth_channel);
    info.alpha_bits = k->alpha ? (uint32_t)(k->alpha_bits ? k->alpha_bits : k->bits) : 0;
    info.uses_original_profile = k->lossless;
    info.orientation = k->orientation ? k->orientation : JXL_ORIENT_IDENTITY;
    if (k->frames > 0) {
        info.have_animation = JXL_TRUE;
        info.animation.tps_numerator = 10;
        info.animation.tps_denominator = 1;
    }
    return info;
}

static void write_out(JxlEncoder *encoder, const char *path)
{
    static uint8_t bytes[1 << 20];
    uint8_t *next = bytes;
    size_t room = sizeof bytes;
    cr_assert_eq(JxlEncoderProcessOutput(encoder, &next, &room), JXL_ENC_SUCCESS);
    file_write(path, bytes, sizeof bytes - room);
}

static void add_frames(JxlEncoder *encoder, const kind *k, const uint16_t *data)
{
    const int channels = k->colours + k->alpha;
    const JxlPixelFormat format = { (uint32_t)channels, JXL_TYPE_UINT16, JXL_NATIVE_ENDIAN, 0 };
    JxlEncoderFrameSettings *frame = JxlEncoderFrameSettingsCreate(encoder, NULL);
    cr_assert_eq(JxlEncoderSetFrameLossless(frame, k->lossless), JXL_ENC_SUCCESS);
    for (int f = 0; f < (k->frames ? k->frames : 1); f++) {
        JxlFrameHeader header;
        JxlEncoderInitFrameHeader(&header);
        header.duration = 1;
        if (k->frames)
            cr_assert_eq(JxlEncoderSetFrameHeader(frame, &header), JXL_ENC_SUCCESS);
        cr_assert_eq(JxlEncoderAddImageFrame(frame, &format, data + f,
                                             (size_t)PIXELS * (size_t)channels * sizeof *data),
                     JXL_ENC_SUCCESS);
        if (k->depth_channel) {
            const JxlPixelFormat one = { 1, JXL_TYPE_UINT16, JXL_NATIVE_ENDIAN, 0 };
            cr_assert_eq(JxlEncoderSetExtraChannelBuffer(frame, &one, data, PIXELS * sizeof *data,
                                                         (uint32_t)k->alpha),
                         JXL_ENC_SUCCESS);
        }
    }
}

/* A file of this kind from samples of 16 bits. */
static const char *encode(const kind *k, const uint16_t *data)
{
    const char *path = scratch_path("a.jxl");
    const JxlBasicInfo info = basic_info(k);
    JxlColorEncoding colour;
    JxlExtraChannelInfo extra;
    JxlEncoder *encoder = JxlEncoderCreate(NULL);
    if (k->xmp)
        JxlEncoderUseBoxes(encoder);
    cr_assert_eq(JxlEncoderSetBasicInfo(encoder, &info), JXL_ENC_SUCCESS);
    JxlColorEncodingSetToSRGB(&colour, k->colours == 1);
    cr_assert_eq(JxlEncoderSetColorEncoding(encoder, &colour), JXL_ENC_SUCCESS);
    if (k->depth_channel) {
        JxlEncoderInitExtraChannelInfo(JXL_CHANNEL_DEPTH, &extra);
        extra.bits_per_sample = (uint32_t)k->bits;
        cr_assert_eq(JxlEncoderSetExtraChannelInfo(encoder, (size_t)k->alpha, &extra),
                     JXL_ENC_SUCCESS);
    }
    add_frames(encoder, k, data);
    if (k->xmp)
        cr_assert_eq(
            JxlEncoderAddBox(encoder, "xml ", (const uint8_t *)k->xmp, strlen(k->xmp), k->brotli),
            JXL_ENC_SUCCESS);
    JxlEncoderCloseInput(encoder);
    write_out(encoder, path);
    JxlEncoderDestroy(encoder);
    return path;
}

static uint16_t *samples(int channels)
{
    uint16_t *data = malloc(((size_t)PIXELS * (size_t)channels + 8) * sizeof *data);
    for (int i = 0; i < PIXELS * channels + 8; i++)
        data[i] = level(i);
    return data;
}

/* v of 16 bits, as one of `bits`, and back. */
static unsigned rounded(unsigned v, int bits, unsigned to)
{
    const unsigned most = (1u << bits) - 1;
    const unsigned code = (v * most + 32767) / 65535;
    return (code * to + most / 2) / most;
}

/* All depths, without a level of difference; what is below 9 bits becomes 8, what is more 16. */
Test(jxl_library, depths)
{
    for (int bits = 1; bits <= 16; bits++)
        for (int channels = 1; channels <= 4; channels++) {
            const kind k = { .colours = channels < 3 ? 1 : 3,
                             .bits = bits,
                             .alpha = channels % 2 == 0,
                             .lossless = true };
            uint16_t *data = samples(channels);
            image i = image_load_whole(encode(&k, data));
            cr_assert_eq(i.format.channels, channels);
            cr_assert_eq(i.format.depth, bits > 8 ? 16 : 8, "%d", bits);
            for (int n = 0; n < PIXELS * channels; n++) {
                const unsigned got = bits > 8 ? ((uint16_t *)i.data)[n] : i.data[n];
                cr_assert_eq(got, rounded(data[n], bits, bits > 8 ? 65535 : 255),
                             "%d bits, %d of %d: %u", bits, n, data[n], got);
            }
            image_free(&i);
            free(data);
        }
}

/* As cjxl 0.7 writes pictures of 16 bits. */
Test(jxl_library, alpha_of_fewer_bits)
{
    const kind k = { .colours = 3, .bits = 16, .alpha = true, .alpha_bits = 8, .lossless = true };
    uint16_t *data = samples(4);
    image i = image_load_whole(encode(&k, data));
    for (int n = 0; n < PIXELS * 4; n++)
        cr_assert_eq(((uint16_t *)i.data)[n], n % 4 == 3 ? rounded(data[n], 8, 65535) : data[n]);
    image_free(&i);
    free(data);
}

/* Pixel x, y of the upright picture, in one that is stored for this orientation. */
static int stored_at(int orientation, int x, int y)
{
    const int right = WIDTH - 1, bottom = HEIGHT - 1;
    const int at[9][2] = { { 0 },
                           { x, y },
                           { right - x, y },
                           { right - x, bottom - y },
                           { x, bottom - y },
                           { y, x },
                           { y, bottom - x },
                           { right - y, bottom - x },
                           { right - y, x } };
    return at[orientation][1] * WIDTH + at[orientation][0];
}

Test(jxl_library, orientations)
{
    for (int orientation = 1; orientation <= 8; orientation++) {
        const kind k = {
            .colours = 1, .bits = 16, .lossless = true, .orientation = (JxlOrientation)orientation
        };
        uint16_t *data = samples(1);
        image i = image_load_whole(encode(&k, data));
        const bool turned = orientation >= 5;
        cr_assert_eq(i.format.width, turned ? HEIGHT : WIDTH);
        cr_assert_eq(i.format.height, turned ? WIDTH : HEIGHT);
        for (int y = 0; y < i.format.height; y++)
            for (int x = 0; x < i.format.width; x++)
                cr_assert_eq(((uint16_t *)i.data)[y * i.format.width + x],
                             data[stored_at(orientation, x, y)], "%d: %d, %d", orientation, x, y);
        image_free(&i);
        free(data);
    }
}

static const char *notes_of(const char *path, int *frames)
{
    static char text[256];
    up_source *source;
    cr_assert_eq(up_source_open(&source, path, NULL), UP_OK);
    const up_note *note = up_notes_at(&source->notes, 0);
    snprintf(text, sizeof text, "%s", note ? note->text : "");
    *frames = (int)source->sequence.frames;
    up_source_close(&source);
    return text;
}

Test(jxl_library, first_frame_of_an_animation)
{
    const kind k = { .colours = 3, .bits = 16, .lossless = true, .frames = 3 };
    uint16_t *data = samples(3);
    const char *path = encode(&k, data);
    int frames;
    cr_expect_str_eq(notes_of(path, &frames), "");
    cr_expect_eq(frames, 3);
    image i = image_load_whole(path);
    cr_expect_arr_eq(i.data, data, i.size);
    image_free(&i);
    free(data);
}

/* Reads frame after frame; how many came, and the last row of the last. */
static int read_frames(const char *path, uint16_t *last, up_error *error)
{
    up_source *source;
    uint16_t row[WIDTH * 3];
    void *rows[1] = { row };
    int count = 0;
    up_status status = up_source_open(&source, path, error);
    for (bool there = true; status == UP_OK && source->next; count += there) {
        status = up_source_next(source, &there, error);
        if (status != UP_OK || !there)
            break;
        cr_expect_eq(source->duration.num * 10, source->duration.den);
        for (int y = 0; y < HEIGHT && status == UP_OK; y++)
            status = up_source_read(source, rows, 1, error);
    }
    memcpy(last, row, sizeof row);
    up_source_close(&source);
    return status == UP_OK ? count : -1;
}

Test(jxl_library, every_frame_of_an_animation)
{
    for (int frames = 2; frames < 5; frames++) {
        const kind k = { .colours = 3, .bits = 16, .lossless = true, .frames = frames };
        const size_t last_row = (size_t)(PIXELS - WIDTH) * 3;
        uint16_t *data = samples(3), last[WIDTH * 3];
        up_error error = { 0 };
        cr_assert_eq(read_frames(encode(&k, data), last, &error), frames, "%s", error.message);
        cr_expect_arr_eq(last, data + (frames - 1) + last_row, sizeof last);
        free(data);
    }
}

/* All that is whole comes, and no more is said to be there than comes. */
Test(jxl_library, an_animation_that_breaks_off)
{
    const kind k = { .colours = 3, .bits = 16, .lossless = true, .frames = 4 };
    uint16_t *data = samples(3), last[WIDTH * 3];
    size_t size;
    const char *path = encode(&k, data);
    char *file = file_read(path, &size);
    int most = 0;
    for (size_t n = size % 40; n <= size; n += 40) {
        up_error error = { 0 };
        file_write(scratch_path("cut.jxl"), file, n);
        const int frames = read_frames(scratch_path("cut.jxl"), last, &error);
        cr_expect(frames >= 0 || strstr(error.message, "cut.jxl: "), "%zu: %s", n, error.message);
        cr_expect(frames < 0 || frames == 0 || frames >= most, "%zu: %d frames", n, frames);
        most = frames > most ? frames : most;
    }
    cr_expect_eq(most, 4);
    free(file);
    free(data);
}

Test(jxl_library, further_channels_are_named)
{
    const kind k = {
        .colours = 1, .bits = 16, .alpha = true, .depth_channel = true, .lossless = true
    };
    uint16_t *data = samples(2);
    const char *path = encode(&k, data);
    int frames;
    cr_expect_str_eq(notes_of(path, &frames), "1 further channel");
    image i = image_load_whole(path);
    cr_expect_arr_eq(i.data, data, i.size);
    image_free(&i);
    free(data);
}

/* XMP behind the pixels, packed or not. */
Test(jxl_library, boxes)
{
    char xmp[20000];
    memset(xmp, ' ', sizeof xmp - 1);
    memcpy(xmp, "<x:xmpmeta xmlns:x='adobe:ns:meta/'/>", 37);
    xmp[sizeof xmp - 1] = 0;
    for (int brotli = 0; brotli < 2; brotli++) {
        const kind k = { .colours = 3, .bits = 8, .xmp = xmp, .brotli = brotli };
        uint16_t *data = samples(3);
        image i = image_load_whole(encode(&k, data));
        cr_assert_eq(i.metadata.xmp.size, sizeof xmp - 1);
        cr_expect_arr_eq(i.metadata.xmp.data, xmp, sizeof xmp - 1);
        image_free(&i);
        free(data);
    }
}

/* A layer of `side` by `side` pixels below a picture that hides it. */
static const char *encode_layers(uint32_t side)
{
    const kind k = { .colours = 3, .bits = 8, .lossless = true };
    const JxlPixelFormat format = { 3, JXL_TYPE_UINT8, JXL_NATIVE_ENDIAN, 0 };
    const JxlBasicInfo info = basic_info(&k);
    const size_t bytes = (size_t)side * side * 3;
    const char *path = scratch_path("layers.jxl");
    uint8_t *data = calloc(bytes, 1);
    JxlColorEncoding colour;
    JxlEncoder *encoder = JxlEncoderCreate(NULL);
    cr_assert_eq(JxlEncoderSetBasicInfo(encoder, &info), JXL_ENC_SUCCESS);
    JxlColorEncodingSetToSRGB(&colour, false);
    cr_assert_eq(JxlEncoderSetColorEncoding(encoder, &colour), JXL_ENC_SUCCESS);
    for (int layer = 0; layer < 2; layer++) {
        JxlFrameHeader frame;
        JxlEncoderFrameSettings *settings = JxlEncoderFrameSettingsCreate(encoder, NULL);
        JxlEncoderSetFrameLossless(settings, true);
        JxlEncoderInitFrameHeader(&frame);
        frame.layer_info.have_crop = layer == 0;
        frame.layer_info.xsize = frame.layer_info.ysize = side;
        cr_assert_eq(JxlEncoderSetFrameHeader(settings, &frame), JXL_ENC_SUCCESS);
        cr_assert_eq(
            JxlEncoderAddImageFrame(settings, &format, data, layer ? (size_t)PIXELS * 3 : bytes),
            JXL_ENC_SUCCESS);
    }
    JxlEncoderCloseInput(encoder);
    write_out(encoder, path);
    JxlEncoderDestroy(encoder);
    free(data);
    return path;
}

/* What libjxl holds of a layer is counted, however small the picture is; it is refused before. */
Test(jxl_library, layers_larger_than_the_picture)
{
    size_t held[2];
    up_error error = { 0 };
    for (int large = 0; large < 2; large++) {
        image i = image_load_whole(encode_layers(large ? 1000 : 100));
        cr_expect(i.format.width == WIDTH && i.format.height == HEIGHT);
        held[large] = i.held_bytes;
        image_free(&i);
    }
    cr_expect_geq(held[1], held[0] + 12 * (1000 * 1000 - 100 * 100));
    const up_options options = { .max_memory = held[1], .threads = 1, .strict = true };
    cr_expect_eq(up_upscale_file(encode_layers(1000), scratch_path("out.png"), &options, &error),
                 UP_ERROR_LIMIT);
}
