/* SPDX-License-Identifier: MIT */
/* Pixels that a format cannot hold: what is said names one that can, for every format there is. */
#define _GNU_SOURCE
#include "io/formats.h"
#include "io/pixels.h"

#include <criterion/criterion.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

TestSuite(refusals, .timeout = 60);

static bool takes(const up_file_format *format, up_format pixels, up_error *error)
{
    return format->sink && format->sink->choose(&pixels, error) == UP_OK;
}

/* As PNG, or .png. */
static bool names_one_that_takes(const char *message, const up_format *pixels)
{
    for (const up_file_format *f = up_file_formats; f->info.name; f++) {
        char ending[16];
        const int first = (int)strcspn(f->info.extensions, " ");
        snprintf(ending, sizeof ending, ".%.*s", first, f->info.extensions);
        if (takes(f, *pixels, NULL) &&
            (strcasestr(message, f->info.name) || strstr(message, ending)))
            return true;
    }
    return false;
}

static int check(const up_format *pixels, const char *what)
{
    int refused = 0;
    for (const up_file_format *f = up_file_formats; f->info.name; f++) {
        up_error error = { 0 };
        if (!f->sink || takes(f, *pixels, &error))
            continue;
        refused++;
        cr_expect(names_one_that_takes(error.message, pixels), "%s, %s: %s", f->info.name, what,
                  error.message);
    }
    return refused;
}

Test(refusals, name_what_takes_the_pixels)
{
    const struct {
        const char *what;
        up_format pixels;
        int least; /* formats that refuse them */
    } tests[] = {
        { "CMYK", { .channels = 4, .color = UP_COLOR_CMYK }, 4 },
        { "alpha", { .channels = 4, .color = UP_COLOR_RGBA }, 2 },
        { "grey with alpha", { .channels = 2, .color = UP_COLOR_GREY_ALPHA }, 2 },
        { "five channels", { .channels = 5, .color = UP_COLOR_TENSOR }, 6 },
        { "a batch", { .channels = 3, .color = UP_COLOR_TENSOR, .frames = 2 }, 6 },
        { "floats", { .channels = 3, .color = UP_COLOR_TENSOR, .sample = UP_SAMPLE_F32 }, 6 },
        { "positions", { .channels = 1, .color = UP_COLOR_TENSOR, .sample = UP_SAMPLE_I64 }, 6 },
        { "too wide", { .channels = 3, .color = UP_COLOR_RGB, .width = 70000 }, 1 },
        { "4 GiB", { .channels = 3, .color = UP_COLOR_RGB, .width = 60000, .height = 60000 }, 1 },
    };
    for (size_t i = 0; i < sizeof tests / sizeof *tests; i++) {
        up_format f = tests[i].pixels;
        f.width = f.width ? f.width : 8;
        f.height = f.height ? f.height : 8;
        f.frames = f.frames ? f.frames : 1;
        f.depth = 8 * (int)up_sample_size(f.sample);
        cr_expect_geq(check(&f, tests[i].what), tests[i].least, "%s", tests[i].what);
    }
}

/* And how to make them fit. */
Test(refusals, name_the_flag_that_makes_rgb_of_inks)
{
    const up_format f = {
        .width = 8, .height = 8, .channels = 4, .color = UP_COLOR_CMYK, .frames = 1, .depth = 8
    };
    for (const up_file_format *format = up_file_formats; format->info.name; format++) {
        up_error error = { 0 };
        if (format->sink && !takes(format, f, &error))
            cr_expect(strstr(error.message, "--to-srgb"), "%s", error.message);
    }
}
