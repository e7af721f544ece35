/* SPDX-License-Identifier: MIT */
/* Video through pipes, as it comes from other programs and goes to others. */
#include "support/shell.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

TestSuite(video_pipe, .init = scratch_init, .fini = scratch_fini, .timeout = 300);

/* 30 frames of 64x48, each with its number in it. */
static void write_video(void)
{
    enum { WIDTH = 64, HEIGHT = 48, FRAMES = 30, BYTES = WIDTH * HEIGHT * 3 / 2 };
    static char file[80 + FRAMES * (6 + BYTES)];
    size_t size = (size_t)snprintf(file, sizeof file, "YUV4MPEG2 W%d H%d F25:1 Ip A1:1 C420jpeg\n",
                                   WIDTH, HEIGHT);
    for (int f = 0; f < FRAMES; f++) {
        size += (size_t)snprintf(file + size, sizeof file - size, "FRAME\n");
        for (int i = 0; i < BYTES; i++)
            file[size++] = (char)(f * 7 + i % WIDTH);
    }
    file_write(scratch_path("in.y4m"), file, size);
}

Test(video_pipe, no_frame_is_lost)
{
    write_video();
    const shell_case tests[] = {
        { "upscale in.y4m -m bicubic -s 2 -o out.y4m -q", 0, "", "" },
        { "grep -c -a FRAME out.y4m", 0, "30", "" },
        { "cat in.y4m | upscale - -f y4m -m bicubic -s 2 -o - -q | cmp - out.y4m", 0, "", "" },
        { "cat in.y4m | upscale - -m bicubic -s 2 -o - -q | cat > piped.y4m; cmp piped.y4m out.y4m",
          0, "", "" },
        { "cat in.y4m | upscale - -m nearest -s 1 -o - -q | upscale - -m bicubic -s 2 -o - -q | "
          "cmp - "
          "out.y4m",
          0, "", "" },
    };
    SHELL_EXPECT_ALL(tests);
}

/* Two frames at a time, whose number is known and is not, and whatever ends them. */
Test(video_pipe, frames_that_overlap_are_in_order)
{
    write_video();
    const char *const methods[] = { "-m bicubic --linear", "-m tconv:small --precision exact",
                                    "-m tconv:linear --to-srgb" };
    char text[600];
    for (int m = 0; m < 3; m++) {
        const char *method = methods[m];
        snprintf(text, sizeof text, "upscale in.y4m %s -s 2 --threads 1 -o one.y4m -q --overwrite",
                 method);
        cr_assert_eq(shell_code("%s", text), 0, "%s", text);
        for (int threads = 2; threads < 5; threads++) {
            snprintf(
                text, sizeof text,
                "cat in.y4m | upscale - %s -s 2 --threads %d -f y4m -o - -q | cmp - one.y4m && "
                "upscale in.y4m %s -s 2 --threads %d --frame 3-11 -o some.y4m -q --overwrite && "
                "upscale in.y4m %s -s 2 --threads 1 --frame 3-11 -o - -f y4m -q | "
                "cmp - some.y4m",
                method, threads, method, threads, method);
            cr_expect_eq(shell_code("%s", text), 0, "%s", text);
        }
    }
}

Test(video_pipe, frames_that_overlap_end_as_others_do)
{
    write_video();
    const shell_case tests[] = {
        { "head -c 60000 in.y4m | upscale - -m bicubic --linear -s 2 --threads 2 -f y4m -o cut.y4m",
          0, "", "missing" },
        { "grep -c -a FRAME cut.y4m", 0, "13", "" },
        { "head -c 60000 in.y4m | upscale - -m bicubic --linear -s 2 --threads 2 -f y4m -o no.y4m "
          "--strict",
          1, "", "damaged" },
        { "upscale in.y4m -m bicubic --linear -s 8 --threads 2 -o - -q | head -c 1000 | wc -c", 0,
          "1000", "" },
        { "cat in.y4m | upscale - -m bicubic --linear -s 2 --threads 2 --frame 20-40 -o no.y4m -f "
          "y4m",
          1, "", "before frame 30" },
    };
    SHELL_EXPECT_ALL(tests);
    cr_expect_not(file_exists(scratch_path("no.y4m")));
}

