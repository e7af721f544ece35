/* SPDX-License-Identifier: MIT */
/* Y4M: planes go through as they lie, each at its own size and place; headers stay; and what is
 * absurd or interlaced is said. */
#include "io/y4m/y4m_header.h"
#include "support/pictures/image_io.h"
#include "support/pictures/y4m_streams.h"
#include "support/scratch.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

TestSuite(y4m, .init = scratch_init, .fini = scratch_fini, .timeout = 300);

/* ---- headers */

Test(y4m, all_layouts_and_tags_stay)
{
    static const char *const kinds[] = { "420jpeg", "420",    "420mpeg2", "420paldv", "420p9",
                                         "420p10",  "420p12", "420p14",   "420p16",   "422",
                                         "422p10",  "422p16", "444",      "444p9",    "444p12",
                                         "411",     "mono",   "mono9",    "mono10",   "mono12",
                                         "mono14",  "mono16" };
    const up_options options = y4m_options("nearest", 2);
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
        taken t = y4m_upscale(y4m_make(kinds[k], " F30000:1001 A128:117 Ip XCOLORRANGE=FULL XOWN=1",
                                       7, 5, 2, y4m_ramp),
                              &options);
        cr_expect_str_eq(t.video.name, kinds[k]);
        cr_expect_eq(t.video.rate[0], 30000);
        cr_expect_eq(t.video.rate[1], 1001);
        cr_expect_eq(t.video.aspect[0], 128);
        cr_expect_eq(t.video.aspect[1], 117);
        cr_expect_eq(t.video.interlacing, 'p');
        cr_expect(t.video.yuv.full_range);
        cr_expect_str_eq(t.video.tags, " XCOLORRANGE=FULL XOWN=1");
        cr_assert_eq(t.frames, 2, "%s", kinds[k]);
        cr_expect_eq(t.width, 14);
        cr_expect_eq(t.height, 10);
        for (int f = 0; f < 2; f++)
            for (int p = 0; p < t.video.yuv.planes; p++)
                for (int y = 0; y < up_plane_side(&t.video.yuv, p, 0, 10); y++)
                    for (int x = 0; x < up_plane_side(&t.video.yuv, p, 1, 14); x++)
                        cr_assert_eq(y4m_sample(&t, f, p, x, y), y4m_ramp(f, p, x / 2, y / 2),
                                     "%s: frame %d, plane %d, %d %d", kinds[k], f, p, x, y);
        up_bytes_free(&t.made);
    }
}

Test(y4m, frames_may_say_more)
{
    stream *s = calloc(1, sizeof *s);
    s->size =
        (size_t)snprintf(s->bytes, Y4M_MOST, "YUV4MPEG2 H1 W2 Cmono\nFRAME Xmore\nabFRAME\ncd");
    const up_options options = y4m_options("nearest", 1);
    taken t = y4m_upscale(s, &options);
    cr_assert_eq(t.frames, 2);
    cr_expect_eq(memcmp(t.frame[1], "cd", 2), 0);
    up_bytes_free(&t.made);
}

Test(y4m, pixels_that_are_enlarged_one_way_have_another_shape)
{
    up_options options = y4m_options("nearest", 1);
    options.scale.columns = 2;
    taken t = y4m_upscale(y4m_make("mono", " A4:3", 6, 4, 1, y4m_ramp), &options);
    cr_expect_eq(t.video.aspect[0], 2);
    cr_expect_eq(t.video.aspect[1], 3);
    up_bytes_free(&t.made);
}

