/* SPDX-License-Identifier: MIT */
#include "io/tiff/tiff_samples.h"

#include "base/memory.h"

#include <math.h>
#include <string.h>

enum { ALPHA = 3 };

bool up_tiff_samples_init(up_tiff_samples *samples, const up_tiff_layout *layout)
{
    const uint16_t *const map[3] = { layout->red, layout->green, layout->blue };
    const int bits = up_min(layout->bits, 8), most = (1 << bits) - 1;
    for (int i = 0; i <= most; i++) {
        const int level = (i * UINT8_MAX + most / 2) / most;
        samples->level[ALPHA][i] = (uint8_t)level;
        for (int c = 0; c < ALPHA; c++)
            samples->level[c][i] = layout->kind == UP_TIFF_PALETTE
                                       ? (uint8_t)(map[c][i] >> 8)
                                       : (uint8_t)(layout->white_zero ? UINT8_MAX - level : level);
    }
    return layout->kind != UP_TIFF_LAB || up_lab_init(&samples->lab, layout->white);
}

/* Sample i of those that are packed one behind the other, high bits first; of 16 bits in the order
 * of this machine. */
static unsigned sample_at(const uint8_t *packed, size_t i, int bits)
{
    uint16_t wide;
    if (bits == 8)
        return packed[i];
    if (bits == 16) {
        memcpy(&wide, packed + 2 * i, sizeof wide);
        return wide;
    }
    const size_t first = i * (size_t)bits, last = first + (size_t)bits - 1;
    uint32_t window = 0;
    for (size_t byte = first / 8; byte <= last / 8; byte++)
        window = window << 8 | packed[byte];
    return window >> (7 - last % 8) & ((1u << bits) - 1);
}

static float half(uint16_t bits)
{
    const int exponent = bits >> 10 & 31, fraction = bits & 1023;
    const float value = exponent == 0    ? ldexpf((float)fraction, -24)
                        : exponent == 31 ? fraction ? NAN : INFINITY
                                         : ldexpf((float)(1024 + fraction), exponent - 25);
    return bits >> 15 ? -value : value;
}

static float float_at(const uint8_t *packed, size_t i, int bits)
{
    uint16_t two;
    float four;
    double eight;
    switch (bits) {
    case 16:
        memcpy(&two, packed + 2 * i, sizeof two);
        return half(two);
    case 32:
        memcpy(&four, packed + 4 * i, sizeof four);
        return four;
    default:
        memcpy(&eight, packed + 8 * i, sizeof eight);
        return (float)eight;
    }
}

typedef struct {
    const uint8_t *packed;
    size_t first, step; /* samples */
    int count, bits;
    bool invert;
} run;

static void take_bytes(const run *r, const uint8_t level[256], uint8_t *to, int channels)
{
    for (int x = 0; x < r->count; x++)
        to[x * channels] = level[sample_at(r->packed, r->first + (size_t)x * r->step, r->bits)];
}

static void take_words(const run *r, uint16_t *to, int channels)
{
    const uint32_t most = (1u << r->bits) - 1;
    for (int x = 0; x < r->count; x++) {
        const uint32_t v = sample_at(r->packed, r->first + (size_t)x * r->step, r->bits);
        const uint32_t level = (v * UINT16_MAX + most / 2) / most;
        to[x * channels] = (uint16_t)(r->invert ? UINT16_MAX - level : level);
    }
}

static void take_floats(const run *r, float *to, int channels)
{
    for (int x = 0; x < r->count; x++) {
        const float v = float_at(r->packed, r->first + (size_t)x * r->step, r->bits);
        to[x * channels] = r->invert ? 1 - v : v;
    }
}

static void take_palette(const up_tiff_samples *s, const run *r, const up_tiff_layout *l,
                         uint8_t *to, int channels)
{
    const uint16_t *const map[3] = { l->red, l->green, l->blue };
    for (int x = 0; x < r->count; x++) {
        const unsigned i = sample_at(r->packed, r->first + (size_t)x * r->step, r->bits);
        for (int c = 0; c < 3; c++)
            to[channels * x + c] = r->bits <= 8 ? s->level[c][i] : (uint8_t)(map[c][i] >> 8);
    }
}

