/* Agreement with MATLAB's imresize, on Set5 where it is at hand. */
#include "upscale.h"

#include "io/source.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define SET5 UP_SHARED_DIR "/eval/set5"

static const char *const names[] = { "baby", "bird", "butterfly", "head", "woman" };

static up_pixels read_picture(const char *folder, const char *name)
{
    char path[512];
    up_error error;
    up_source *source;
    snprintf(path, sizeof path, SET5 "/%s/%s.png", folder, name);
    cr_assert_eq(up_source_open(&source, path, &error), UP_OK, "%s", error.message);
    up_pixels p = { .format = source->format };
    p.row_stride = (size_t)p.format.width * p.format.channels;
    p.data = malloc(p.row_stride * p.format.height);
    void **row = malloc(p.format.height * sizeof *row);
    for (int y = 0; y < p.format.height; y++)
        row[y] = (char *)p.data + y * p.row_stride;
    cr_assert_eq(source->read(source, row, p.format.height, &error), UP_OK, "%s", error.message);
    free(row);
    up_source_close(&source);
    return p;
}

static up_pixels upscaled_pixels(const up_pixels *in, const up_options *options)
{
    up_error error;
    up_pixels out = { 0 };
    cr_assert_eq(up_output_format(&in->format, options, &out.format, &error), UP_OK, "%s",
                 error.message);
    out.row_stride = (size_t)out.format.width * out.format.channels;
    out.data = malloc(out.row_stride * out.format.height);
    cr_assert_eq(up_upscale_pixels(in, &out, options, &error), UP_OK, "%s", error.message);
    return out;
}

static up_pixels bicubic(const up_pixels *in, int width, int height)
{
    return upscaled_pixels(in,
                           &(up_options){ .method = "bicubic", .width = width, .height = height });
}

static const uint8_t *pixel(const up_pixels *p, int x, int y)
{
    return (uint8_t *)p->data + y * p->row_stride + (size_t)x * p->format.channels;
}

/* MATLAB's rgb2ycbcr, 8 bits. */
static double luma(const uint8_t *p, int channels)
{
    if (channels == 1)
        return p[0];
    return floor(16 + (65.481 * p[0] + 128.553 * p[1] + 24.966 * p[2]) / 255 + 0.5);
}

static double psnr_y(const up_pixels *a, const up_pixels *b, int border)
{
    double sum = 0;
    int width = a->format.width, height = a->format.height;
    for (int y = border; y < height - border; y++) {
        for (int x = border; x < width - border; x++) {
            double d =
                luma(pixel(a, x, y), a->format.channels) - luma(pixel(b, x, y), b->format.channels);
            sum += d * d;
        }
    }
    double mean = sum / ((double)(width - 2 * border) * (height - 2 * border));
    return 10 * log10(255 * 255 / mean);
}

static int worst_difference(const up_pixels *a, const up_pixels *b)
{
    int worst = 0;
    for (int y = 0; y < a->format.height; y++)
        for (size_t i = 0; i < (size_t)a->format.width * a->format.channels; i++) {
            int d = abs(pixel(a, 0, y)[i] - pixel(b, 0, y)[i]);
            worst = d > worst ? d : worst;
        }
    return worst;
}

Test(set5, bicubic_agrees_with_matlab)
{
    static const double published[] = { 33.64, 30.39, 28.42 };
    if (access(SET5, R_OK) != 0)
        cr_skip("Set5 is not here");
    for (int scale = 2; scale <= 4; scale++) {
        char folder[16];
        double sum = 0;
        snprintf(folder, sizeof folder, "lr_x%d", scale);
        for (int i = 0; i < 5; i++) {
            up_pixels hr = read_picture("hr", names[i]), lr = read_picture(folder, names[i]);
            hr.format.width -= hr.format.width % scale;
            hr.format.height -= hr.format.height % scale;
            up_pixels small = bicubic(&hr, lr.format.width, lr.format.height);
            cr_assert_eq(worst_difference(&small, &lr), 0, "%s x1/%d", names[i], scale);
            up_pixels large = bicubic(&lr, hr.format.width, hr.format.height);
            sum += psnr_y(&large, &hr, scale);
            free(hr.data), free(lr.data), free(small.data), free(large.data);
        }
        printf("bicubic x%d on Set5: %.3f dB\n", scale, sum / 5);
        cr_assert_float_eq(sum / 5, published[scale - 2], 0.02);
    }
}

/* What the files' README states. The two largest are left to test_network_golden. */
static const struct {
    const char *name;
    int scale;
    double psnr;
} weights[] = {
    { "etds-fsrcnn-rgb-x2", 2, 36.93 }, { "etds-fsrcnn-rgb-x3", 3, 32.99 },
    { "etds-fsrcnn-rgb-x4", 4, 30.77 }, { "etds-ecbsr-m4c16-plain-x2", 2, 37.11 },
    { "yjn870-fsrcnn-x2", 2, 37.07 },   { "esr-fsrcnn-s2-d6-s3-m1", 2, 35.23 },
    { "opencv-fsrcnn-x2", 2, 34.84 },   { "opencv-fsrcnn-small-x3-pixelshuffle", 3, 30.22 },
    { "opencv-espcn-x2", 2, 34.74 },
};

static double mean_psnr(const up_options *options, int scale)
{
    char folder[16];
    double sum = 0;
    snprintf(folder, sizeof folder, "lr_x%d", scale);
    for (int i = 0; i < 5; i++) {
        up_pixels hr = read_picture("hr", names[i]), lr = read_picture(folder, names[i]);
        up_pixels large = upscaled_pixels(&lr, options);
        hr.format.width -= hr.format.width % scale;
        hr.format.height -= hr.format.height % scale;
        sum += psnr_y(&large, &hr, scale);
        free(hr.data), free(lr.data), free(large.data);
    }
    return sum / 5;
}

Test(set5, community_weights_reach_what_is_stated)
{
    for (size_t i = 0; i < sizeof weights / sizeof *weights; i++) {
        char path[512];
        snprintf(path, sizeof path, UP_SHARED_DIR "/weights/%s.safetensors", weights[i].name);
        if (access(path, R_OK) != 0 || access(SET5, R_OK) != 0)
            cr_skip("Set5 and the weights are not here");
        const up_options options = { .method = "tconv", .weights = path };
        double psnr = mean_psnr(&options, weights[i].scale);
        printf("%s: %.3f dB\n", weights[i].name, psnr);
        cr_expect_float_eq(psnr, weights[i].psnr, 0.03, "%s", weights[i].name);
    }
}

/* The weights inside the program are at least as good as they are said to be. */
Test(set5, embedded_weights)
{
    static const struct {
        const char *method;
        double least[3]; /* x2, x3, x4 */
    } wanted[] = { { "tconv:linear", { 35.20, 31.42, 29.35 } } };
    if (access(SET5, R_OK) != 0)
        cr_skip("Set5 is not here");
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
        for (int scale = 2; scale <= 4; scale++) {
            const up_options options = { .method = wanted[i].method, .scale = { scale, scale } };
            double psnr = mean_psnr(&options, scale);
            printf("%s x%d: %.3f dB\n", wanted[i].method, scale, psnr);
            cr_expect_geq(psnr, wanted[i].least[scale - 2], "%s x%d", wanted[i].method, scale);
        }
}
