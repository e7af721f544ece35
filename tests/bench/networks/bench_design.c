/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "bench_design.h"

#include "bench_race.h"

#include "base/memory.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>

/* "TYPE NAME BOTTOMS TOPS BOTTOM... TOP... SETTINGS"; returns the first top. */
static int add_layer(bench_design *d, const char *type, const int *bottoms, int count, int tops,
                     const char *settings, ...) __attribute__((format(printf, 6, 7)));

static int add_layer(bench_design *d, const char *type, const int *bottoms, int count, int tops,
                     const char *settings, ...)
{
    const int first = d->blobs;
    va_list args;
    fprintf(d->text, "%s layer%d %d %d", type, d->layers++, count, tops);
    for (int i = 0; i < count; i++)
        fprintf(d->text, " blob%d", bottoms[i]);
    for (int i = 0; i < tops; i++) {
        d->cells[d->blobs] = count ? d->cells[bottoms[0]] : 1;
        fprintf(d->text, " blob%d", d->blobs++);
    }
    va_start(args, settings);
    vfprintf(d->text, settings, args);
    va_end(args);
    fputc('\n', d->text);
    return first;
}

static void put_noise(bench_design *d, size_t count, float most)
{
    float *noise = bench_noise(count, -most, most);
    fwrite(noise, sizeof *noise, count, d->weights);
    up_free(noise);
}

/* What tells how the weights behind it are stored: as float32. */
static void put_kernels(bench_design *d, int in, int out, int kernel)
{
    const size_t taps = (size_t)in * kernel * kernel;
    fwrite((const unsigned[]){ 0 }, sizeof(unsigned), 1, d->weights);
    put_noise(d, taps * out, sqrtf(3.0f / (float)taps));
    put_noise(d, (size_t)out, 0.1f);
}

static void note_work(bench_design *d, const char *kind, int blob, int in, int out, int kernel)
{
    const int i = d->convolutions++;
    d->layer_work[i] = d->cells[blob] * in * out * kernel * kernel;
    d->multiply_adds += d->layer_work[i];
    snprintf(d->layer[i], sizeof d->layer[i], "%s%d -> %d, k%d", kind, in, out, kernel);
}

int bench_design_begin(bench_design *d, const char *bin_path)
{
    *d = (bench_design){ 0 };
    d->text = bench_must(open_memstream(&d->lines, &d->bytes));
    d->weights = bench_must(fopen(bin_path, "wb"));
    return add_layer(d, "Input", NULL, 0, 1, "%s", "");
}

void bench_design_end(bench_design *d, const char *param_path)
{
    FILE *file = bench_must(fopen(param_path, "wb"));
    fclose(d->text);
    fprintf(file, "7767517\n%d %d\n%s", d->layers, d->blobs, d->lines);
    if (fclose(file) || fclose(d->weights)) {
        perror(param_path);
        exit(1);
    }
    free(d->lines);
}

/* The blob just made is larger than what it was made of. */
static int enlarge(bench_design *d, int blob, int factor)
{
    d->cells[blob] *= factor * factor;
    return blob;
}

int bench_add_conv(bench_design *d, int blob, int in, int out, int kernel, float slope)
{
    char leaky[32] = "";
    if (slope < 1)
        snprintf(leaky, sizeof leaky, " 9=2 -23310=1,%g", (double)slope);
    put_kernels(d, in, out, kernel);
    note_work(d, "", blob, in, out, kernel);
    return add_layer(d, "Convolution", &blob, 1, 1, " 0=%d 1=%d 4=%d 5=1 6=%d%s", out, kernel,
                     kernel / 2, in * out * kernel * kernel, leaky);
}

int bench_add_tconv(bench_design *d, int blob, int in, int out, int kernel, int stride)
{
    put_kernels(d, in, out, kernel);
    note_work(d, "transp. ", blob, in, out, kernel);
    int made = add_layer(d, "Deconvolution", &blob, 1, 1, " 0=%d 1=%d 3=%d 4=%d 18=%d 5=1 6=%d",
                         out, kernel, stride, kernel / 2, stride - 1, in * out * kernel * kernel);
    return enlarge(d, made, stride);
}

int bench_add_prelu(bench_design *d, int blob, int channels)
{
    put_noise(d, (size_t)channels, 0.25f);
    return add_layer(d, "PReLU", &blob, 1, 1, " 0=%d", channels);
}

int bench_add_shuffle(bench_design *d, int blob, int factor)
{
    return enlarge(d, add_layer(d, "PixelShuffle", &blob, 1, 1, " 0=%d", factor), factor);
}

int bench_add_resize(bench_design *d, int blob, int factor)
{
    int made = add_layer(d, "Interp", &blob, 1, 1, " 0=1 1=%d.0 2=%d.0", factor, factor);
    return enlarge(d, made, factor);
}

int bench_add_scale(bench_design *d, int blob, float by)
{
    return add_layer(d, "BinaryOp", &blob, 1, 1, " 0=2 1=1 2=%g", (double)by);
}

int bench_add_sum(bench_design *d, int a, int b)
{
    return add_layer(d, "BinaryOp", (int[]){ a, b }, 2, 1, " 0=0");
}

int bench_add_concat(bench_design *d, const int *blobs, int count)
{
    return add_layer(d, "Concat", blobs, count, 1, " 0=0");
}

void bench_add_split(bench_design *d, int blob, int *blobs, int count)
{
    blobs[0] = add_layer(d, "Split", &blob, 1, count, "%s", "");
    for (int i = 1; i < count; i++)
        blobs[i] = blobs[0] + i;
}
