/* SPDX-License-Identifier: MIT */
/* AVIF of kinds that upscale does not write, by libavif's encoder: what is read is what went in. */
#define _GNU_SOURCE /* memmem */
#include "io/formats.h"
#include "io/source_open.h"
#include "support/pictures/image_io.h"
#include "support/scratch.h"

#include <avif/avif.h>
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

TestSuite(avif_library, .init = scratch_init, .fini = scratch_fini, .timeout = 120);

enum { WIDTH = 66, HEIGHT = 70, PIXELS = WIDTH * HEIGHT, CELLS = 2 };

typedef struct {
    int bits;
    bool grey, limited, alpha, premultiplied;
    avifTransformFlags transform;
    int angle, mirror;
    int frames; /* of a sequence; 0: none */
    bool grid;  /* of two by two such pictures */
    bool exif;  /* that says orientation 6 */
} kind;

static unsigned level(const kind *k, int x, int y, int c)
{
    const unsigned most = (1u << k->bits) - 1;
    const unsigned low = k->limited ? 16u << (k->bits - 8) : 0;
    const unsigned range = k->limited ? 219u << (k->bits - 8) : most;
    const unsigned v = (unsigned)(x + 2 * y + 9 * c + (x * y) % 7) % 251;
    return c == 3 ? most - v * most / 300 : low + v * range / 250;
}

/* RGB as it is, without a matrix, in planes; red in the last. */
static avifImage *picture(const kind *k)
{
    avifImage *p = avifImageCreate(WIDTH, HEIGHT, (uint32_t)k->bits,
                                   k->grey ? AVIF_PIXEL_FORMAT_YUV400 : AVIF_PIXEL_FORMAT_YUV444);
    avifImageAllocatePlanes(p, k->alpha ? AVIF_PLANES_ALL : AVIF_PLANES_YUV);
    p->matrixCoefficients =
        k->grey ? AVIF_MATRIX_COEFFICIENTS_BT601 : AVIF_MATRIX_COEFFICIENTS_IDENTITY;
    p->yuvRange = k->limited ? AVIF_RANGE_LIMITED : AVIF_RANGE_FULL;
    p->alphaPremultiplied = k->premultiplied;
    for (int c = 0; c < 4; c++) {
        if ((k->grey && (c == 1 || c == 2)) || (c == 3 && !k->alpha))
            continue;
        const int plane = k->grey ? 0 : (c + 2) % 3;
        uint8_t *to = c == 3 ? p->alphaPlane : p->yuvPlanes[plane];
        const size_t stride = c == 3 ? p->alphaRowBytes : p->yuvRowBytes[plane];
        for (int i = 0; i < PIXELS; i++) {
            const unsigned v = level(k, i % WIDTH, i / WIDTH, c);
            uint8_t *row = to + (size_t)(i / WIDTH) * stride;
            if (k->bits > 8)
                ((uint16_t *)(void *)row)[i % WIDTH] = (uint16_t)v;
            else
                row[i % WIDTH] = (uint8_t)v;
        }
    }
    if (k->exif)
        avifImageSetMetadataExif(p,
                                 (const uint8_t *)"II*\0\x08\0\0\0\1\0\x12\1\3\0\1\0\0\0\6\0\0\0"
                                                  "\0\0\0\0",
                                 26);
    p->transformFlags = k->transform;
    p->irot.angle = (uint8_t)k->angle;
#if AVIF_VERSION >= 1000000
    p->imir.axis = (uint8_t)k->mirror;
#else
    p->imir.mode = (uint8_t)k->mirror;
#endif
    p->clap = (avifCleanApertureBox){ 40, 1, 30, 1, (uint32_t)-3, 1, 4, 1 };
    p->pasp = (avifPixelAspectRatioBox){ 4, 3 };
    return p;
}

static const char *encode(const kind *k)
{
    const char *path = scratch_path("a.avif");
    avifImage *p = picture(k);
    avifEncoder *encoder = avifEncoderCreate();
    avifRWData out = AVIF_DATA_EMPTY;
    avifResult said = AVIF_RESULT_OK;
    encoder->speed = AVIF_SPEED_FASTEST;
    encoder->minQuantizer = encoder->maxQuantizer = AVIF_QUANTIZER_LOSSLESS;
    encoder->minQuantizerAlpha = encoder->maxQuantizerAlpha = AVIF_QUANTIZER_LOSSLESS;
    if (k->grid) {
        const avifImage *const cells[CELLS * CELLS] = { p, p, p, p };
        said = avifEncoderAddImageGrid(encoder, CELLS, CELLS, cells, AVIF_ADD_IMAGE_FLAG_SINGLE);
    }
    for (int f = 0; f < (k->frames ? k->frames : 1) && !k->grid; f++)
        said =
            avifEncoderAddImage(encoder, p, (uint64_t)f + 1,
                                k->frames ? AVIF_ADD_IMAGE_FLAG_NONE : AVIF_ADD_IMAGE_FLAG_SINGLE);
    cr_assert_eq(said, AVIF_RESULT_OK, "%s", avifResultToString(said));
    cr_assert_eq(avifEncoderFinish(encoder, &out), AVIF_RESULT_OK);
    file_write(path, out.data, out.size);
    avifRWDataFree(&out);
    avifEncoderDestroy(encoder);
    avifImageDestroy(p);
    return path;
}