Test(y4m, what_is_no_video_is_refused_with_a_reason)
{
    static const struct {
        const char *stream, *reason;
    } bad[] = {
        { "YUV4MPEG2 W2 H2 It\nFRAME\nabcdef", "interlaced" },
        { "YUV4MPEG2 W2 H2 Im\nFRAME\nabcdef", "interlaced" },
        { "YUV4MPEG2 W2 H2 C444alpha\nFRAME\nabcdabcdabcdabcd", "C444alpha" },
        { "YUV4MPEG2 W2 H2 C420p32\nFRAME\nabcdef", "420p32" },
        { "YUV4MPEG2 W2\nFRAME\nabcdef", "height" },
        { "YUV4MPEG2 H2\nFRAME\nabcdef", "width" },
        { "YUV4MPEG2 W0 H2\nFRAME\nabcdef", "width" },
        { "YUV4MPEG2 W-2 H2\nFRAME\nabcdef", "width" },
        { "YUV4MPEG2 W2 H99999999999\nFRAME\nabcdef", "height" },
        { "YUV4MPEG2 W2 H2 F25\nFRAME\nabcdef", "rate" },
        { "YUV4MPEG2 W2 H2 F0:1\nFRAME\nabcdef", "rate" },
        { "YUV4MPEG2 W2 H2 A1\nFRAME\nabcdef", "aspect" },
        { "YUV4MPEG2 W2147483647 H2147483647 C444p16\nFRAME\n", "memory" },
        { "YUV4MPEG2 W2 H2\n", "no frame" },
        { "YUV4MPEG2 W2 H2\nFRAMES\nabcdef", "where a frame should begin" },
        { "YUV4MPEG2 W2 H2\nFRAME\nabcdefFRAM\n", "where a frame should begin" },
        { "YUV4MPEG2 W2 H2", "truncated" },
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        up_bytes made;
        up_error error;
        const up_options options = y4m_options("bicubic", 2);
        cr_expect_neq(
            up_upscale_memory(bad[i].stream, strlen(bad[i].stream), &made, &options, &error), UP_OK,
            "%s", bad[i].stream);
        cr_expect(strstr(error.message, bad[i].reason), "%s: %s", bad[i].stream, error.message);
        cr_expect_null(made.data);
    }
}

Test(y4m, endless_headers_end)
{
    stream *s = calloc(1, sizeof *s);
    up_bytes made;
    up_error error;
    memset(s->bytes, 'X', 4096);
    memcpy(s->bytes, "YUV4MPEG2 ", 10);
    const up_options options = y4m_options("bicubic", 2);
    cr_expect_eq(up_upscale_memory(s->bytes, 4096, &made, &options, &error), UP_ERROR_INPUT);
    memset(s->bytes + 600, '\n', 1);
    cr_expect_eq(up_upscale_memory(s->bytes, 4096, &made, &options, &error), UP_ERROR_INPUT);
    free(s);
}

/* ---- planes */

static int edges(int frame, int plane, int x, int y)
{
    (void)frame, (void)plane;
    return (x / 3 + y / 3) % 2 ? 1023 : 0;
}

static double keys(double x)
{
    x = fabs(x);
    return x < 1 ? (1.5 * x - 2.5) * x * x + 1 : x < 2 ? ((-0.5 * x + 2.5) * x - 4) * x + 2 : 0;
}

/* Where sample o of an enlarged plane lies in the smaller one: by the place of its centre in luma.
 */
static double place(const up_yuv *yuv, int plane, int axis, int o, double scale)
{
    const double factor = plane ? yuv->factor[axis] : 1;
    const double offset = plane ? 1.0 / yuv->siting[axis] : 0.5;
    const double luma = (o + offset) * factor; /* from the left edge, in its pixels */
    return luma / scale / factor - offset;
}

static double exact(const up_yuv *yuv, const int size[2], int frame, int plane, int x, int y,
                    double scale, level_of *level)
{
    const double at[2] = { place(yuv, plane, 0, y, scale), place(yuv, plane, 1, x, scale) };
    const int high = up_plane_side(yuv, plane, 0, size[0]);
    const int wide = up_plane_side(yuv, plane, 1, size[1]);
    double sum = 0;
    for (int j = -2; j <= 2; j++)
        for (int i = -2; i <= 2; i++) {
            const int row = (int)floor(at[0]) + j, column = (int)floor(at[1]) + i;
            const int held_row = row < 0 ? 0 : row < high ? row : high - 1;
            const int held_column = column < 0 ? 0 : column < wide ? column : wide - 1;
            sum += keys(row - at[0]) * keys(column - at[1]) *
                   level(frame, plane, held_column, held_row);
        }
    return sum;
}

static void expect_bicubic(const char *kind, int width, int height, double scale, level_of *level)
{
    const up_options options = y4m_options("bicubic", scale);
    taken t = y4m_upscale(y4m_make(kind, "", width, height, 2, level), &options);
    const up_yuv *yuv = &t.video.yuv;
    const double most = (1 << yuv->depth) - 1;
    double worst = 0;
    cr_assert_eq(t.frames, 2);
    for (int f = 0; f < 2; f++)
        for (int p = 0; p < yuv->planes; p++)
            for (int y = 0; y < up_plane_side(yuv, p, 0, t.height); y++)
                for (int x = 0; x < up_plane_side(yuv, p, 1, t.width); x++) {
                    double wanted = exact(yuv, (int[]){ height, width }, f, p, x, y, scale, level);
                    wanted = fmin(fmax(wanted, 0), most);
                    worst = fmax(worst, fabs(y4m_sample(&t, f, p, x, y) - wanted));
                }
    cr_expect_leq(worst, 0.511, "C%s, %dx%d times %g: %.3f levels", kind, width, height, scale,
                  worst);
    up_bytes_free(&t.made);
}