/* Nothing of the whole frames is lost, wherever the next one breaks off. */
Test(video_pipe, whole_frames_of_a_cut_pipe_are_kept)
{
    enum { HEAD = 41, FRAME_BYTES = 6 + 64 * 48 * 3 / 2, WHOLE = 5 };
    static const struct {
        int more, frames;
        const char *said;
    } cuts[] = { { 0, WHOLE, "" },
                 { 1, WHOLE, "left out" },
                 { 5, WHOLE, "left out" },
                 { 6, WHOLE, "left out" },
                 { 69, WHOLE, "left out" },
                 { 70, WHOLE + 1, "breaks off" },
                 { FRAME_BYTES - 1, WHOLE + 1, "breaks off" } };
    char make[200], count[20];
    write_video();
    for (size_t i = 0; i < 2 * sizeof cuts / sizeof *cuts; i++) {
        const size_t k = i / 2;
        const char *how = i % 2 ? "-m bicubic --linear --threads 2" : "-m bicubic";
        snprintf(make, sizeof make, "head -c %d in.y4m > cut.y4m",
                 HEAD + WHOLE * FRAME_BYTES + cuts[k].more);
        cr_assert_eq(shell_code("%s", make), 0);
        snprintf(count, sizeof count, "%d", cuts[k].frames);
        for (int file = 0; file < 2; file++) {
            snprintf(make, sizeof make, "%s %s -s 2 -f y4m -o out.y4m --overwrite",
                     file ? "upscale cut.y4m" : "cat cut.y4m | upscale -", how);
            const shell_case tests[] = { { make, 0, "", cuts[k].said },
                                         { "grep -c -a FRAME out.y4m", 0, count, "" } };
            SHELL_EXPECT_ALL(tests);
            strcat(make, " --strict");
            cr_expect_eq(shell_code("%s", make), cuts[k].said[0] != 0, "%s", make);
        }
    }
}

Test(video_pipe, frames_and_pictures)
{
    write_video();
    const shell_case tests[] = {
        { "upscale in.y4m -m nearest -s 1 --frame 7 -o seven.png -q", 0, "", "" },
        { "cat in.y4m 2>/dev/null | upscale - -m nearest -s 1 --frame 7 -f png -o - -q | cmp - "
          "seven.png",
          0, "", "" },
        { "upscale in.y4m -m nearest -s 1 -o first.jpg", 0, "", "29 of 30" },
        { "upscale in.y4m -m nearest -s 1 --frame 30 -o none.png", 2, "", "30 frames" },
        { "cat in.y4m | upscale - -m nearest -s 1 --frame 30 -f png -o -", 1, "", "frame 30" },
        { "upscale seven.png -m nearest -s 1 -o still.y4m -q && head -c 60 still.y4m", 0, "C444",
          "" },
        { "upscale info in.y4m", 0, "30 frames", "" },
        { "upscale in.y4m -m nearest -s 1 --frame 7 -o again.png -v", 0, "", "to RGB by BT.601" },
    };
    SHELL_EXPECT_ALL(tests);
}

/* Each frame of an animated PNG is a stream of its own, which refers to nothing before it. */
Test(video_pipe, frames_of_png_can_be_inflated)
{
    char text[300];
    write_video();
    for (int threads = 1; threads < 4; threads++) {
        snprintf(text, sizeof text,
                 "upscale in.y4m -m nearest -s 16 --frame 0-2 --png-level 9 -o a%d.png -q "
                 "--threads %d && "
                 "upscale a%d.png -m nearest -s 1 -o again.png -q --strict --overwrite && "
                 "cmp a%d.png a1.png",
                 threads, threads, threads, threads);
        cr_expect_eq(shell_code("%s", text), 0, "%s", text);
    }
}

Test(video_pipe, whoever_stops_reading_ends_it)
{
    write_video();
    cr_expect_eq(shell_code("upscale in.y4m -m bicubic -s 8 -o - -q | head -c 1000 > part"), 0);
    cr_expect_eq(shell_code("head -c 60000 in.y4m | upscale - -m nearest -s 1 -f y4m -o cut.y4m"),
                 0);
    cr_expect_eq(shell_code("head -c 60000 in.y4m | upscale - -m nearest -s 1 -f y4m -o none.y4m "
                            "--strict"),
                 1);
    cr_expect_not(file_exists(scratch_path("none.y4m")));
}
