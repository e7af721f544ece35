/* SPDX-License-Identifier: MIT */
/* Pairs that a recipe makes: what is spoilt, what is told of it, and that they are the same again.
 */
#include "base/memory.h"
#include "support/reference/kernel_check.h"
#include "support/scratch.h"
#include "train/data/patches.h"
#include "train/photo/reducer.h"
#include "train/photo/spoil.h"
#include "train/photo/train_samples.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

TestSuite(train_pairs, .init = scratch_init, .fini = scratch_fini);

enum { LOW = 96, SIZE = 32, MOST_SCALE = 4 };

static up_train_picture picture_make(int scale)
{
    const int side = LOW * scale;
    up_train_picture picture = { .width = LOW, .height = LOW };
    picture.pixels = up_alloc((size_t)side * side, 3);
    for (int y = 0; y < side; y++)
        for (int x = 0; x < side; x++)
            for (int c = 0; c < 3; c++)
                picture.pixels[((size_t)y * side + x) * 3 + c] = (uint8_t)lround(
                    128 + 60 * sin((0.4 + 0.05 * c) * x / scale) + 50 * cos(0.3 * y / scale + c));
    return picture;
}

/* A patch, and what makes it. */
typedef struct {
    up_pair_maker maker;
    up_pair_work work;
    up_residual residual;
    up_patch patch;
    float *input, *target;
    int inputs, targets;
} pair_case;

static up_status case_make(pair_case *c, const char *recipe, int scale, up_weights_color color,
                           bool conditioned, const up_resize *added)
{
    up_error error;
    *c = (pair_case){ 0 };
    up_status status = up_pair_maker_make(&c->maker, recipe, scale, color, conditioned, 3, &error);
    cr_assert_eq(status, UP_OK, "%s", error.message);
    cr_assert_eq(up_pair_work_make(&c->work, &c->maker, SIZE, NULL), UP_OK);
    cr_assert_eq(up_residual_make(&c->residual, added, scale, NULL), UP_OK);
    c->patch.shape = up_patch_shape_make(SIZE, SIZE, 1);
    c->inputs = c->maker.colors + conditioned;
    c->targets = c->maker.colors * scale * scale;
    c->input = up_alloc_zero((size_t)c->inputs, c->patch.shape.size * sizeof(float));
    c->target = up_alloc_zero((size_t)c->targets, c->patch.shape.size * sizeof(float));
    c->patch.input = c->input + c->patch.shape.before;
    c->patch.target = c->target + c->patch.shape.before;
    return status;
}

static void case_free(pair_case *c)
{
    up_pair_maker_free(&c->maker);
    up_pair_work_free(&c->work);
    up_residual_free(&c->residual);
    up_free(c->input);
    up_free(c->target);
}

static void draw(pair_case *c, const up_train_picture *picture, int x, int y, int turn,
                 uint64_t seed)
{
    const up_pair_place place = { picture, x, y, turn };
    up_random random = up_random_make(seed, 1, 2);
    cr_assert_eq(up_pair_make(&c->maker, &c->work, &place, &c->residual, &random, &c->patch.shape,
                              c->patch.input, c->patch.target, NULL),
                 UP_OK);
}

static float at(const up_patch *patch, const float *planes, int plane, int x, int y)
{
    return planes[plane * patch->shape.size + (size_t)y * patch->shape.stride + x];
}

/* ---------------------------------------------------------------- targets */

static void expect_original(int scale, int turn)
{
    pair_case c;
    up_train_picture picture = picture_make(scale);
    const int x = 7, y = 20, side = LOW * scale, size = SIZE * scale;
    case_make(&c, "clean", scale, UP_WEIGHTS_RGB, false, NULL);
    draw(&c, &picture, x, y, turn, 1);
    for (int v = 0; v < size; v++)
        for (int u = 0; u < size; u++) {
            int column = turn & 4 ? v : u, row = turn & 4 ? u : v;
            column = turn & 1 ? size - 1 - column : column;
            row = turn & 2 ? size - 1 - row : row;
            const uint8_t *wanted =
                picture.pixels + ((size_t)(y * scale + row) * side + x * scale + column) * 3;
            const int phase = v % scale * scale + u % scale;
            for (int k = 0; k < 3; k++)
                cr_assert_float_eq(
                    at(&c.patch, c.patch.target, k * scale * scale + phase, u / scale, v / scale),
                    wanted[k] / 255.0, 1e-6, "x%d, turn %d: %d,%d", scale, turn, u, v);
        }
    case_free(&c);
    up_train_picture_free(&picture);
}

Test(train_pairs, targets_are_the_original_turned)
{
    for (int scale = 1; scale <= MOST_SCALE; scale++)
        expect_original(scale, scale);
    for (int turn = 0; turn < 8; turn++)
        expect_original(2, turn);
}