static unsigned sample(const image *i, int at)
{
    return i->format.sample == UP_SAMPLE_U16 ? ((uint16_t *)i->data)[at] : i->data[at];
}

/* A sample of the file as one of the whole range of 8 or 16 bits, rounded. */
static unsigned widened(const kind *k, int x, int y, int c)
{
    const unsigned white = k->bits > 8 ? 65535 : 255, v = level(k, x, y, c);
    const bool limited = k->limited && c != 3;
    const unsigned low = limited ? 16u << (k->bits - 8) : 0;
    const unsigned range = limited ? 219u << (k->bits - 8) : (1u << k->bits) - 1;
    return ((v - low) * white + range / 2) / range;
}

/* All depths and kinds, without a level of difference. */
Test(avif_library, depths)
{
    for (int bits = 8; bits <= 12; bits += 2)
        for (int n = 0; n < 6; n++) {
            const kind k = { .bits = bits, .alpha = n % 2, .grey = n >= 2, .limited = n >= 4 };
            const int channels = (k.grey ? 1 : 3) + k.alpha;
            image i = image_load_whole(encode(&k));
            cr_assert(i.format.width == WIDTH && i.format.height == HEIGHT);
            cr_assert_eq(i.format.channels, channels);
            cr_assert_eq(i.format.depth, bits > 8 ? 16 : 8);
            for (int p = 0; p < PIXELS * channels; p++) {
                const int c = p % channels, own = k.alpha && c == channels - 1 ? 3 : c;
                const int at = p / channels;
                cr_assert_eq(sample(&i, p), widened(&k, at % WIDTH, at / WIDTH, own),
                             "%d bits, %d, %d", bits, n, p);
            }
            image_free(&i);
        }
}

Test(avif_library, premultiplied_alpha)
{
    for (int grey = 0; grey < 2; grey++) {
        const kind k = { .bits = 10, .alpha = true, .premultiplied = true, .grey = grey };
        image i = image_load_whole(encode(&k));
        const int channels = i.format.channels;
        for (int p = 0; p < PIXELS; p++)
            for (int c = 0; c < channels - 1; c++) {
                const double v = level(&k, p % WIDTH, p / WIDTH, c) * 65535.0 /
                                 level(&k, p % WIDTH, p / WIDTH, 3);
                cr_assert_float_eq(sample(&i, channels * p + c), v < 65535 ? v : 65535, 3, "%d, %d",
                                   p, c);
            }
        image_free(&i);
    }
}

/* Where pixel x, y of the upright picture lies: imir was done last, so it is undone first. */
static void stored_at(const kind *k, int *x, int *y)
{
    const bool turned = k->transform & AVIF_TRANSFORM_IROT && k->angle % 2;
    const int width = turned ? HEIGHT : WIDTH, height = turned ? WIDTH : HEIGHT;
    if (k->transform & AVIF_TRANSFORM_IMIR && k->mirror == 0)
        *y = height - 1 - *y;
    else if (k->transform & AVIF_TRANSFORM_IMIR)
        *x = width - 1 - *x;
    if (!(k->transform & AVIF_TRANSFORM_IROT))
        return;
    const int a = *x, b = *y;
    /* turned anticlockwise: what was at the right is at the top */
    *x = k->angle == 1 ? WIDTH - 1 - b : k->angle == 2 ? WIDTH - 1 - a : k->angle == 3 ? b : a;
    *y = k->angle == 1 ? a : k->angle == 2 ? HEIGHT - 1 - b : k->angle == 3 ? HEIGHT - 1 - a : b;
}

/* EXIF says something else, and is not asked. */
Test(avif_library, turned_and_mirrored)
{
    for (int angle = 0; angle < 5; angle++)
        for (int mirror = 0; mirror < 3; mirror++) {
            const kind k = { .bits = 8,
                             .grey = true,
                             .exif = mirror == 2,
                             .angle = angle % 4,
                             .mirror = mirror % 2,
                             .transform = (angle < 4 ? AVIF_TRANSFORM_IROT : 0) |
                                          (mirror < 2 ? AVIF_TRANSFORM_IMIR : 0) };
            image i = image_load_whole(encode(&k));
            cr_assert_eq(i.format.width, angle % 2 ? HEIGHT : WIDTH);
            for (int p = 0; p < PIXELS; p++) {
                int x = p % i.format.width, y = p / i.format.width;
                stored_at(&k, &x, &y);
                cr_assert_eq(i.data[p], level(&k, x, y, 0), "%d, %d: %d", angle, mirror, p);
            }
            image_free(&i);
        }
}

