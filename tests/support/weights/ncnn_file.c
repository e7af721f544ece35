/* SPDX-License-Identifier: MIT */
#include "support/weights/ncnn_file.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "network/network.h"
#include "support/pictures/image_io.h"
#include "support/pictures/upscaled.h"
#include "support/scratch.h"

/* ---------------------------------------------------------------- pictures */

picture picture_make(int channels, int height, int width)
{
    picture p = { channels, height, width, NULL };
    p.data = calloc((size_t)(channels * height * width), sizeof *p.data);
    cr_assert_not_null(p.data);
    return p;
}

static uint32_t seed = 1;

static double between(double low, double high)
{
    return low + (high - low) * (next_random(&seed) >> 8) / (double)(1 << 24);
}

picture picture_noise(int channels, int height, int width, double low, double high)
{
    picture p = picture_make(channels, height, width);
    for (int i = 0; i < channels * height * width; i++)
        p.data[i] = (double)(float)between(low, high);
    return p;
}

void picture_free(picture *p)
{
    free(p->data);
    p->data = NULL;
}

double *picture_put(picture *p, int c, int y, int x)
{
    return &p->data[(c * p->height + y) * p->width + x];
}

double picture_at(const picture *p, int c, int y, int x)
{
    const bool inside = y >= 0 && y < p->height && x >= 0 && x < p->width;
    return inside ? p->data[(c * p->height + y) * p->width + x] : 0;
}

static ndarray array_of(const picture *p)
{
    const int shape[] = { 1, p->channels, p->height, p->width };
    return ndarray_floats(4, shape, p->data);
}

/* ---------------------------------------------------------------- weights */

static void put(ncnn_bin *bin, const void *bytes, size_t size)
{
    cr_assert_leq(bin->size + size, sizeof bin->bytes);
    memcpy(bin->bytes + bin->size, bytes, size);
    bin->size += size;
}

/* Of a multiple of 1/64 between -4 and 4. */
static uint16_t half_of(double value)
{
    const double magnitude = fabs(value);
    int exponent;
    if (magnitude == 0)
        return 0;
    const double fraction = frexp(magnitude, &exponent); /* 0.5 <= fraction < 1 */
    return (uint16_t)((value < 0 ? 0x8000 : 0) | (exponent + 14) << 10 |
                      ((int)(fraction * 2048) & 0x3ff));
}

const double *ncnn_bin_add(ncnn_bin *bin, ncnn_form form, int count, double low, double high)
{
    static const uint32_t flags[] = { [NCNN_FLOAT32] = 0, [NCNN_FLOAT16] = 0x01306B47 };
    double *first = &bin->number[bin->numbers];
    cr_assert_leq((size_t)(bin->numbers + count), sizeof bin->number / sizeof *bin->number);
    if (form != NCNN_RAW)
        put(bin, &flags[form], sizeof *flags);
    for (int i = 0; i < count; i++) {
        first[i] = round(between(low, high) * 64) / 64;
        const float single = (float)first[i];
        const uint16_t half = half_of(first[i]);
        put(bin, form == NCNN_FLOAT16 ? (const void *)&half : &single,
            form == NCNN_FLOAT16 ? sizeof half : sizeof single);
    }
    while (bin->size % 4)
        put(bin, "", 1);
    bin->numbers += count;
    return first;
}

/* ---------------------------------------------------------------- files */

/* Layers, and blobs that they make. */
static void count(const char *lines, int *layers, int *blobs)
{
    *layers = *blobs = 1;
    for (const char *line = lines; *line;) {
        int bottoms, tops;
        cr_assert_eq(sscanf(line, "%*s %*s %d %d", &bottoms, &tops), 2, "%s", line);
        ++*layers;
        *blobs += tops;
        line += strcspn(line, "\n");
        line += *line == '\n';
    }
}

void ncnn_write(int channels, const char *lines, const ncnn_bin *bin)
{
    char text[4096];
    int layers, blobs;
    count(lines, &layers, &blobs);
    const int length = snprintf(text, sizeof text, "7767517\n%d %d\nInput x 0 1 x 2=%d\n%s\n",
                                layers, blobs, channels, lines);
    cr_assert_lt(length, (int)sizeof text);
    file_write(scratch_path("net.param"), text, (size_t)length);
    file_write(scratch_path("net.bin"), bin ? bin->bytes : (const unsigned char *)"",
               bin ? bin->size : 0);
}

void ncnn_expect(const picture *x, const picture *expected, const char *what)
{
    static const char *const names[] = { "net.param", "net.bin" };
    ndarray input = array_of(x), reference = array_of(expected);
    ndarray_save(&input, scratch_path("x.npy"));
    for (int i = 0; i < 2; i++) {
        process_args args = { 0 };
        args_add(&args, "-w");
        args_add(&args, "%s", scratch_path("%s", names[i]));
        ndarray got = upscaled(scratch_path("x.npy"), &args, what);
        if (got.data)
            ndarray_expect(&got, &reference, 2e-6 * fmax(1, ndarray_max_abs(&reference)), what);
        ndarray_free(&got);
        args_free(&args);
    }
    ndarray_free(&input);
    ndarray_free(&reference);
}

bool ncnn_loads(char message[512])
{
    const char *path = scratch_path("net.param");
    up_tensor_file *file;
    up_network *network = NULL;
    up_error error = { 0 };
    up_status status = up_tensor_file_open(&file, path, SIZE_MAX, &error);
    if (status == UP_OK)
        status = up_network_load(&network, file, NULL, &error);
    up_tensor_file_close(&file);
    up_network_free(&network);
    snprintf(message, 512, "%s", error.message);
    if (status == UP_OK)
        return true;
    cr_expect_eq(status, UP_ERROR_WEIGHTS);
    cr_expect(strncmp(message, path, strlen(path)) == 0, "%s", message);
    cr_expect_null(strchr(message, '\n'), "%s", message);
    return false;
}

void ncnn_refused(const char *reason)
{
    char message[512];
    cr_expect_not(ncnn_loads(message), "should have been refused: %s", reason);
    cr_expect_not_null(strstr(message, reason), "\"%s\" in: %s", reason, message);
}
