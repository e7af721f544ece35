/* SPDX-License-Identifier: MIT */
/* Frames that follow each other: how they are put together, their times, and which of them a run
 * makes. */
#include "io/frames/screen.h"
#include "io/frames/sequence.h"
#include "support/pictures/image_io.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

TestSuite(frames, .timeout = 60);

enum { SIDE = 4 };

static up_screen screen(up_sample sample)
{
    up_screen s = { 0 };
    const up_format format = picture_format(SIDE, SIDE, 4, sample);
    cr_assert_eq(up_screen_begin(&s, &format, NULL), UP_OK);
    return s;
}

static void place(up_screen *s, int x, int y, int side, up_dispose dispose, bool over,
                  const uint8_t pixel[4])
{
    uint8_t row[SIDE * 2 * 4];
    const up_placed where = {
        .x = x, .y = y, .width = side, .height = side, .dispose = dispose, .over = over
    };
    cr_assert_eq(up_screen_place(s, &where, NULL), UP_OK);
    for (int i = 0; i < side; i++)
        memcpy(row + i * 4, pixel, 4);
    for (int i = 0; i < side; i++)
        up_screen_put(s, i, row);
}

static const uint8_t *pixel(const up_screen *s, int x, int y)
{
    static uint8_t row[SIDE * 4];
    void *const rows[] = { row };
    up_screen_get(s, y, rows, 1);
    return row + x * 4;
}

#define EXPECT_PIXEL(s, x, y, ...)                                                                 \
    cr_expect(memcmp(pixel(s, x, y), (const uint8_t[4]){ __VA_ARGS__ }, 4) == 0,                   \
              "%d, %d: %d %d %d %d", x, y, pixel(s, x, y)[0], pixel(s, x, y)[1],                   \
              pixel(s, x, y)[2], pixel(s, x, y)[3])

static const uint8_t RED[] = { 255, 0, 0, 255 }, BLUE[] = { 0, 0, 255, 255 },
                     NOTHING[] = { 9, 9, 9, 0 };

Test(frames, a_frame_stays_is_cleared_or_goes_back)
{
    static const up_dispose dispose[] = { UP_DISPOSE_NOT, UP_DISPOSE_CLEAR, UP_DISPOSE_BACK };
    for (int i = 0; i < 3; i++) {
        up_screen s = screen(UP_SAMPLE_U8);
        EXPECT_PIXEL(&s, 0, 0, 0, 0, 0, 0);
        place(&s, 0, 0, SIDE, UP_DISPOSE_NOT, false, RED);
        place(&s, 1, 1, 2, dispose[i], false, BLUE);
        EXPECT_PIXEL(&s, 1, 1, 0, 0, 255, 255);
        place(&s, 3, 3, 1, UP_DISPOSE_NOT, false, BLUE);
        EXPECT_PIXEL(&s, 0, 0, 255, 0, 0, 255);
        EXPECT_PIXEL(&s, 3, 3, 0, 0, 255, 255);
        if (i == 0)
            EXPECT_PIXEL(&s, 2, 2, 0, 0, 255, 255);
        else if (i == 1)
            EXPECT_PIXEL(&s, 2, 2, 0, 0, 0, 0);
        else
            EXPECT_PIXEL(&s, 2, 2, 255, 0, 0, 255);
        up_screen_end(&s);
    }
}

Test(frames, alpha_shows_what_is_below)
{
    up_screen s = screen(UP_SAMPLE_U8);
    place(&s, 0, 0, SIDE, UP_DISPOSE_NOT, false, RED);
    place(&s, 0, 0, 2, UP_DISPOSE_NOT, true, NOTHING);
    EXPECT_PIXEL(&s, 0, 0, 255, 0, 0, 255);
    place(&s, 0, 0, 2, UP_DISPOSE_NOT, true, (const uint8_t[]){ 0, 0, 255, 51 });
    EXPECT_PIXEL(&s, 0, 0, 204, 0, 51, 255);
    place(&s, 0, 0, 2, UP_DISPOSE_NOT, false, NOTHING);
    EXPECT_PIXEL(&s, 1, 1, 9, 9, 9, 0);
    place(&s, 0, 0, 1, UP_DISPOSE_NOT, true, (const uint8_t[]){ 10, 20, 30, 100 });
    EXPECT_PIXEL(&s, 0, 0, 10, 20, 30, 100);
    up_screen_end(&s);
}