/* Reduced by bicubic and enlarged by it again, little is left of soft waves; and at x1 nothing. */
Test(train_pairs, targets_are_without_what_is_added)
{
    const up_resize bicubic = { .mode = UP_RESIZE_BICUBIC, .cubic_a = -0.5f };
    const up_resize nearest = { .mode = UP_RESIZE_NEAREST };
    for (int scale = 1; scale <= MOST_SCALE; scale++) {
        pair_case c;
        up_train_picture picture = picture_make(scale);
        case_make(&c, "clean", scale, UP_WEIGHTS_YCBCR, false, scale == 1 ? &nearest : &bicubic);
        draw(&c, &picture, 40, 40, 0, 1);
        double most = 0;
        for (int p = 0; p < c.targets; p++)
            for (int y = 0; y < SIZE; y++)
                for (int x = 0; x < SIZE; x++)
                    most = fmax(most, fabs((double)at(&c.patch, c.patch.target, p, x, y)));
        cr_expect_lt(most, scale == 1 ? 1e-6 : 0.02, "x%d: %g", scale, most);
        case_free(&c);
        up_train_picture_free(&picture);
    }
}

static void make_of_text(pair_case *c, const char *recipe, int scale)
{
    const char *path = scratch_path("recipe.json");
    file_write(path, recipe, strlen(recipe));
    case_make(c, path, scale, UP_WEIGHTS_RGB, false, NULL);
}

/* Targets at scale 1 are the inputs that others have at scale 2, whatever inputs are made of. */
static void expect_reduced_target(const char *recipe, bool input_as_well, int turn)
{
    pair_case c, clean;
    up_train_picture picture = picture_make(2);
    make_of_text(&c, recipe, 1);
    make_of_text(&clean, "{}", 2);
    draw(&c, &picture, 20, 33, turn, 5);
    draw(&clean, &picture, 20, 33, turn, 5);
    double most = 0;
    for (int k = 0; k < 3; k++)
        for (int y = 0; y < SIZE; y++)
            for (int x = 0; x < SIZE; x++) {
                const float wanted = at(&clean.patch, clean.patch.input, k, x, y);
                const float input = at(&c.patch, c.patch.input, k, x, y);
                cr_assert_float_eq(at(&c.patch, c.patch.target, k, x, y), wanted, 1e-6);
                most = fmax(most, fabs((double)(input - wanted)));
            }
    cr_expect(input_as_well ? most < 1e-6 : most > 0.5 / 255, "%s: %g", recipe, most);
    case_free(&c);
    case_free(&clean);
    up_train_picture_free(&picture);
}

Test(train_pairs, targets_may_be_reduced_as_well)
{
    for (int turn = 0; turn < 8; turn++) {
        expect_reduced_target("{\"reduced\":2}", true, turn);
        expect_reduced_target("{\"reduced\":2,\"reductions\":{\"nearest\":1}}", false, turn);
        expect_reduced_target("{\"reduced\":2,\"blur\":{\"share\":1,\"from\":1,\"to\":1}}", false,
                              turn);
    }
}

Test(train_pairs, or_stay_as_large_as_the_picture)
{
    pair_case c;
    up_train_picture picture = picture_make(2);
    make_of_text(&c, "{\"reduced\":2,\"native\":1}", 1);
    draw(&c, &picture, 20, 33, 0, 5);
    for (int y = 0; y < SIZE; y++)
        for (int x = 0; x < SIZE; x++) {
            const uint8_t *wanted =
                picture.pixels + ((size_t)(2 * 33 + y) * 2 * LOW + 2 * 20 + x) * 3;
            for (int k = 0; k < 3; k++) {
                cr_assert_float_eq(at(&c.patch, c.patch.target, k, x, y), wanted[k] / 255.0, 1e-6);
                cr_assert_float_eq(at(&c.patch, c.patch.input, k, x, y), wanted[k] / 255.0, 1e-6);
            }
        }
    case_free(&c);
    up_train_picture_free(&picture);
}

Test(train_pairs, reduced_targets_are_for_scale_1)
{
    static const char *const recipes[] = { "{\"reduced\":2}", "{\"reduced\":1.5}",
                                           "{\"reduced\":9}" };
    for (int i = 0; i < 3; i++) {
        up_error error;
        up_pair_maker maker;
        const char *path = scratch_path("recipe.json");
        file_write(path, recipes[i], strlen(recipes[i]));
        cr_expect_neq(
            up_pair_maker_make(&maker, path, i == 0 ? 2 : 1, UP_WEIGHTS_RGB, false, 3, &error),
            UP_OK, "%s", recipes[i]);
        up_pair_maker_free(&maker);
    }
}

