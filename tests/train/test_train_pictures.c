/* SPDX-License-Identifier: MIT */
/* What training makes of picture files. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/pictures/image_io.h"
#include "support/scratch.h"
#include "train/data/pictures.h"

TestSuite(train_pictures, .init = scratch_init, .fini = scratch_fini);

typedef struct {
    int count;
    char text[4096]; /* lines */
} skips;

static void note(void *user, const char *picture, const up_error *why)
{
    skips *s = user;
    size_t used = strlen(s->text);
    cr_expect(strncmp(why->message, picture, strlen(picture)) == 0, "%s", why->message);
    snprintf(s->text + used, sizeof s->text - used, "%s\n", why->message);
    s->count++;
}

static up_train_pictures load_degraded(const char *const *paths, size_t count, int scale,
                                       up_degradation degrade, uint64_t seed, skips *skipped)
{
    up_error error;
    up_train_pictures set;
    const up_train_options options = { .scale = scale,
                                       .seed = seed,
                                       .degrade = degrade,
                                       .threads = 2,
                                       .skipped = note,
                                       .user = skipped };
    cr_assert_eq(up_train_pictures_load(&set, paths, count, &options, &error), UP_OK, "%s",
                 error.message);
    return set;
}

static up_train_pictures load(const char *const *paths, size_t count, int scale, skips *skipped)
{
    return load_degraded(paths, count, scale, (up_degradation){ 0 }, 0, skipped);
}

static const char *save(const char *name, int width, int height, int channels, up_sample sample,
                        int (*level)(int x, int y, int c))
{
    up_format format = picture_format(width, height, channels, sample);
    if (strstr(name, "cmyk"))
        format.color = UP_COLOR_CMYK;
    return picture_save(name, &format, level);
}

static int flat(int x, int y, int c)
{
    (void)x, (void)y;
    return 200 - 50 * c;
}

static int waves(int x, int y, int c)
{
    return c == 3 ? 255 : (int)lround(128 + 100 * sin(0.3 * x * (1 + 0.1 * c) + 0.2 * y));
}

static int grey_waves(int x, int y, int c)
{
    (void)c;
    return waves(x, y, 0);
}

Test(train_pictures, a_flat_colour_leaves_nothing)
{
    skips skipped = { 0 };
    const char *path = save("flat.png", 71, 50, 3, UP_SAMPLE_U8, flat);
    up_train_pictures set = load(&path, 1, 3, &skipped);
    cr_assert_eq(set.count, 1);
    const up_train_picture *p = &set.picture[0];
    cr_expect(p->width == 23 && p->height == 16, "%dx%d", p->width, p->height);
    const double luma = (16 + (65.481 * 200 + 128.553 * 150 + 24.966 * 100) / 255) / 255;
    for (int i = 0; i < 23 * 16; i++)
        cr_expect_float_eq(p->low[i], luma, 1e-7);
    for (int i = 0; i < 69 * 48; i++)
        cr_expect_eq(p->residual[i], 0);
    cr_expect_eq(skipped.count, 0);
    up_train_pictures_free(&set);
}

enum { W = 64, H = 48, S = 2 };

static const uint8_t *wave_pixels(void)
{
    static uint8_t original[W * H * 3];
    for (int i = 0; i < W * H * 3; i++)
        original[i] = (uint8_t)waves(i / 3 % W, i / 3 / W, i % 3);
    return original;
}

/* The bicubic enlargement of `low` and the residual together are the waves. */
static void expect_waves(const up_train_picture *p)
{
    static float large[W * H];
    up_error error;
    const up_format tensor = { W / S, H / S, 1, 1, UP_COLOR_TENSOR, UP_SAMPLE_F32, 32, true, 2 };
    up_pixels small = { .format = tensor, .data = p->low }, bicubic = { tensor, large, 0, 0 };
    bicubic.format.width = W, bicubic.format.height = H;
    const up_options enlarge = { .method = "bicubic", .scale = { S, S } };
    cr_assert_eq(up_upscale_pixels(&small, &bicubic, &enlarge, &error), UP_OK, "%s", error.message);
    const uint8_t *original = wave_pixels();
    for (int i = 0; i < W * H; i++) {
        const uint8_t *c = original + i * 3;
        const double want = 16 + (65.481 * c[0] + 128.553 * c[1] + 24.966 * c[2]) / 255;
        const double got = 255.0 * (double)large[i] + p->residual[i] / (double)UP_RESIDUAL_UNITS;
        cr_expect_float_eq(got, want, 0.5 / UP_RESIDUAL_UNITS + 1e-4, "pixel %d", i);
    }
}