/* Against the definition in double, for every pair of alphas. */
Test(frames, blending_is_exact)
{
    up_screen s = screen(UP_SAMPLE_U8);
    for (int under = 0; under < 256; under += 5)
        for (int over = 1; over < 256; over += 3) {
            place(&s, 0, 0, 1, UP_DISPOSE_NOT, false,
                  (const uint8_t[]){ 200, 7, 90, (uint8_t)under });
            place(&s, 0, 0, 1, UP_DISPOSE_NOT, true,
                  (const uint8_t[]){ 30, 250, 0, (uint8_t)over });
            const double a = over / 255.0, b = under / 255.0 * (1 - a), all = a + b;
            const double want[] = { (30 * a + 200 * b) / all, (250 * a + 7 * b) / all, 90 * b / all,
                                    255 * all };
            for (int c = 0; c < 4; c++)
                cr_assert(fabs(pixel(&s, 0, 0)[c] - want[c]) < 0.5 + 1e-9, "%d over %d, %d", over,
                          under, c);
        }
    up_screen_end(&s);
}

Test(frames, sixteen_bits_blend_too)
{
    up_screen s = screen(UP_SAMPLE_U16);
    const up_placed all = { .width = SIDE, .height = SIDE },
                    over = { .width = 1, .height = 1, .over = true };
    const uint16_t below[SIDE * 4] = { 1000, 2000, 3000, 65535 },
                                above[] = { 60000, 0, 3000, 13107 };
    cr_assert_eq(up_screen_place(&s, &all, NULL), UP_OK);
    up_screen_put(&s, 0, below);
    cr_assert_eq(up_screen_place(&s, &over, NULL), UP_OK);
    up_screen_put(&s, 0, above);
    const uint16_t want[] = { 12800, 1600, 3000, 65535 };
    uint16_t row[SIDE * 4];
    void *const rows[] = { row };
    up_screen_get(&s, 0, rows, 1);
    cr_expect(memcmp(row, want, sizeof want) == 0, "%d %d %d %d", row[0], row[1], row[2], row[3]);
    up_screen_end(&s);
}

Test(frames, what_lies_outside_is_cut_off)
{
    up_screen s = screen(UP_SAMPLE_U8);
    place(&s, 2, 3, SIDE, UP_DISPOSE_CLEAR, true, RED);
    EXPECT_PIXEL(&s, 3, 3, 255, 0, 0, 255);
    EXPECT_PIXEL(&s, 1, 3, 0, 0, 0, 0);
    place(&s, 100, 100, 2, UP_DISPOSE_BACK, true, RED);
    EXPECT_PIXEL(&s, 3, 3, 0, 0, 0, 0);
    place(&s, 0, 0, 1, UP_DISPOSE_NOT, true, BLUE);
    EXPECT_PIXEL(&s, 0, 0, 0, 0, 255, 255);
    up_screen_end(&s);
}

Test(frames, times_are_kept_as_well_as_the_format_can)
{
    const struct {
        up_duration from;
        uint32_t num, den;
        int ms;
    } tests[] = {
        { { 1001, 30000 }, 1001, 30000, 33 },
        { { 100, 1000 }, 1, 10, 100 },
        { { 0, 1 }, 0, 1, 0 },
        { { 7, 0 }, 0, 1, 0 },
        { { 100000, 1 }, 65535, 1, 1 << 24 },
        { { 1, 1000000 }, 0, 65535, 0 },
        { { 65536, 131072 }, 1, 2, 500 },
    };
    for (size_t i = 0; i < sizeof tests / sizeof *tests; i++) {
        const up_duration got = up_duration_within(tests[i].from, UINT16_MAX);
        cr_expect(got.num == tests[i].num && got.den == tests[i].den, "%zu: %u / %u", i, got.num,
                  got.den);
        cr_expect_eq(up_duration_milliseconds(tests[i].from, 1 << 24), tests[i].ms, "%zu", i);
    }
    for (uint32_t num = 1; num < 4000000; num += 37777) { /* longer than 16 bits, near enough */
        const up_duration from = { num, 90001 }, to = up_duration_within(from, UINT16_MAX);
        cr_expect(to.num <= UINT16_MAX && to.den <= UINT16_MAX);
        cr_expect(fabs((double)to.num / to.den - num / 90001.0) < 1e-3 * (1 + num / 90001.0), "%u",
                  num);
    }
}
