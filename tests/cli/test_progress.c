/* SPDX-License-Identifier: MIT */
/* options.progress: how far a call is, from 0 to 1, in files and in memory, on any threads. */
#include "support/shell.h"
#include "upscale.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

TestSuite(progress, .init = scratch_init, .fini = scratch_fini);

typedef struct {
    int calls;
    double first, last;
    bool falls;
    int stop; /* set once half is done, for options.cancel */
} trace;

static void follow(void *user, double done)
{
    trace *t = user;
    t->falls |= t->calls > 0 && done < t->last;
    t->first = t->calls++ ? t->first : done;
    t->last = done;
    t->stop = done >= 0.5;
}

static void expect_whole(const trace *t, const char *what, int threads)
{
    cr_expect(t->calls > 4 && t->first >= 0 && t->first < 0.5 && t->last == 1 && !t->falls,
              "%s, %d threads: %d calls from %g to %g%s", what, threads, t->calls, t->first,
              t->last, t->falls ? ", falling" : "");
}

static up_status enlarge(const char *method, const up_options *how)
{
    const up_format small = {
        .width = 150, .height = 400, .channels = 1, .frames = 1, .color = UP_COLOR_GREY, .depth = 8
    };
    up_format large = small;
    large.width *= 2;
    large.height *= 2;
    up_pixels in = { .format = small, .data = calloc(150 * 400, 1) };
    up_pixels out = { .format = large, .data = calloc(300 * 800, 1) };
    up_options options = *how;
    options.method = method;
    up_status status = up_upscale_pixels(&in, &out, &options, NULL);
    free(in.data);
    free(out.data);
    return status;
}

Test(progress, in_memory_as_in_files)
{
    static const char *const methods[] = { "nearest", "bicubic", "tconv:bicubic" };
    for (size_t m = 0; m < sizeof methods / sizeof *methods; m++)
        for (int threads = 1; threads <= 4; threads += 3) {
            trace t = { 0 };
            const up_options how = { .threads = threads, .progress = follow, .user = &t };
            cr_assert_eq(enlarge(methods[m], &how), UP_OK);
            expect_whole(&t, methods[m], threads);
        }
}

static trace enlarge_batch(int frames)
{
    enum { FRAME = 60 * 50, HEAD = 128 };
    static char bytes[HEAD + 5 * FRAME];
    memset(bytes, ' ', HEAD);
    int length = snprintf(bytes, HEAD,
                          "\x93NUMPY\x01%c%c%c{'descr': '|u1', 'fortran_order': False, "
                          "'shape': (%d, 1, 50, 60), }",
                          0, HEAD - 10, 0, frames);
    bytes[length] = ' ';
    bytes[HEAD - 1] = '\n';
    file_write(scratch_path("in.npy"), bytes, HEAD + (size_t)frames * FRAME);
    trace t = { 0 };
    const up_options how = { .method = "bicubic", .threads = 2, .progress = follow, .user = &t };
    up_error error = { 0 };
    char *output = strdup(scratch_path("out%d.npy", frames));
    cr_assert_eq(up_upscale_file(scratch_path("in.npy"), output, &how, &error), UP_OK, "%s",
                 error.message);
    free(output);
    return t;
}

Test(progress, frames_follow_each_other)
{
    trace t = enlarge_batch(5);
    expect_whole(&t, "five frames", 2);
    t = enlarge_batch(0);
    cr_expect(t.calls == 1 && t.last == 1, "no frames: %d calls", t.calls);
}

Test(progress, files)
{
    write_ppm("in.ppm", 200, 2000);
    trace t = { 0 };
    const up_options how = { .method = "bicubic", .threads = 2, .progress = follow, .user = &t };
    cr_assert_eq(up_upscale_file(scratch_path("in.ppm"), scratch_path("out.ppm"), &how, NULL),
                 UP_OK);
    expect_whole(&t, "a file", 2);
}

Test(progress, a_small_file_is_no_single_leap)
{
    write_ppm("in.ppm", 60, 200);
    trace t = { 0 };
    const up_options how = { .method = "bicubic", .threads = 1, .progress = follow, .user = &t };
    cr_assert_eq(up_upscale_file(scratch_path("in.ppm"), scratch_path("out.ppm"), &how, NULL),
                 UP_OK);
    expect_whole(&t, "a small file", 1);
}

Test(progress, may_stop_the_call)
{
    trace t = { 0 };
    const up_options how = { .threads = 1, .progress = follow, .user = &t, .cancel = &t.stop };
    cr_expect_eq(enlarge("bicubic", &how), UP_ERROR_INTERRUPTED);
    cr_expect(t.last >= 0.5 && t.last < 1, "%g", t.last);
}