Test(train_pictures, low_and_residual_make_the_original)
{
    skips skipped = { 0 };
    up_error error;
    static uint8_t low[W * H * 3 / (S * S)];
    uint8_t *original = (uint8_t *)wave_pixels();
    const char *path = save("waves.png", W + 1, H + 1, 3, UP_SAMPLE_U8, waves);
    const up_pixels from = { .format = picture_format(W, H, 3, UP_SAMPLE_U8), .data = original };
    const up_pixels to = { .format = picture_format(W / S, H / S, 3, UP_SAMPLE_U8), .data = low };
    const up_options reduce = { .method = "bicubic", .width = W / S, .height = H / S };
    cr_assert_eq(up_upscale_pixels(&from, &to, &reduce, &error), UP_OK, "%s", error.message);

    up_train_pictures set = load(&path, 1, S, &skipped);
    cr_assert_eq(set.count, 1);
    const up_train_picture *p = &set.picture[0];
    for (int i = 0; i < W * H / (S * S); i++) {
        const uint8_t *c = low + i * 3;
        const double luma = 16 + (65.481 * c[0] + 128.553 * c[1] + 24.966 * c[2]) / 255;
        cr_expect_float_eq(p->low[i], luma / 255, 1e-6);
    }
    expect_waves(p);
    up_train_pictures_free(&set);
}

static void expect_same(const up_train_picture *a, const up_train_picture *b, int scale)
{
    cr_assert(a->width == b->width && a->height == b->height);
    const size_t pixels = (size_t)a->width * (size_t)a->height;
    cr_expect_arr_eq(a->low, b->low, pixels * sizeof *a->low, "%s", b->path);
    cr_expect_arr_eq(a->residual, b->residual,
                     pixels * (size_t)(scale * scale) * sizeof *a->residual, "%s", b->path);
}

/* Mean of the squared differences of the low resolutions, in levels. */
static double squared_difference(const up_train_picture *a, const up_train_picture *b)
{
    double sum = 0;
    for (int i = 0; i < a->width * a->height; i++)
        sum += pow(255.0 * (double)(a->low[i] - b->low[i]), 2);
    return sum / (a->width * a->height);
}

/* Degraded is what is learned from, never what is to be learned. */
Test(train_pictures, degraded_pictures_have_the_clean_original_as_their_target)
{
    enum { SAME, SEED, MILD, KINDS };
    skips skipped = { 0 };
    const up_degradation harsh = { .noise = { 4, 8 }, .jpeg = { 20, 40 } };
    const up_degradation of[KINDS] = { harsh, harsh, { .jpeg = { 95, 95 } } };
    const char *path = save("waves.png", W + 1, H + 1, 3, UP_SAMPLE_U8, waves);
    const char *const twice[] = { path, path };
    up_train_pictures clean = load(&path, 1, S, &skipped), set[KINDS];
    up_train_pictures first = load_degraded(twice, 2, S, harsh, 1, &skipped);
    double off[KINDS];
    for (int i = 0; i < KINDS; i++) {
        set[i] = load_degraded(&path, 1, S, of[i], i == SEED ? 2 : 1, &skipped);
        off[i] = squared_difference(&clean.picture[0], &set[i].picture[0]);
        expect_waves(&set[i].picture[0]);
    }
    expect_same(&first.picture[0], &set[SAME].picture[0], S);
    cr_expect_gt(squared_difference(&first.picture[0], &first.picture[1]), 1);
    cr_expect_gt(squared_difference(&first.picture[0], &set[SEED].picture[0]), 1);
    cr_expect(off[MILD] > 0 && off[MILD] < off[SAME], "%g and %g", off[MILD], off[SAME]);
    up_train_pictures_free(&clean);
    up_train_pictures_free(&first);
    for (int i = 0; i < KINDS; i++)
        up_train_pictures_free(&set[i]);
}

Test(train_pictures, depth_and_opaque_alpha_make_no_difference)
{
    skips skipped = { 0 };
    const char *const paths[] = {
        save("a.png", 64, 48, 3, UP_SAMPLE_U8, waves),
        save("b.png", 64, 48, 3, UP_SAMPLE_U16, waves),
        save("c.png", 64, 48, 4, UP_SAMPLE_U8, waves),
        save("d.ppm", 64, 48, 3, UP_SAMPLE_U8, waves),
    };
    up_train_pictures set = load(paths, 4, 2, &skipped);
    cr_assert_eq(set.count, 4, "%s", skipped.text);
    for (size_t i = 1; i < set.count; i++)
        expect_same(&set.picture[0], &set.picture[i], 2);
    up_train_pictures_free(&set);
}

Test(train_pictures, grey_is_rgb_of_equal_samples)
{
    skips skipped = { 0 };
    const char *const paths[] = { save("grey.png", 64, 48, 1, UP_SAMPLE_U8, grey_waves),
                                  save("rgb.png", 64, 48, 3, UP_SAMPLE_U8, grey_waves) };
    up_train_pictures set = load(paths, 2, 2, &skipped);
    cr_assert_eq(set.count, 2, "%s", skipped.text);
    expect_same(&set.picture[0], &set.picture[1], 2);
    up_train_pictures_free(&set);
}