/* L* reaches white at the highest number, but for ICC's 16 bits at 0xff00. */
static void lab_at(const up_tiff_layout *l, const uint8_t *const *plane, size_t x, double lab[3])
{
    const bool wide = l->bits == 16;
    const double white = wide ? l->offset ? 0xff00 : UINT16_MAX : UINT8_MAX;
    for (int c = 0; c < 3; c++) {
        const unsigned v = l->separate
                               ? sample_at(plane[c], x, l->bits)
                               : sample_at(plane[0], x * (size_t)l->samples + (size_t)c, l->bits);
        const int at = wide        ? l->offset ? (int)v - 0x8000 : (int16_t)v
                       : l->offset ? (int)v - 0x80
                                   : (int8_t)v;
        lab[c] = c == 0 ? v * 100 / white : wide ? at / 256.0 : at;
    }
}

static void take_lab(const up_tiff_samples *s, const up_tiff_layout *l, const uint8_t *const *plane,
                     void *row, size_t first, int count)
{
    for (int x = 0; x < count; x++) {
        double lab[3], rgb[3];
        lab_at(l, plane, (size_t)x, lab);
        up_lab_to_srgb(&s->lab, lab, rgb);
        for (int c = 0; c < 3; c++) {
            const double v = fmin(fmax(rgb[c], 0), 1); /* of whites that are no number, too */
            const size_t at = 3 * (first + (size_t)x) + (size_t)c;
            if (l->bits == 16)
                ((uint16_t *)row)[at] = (uint16_t)(v * UINT16_MAX + 0.5);
            else
                ((uint8_t *)row)[at] = (uint8_t)(v * UINT8_MAX + 0.5);
        }
    }
}

/* Packed by libtiff, from the low byte on R, G, B, A. */
static void take_converted(const uint8_t *packed, uint8_t *to, int count)
{
    for (int x = 0; x < count; x++) {
        uint32_t pixel;
        memcpy(&pixel, packed + 4 * (size_t)x, sizeof pixel);
        to[3 * x] = (uint8_t)TIFFGetR(pixel);
        to[3 * x + 1] = (uint8_t)TIFFGetG(pixel);
        to[3 * x + 2] = (uint8_t)TIFFGetB(pixel);
    }
}

void up_tiff_samples_convert(const up_tiff_samples *samples, const up_tiff_layout *layout,
                             const uint8_t *const *plane, void *row, int x, int count)
{
    const int channels = up_tiff_channels(layout);
    if (layout->kind == UP_TIFF_LAB) {
        take_lab(samples, layout, plane, row, (size_t)x, count);
        return;
    }
    if (layout->kind == UP_TIFF_CONVERTED) {
        take_converted(plane[0], (uint8_t *)row + 3 * (size_t)x, count);
        return;
    }
    for (int c = 0; c < up_tiff_colours(layout); c++) {
        const bool alpha = c == layout->alpha, palette = layout->kind == UP_TIFF_PALETTE;
        const run r = { .packed = layout->separate ? plane[c] : plane[0],
                        .first = layout->separate ? 0 : (size_t)c,
                        .step = layout->separate ? 1 : (size_t)layout->samples,
                        .count = count,
                        .bits = layout->bits,
                        .invert = layout->white_zero && !alpha };
        const int to = palette && alpha ? ALPHA : c;
        const size_t at = (size_t)x * (size_t)channels + (size_t)to;
        if (palette && !alpha)
            take_palette(samples, &r, layout, (uint8_t *)row + at, channels);
        else if (layout->floats)
            take_floats(&r, (float *)row + at, channels);
        else if (layout->bits > 8)
            take_words(&r, (uint16_t *)row + at, channels);
        else
            take_bytes(&r, samples->level[alpha ? ALPHA : 0], (uint8_t *)row + at, channels);
    }
}
