/* SPDX-License-Identifier: MIT */
/* Y4M: frames come as pictures where the output is one, or what works on colours; and what is cut,
 * or takes too much memory, is said. */
#include "io/y4m/y4m_header.h"
#include "support/pictures/image_io.h"
#include "support/pictures/y4m_streams.h"
#include "support/scratch.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

TestSuite(y4m_pictures, .init = scratch_init, .fini = scratch_fini, .timeout = 300);

/* ---- pictures */

static int picture_frame = 0;

static int flat(int frame, int plane, int x, int y)
{
    static const int colour[2][3] = { { 81, 90, 240 }, { 63, 102, 240 } }; /* red: BT.601, BT.709 */
    (void)x, (void)y, (void)frame;
    return colour[picture_frame][plane];
}

static void expect_red(const stream *s, int off)
{
    up_options options = y4m_options("nearest", 1);
    up_bytes made;
    up_error error;
    options.output_format = "ppm";
    cr_assert_eq(up_upscale_memory(s->bytes, s->size, &made, &options, &error), UP_OK, "%s",
                 error.message);
    const uint8_t *pixel = (const uint8_t *)made.data + made.size - 3;
    cr_expect(pixel[0] >= 255 - off && pixel[1] <= off && pixel[2] <= off, "%d %d %d", pixel[0],
              pixel[1], pixel[2]);
    up_bytes_free(&made);
}

Test(y4m_pictures, frames_become_pictures_by_the_matrix_of_their_size)
{
    picture_frame = 0;
    stream *s = y4m_make("420jpeg", "", 16, 16, 1, flat);
    expect_red(s, 2);
    free(s);
    picture_frame = 1;
    s = y4m_make("420mpeg2", "", 1280, 2, 1, flat);
    expect_red(s, 2);
    free(s);
}

Test(y4m_pictures, one_frame_of_a_video)
{
    up_options options = y4m_options("nearest", 1);
    up_bytes made;
    up_error error;
    stream *s = y4m_make("mono", " XCOLORRANGE=FULL", 5, 4, 3, y4m_ramp);
    options.output_format = "pgm";
    cr_assert_eq(up_upscale_memory(s->bytes, s->size, &made, &options, &error), UP_OK, "%s",
                 error.message);
    cr_expect_eq(((const uint8_t *)made.data)[made.size - 1], y4m_ramp(0, 0, 4, 3), "the first");
    up_bytes_free(&made);
    options.frames.first = 2;
    options.frames.end = 3;
    cr_assert_eq(up_upscale_memory(s->bytes, s->size, &made, &options, &error), UP_OK, "%s",
                 error.message);
    cr_expect_eq(((const uint8_t *)made.data)[made.size - 1], y4m_ramp(2, 0, 4, 3), "the third");
    up_bytes_free(&made);
    options.output_format = "y4m";
    options.frames.first = 1;
    taken t = y4m_upscale(s, &options);
    cr_assert_eq(t.frames, 2, "the last two");
    cr_expect_eq(y4m_sample(&t, 1, 0, 4, 3), y4m_ramp(2, 0, 4, 3));
    up_bytes_free(&t.made);
}

static int noise(int x, int y, int c)
{
    return (x * 41 + y * 83 + c * 29 + x * y) % 256;
}

Test(y4m_pictures, pictures_there_and_back)
{
    up_error error;
    for (int wide = 0; wide < 2; wide++)
        for (int channels = 1; channels <= 3; channels += 2) {
            const up_format f =
                picture_format(21, 13, channels, wide ? UP_SAMPLE_U16 : UP_SAMPLE_U8);
            const char *in = picture_save("in.ppm", &f, noise);
            const char *video = scratch_path("video.y4m"), *back = scratch_path("back.ppm");
            up_options options = y4m_options("nearest", 1);
            options.output_format = NULL;
            options.overwrite = true;
            image first, second;
            cr_assert_eq(up_upscale_file(in, video, &options, &error), UP_OK, "%s", error.message);
            cr_assert_eq(up_upscale_file(video, back, &options, &error), UP_OK, "%s",
                         error.message);
            cr_assert_eq(image_load(&first, in, 4, &error), UP_OK);
            cr_assert_eq(image_load(&second, back, 4, &error), UP_OK);
            cr_assert_eq(first.size, second.size);
            for (size_t i = 0; i < first.size / (wide ? 2 : 1); i++) {
                const int a = wide ? ((uint16_t *)first.data)[i] : first.data[i];
                const int b = wide ? ((uint16_t *)second.data)[i] : second.data[i];
                cr_assert(abs(a - b) <= 2, "%zu: %d became %d", i, a, b);
            }
            image_free(&first);
            image_free(&second);
        }
}

Test(y4m_pictures, pictures_with_alpha_are_refused)
{
    up_error error;
    const up_format f = picture_format(5, 4, 4, UP_SAMPLE_U8);
    const char *in = picture_save("in.png", &f, noise), *video = scratch_path("video.y4m");
    const up_options options = { .method = "nearest" };
    cr_expect_eq(up_upscale_file(in, video, &options, &error), UP_ERROR_UNSUPPORTED);
    cr_expect(strstr(error.message, "--background"), "%s", error.message);
}

