/* SPDX-License-Identifier: MIT */
/*
 * Interleaved samples to planes and back. A pixel of up to 8 bytes is one or two integers of a
 * vector, from which the samples are shifted out; other pixels are taken apart one by one.
 */
#ifndef UP_KERNELS_TEMPLATE_SAMPLES_H
#define UP_KERNELS_TEMPLATE_SAMPLES_H

#include "kernels/template/vector/vector.h"

#include <stdbool.h>

#define MOST_CHANNELS 4 /* done by vectors */
#define MOST_PIXEL 8    /* bytes */

/* LANES pixels of `size` bytes; part[1] is there for 6 and 8 bytes only. */
INLINE void load_pixels(ints *part, const char *in, int size)
{
    vec even, odd;
    switch (size) {
    case 1:
        part[0] = widen_bytes(in);
        return;
    case 2:
        part[0] = widen_words(in);
        return;
    case 3:
        part[0] = spread_bytes(in);
        return;
    case 4:
        part[0] = load_ints(in);
        return;
    case 6:
        unzip((vec)spread_words(in), (vec)spread_words(in + 3 * LANES), &even, &odd);
        break;
    default:
        unzip((vec)load_ints(in), (vec)load_ints(in + 4 * LANES), &even, &odd);
        break;
    }
    part[0] = (ints)even;
    part[1] = (ints)odd;
}

/* 3 bytes aside. */
INLINE void store_pixels(char *out, int size, const ints *part)
{
    vec low, high;
    switch (size) {
    case 1:
        narrow_bytes(out, part[0]);
        break;
    case 2:
        narrow_words(out, part[0]);
        break;
    case 4:
        store_ints(out, part[0]);
        break;
    case 6:
        zip((vec)part[0], (vec)part[1], &low, &high);
        squeeze_words(out, (ints)low);
        squeeze_words(out + 3 * LANES, (ints)high);
        break;
    default:
        zip((vec)part[0], (vec)part[1], &low, &high);
        store_ints(out, (ints)low);
        store_ints(out + 4 * LANES, (ints)high);
        break;
    }
}

INLINE void unpack_block(float *const *out, const char *in, int sample, int channels, int x)
{
    ints part[2];
    load_pixels(part, in, sample * channels);
    for (int c = 0; c < channels; c++) {
        int byte = c * sample;
        ints v = part[byte / 4] >> byte % 4 * 8 & (sample == 1 ? 0xff : 0xffff);
        store(out[c] + x, to_float(v));
    }
}

/* Made for constant `sample` (bytes) and `channels`. */
INLINE void unpack_vectors(float *const *out, const void *in, int sample, int channels, int n)
{
    float *row[MOST_CHANNELS];
    for (int c = 0; c < channels; c++)
        row[c] = out[c];
    const char *from = in;
    const int size = sample * channels;
    int x = 0;
    for (; x + LANES <= n; x += LANES)
        unpack_block(row, from + (size_t)x * size, sample, channels, x);
    if (x < n) {
        char last[LANES * MOST_PIXEL] = { 0 };
        memcpy(last, from + (size_t)x * size, (size_t)(n - x) * size);
        unpack_block(row, last, sample, channels, x);
    }
}

/* floor(v + 0.5), at most `top`; NaN and what is below 0 come out somewhere below 1. */
INLINE vec rounded(vec v, float top)
{
    return least(splat(top), v + splat(0.5f));
}

INLINE void pack_block(char *out, const float *const *in, int sample, int channels, int x)
{
    const float top = sample == 1 ? 0xff : 0xffff;
    const int size = sample * channels;
    ints level[MOST_CHANNELS] = { 0 }, part[2] = { 0 };
    const bool merged = sample == 1 && channels > 2;
    for (int c = 0; c < channels; c++) {
        vec v = rounded(load(in[c] + x), top);
        level[c] = truncate(merged ? v : most(v, splat(0)));
    }
    if (size == 3)
        return store_bytes_3(out, level[0], level[1], level[2]);
    if (merged)
        part[0] = merge_bytes(level[0], level[1], level[2], level[3]);
    for (int c = 0; c < channels && !merged; c++)
        part[c * sample / 4] |= level[c] << c * sample % 4 * 8;
    store_pixels(out, size, part);
}

INLINE void pack_vectors(void *out, const float *const *in, int sample, int channels, int n)
{
    const float *row[MOST_CHANNELS];
    for (int c = 0; c < channels; c++)
        row[c] = in[c];
    char *to = out;
    const int size = sample * channels;
    int x = 0;
    for (; x + LANES <= n; x += LANES)
        pack_block(to + (size_t)x * size, row, sample, channels, x);
    if (x < n) {
        char last[LANES * MOST_PIXEL];
        pack_block(last, row, sample, channels, x);
        memcpy(to + (size_t)x * size, last, (size_t)(n - x) * size);
    }
}

/* The next `count` <= LANES samples of one channel. */
INLINE void pack_samples(void *out, vec v, int sample, int channels, int count)
{
    int level[LANES];
    store_ints(level, truncate(most(rounded(v, sample == 1 ? 0xff : 0xffff), splat(0))));
    for (int i = 0; i < count; i++) {
        if (sample == 1)
            ((uint8_t *)out)[(size_t)i * channels] = (uint8_t)level[i];
        else
            ((uint16_t *)out)[(size_t)i * channels] = (uint16_t)level[i];
    }
}

INLINE void pack(void *out, const float *const *in, int sample, int channels, int n)
{
    switch (channels) {
    case 1:
        return pack_vectors(out, in, sample, 1, n);
    case 2:
        return pack_vectors(out, in, sample, 2, n);
    case 3:
        return pack_vectors(out, in, sample, 3, n);
    case 4:
        return pack_vectors(out, in, sample, 4, n);
    }
    for (int x = 0; x < n; x += LANES) {
        char *to = (char *)out + (size_t)x * channels * sample;
        int count = n - x < LANES ? n - x : LANES;
        for (int c = 0; c < channels; c++)
            pack_samples(to + c * sample, load(in[c] + x), sample, channels, count);
    }
}

INLINE void unpack(float *const *out, const void *in, int sample, int channels, int n)
{
    switch (channels) {
    case 1:
        return unpack_vectors(out, in, sample, 1, n);
    case 2:
        return unpack_vectors(out, in, sample, 2, n);
    case 3:
        return unpack_vectors(out, in, sample, 3, n);
    case 4:
        return unpack_vectors(out, in, sample, 4, n);
    }
    for (int c = 0; c < channels; c++) {
        for (int x = 0; x < n; x++) {
            size_t i = (size_t)x * channels + c;
            out[c][x] = sample == 1 ? ((const uint8_t *)in)[i] : ((const uint16_t *)in)[i];
        }
    }
}

static void unpack_u8(float *const *out, const uint8_t *in, int channels, int n)
{
    unpack(out, in, 1, channels, n);
}

static void unpack_u16(float *const *out, const uint16_t *in, int channels, int n)
{
    unpack(out, in, 2, channels, n);
}

static void pack_u8(uint8_t *out, const float *const *in, int channels, int n)
{
    pack(out, in, 1, channels, n);
}

static void pack_u16(uint16_t *out, const float *const *in, int channels, int n)
{
    pack(out, in, 2, channels, n);
}

#endif