/* 40 x 30 pixels, three to the left and four below the middle. */
Test(avif_library, clean_aperture)
{
    const kind k = { .bits = 10, .transform = AVIF_TRANSFORM_CLAP | AVIF_TRANSFORM_PASP };
    image i = image_load_whole(encode(&k));
    cr_assert(i.format.width == 40 && i.format.height == 30);
    for (int p = 0; p < 40 * 30 * 3; p++)
        cr_assert_eq(sample(&i, p), widened(&k, 10 + p / 3 % 40, 24 + p / 3 / 40, p % 3), "%d", p);
    cr_expect_float_eq(i.metadata.aspect, 4.0 / 3, 1e-9);
    image_free(&i);
}

Test(avif_library, grids)
{
    const kind k = { .bits = 8, .grid = true };
    image i = image_load_whole(encode(&k));
    cr_assert(i.format.width == CELLS * WIDTH && i.format.height == CELLS * HEIGHT);
    for (int p = 0; p < CELLS * CELLS * PIXELS; p++)
        for (int c = 0; c < 3; c++)
            cr_assert_eq(i.data[3 * p + c],
                         level(&k, p % (CELLS * WIDTH) % WIDTH, p / (CELLS * WIDTH) % HEIGHT, c),
                         "%d", p);
    image_free(&i);
}

Test(avif_library, first_frame_of_a_sequence)
{
    const kind k = { .bits = 8, .frames = 3 };
    const char *path = encode(&k);
    up_source *source;
    cr_assert_eq(up_source_open(&source, path, NULL), UP_OK);
    cr_expect_eq((int)source->sequence.frames, 3);
    cr_expect_null(up_notes_at(&source->notes, 0));
    up_source_close(&source);
    image i = image_load_whole(path);
    for (int p = 0; p < PIXELS * 3; p++)
        cr_assert_eq(i.data[p], level(&k, p / 3 % WIDTH, p / 3 / WIDTH, p % 3), "%d", p);
    image_free(&i);
}

/* As many, and each is as it was; the last is grey where it is broken, and absent where the file
 * ends within it. */
Test(avif_library, every_frame_of_a_sequence)
{
    for (int n = 0; n < 12; n++) {
        const kind k = { .bits = 8, .frames = 4, .grey = n & 1, .alpha = n & 2 };
        const int channels = (k.grey ? 1 : 3) + k.alpha;
        const bool broken = n / 4 == 1, cut = n / 4 == 2;
        const int there_are = cut ? 3 : 4;
        uint8_t row[WIDTH * 4];
        void *rows[1] = { row };
        size_t size;
        up_source *source;
        up_error error = { 0 };
        const char *path = encode(&k);
        char *file = file_read(path, &size);
        if (broken)
            memset(file + size - 12, 0xff, 12);
        file_write(path, file, size - cut);
        free(file);
        cr_assert_eq(up_source_open(&source, path, &error), UP_OK, "%s", error.message);
        cr_assert(source->next);
        cr_expect_eq(source->sequence.frames, there_are);
        cr_expect_float_eq(source->sequence.seconds, there_are * (there_are + 1) / 2, 1e-9);
        int frames = 0;
        for (bool there = true; there; frames += there) {
            cr_assert_eq(up_source_next(source, &there, &error), UP_OK, "%s", error.message);
            for (int y = 0; y < HEIGHT && there; y++) {
                cr_assert_eq(up_source_read(source, rows, 1, &error), UP_OK);
                for (int i = 0; i < WIDTH * channels && !(broken && frames == 3); i++) {
                    const int c = i % channels;
                    const bool alpha = k.alpha && c == channels - 1;
                    cr_assert_eq(row[i], level(&k, i / channels, y, alpha ? 3 : c));
                }
            }
            if (there)
                cr_expect_eq(source->duration.num, (uint32_t)(frames + 1));
        }
        cr_expect_eq(frames, there_are);
        cr_expect_eq(up_notes_at(&source->notes, 0) != NULL, broken || cut);
        up_source_close(&source);
    }
}

/* Of the first frame all is wanted. */
Test(avif_library, a_sequence_without_a_frame_is_refused)
{
    const kind k = { .bits = 8, .frames = 4 };
    size_t size;
    up_source *source;
    up_error error = { 0 };
    const char *path = encode(&k);
    char *file = file_read(path, &size);
    const char *pixels = memmem(file, size, "mdat", 4);
    cr_assert_not_null(pixels);
    file_write(path, file, (size_t)(pixels - file) + 20);
    free(file);
    cr_expect_eq(up_source_open(&source, path, &error), UP_ERROR_INPUT);
    cr_expect(strstr(error.message, "truncated"), "%s", error.message);
}