/* Light is filtered where frames are RGB; of what is smooth that is next to the same. */
Test(y4m_pictures, colours_go_through_rgb_and_back)
{
    static const char *const kinds[] = { "420jpeg", "420mpeg2", "422", "444", "411", "420p10" };
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
        const bool deep = strstr(kinds[k], "p10");
        up_options options = y4m_options("bicubic", 2);
        taken planes = y4m_upscale(
            y4m_make(kinds[k], "", 12, 10, 1, deep ? y4m_wide_ramp : y4m_ramp), &options);
        options.linear = true;
        picture_frame = 0;
        taken t = y4m_upscale(y4m_make(kinds[k], "", 12, 10, 2, flat), &options);
        cr_assert_eq(t.frames, 2);
        cr_expect_str_eq(t.video.name, kinds[k]);
        if (!deep)
            for (int p = 0; p < 3; p++)
                cr_expect(abs(y4m_sample(&t, 1, p, 3, 3) - flat(0, p, 0, 0)) <= 1,
                          "C%s, plane %d: %d", kinds[k], p, y4m_sample(&t, 1, p, 3, 3));
        up_bytes_free(&planes.made);
        up_bytes_free(&t.made);
    }
}

/* ---- damage, threads, memory */

Test(y4m_pictures, a_last_frame_that_breaks_off_is_grey_from_there_on)
{
    up_error error;
    stream *s = y4m_make("420jpeg", "", 8, 8, 3, y4m_ramp);
    const char *in = scratch_path("cut.y4m"), *out = scratch_path("out.y4m");
    file_write(in, s->bytes, s->size - 96 + 20);
    up_options options = y4m_options("nearest", 1);
    up_image *opened;
    up_plan *plan;
    cr_assert_eq(up_image_open(&opened, in, &error), UP_OK, "%s", error.message);
    cr_expect_eq(up_image_get_info(opened)->frames, 3);
    cr_assert_eq(up_plan_create(&plan, opened, out, &options, &error), UP_OK, "%s", error.message);
    cr_assert_eq(up_plan_run(plan, out, &error), UP_OK, "%s", error.message);
    const up_note *note = up_plan_note_at(plan, 0);
    cr_assert_not_null(note);
    cr_expect_eq(note->kind, UP_NOTE_DAMAGE);
    cr_expect(strstr(note->text, "frame 2"), "%s", note->text);
    up_plan_destroy(&plan);
    up_image_close(&opened);
    size_t size;
    char *file = file_read(out, &size);
    const taken t = y4m_take(&(up_bytes){ file, size });
    cr_assert_eq(t.frames, 3, "none is lost");
    cr_expect_eq(y4m_sample(&t, 2, 0, 3, 2), y4m_ramp(2, 0, 3, 2));
    cr_expect_eq(y4m_sample(&t, 2, 0, 4, 2), 128);
    cr_expect_eq(y4m_sample(&t, 2, 2, 1, 1), 128);
    free(file);
    remove(out);
    options.strict = true;
    cr_expect_eq(up_upscale_file(in, out, &options, &error), UP_ERROR_INPUT);
    cr_expect(strstr(error.message, "breaks off"), "%s", error.message);
    cr_expect_not(file_exists(out), "nothing is half-written");
    free(s);
}

Test(y4m_pictures, threads_and_bands_change_nothing)
{
    static const char *const methods[] = { "lanczos", "tconv:small" };
    for (size_t m = 0; m < 2; m++) {
        up_options options = y4m_options(methods[m], 2);
        options.threads = 1;
        taken first = y4m_upscale(y4m_make("420mpeg2", "", 150, 90, 2, y4m_ramp), &options);
        options.threads = 3;
        options.band = 5;
        taken second = y4m_upscale(y4m_make("420mpeg2", "", 150, 90, 2, y4m_ramp), &options);
        cr_assert_eq(first.made.size, second.made.size);
        cr_expect_eq(memcmp(first.made.data, second.made.data, first.made.size), 0, "%s",
                     methods[m]);
        up_bytes_free(&first.made);
        up_bytes_free(&second.made);
    }
}

Test(y4m_pictures, memory_does_not_grow_with_frames)
{
    size_t bytes[2];
    for (int i = 0; i < 2; i++) {
        stream *s = y4m_make("420jpeg", "", 64, 48, i ? 200 : 1, y4m_ramp);
        up_options options = y4m_options("bicubic", 2);
        up_image *opened;
        up_plan *plan;
        up_error error;
        cr_assert_eq(up_image_open_memory(&opened, s->bytes, s->size, &error), UP_OK);
        cr_assert_eq(up_plan_create(&plan, opened, NULL, &options, &error), UP_OK);
        bytes[i] = up_plan_get_info(plan)->memory_bytes;
        up_plan_destroy(&plan);
        up_image_close(&opened);
        free(s);
    }
    cr_expect_eq(bytes[0], bytes[1]);
}

Test(y4m_pictures, frames_of_pictures_count_against_memory)
{
    up_error error;
    up_bytes made;
    static const char head[] = "YUV4MPEG2 W30000 H30000\nFRAME\n";
    up_options options = y4m_options("nearest", 1);
    options.output_format = "png";
    options.max_memory = (size_t)200 << 20;
    cr_expect_eq(up_upscale_memory(head, sizeof head - 1, &made, &options, &error), UP_ERROR_LIMIT,
                 "%s", error.message);
}
