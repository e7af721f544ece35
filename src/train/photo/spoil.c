/* SPDX-License-Identifier: MIT */
#include "train/photo/spoil.h"

#include "base/memory.h"
#include "io/jpeg/jpeg_round_trip.h"
#include "network/metadata/condition.h"

#include <math.h>

enum { COLORS = 3, BLOCK = 8 };

/* ---------------------------------------------------------------- what happens */

static bool happens(double share, up_random *random)
{
    return up_random_unit(random) < share;
}

static double draw_part(const up_recipe_part *part, up_random *random)
{
    const double amount = part->from + (part->to - part->from) * up_random_unit(random);
    return happens(part->share, random) ? amount : 0;
}

static up_reducer_kind draw_reduction(const up_recipe *recipe, up_random *random)
{
    double sum = 0, at = up_random_unit(random);
    for (int i = 0; i < UP_REDUCTIONS; i++)
        sum += recipe->reduction[i];
    at *= sum;
    for (int i = 0; i < UP_REDUCTIONS; i++) {
        if (at < recipe->reduction[i])
            return (up_reducer_kind)i;
        at -= recipe->reduction[i];
    }
    return UP_REDUCE_BICUBIC;
}

static int draw_quality(const up_recipe_part *jpeg, up_random *random)
{
    return (int)lrint(jpeg->from + (jpeg->to - jpeg->from) * up_random_unit(random));
}

/* The same numbers are drawn whatever happens, so that a share that is changed changes no more. */
up_spoiling up_spoiling_draw(const up_recipe *recipe, up_random *random)
{
    up_spoiling s = { .reduction = draw_reduction(recipe, random) };
    s.linear_light = happens(recipe->linear_light, random);
    s.blur = draw_part(&recipe->blur, random);
    s.unsharp = draw_part(&recipe->unsharp, random);
    s.noise = draw_part(&recipe->noise, random);
    s.sensor = happens(recipe->sensor, random);
    const int quality = draw_quality(&recipe->jpeg, random);
    const int before = draw_quality(&recipe->jpeg, random);
    const bool jpeg = happens(recipe->jpeg.share, random), twice = happens(recipe->twice, random);
    s.quality = jpeg ? quality : 0;
    s.quality_before = jpeg && twice ? before : 0;
    s.chroma = happens(recipe->chroma_444, random) ? UP_SUBSAMPLING_444 : UP_SUBSAMPLING_420;
    const bool unaligned = happens(recipe->unaligned, random);
    for (int i = 0; i < 2; i++) {
        const int shift = (int)up_random_below(random, BLOCK);
        s.shift[i] = unaligned ? shift : 0;
    }
    const double off = recipe->strength_error * (2 * up_random_unit(random) - 1);
    const double strength = up_condition_strength(s.quality ? s.quality : UP_QUALITY_NONE, s.noise);
    s.strength = fmin(fmax(strength + off, 0), 1);
    return s;
}

/* ---------------------------------------------------------------- unsharp */

static int clamp(int at, int size)
{
    return up_max(0, up_min(at, size - 1));
}

/* Of samples `step` apart, a Gaussian of deviation 1. */
static float blurred(const float *line, int at, int size, int step)
{
    static const float weight[] = { 0.05449f, 0.24420f, 0.40262f, 0.24420f, 0.05449f };
    float sum = 0;
    for (int t = -2; t <= 2; t++)
        sum += weight[t + 2] * line[(ptrdiff_t)clamp(at + t, size) * step];
    return sum;
}

void up_unsharp(float *pixels, int size, double amount, float *room)
{
    const int row = size * COLORS;
    for (int y = 0; y < size; y++)
        for (int i = 0; i < row; i++)
            room[(size_t)y * row + i] =
                blurred(pixels + (size_t)y * row + i % COLORS, i / COLORS, size, COLORS);
    for (int y = 0; y < size; y++)
        for (int i = 0; i < row; i++) {
            float *pixel = pixels + (size_t)y * row + i;
            *pixel += (float)amount * (*pixel - blurred(room + i, y, size, row));
        }
}

/* ---------------------------------------------------------------- noise */

/* Nearly normal, of deviation 1: four even numbers of 16 bits. */
static float draw_noise(up_random *random)
{
    const uint64_t bits = up_random_bits(random);
    const int sum = (int)(bits & 65535) + (int)(bits >> 16 & 65535) + (int)(bits >> 32 & 65535) +
                    (int)(bits >> 48);
    return (float)(sum - 2 * 65535) * (1.7320508f / 65536);
}

static void to_bytes(const up_spoiling *s, const float *from, size_t count, uint8_t *to,
                     up_random *random)
{
    const float deviation = (float)s->noise;
    for (size_t i = 0; i < count; i++) {
        float v = from[i];
        if (deviation > 0) {
            /* of mean 1 in the middle of the range */
            const float light = fminf(fmaxf(v, 0), 255) / 255;
            const float share = s->sensor ? sqrtf(0.2f + 1.6f * light) : 1;
            v += deviation * share * draw_noise(random);
        }
        to[i] = (uint8_t)lrintf(fminf(fmaxf(v, 0), 255));
    }
}

/* ---------------------------------------------------------------- all of it */

/* The pixels from (x, y) on. */
static up_pixels view(uint8_t *pixels, int size, int x, int y)
{
    return (up_pixels){ .format = { .width = size - x,
                                    .height = size - y,
                                    .channels = COLORS,
                                    .frames = 1,
                                    .color = UP_COLOR_RGB,
                                    .sample = UP_SAMPLE_U8,
                                    .depth = 8 },
                        .data = pixels + ((size_t)y * size + x) * COLORS,
                        .row_stride = (size_t)size * COLORS };
}

up_status up_spoil(const up_spoiling *s, const float *from, int size, uint8_t *to,
                   up_random *random, up_error *error)
{
    to_bytes(s, from, (size_t)size * size * COLORS, to, random);
    if (s->quality_before) {
        const up_pixels all = view(to, size, 0, 0);
        UP_TRY(up_jpeg_round_trip(&all, s->quality_before, s->chroma, error));
    }
    const up_pixels rest = view(to, size, s->shift[0], s->shift[1]);
    return s->quality ? up_jpeg_round_trip(&rest, s->quality, s->chroma, error) : UP_OK;
}
