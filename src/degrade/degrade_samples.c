/* SPDX-License-Identifier: MIT */
#include "degrade/degrade_samples.h"

#include "base/memory.h"
#include "colour/transfer.h"

#include <math.h>

#define REACH 4 /* of a Gaussian, in sigmas */
#define UNSHARP_SIGMA 1

static uint8_t *row_at(const up_pixels *pixels, int y)
{
    return (uint8_t *)pixels->data + (size_t)y * pixels->row_stride;
}

static uint8_t rounded(double value)
{
    return (uint8_t)fmin(fmax(round(value), 0), 255);
}

static int clamped(int at, int count)
{
    return at < 0 ? 0 : at < count ? at : count - 1;
}

void up_degrade_noise(const up_pixels *pixels, double deviation, up_random *random)
{
    const int samples = pixels->format.width * pixels->format.channels;
    for (int y = 0; y < pixels->format.height; y++) {
        uint8_t *row = row_at(pixels, y);
        for (int i = 0; i < samples; i++)
            row[i] = rounded(row[i] + deviation * up_random_normal(random));
    }
}

/* ---- Gaussians */

typedef struct {
    const up_pixels *pixels;
    double *tap; /* [2 * reach + 1], their sum 1 */
    int reach;
    float *across; /* [height][width * channels]: blurred along the rows */
} gaussian;

static void free_gaussian(gaussian *g)
{
    up_free(g->tap);
    up_free(g->across);
}

static up_status make_gaussian(gaussian *g, const up_pixels *pixels, double sigma, up_error *error)
{
    const up_format *f = &pixels->format;
    const size_t samples = (size_t)f->width * (size_t)f->channels;
    double sum = 0;
    *g = (gaussian){ .pixels = pixels, .reach = (int)ceil(REACH * sigma) };
    const int taps = 2 * g->reach + 1;
    g->tap = up_alloc((size_t)taps, sizeof *g->tap);
    g->across = up_alloc(samples, (size_t)f->height * sizeof *g->across);
    if (!g->tap || !g->across) {
        free_gaussian(g);
        return up_fail_memory(error, "a blur", samples * (size_t)f->height * sizeof(float));
    }
    for (int i = 0; i < taps; i++)
        sum += g->tap[i] = sigma > 0 ? exp(-pow((i - g->reach) / sigma, 2) / 2) : 1;
    for (int i = 0; i < taps; i++)
        g->tap[i] /= sum;
    return UP_OK;
}

static void blur_across(const gaussian *g)
{
    const up_format *f = &g->pixels->format;
    float *to = g->across;
    for (int y = 0; y < f->height; y++) {
        const uint8_t *row = row_at(g->pixels, y);
        for (int x = 0; x < f->width; x++)
            for (int c = 0; c < f->channels; c++) {
                double sum = 0;
                for (int i = -g->reach; i <= g->reach; i++)
                    sum += g->tap[i + g->reach] * row[clamped(x + i, f->width) * f->channels + c];
                *to++ = (float)sum;
            }
    }
}

/* Puts original * own + blurred * share in the place of every sample. */
static void blend_down(const gaussian *g, double own, double share)
{
    const up_format *f = &g->pixels->format;
    const size_t samples = (size_t)f->width * (size_t)f->channels;
    for (int y = 0; y < f->height; y++) {
        uint8_t *row = row_at(g->pixels, y);
        for (size_t x = 0; x < samples; x++) {
            double sum = 0;
            for (int i = -g->reach; i <= g->reach; i++)
                sum += g->tap[i + g->reach] *
                       g->across[(size_t)clamped(y + i, f->height) * samples + x];
            row[x] = rounded(own * row[x] + share * sum);
        }
    }
}

static up_status blend(const up_pixels *pixels, double sigma, double own, double share,
                       up_error *error)
{
    gaussian g;
    UP_TRY(make_gaussian(&g, pixels, sigma, error));
    blur_across(&g);
    blend_down(&g, own, share);
    free_gaussian(&g);
    return UP_OK;
}

up_status up_degrade_blur(const up_pixels *pixels, double sigma, up_error *error)
{
    return blend(pixels, sigma, 0, 1, error);
}

up_status up_degrade_unsharp(const up_pixels *pixels, double amount, up_error *error)
{
    return blend(pixels, UNSHARP_SIGMA, 1 + amount, -amount, error);
}

/* ---- reduction */

typedef struct {
    up_transfer curve;
    double light[256]; /* of each sample */
} meaning;

static meaning meaning_of(bool linear)
{
    meaning m = { .curve = up_transfer_srgb() };
    for (int i = 0; i < 256; i++)
        m.light[i] = linear ? up_transfer_to_light(&m.curve, i / 255.0) : i;
    return m;
}

void up_degrade_box(const up_pixels *from, const up_pixels *to, int scale, bool linear)
{
    const up_format *f = &to->format;
    const meaning m = meaning_of(linear);
    for (int y = 0; y < f->height; y++)
        for (int x = 0; x < f->width; x++)
            for (int c = 0; c < f->channels; c++) {
                double mean = 0;
                for (int i = 0; i < scale; i++)
                    for (int k = 0; k < scale; k++)
                        mean +=
                            m.light[row_at(from, y * scale + i)[(x * scale + k) * f->channels + c]];
                mean /= scale * scale;
                row_at(to, y)[x * f->channels + c] =
                    rounded(linear ? 255 * up_transfer_from_light(&m.curve, mean) : mean);
            }
}
