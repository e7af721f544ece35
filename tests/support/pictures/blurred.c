/* SPDX-License-Identifier: MIT */
#include "support/pictures/blurred.h"

#include "pipeline/ring.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

grey grey_make(int height, int width)
{
    return (grey){ height, width, calloc((size_t)height * width, sizeof(float)) };
}

void grey_free(grey *g)
{
    free(g->data);
    *g = (grey){ 0 };
}

grey grey_sample(const char *name, int height, int width)
{
    char path[512];
    up_pixels p;
    up_error error;
    snprintf(path, sizeof path, UP_GOLDEN_DIR "/../../samples/pictures/%s.png", name);
    cr_assert_eq(up_read_pixels(&p, path, NULL, &error), UP_OK, "%s", error.message);
    cr_assert(p.format.channels == 3 && p.format.height >= 100 + height &&
              p.format.width >= 100 + width);
    grey g = grey_make(height, width);
    const unsigned char *from = p.data;
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++)
            g.data[y * width + x] = from[((y + 100) * p.format.width + x + 100) * 3 + 1];
    up_pixels_free(&p);
    return g;
}

grey grey_synthetic(int height, int width)
{
    grey g = grey_make(height, width);
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++) {
            double v = x * 90.0 / width + 40 * sin(x * 0.9 + y * 0.3);
            v += (x - width / 2) * (x - width / 2) + (y - height / 2) * (y - height / 2) < 400 ? 80
                                                                                               : 30;
            v += y > height / 3 && x < width / 3 ? 50 : 0;
            g.data[y * width + x] = (float)floor(fmin(fmax(v, 0), 255));
        }
    return g;
}

static double blurred_at(const grey *sharp, const up_blur *blur, int i, int j)
{
    double sum = 0;
    for (int a = 0; a < blur->kernel[0]; a++)
        for (int b = 0; b < blur->kernel[1]; b++) {
            int y =
                up_edge_row(blur->edge, i * blur->stride[0] + a - blur->before[0], sharp->height);
            int x =
                up_edge_row(blur->edge, j * blur->stride[1] + b - blur->before[1], sharp->width);
            if (y >= 0 && x >= 0)
                sum += blur->weight[a * blur->kernel[1] + b] * sharp->data[y * sharp->width + x];
        }
    return sum;
}

grey grey_blurred(const grey *sharp, const up_blur *blur)
{
    grey g = grey_make(sharp->height / blur->stride[0], sharp->width / blur->stride[1]);
    for (int i = 0; i < g.height; i++)
        for (int j = 0; j < g.width; j++)
            g.data[i * g.width + j] = (float)blurred_at(sharp, blur, i, j);
    return g;
}

void grey_add_noise(grey *g, double deviation)
{
    uint32_t state = 1;
    for (int i = 0; i < g->height * g->width; i++) {
        double sum = 0;
        for (int k = 0; k < 12; k++) {
            state = state * 1664525u + 1013904223u;
            sum += state >> 8;
        }
        const double v = g->data[i] + deviation * (sum / (1 << 24) - 6);
        g->data[i] = (float)fmin(fmax(floor(v + 0.5), 0), 255);
    }
}

double grey_psnr(const grey *a, const grey *b, int border)
{
    double sum = 0;
    cr_assert(a->height == b->height && a->width == b->width);
    for (int y = border; y < a->height - border; y++)
        for (int x = border; x < a->width - border; x++) {
            const double d = (double)a->data[y * a->width + x] - b->data[y * b->width + x];
            sum += d * d;
        }
    const double samples = (double)(a->height - 2 * border) * (a->width - 2 * border);
    return 10 * log10(255.0 * 255.0 * samples / sum);
}

static up_format format_of(const grey *g, up_color color, up_sample sample)
{
    return (up_format){ .width = g->width,
                        .height = g->height,
                        .channels = 1,
                        .frames = 1,
                        .color = color,
                        .sample = sample,
                        .planar = color == UP_COLOR_TENSOR };
}

up_pixels grey_tensor(const grey *g)
{
    return (up_pixels){ .format = format_of(g, UP_COLOR_TENSOR, UP_SAMPLE_F32), .data = g->data };
}

up_pixels grey_picture(const grey *g)
{
    unsigned char *data = malloc((size_t)g->height * g->width);
    for (int i = 0; i < g->height * g->width; i++)
        data[i] = (unsigned char)g->data[i];
    return (up_pixels){ .format = format_of(g, UP_COLOR_GREY, UP_SAMPLE_U8), .data = data };
}

grey grey_of_picture(const up_pixels *picture)
{
    grey g = grey_make(picture->format.height, picture->format.width);
    for (int i = 0; i < g.height * g.width; i++)
        g.data[i] = ((unsigned char *)picture->data)[i];
    return g;
}

grey grey_upscaled(const grey *in, const up_options *options)
{
    up_pixels from = grey_tensor(in), to = { 0 };
    up_error error;
    cr_assert_eq(up_output_format(&from.format, options, &to.format, &error), UP_OK, "%s",
                 error.message);
    grey out = grey_make(to.format.height, to.format.width);
    to.data = out.data;
    cr_assert_eq(up_upscale_pixels(&from, &to, options, &error), UP_OK, "%s", error.message);
    return out;
}

up_blur blur_named(const char *name, up_border border, int rows, int columns)
{
    up_blur blur;
    up_error error;
    up_options options;
    up_options_init(&options);
    options.blur.name = name;
    options.blur.border = border;
    cr_assert_eq(up_blur_open(&blur, &options, (const int[]){ rows, columns }, &error), UP_OK, "%s",
                 error.message);
    return blur;
}
