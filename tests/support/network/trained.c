/* SPDX-License-Identifier: MIT */
#include "support/network/trained.h"

#include "support/pictures/image_io.h"
#include "support/scratch.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>

enum { MOST_PICTURES = 8 };

int wave_sample(int picture, int x, int y, int c)
{
    return (int)(128 + 60 * sin(x * (0.3 + 0.1 * picture) + c) + 60 * cos(x * y * 0.004 + y + c));
}

static int number;

static int waves(int x, int y, int c)
{
    return wave_sample(number, x, y, c);
}

const char *const *wave_pictures(int count, int side, int channels)
{
    static const char *paths[MOST_PICTURES];
    const up_format format = picture_format(side, side, channels, UP_SAMPLE_U8);
    cr_assert_leq(count, MOST_PICTURES);
    for (number = 0; number < count; number++) {
        char name[32];
        snprintf(name, sizeof name, "picture%d.png", number);
        paths[number] = picture_save(name, &format, waves);
    }
    return paths;
}

void train_expect(const char *output, const up_train_options *options, up_status wanted)
{
    up_error error = { 0 };
    up_status status = up_train(output, options, &error);
    cr_assert_eq(status, wanted, "%s", error.message);
}

static volatile int stop;

static void stop_at_20(void *user, const up_train_state *state)
{
    (void)user;
    stop = state->step == 20;
}

const char *train_resumed(up_train_options *options, int threads)
{
    const char *whole = scratch_path("whole.safetensors");
    const char *resumed = scratch_path("resumed.safetensors");
    train_expect(whole, options, UP_OK);
    options->checkpoint = scratch_path("state.checkpoint");
    options->report = stop_at_20;
    options->cancel = &stop;
    train_expect(resumed, options, UP_ERROR_INTERRUPTED);
    options->report = NULL;
    options->cancel = NULL;
    options->resume = true;
    options->threads = threads;
    train_expect(resumed, options, UP_OK);
    expect_same_file(whole, resumed);
    return resumed;
}

up_train_state trained_state;

void trained_note(void *user, const up_train_state *state)
{
    (void)user;
    trained_state = *state;
}
