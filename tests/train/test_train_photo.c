/* SPDX-License-Identifier: MIT */
/* Training of networks that a design describes, on pairs that a recipe makes: the whole way. */
#include "base/memory.h"
#include "support/network/trained.h"
#include "support/pictures/image_io.h"
#include "support/sanitized.h"
#include "support/scratch.h"
#include "train/jobs/net_tiles.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

TestSuite(train_photo, .init = scratch_init, .fini = scratch_fini);

enum { PICTURES = 3, SIDE = 100 };

#define DESIGN(color)                                                                              \
    "{\"color\":\"" color "\",\"condition\":\"strength\",\"layers\":["                             \
    "{\"op\":\"conv2d\",\"channels\":6},{\"op\":\"prelu\",\"id\":\"first\"},"                      \
    "{\"repeat\":2,\"layers\":[{\"op\":\"conv2d\",\"id\":\"c\",\"branches\":[\"identity\",[1]]},"  \
    "{\"op\":\"sigmoid\"},{\"op\":\"mul\",\"from\":\"c\"}]},{\"op\":\"add\",\"from\":\"first\"},"  \
    "{\"op\":\"conv2d\",\"channels\":\"phases\"},"                                                 \
    "{\"op\":\"pixel_shuffle\",\"factor\":\"scale\",\"id\":\"made\"},"                             \
    "{\"op\":\"channels\",\"inputs\":[\"input\"],\"count\":3},"                                    \
    "{\"op\":\"resize\",\"mode\":\"bicubic\",\"cubic_a\":-0.5,\"factor\":\"scale\",\"id\":\"b\"}," \
    "{\"op\":\"add\",\"inputs\":[\"made\",\"b\"]}]}"

static up_train_options small_photo(const char *design, int scale)
{
    const char *path = scratch_path("design.json");
    file_write(path, design, strlen(design));
    return (up_train_options){ .kind = UP_TRAIN_NET,
                               .pictures = wave_pictures(PICTURES, SIDE, 3),
                               .picture_count = PICTURES,
                               .scale = scale,
                               .network = path,
                               .recipe = "photo",
                               .steps = 30,
                               .batch = 3,
                               .patch = 16,
                               .ema = 0.9,
                               .threads = 2,
                               .overwrite = true };
}

Test(train_photo, gives_the_same_file_for_any_number_of_threads)
{
    up_train_options options = small_photo(DESIGN("rgb"), 2);
    const char *one = scratch_path("one.safetensors");
    const char *other = scratch_path("other.safetensors");
    options.threads = 1;
    train_expect(one, &options, UP_OK);
    options.threads = 3;
    train_expect(other, &options, UP_OK);
    expect_same_file(one, other);
}

Test(train_photo, resumes_to_the_same_result)
{
    up_train_options options = small_photo(DESIGN("rgb"), 2);
    const char *resumed = train_resumed(&options, 1);
    options.recipe = "clean";
    train_expect(resumed, &options, UP_ERROR_WEIGHTS);
    options.recipe = "photo";
    options.ema = 0.99;
    train_expect(resumed, &options, UP_ERROR_WEIGHTS);
    options.ema = 0.9;
    file_write(options.network, DESIGN("ycbcr"), strlen(DESIGN("ycbcr")));
    train_expect(resumed, &options, UP_ERROR_WEIGHTS);
}

static void expect_learning(const char *design, int scale)
{
    up_train_options options = small_photo(design, scale);
    options.report = trained_note;
    options.recipe = "clean";
    options.rate = 0.02;
    if (scale == 1) {
        const char *noise = "{\"noise\":{\"share\":1,\"from\":20,\"to\":20}}";
        options.recipe = scratch_path("noise.json");
        file_write(options.recipe, noise, strlen(noise));
    }
    options.steps = 1;
    train_expect(scratch_path("a.safetensors"), &options, UP_OK);
    const double begun = trained_state.best_psnr;
    options.steps = MANY_OR_FEW(80, 8);
    train_expect(scratch_path("a.safetensors"), &options, UP_OK);
    if (SANITIZED)
        return;
    cr_expect_gt(trained_state.best_psnr, begun + 0.3, "x%d: from %.2f to %.2f dB", scale, begun,
                 trained_state.best_psnr);
    cr_expect_float_eq(trained_state.expected_psnr, trained_state.best_psnr, 1);
}