Test(train_pictures, what_cannot_be_used_is_named_and_the_rest_goes_on)
{
    skips skipped = { 0 };
    const char *const paths[] = {
        scratch_path("missing.png"),
        save("good.png", 64, 48, 3, UP_SAMPLE_U8, waves),
        save("tiny.png", 31, 64, 3, UP_SAMPLE_U8, waves),
        save("cmyk.jpg", 64, 48, 4, UP_SAMPLE_U8, waves),
        scratch_path("text.png"),
        scratch_path("cut.png"),
        save("last.png", 64, 48, 1, UP_SAMPLE_U8, waves),
    };
    size_t size;
    file_write(paths[4], "no picture", 10);
    char *bytes = file_read(paths[1], &size);
    file_write(paths[5], bytes, size / 2);
    free(bytes);

    up_train_pictures set = load(paths, sizeof paths / sizeof *paths, 2, &skipped);
    cr_assert_eq(set.count, 2);
    cr_expect_str_eq(set.picture[0].path, paths[1]);
    cr_expect_str_eq(set.picture[1].path, paths[6]);
    cr_expect_eq(skipped.count, 5);
    static const char *const order[] = { "missing.png", "tiny.png: 31x64 is too small",
                                         "cmyk.jpg: is CMYK", "text.png", "cut.png" };
    const char *at = skipped.text;
    for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
        at = strstr(at, order[i]);
        cr_assert(at, "%s in\n%s", order[i], skipped.text);
    }
    up_train_pictures_free(&set);
}

Test(train_pictures, reduced_pictures_are_as_if_reduced_before)
{
    skips skipped = { 0 };
    up_error error;
    const char *path = save("waves.png", W, H, 3, UP_SAMPLE_U8, waves);
    const char *before = scratch_path("before.png");
    const up_options to = { .method = "bicubic", .width = W * 3 / 4, .height = H * 3 / 4 };
    cr_assert_eq(up_upscale_file(path, before, &to, &error), UP_OK, "%s", error.message);
    up_train_pictures want = load(&before, 1, S, &skipped), set;
    /* a quarter is too small, which is nothing to report */
    const up_train_options options = {
        .scale = S, .multiscale = { 0.25, 0.75 }, .skipped = note, .user = &skipped
    };
    cr_assert_eq(up_train_pictures_load(&set, &path, 1, &options, &error), UP_OK);
    cr_assert_eq(up_train_pictures_add_reduced(&set, &options, &error), UP_OK);
    cr_assert_eq(set.count, 2);
    cr_expect(set.picture[0].factor == 1 && set.picture[1].factor == 0.75);
    expect_same(&want.picture[0], &set.picture[1], S);
    cr_expect_eq(set.bytes, (size_t)(W * H / 4 + W * H / 4 * 9 / 16) * (4 + 4 * 2));
    cr_expect_eq(skipped.count, 0, "%s", skipped.text);
    up_train_pictures_free(&want);
    up_train_pictures_free(&set);
}

Test(train_pictures, memory_is_refused_before_loading)
{
    up_error error;
    up_train_pictures set;
    const char *path = save("good.png", 640, 480, 3, UP_SAMPLE_U8, waves);
    const up_train_options options = { .scale = 2, .max_memory = 1 << 20 };
    cr_expect_eq(up_train_pictures_load(&set, &path, 1, &options, &error), UP_ERROR_LIMIT);
    cr_expect(strstr(error.message, "--max-memory"), "%s", error.message);
    cr_expect_eq(set.count, 0);

    up_train_options both = {
        .scale = 2, .threads = 1, .max_memory = 8 << 20, .multiscale = { 0.9 }
    };
    cr_expect_eq(up_train_pictures_load(&set, &path, 1, &both, &error), UP_OK);
    both.max_memory = set.bytes + (1 << 20);
    cr_expect_eq(up_train_pictures_add_reduced(&set, &both, &error), UP_ERROR_LIMIT);
    up_train_pictures_free(&set);
}

Test(train_pictures, cancelling_stops)
{
    up_error error;
    up_train_pictures set;
    const int cancel = 1;
    const char *path = save("good.png", 64, 48, 3, UP_SAMPLE_U8, waves);
    const up_train_options options = { .scale = 2, .cancel = &cancel };
    cr_expect_eq(up_train_pictures_load(&set, &path, 1, &options, &error), UP_ERROR_INTERRUPTED);
}

static void expect_aside(int count, int kept, int aside)
{
    skips skipped = { 0 };
    up_error error;
    up_train_pictures others;
    const char *paths[24];
    for (int i = 0; i < count; i++)
        paths[i] = i ? paths[0] : save("same.png", 32, 32, 1, UP_SAMPLE_U8, waves);
    up_train_pictures set = load(paths, (size_t)count, 2, &skipped);
    cr_assert_eq(up_train_pictures_keep_aside(&set, &others, &error), UP_OK);
    cr_expect(set.count == (size_t)kept && others.count == (size_t)aside, "%d: %zu and %zu", count,
              set.count, others.count);
    up_train_pictures_free(&set);
    up_train_pictures_free(&others);
}

Test(train_pictures, every_tenth_is_kept_aside)
{
    expect_aside(1, 1, 0);
    expect_aside(2, 1, 1);
    expect_aside(9, 8, 1);
    expect_aside(10, 9, 1);
    expect_aside(24, 22, 2);
}