Test(y4m, chroma_stays_where_it_lies)
{
    static const char *const kinds[] = { "420jpeg", "420mpeg2", "420paldv", "422",
                                         "444",     "411",      "mono" };
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
        expect_bicubic(kinds[k], 16, 12, 2, y4m_ramp);
        expect_bicubic(kinds[k], 13, 9, 3, y4m_ramp);
        expect_bicubic(kinds[k], 11, 7, 1.5, y4m_ramp);
        expect_bicubic(kinds[k], 9, 7, 2.7, y4m_ramp);
    }
}

Test(y4m, deep_samples_stay_deep_and_in_range)
{
    static const char *const kinds[] = { "420p10", "422p12", "444p14", "mono10" };
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++)
        expect_bicubic(kinds[k], 13, 9, 2, y4m_wide_ramp);
    expect_bicubic("420p10", 16, 12, 2, edges); /* overshoot of 10 bits */
}

/* ---- depth */

Test(y4m, depth_can_be_changed)
{
    up_options options = y4m_options("nearest", 1);
    options.depth = 8;
    taken t = y4m_upscale(
        y4m_make("420p10", " XYSCSS=420P10 XCOLORRANGE=LIMITED", 6, 4, 1, y4m_wide_ramp), &options);
    cr_expect_eq(t.video.yuv.depth, 8);
    cr_expect_str_eq(t.video.tags, " XCOLORRANGE=LIMITED");
    cr_expect_str_eq(t.video.name, "420mpeg2", "which has chroma where it was");
    for (int p = 0; p < 3; p++)
        for (int x = 0; x < (p ? 3 : 6); x++)
            cr_expect_eq(y4m_sample(&t, 0, p, x, 1), (y4m_wide_ramp(0, p, x, 1) + 2) / 4);
    up_bytes_free(&t.made);
    options.depth = 16;
    t = y4m_upscale(y4m_make("422", "", 6, 4, 1, y4m_ramp), &options);
    cr_expect_eq(t.video.yuv.depth, 16);
    for (int p = 0; p < 3; p++)
        cr_expect_eq(y4m_sample(&t, 0, p, 1, 2), 256 * y4m_ramp(0, p, 1, 2));
    up_bytes_free(&t.made);
    stream *s = y4m_make("411", "", 8, 4, 1, y4m_ramp);
    up_bytes made;
    up_error error;
    cr_expect_eq(up_upscale_memory(s->bytes, s->size, &made, &options, &error),
                 UP_ERROR_UNSUPPORTED);
    cr_expect(strstr(error.message, "C411") && strstr(error.message, "--depth"), "%s",
              error.message);
    free(s);
}

/* ---- networks */

static int black_and_white(int frame, int plane, int x, int y)
{
    (void)x, (void)y;
    return plane ? 90 + plane : frame ? 235 : 16;
}

static int full_black_and_white(int frame, int plane, int x, int y)
{
    (void)x, (void)y;
    return plane ? 90 + plane : frame ? 255 : 0;
}

Test(y4m, networks_for_luma_keep_its_range)
{
    const up_options options = y4m_options("tconv:small", 2);
    for (int full = 0; full < 2; full++) {
        taken t = y4m_upscale(y4m_make("420jpeg", full ? " XCOLORRANGE=FULL" : "", 12, 10, 2,
                                       full ? full_black_and_white : black_and_white),
                              &options);
        cr_assert_eq(t.frames, 2);
        for (int f = 0; f < 2; f++) {
            const int wanted = full ? 255 * f : f ? 235 : 16;
            for (int y = 0; y < 20; y++)
                for (int x = 0; x < 24; x++)
                    cr_assert(abs(y4m_sample(&t, f, 0, x, y) - wanted) <= 1, "%d, not %d",
                              y4m_sample(&t, f, 0, x, y), wanted);
            cr_expect_eq(y4m_sample(&t, f, 1, 5, 5), 91);
            cr_expect_eq(y4m_sample(&t, f, 2, 11, 9), 92);
        }
        up_bytes_free(&t.made);
    }
}