Test(train_photo, learns_at_every_scale_and_in_every_colour)
{
    expect_learning(DESIGN("rgb"), 1);
    expect_learning(DESIGN("ycbcr"), 2);
    expect_learning(DESIGN("rgb"), 3);
}

/* ---------------------------------------------------------------- what is written */

enum { WIDTH = 32, HEIGHT = 20, SCALE = 2 };

static uint16_t low[HEIGHT * WIDTH * 3], high[HEIGHT * SCALE * WIDTH * SCALE * 3];

static up_pixels pixels_of(void *data, int width, int height)
{
    return (up_pixels){ .format = picture_format(width, height, 3, UP_SAMPLE_U16), .data = data };
}

/* What the network of a file makes in training, of `low`; of one channel, and without bicubic. */
static void run_in_training(const char *path, float strength, int channel, float *made)
{
    up_tensor_file *file;
    up_trainable net;
    up_packed_weights packed;
    up_gradient_work work;
    up_error error = { 0 };
    cr_assert_eq(up_tensor_file_open(&file, path, SIZE_MAX, &error), UP_OK, "%s", error.message);
    cr_assert_eq(up_trainable_load(&net, file, SCALE, &error), UP_OK, "%s", error.message);
    cr_expect(net.conditioned);
    float *parameter = calloc(net.learned, sizeof *parameter);
    up_trainable_read(&net, parameter);
    cr_assert_eq(up_packed_weights_make(&packed, &net, NULL), UP_OK);
    cr_assert_eq(up_gradient_work_make(&work, &net, WIDTH, HEIGHT, false, NULL), UP_OK);
    const up_patch_shape *shape = &work.patch.shape;
    for (int n = 0; n <= net.last; n++)
        up_packed_weights_pack(&packed, &net, n, parameter);
    for (int c = 0; c < 4; c++)
        for (int i = 0; i < WIDTH * HEIGHT; i++)
            work.patch.input[c * shape->size + (size_t)(i / WIDTH) * shape->stride + i % WIDTH] =
                c < 3 ? (float)low[i * 3 + c] / 65535 : strength;
    up_gradient_forward(&work, &packed);
    for (int i = 0; i < WIDTH * SCALE * HEIGHT * SCALE; i++) {
        const int y = i / (WIDTH * SCALE), x = i % (WIDTH * SCALE);
        const int phase = channel * SCALE * SCALE + y % SCALE * SCALE + x % SCALE;
        made[i] = up_gradient_result(
            &work)[phase * shape->size + (size_t)(y / SCALE) * shape->stride + x / SCALE];
    }
    up_gradient_work_free(&work);
    up_packed_weights_free(&packed);
    up_tensor_file_close(&file);
    free(parameter);
    up_trainable_free(&net);
}

/* Bounds and the limit are beside what was learned: bounds are wide enough here, and the limit is
 * lifted. */
