/* SPDX-License-Identifier: MIT */
/* Interleaved samples to planes and back: every variant is bit-equal to the reference. */
#include "support/reference/kernel_check.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_CHANNELS = 9 };

static const int widths[] = {
    1,  2,  3,  4,  5,  7,  8,  9,  11, 12, 13,  15,  16,  17,  19,  23,
    31, 32, 33, 47, 48, 49, 63, 64, 65, 79, 100, 127, 128, 129, 191, 200
};

typedef struct {
    const up_kernels *kernels;
    int sample, channels, n;
    uint32_t *random;
} setting;

static void check_unpack(const setting *s)
{
    size_t bytes = (size_t)s->n * s->channels * s->sample;
    guarded in = guarded_make(bytes, 0), got[MOST_CHANNELS], wanted[MOST_CHANNELS];
    float *got_row[MOST_CHANNELS], *wanted_row[MOST_CHANNELS];
    for (size_t i = 0; i < bytes; i++)
        ((uint8_t *)in.data)[i] = (uint8_t)random_bits(s->random);
    for (int c = 0; c < s->channels; c++) {
        got[c] = float_row(0, s->n);
        wanted[c] = float_row(0, s->n);
        got_row[c] = got[c].data;
        wanted_row[c] = wanted[c].data;
    }
    void *exact = exact_copy(in.data, bytes);
    if (s->sample == 1) {
        kernel_variant(0)->unpack_u8(wanted_row, exact, s->channels, s->n);
        s->kernels->unpack_u8(got_row, exact, s->channels, s->n);
    } else {
        kernel_variant(0)->unpack_u16(wanted_row, exact, s->channels, s->n);
        s->kernels->unpack_u16(got_row, exact, s->channels, s->n);
    }
    for (int c = 0; c < s->channels; c++) {
        cr_expect_arr_eq(got_row[c], wanted_row[c], s->n * sizeof(float),
                         "%s unpack of %d bytes, channel %d of %d, width %d", s->kernels->name,
                         s->sample, c, s->channels, s->n);
        cr_expect(guarded_intact(&got[c]));
        guarded_free(&got[c]);
        guarded_free(&wanted[c]);
    }
    free(exact);
    guarded_free(&in);
}

static void check_pack(const setting *s)
{
    size_t bytes = (size_t)s->n * s->channels * s->sample;
    guarded in[MOST_CHANNELS];
    const float *row[MOST_CHANNELS];
    for (int c = 0; c < s->channels; c++) {
        in[c] = float_row(0, s->n);
        row[c] = in[c].data;
        for (int x = 0; x < s->n; x++)
            ((float *)in[c].data)[x] = random_level(s->random, s->sample == 1 ? 255 : 65535);
    }
    guarded wanted = guarded_make(bytes, 0);
    guarded got = guarded_make(bytes, random_below(s->random, 8) * s->sample);
    if (s->sample == 1) {
        kernel_variant(0)->pack_u8(wanted.data, row, s->channels, s->n);
        s->kernels->pack_u8(got.data, row, s->channels, s->n);
    } else {
        kernel_variant(0)->pack_u16(wanted.data, row, s->channels, s->n);
        s->kernels->pack_u16(got.data, row, s->channels, s->n);
    }
    cr_expect_arr_eq(got.data, wanted.data, bytes, "%s pack to %d bytes, %d channels, width %d",
                     s->kernels->name, s->sample, s->channels, s->n);
    cr_expect(guarded_intact(&got), "%s pack writes beyond %d pixels", s->kernels->name, s->n);
    for (int c = 0; c < s->channels; c++)
        guarded_free(&in[c]);
    guarded_free(&wanted);
    guarded_free(&got);
}

static void for_each_setting(void (*check)(const setting *))
{
    uint32_t random = 1;
    FOR_EACH_VARIANT(kernels)
    for (int sample = 1; sample <= 2; sample++)
        for (int channels = 1; channels <= MOST_CHANNELS; channels++)
            for (size_t i = 0; i < sizeof widths / sizeof *widths; i++) {
                setting s = { kernels, sample, channels, widths[i], &random };
                check(&s);
            }
}

Test(kernels_pixels, unpack)
{
    for_each_setting(check_unpack);
}

Test(kernels_pixels, pack)
{
    for_each_setting(check_pack);
}

Test(kernels_pixels, every_level_survives)
{
    uint16_t level[65536], back[65536];
    guarded row = float_row(0, 65536);
    float *plane = row.data;
    for (int i = 0; i < 65536; i++)
        level[i] = (uint16_t)i;
    FOR_EACH_VARIANT(kernels)
    {
        memset(back, 0, sizeof back);
        kernels->unpack_u16(&plane, level, 1, 65536);
        kernels->pack_u16(back, (const float *const *)&plane, 1, 65536);
        cr_expect_arr_eq(back, level, sizeof level, "%s", kernels->name);
    }
    guarded_free(&row);
}