/* ---------------------------------------------------------------- inputs */

Test(train_pairs, strength_is_told_behind_the_colours)
{
    pair_case c;
    up_train_picture picture = picture_make(2);
    const char *path = scratch_path("noise.json");
    const char *recipe = "{\"noise\":{\"share\":1,\"from\":6,\"to\":6}}";
    file_write(path, recipe, strlen(recipe));
    case_make(&c, path, 2, UP_WEIGHTS_RGB, true, NULL);
    draw(&c, &picture, 10, 10, 0, 1);
    for (int y = 0; y < SIZE; y++)
        for (int x = 0; x < SIZE; x++)
            cr_assert_float_eq(at(&c.patch, c.patch.input, 3, x, y), 6.0 / 15, 1e-6);
    case_free(&c);
    up_train_picture_free(&picture);
}

/* The root of the mean square of how inputs differ from those of the recipe "clean". */
static double spoilt_by(const char *recipe, int scale)
{
    pair_case clean, spoilt;
    up_train_picture picture = picture_make(scale);
    const char *path = scratch_path("recipe.json");
    file_write(path, recipe, strlen(recipe));
    case_make(&clean, "clean", scale, UP_WEIGHTS_RGB, false, NULL);
    case_make(&spoilt, path, scale, UP_WEIGHTS_RGB, false, NULL);
    draw(&clean, &picture, 30, 30, 0, 5);
    draw(&spoilt, &picture, 30, 30, 0, 5);
    double sum = 0;
    for (int c = 0; c < 3; c++)
        for (int y = 0; y < SIZE; y++)
            for (int x = 0; x < SIZE; x++) {
                const double off = 255 * (double)(at(&clean.patch, clean.patch.input, c, x, y) -
                                                  at(&spoilt.patch, spoilt.patch.input, c, x, y));
                sum += off * off / (3 * SIZE * SIZE);
            }
    case_free(&clean);
    case_free(&spoilt);
    up_train_picture_free(&picture);
    return sqrt(sum);
}

Test(train_pairs, each_part_of_a_recipe_does_what_it_says)
{
    for (int scale = 1; scale <= 3; scale++) {
        const double noise = spoilt_by("{\"noise\":{\"share\":1,\"from\":5,\"to\":5}}", scale);
        cr_expect_float_eq(noise, 5, 0.4, "%g", noise);
        const double low = spoilt_by("{\"jpeg\":{\"share\":1,\"from\":30,\"to\":30}}", scale);
        const double high = spoilt_by("{\"jpeg\":{\"share\":1,\"from\":95,\"to\":95}}", scale);
        cr_expect(low > high && high > 0.1, "%g, %g", low, high);
        cr_expect_gt(spoilt_by("{\"blur\":{\"share\":1,\"from\":0.6,\"to\":0.6}}", scale), 0.05);
        cr_expect_gt(spoilt_by("{\"unsharp\":{\"share\":1,\"from\":0.5,\"to\":0.5}}", scale), 0.05);
    }
    cr_expect_gt(spoilt_by("{\"reductions\":{\"nearest\":1}}", 3), 0.05);
    cr_expect_gt(spoilt_by("{\"reductions\":{\"box\":1}}", 4), 0.01);
    cr_expect_gt(spoilt_by("{\"reductions\":{\"box\":1},\"linear_light\":1}", 4), 0.01);
    cr_expect_eq(spoilt_by("{}", 2), 0);
}

Test(train_pairs, are_the_same_whatever_was_made_before)
{
    pair_case c;
    up_train_picture picture = picture_make(2);
    case_make(&c, "photo", 2, UP_WEIGHTS_RGB, true, NULL);
    const size_t inputs = c.inputs * c.patch.shape.size, targets = c.targets * c.patch.shape.size;
    float *input = malloc(inputs * sizeof(float)), *target = malloc(targets * sizeof(float));
    for (uint64_t seed = 0; seed < 20; seed++) {
        const up_train_picture *from = seed % 2 ? &picture : NULL;
        draw(&c, from, 5, 6, 3, seed);
        memcpy(input, c.input, inputs * sizeof(float));
        memcpy(target, c.target, targets * sizeof(float));
        draw(&c, &picture, 20, 1, 0, seed + 100);
        draw(&c, NULL, 0, 0, 0, seed + 200);
        draw(&c, from, 5, 6, 3, seed);
        cr_expect(memcmp(input, c.input, inputs * sizeof(float)) == 0, "seed %d", (int)seed);
        cr_expect(memcmp(target, c.target, targets * sizeof(float)) == 0, "seed %d", (int)seed);
    }
    free(input), free(target);
    case_free(&c);
    up_train_picture_free(&picture);
}