Test(train_photo, writes_what_it_has_learned)
{
    static float made[HEIGHT * SCALE * WIDTH * SCALE];
    static uint16_t bicubic[HEIGHT * SCALE * WIDTH * SCALE * 3];
    up_train_options options = small_photo(DESIGN("rgb"), SCALE);
    const char *path = scratch_path("written.safetensors");
    up_error error = { 0 };
    options.steps = 20;
    train_expect(path, &options, UP_OK);
    for (int i = 0; i < HEIGHT * WIDTH * 3; i++)
        low[i] =
            (uint16_t)(257 * 85 + 85 * wave_sample(PICTURES, i / 3 % WIDTH, i / 3 / WIDTH, i % 3));
    const up_pixels in = pixels_of(low, WIDTH, HEIGHT);
    up_pixels out = pixels_of(high, WIDTH * SCALE, HEIGHT * SCALE);
    const up_options run = { .method = "tconv",
                             .weights = path,
                             .clean = { UP_CLEAN_GIVEN, 0.4 },
                             .limit = { INFINITY, true } };
    cr_assert_eq(up_upscale_pixels(&in, &out, &run, &error), UP_OK, "%s", error.message);
    up_pixels base = pixels_of(bicubic, WIDTH * SCALE, HEIGHT * SCALE);
    const up_options plain = { .method = "bicubic", .scale = { SCALE, SCALE } };
    cr_assert_eq(up_upscale_pixels(&in, &base, &plain, &error), UP_OK, "%s", error.message);
    for (int c = 0; c < 3; c++) {
        run_in_training(path, 0.4f, c, made);
        for (int i = 0; i < HEIGHT * SCALE * WIDTH * SCALE; i++) {
            const double wanted = 65535 * (double)made[i] + bicubic[i * 3 + c];
            if (wanted > 1000 && wanted < 64000)
                cr_assert_float_eq(high[i * 3 + c], wanted, 4, "%d of channel %d: %d, not %g", i, c,
                                   high[i * 3 + c], wanted);
        }
    }
}

Test(train_photo, measures_bounds_of_what_is_there)
{
    up_train_options options = small_photo(DESIGN("rgb"), 2);
    const char *path = scratch_path("first.safetensors");
    options.steps = 5;
    train_expect(path, &options, UP_OK);
    const up_train_options bounds = { .kind = UP_TRAIN_BOUNDS,
                                      .pictures = options.pictures,
                                      .picture_count = PICTURES,
                                      .scale = 2,
                                      .from = path,
                                      .recipe = "photo",
                                      .overwrite = true };
    train_expect(scratch_path("second.safetensors"), &bounds, UP_OK);
}

static void expect_rate(const char *recipe, const char *wanted)
{
    const char *path = scratch_path("rate.safetensors");
    up_train_options options = small_photo(DESIGN("rgb"), 2);
    up_tensor_file *file;
    options.recipe = recipe;
    options.steps = 1;
    train_expect(path, &options, UP_OK);
    cr_assert_eq(up_tensor_file_open(&file, path, SIZE_MAX, NULL), UP_OK);
    const char *stated = up_tensor_file_metadata(file, "recipe");
    cr_expect(stated && strstr(stated, wanted), "%s: %s", recipe, stated);
    up_tensor_file_close(&file);
}

Test(train_photo, learns_at_a_lower_rate_where_inputs_are_spoilt)
{
    expect_rate("photo", "--rate 0.004 ");
    expect_rate("clean", "--rate 0.02 ");
}

Test(train_photo, says_what_does_not_go_together)
{
    const char *path = scratch_path("wrong.safetensors");
    up_train_options options = small_photo(DESIGN("rgb"), 2);
    options.channels = 8;
    train_expect(path, &options, UP_ERROR_ARGUMENT);
    options.channels = 0;
    options.degrade.jpeg = (up_range){ 30, 90 };
    train_expect(path, &options, UP_ERROR_ARGUMENT);
    options.degrade.jpeg = (up_range){ 0, 0 };
    options.ema = 1;
    train_expect(path, &options, UP_ERROR_ARGUMENT);
    options.ema = 0;
    options.network = scratch_path("missing.json");
    train_expect(path, &options, UP_ERROR_INPUT);
    options.network = NULL;
    options.recipe = NULL;
    options.scale = 1;
    train_expect(path, &options, UP_ERROR_ARGUMENT);
    options.kind = UP_TRAIN_LINEAR;
    options.scale = 2;
    options.recipe = "photo";
    train_expect(path, &options, UP_ERROR_ARGUMENT);
}