/* ---------------------------------------------------------------- filters */

/* A constant stays, and a slope lies where it lay: samples are in the middle of what they are of.
 */
Test(train_pairs, reductions_keep_brightness_and_place)
{
    for (int kind = 0; kind < UP_REDUCTIONS; kind++)
        for (int scale = 1; scale <= 8; scale++)
            for (int blurred = 0; blurred < 2; blurred++) {
                up_reducer r;
                double sum = 0, middle = 0;
                up_reducer_make(&r, (up_reducer_kind)kind, scale, blurred * 2.0);
                for (int t = 0; t < r.taps; t++) {
                    sum += (double)r.weight[t];
                    middle += (double)r.weight[t] * (r.first + t);
                }
                const double wanted =
                    kind == UP_REDUCE_NEAREST ? (scale - 1) / 2 : 0.5 * scale - 0.5;
                cr_expect_float_eq(sum, 1, 1e-5);
                cr_expect_float_eq(middle, wanted, 1e-3, "%d x%d: %g", kind, scale, middle);
                cr_expect(r.first <= 0 && r.taps <= UP_REDUCE_TAPS);
            }
}

/* ---------------------------------------------------------------- recipes */

static void expect_refused(const char *text, const char *why)
{
    const char *path = scratch_path("wrong.json");
    up_recipe recipe;
    up_error error = { 0 };
    file_write(path, text, strlen(text));
    cr_expect_neq(up_recipe_read(&recipe, path, &error), UP_OK, "%s", text);
    cr_expect_not_null(strstr(error.message, why), "%s: %s", text, error.message);
    cr_expect_not_null(strstr(error.message, "wrong.json"), "%s", error.message);
}

Test(train_pairs, wrong_recipes_are_refused_by_name)
{
    expect_refused("[1]", "object");
    expect_refused("{", "bad JSON");
    expect_refused("{\"jpg\":1}", "\"jpg\" is no part of a recipe");
    expect_refused("{\"jpeg\":1}", "\"jpeg\" must be an object");
    expect_refused("{\"jpeg\":{\"share\":2}}", "\"jpeg.share\" must be a number from 0 to 1");
    expect_refused("{\"jpeg\":{\"share\":1}}", "\"jpeg.from\" must be 1 or more");
    expect_refused("{\"noise\":{\"share\":1,\"from\":5,\"to\":3}}", "\"noise.from\" is above");
    expect_refused("{\"reductions\":{\"cubic\":1}}", "\"reductions.cubic\" is no part");
    expect_refused("{\"rendered\":\"many\"}", "\"rendered\" must be a number");
}

Test(train_pairs, a_recipe_is_written_as_it_was)
{
    const char *path = scratch_path("again.json");
    up_recipe photo, again;
    cr_assert_eq(up_recipe_read(&photo, "photo", NULL), UP_OK);
    char *text = up_recipe_text(&photo);
    file_write(path, text, strlen(text));
    cr_assert_eq(up_recipe_read(&again, path, NULL), UP_OK);
    cr_expect(memcmp(&photo, &again, sizeof photo) == 0);
    cr_expect(photo.rendered >= 0.05 && photo.rendered <= 0.15);
    free(text);
}

/* Of a draw of each share about as many happen. */
Test(train_pairs, shares_are_kept)
{
    enum { DRAWS = 4000 };
    up_recipe recipe;
    int jpegs = 0, noises = 0, boxes = 0, twice = 0;
    cr_assert_eq(up_recipe_read(&recipe, "photo", NULL), UP_OK);
    for (int i = 0; i < DRAWS; i++) {
        up_random random = up_random_make(7, (uint64_t)i, 0);
        const up_spoiling s = up_spoiling_draw(&recipe, &random);
        jpegs += s.quality > 0;
        noises += s.noise > 0;
        boxes += s.reduction == UP_REDUCE_BOX;
        twice += s.quality_before > 0;
        cr_expect(s.strength >= 0 && s.strength <= 1);
        cr_expect(s.quality == 0 || (s.quality >= recipe.jpeg.from && s.quality <= recipe.jpeg.to));
    }
    double sum = 0;
    for (int i = 0; i < UP_REDUCTIONS; i++)
        sum += recipe.reduction[i];
    cr_expect_float_eq((double)jpegs / DRAWS, recipe.jpeg.share, 0.03);
    cr_expect_float_eq((double)noises / DRAWS, recipe.noise.share, 0.03);
    cr_expect_float_eq((double)boxes / DRAWS, recipe.reduction[UP_REDUCE_BOX] / sum, 0.03);
    cr_expect_float_eq((double)twice / DRAWS, recipe.jpeg.share * recipe.twice, 0.03);
}
