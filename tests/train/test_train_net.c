/* SPDX-License-Identifier: MIT */
/* Training of networks: the same however it is begun, broken off and taken up again; and what is
 * written does in the program what it did in training. */
#include "base/memory.h"
#include "support/network/network_file.h"
#include "support/network/trained.h"
#include "support/reference/kernel_check.h"
#include "support/sanitized.h"
#include "support/scratch.h"
#include "train/jobs/net_file.h"
#include "train/jobs/net_training.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>

TestSuite(train_net, .init = scratch_init, .fini = scratch_fini);

enum { SIDE = 96, PICTURES = 3 };

static up_train_options small_net(void)
{
    return (up_train_options){ .kind = UP_TRAIN_NET,
                               .pictures = wave_pictures(PICTURES, SIDE, 1),
                               .picture_count = PICTURES,
                               .scale = 2,
                               .channels = 4,
                               .layers = 2,
                               .first_kernel = 3,
                               .last_kernel = 3,
                               .steps = 40,
                               .batch = 3,
                               .patch = 16,
                               .threads = 2,
                               .overwrite = true };
}

Test(train_net, gives_the_same_file_twice)
{
    up_train_options options = small_net();
    const char *one = scratch_path("one.safetensors");
    const char *two = scratch_path("two.safetensors");
    for (int p = UP_PRECISION_FLOAT32; p <= UP_PRECISION_BFLOAT16; p += MANY_OR_FEW(1, 2)) {
        options.precision = (up_precision)p;
        train_expect(one, &options, UP_OK);
        train_expect(two, &options, UP_OK);
        expect_same_file(one, two);
    }
}

Test(train_net, resumes_to_the_same_result)
{
    up_train_options options = small_net();
    const char *resumed = train_resumed(&options, options.threads);
    options.rate = 0.5;
    train_expect(resumed, &options, UP_ERROR_WEIGHTS);
    options.rate = 0;
    options.precision = UP_PRECISION_BFLOAT16;
    train_expect(resumed, &options, UP_ERROR_WEIGHTS);
    options.precision = UP_PRECISION_FLOAT32;
    options.degrade.jpeg = (up_range){ 30, 90 };
    train_expect(resumed, &options, UP_ERROR_WEIGHTS);
}

static void expect_learning(const char *path, up_train_options options, int steps)
{
    options.report = trained_note;
    options.steps = 1;
    train_expect(path, &options, UP_OK);
    double begun = trained_state.best_psnr;
    options.steps = MANY_OR_FEW(steps, steps / 20);
    train_expect(path, &options, UP_OK);
    cr_expect(SANITIZED || trained_state.best_psnr > begun + 1, "from %.2f to %.2f dB", begun,
              trained_state.best_psnr);
}

Test(train_net, learns_in_mixed_precision)
{
    up_train_options options = small_net();
    options.precision = UP_PRECISION_BFLOAT16;
    expect_learning(scratch_path("weights.safetensors"), options, 200);
}

Test(train_net, learns_and_goes_on_from_weights_of_another_scale)
{
    up_train_options options = small_net();
    const char *first = scratch_path("first.safetensors");
    const char *second = scratch_path("second.safetensors");
    expect_learning(first, options, 400);
    options.from = first;
    options.scale = 3;
    options.steps = 1;
    train_expect(second, &options, UP_OK);
    options.channels = 5;
    train_expect(second, &options, UP_ERROR_WEIGHTS);
}

/* Of a picture with detail in one corner. */
static int patches_without_detail(int candidates)
{
    enum { LOW = 64, SCALE = 2, PATCH = 16, DRAWN = 60 };
    static float low[LOW * LOW];
    static int16_t residual[LOW * SCALE * LOW * SCALE];
    for (int i = 0; i < LOW * SCALE * LOW * SCALE; i++)
        residual[i] = i / (LOW * SCALE) < LOW && i % (LOW * SCALE) < LOW ? (i % 2 ? 9 : -9) : 0;
    up_train_picture picture = { .width = LOW, .height = LOW, .low = low, .residual = residual };
    up_train_pictures set = { .picture = &picture, .count = 1 };
    up_trainable net;
    up_gradient_work work;
    up_patches patches;
    const up_trainable_shape shape = { SCALE, 4, 2, 3, 3, 3 };
    cr_assert_eq(up_trainable_new(&net, &shape, 1, NULL), UP_OK);
    cr_assert_eq(up_gradient_work_make(&work, &net, PATCH, PATCH, false, NULL), UP_OK);
    cr_assert_eq(up_patches_make(&patches, &set, SCALE, PATCH, candidates, NULL), UP_OK);
    int without = 0;
    for (int i = 0; i < DRAWN; i++) {
        up_random random = up_random_make(7, 0, i);
        up_patches_draw(&patches, &net.residual, &random, &work.patch);
        bool found = false;
        for (int y = 0; y < PATCH && !found; y++)
            for (int x = 0; x < PATCH && !found; x++)
                found = work.patch.target[(size_t)y * work.patch.shape.stride + x] != 0;
        without += !found;
    }
    up_patches_free(&patches);
    up_gradient_work_free(&work);
    up_trainable_free(&net);
    return without;
}

Test(train_net, takes_the_candidate_with_most_detail)
{
    cr_expect_gt(patches_without_detail(1), 20);
    cr_expect_eq(patches_without_detail(40), 0);
}

/* Weights of zero leave the residual, which is in the last quarter of a picture of four tiles. */
Test(train_net, validates_on_tiles_all_over_the_picture)
{
    enum { LOW = 256, SCALE = 2, LARGE = LOW * SCALE, RESIDUAL = 1000 };
    static float low[LOW * LOW];
    static int16_t residual[LARGE * LARGE];
    for (int i = 0; i < LARGE * LARGE; i++)
        residual[i] = i / LARGE >= LARGE / 2 && i % LARGE >= LARGE / 2 ? RESIDUAL : 0;
    up_train_picture picture = { .width = LOW, .height = LOW, .low = low, .residual = residual };
    const up_train_pictures set = { .picture = &picture, .count = 1 };
    const up_samples samples = { .set = &set };
    double psnr;
    up_net_training t = { .threads = 1 };
    const up_trainable_shape shape = { SCALE, 4, 2, 3, 3, 3 };
    cr_assert_eq(up_trainable_new(&t.net, &shape, 1, NULL), UP_OK);
    t.average = up_alloc_zero(t.net.parameters, sizeof *t.average);
    cr_assert_eq(up_net_training_validate(&t, &samples, &psnr, NULL), UP_OK);
    const double error = RESIDUAL / (255.0 * UP_RESIDUAL_UNITS);
    cr_expect_float_eq(psnr, -10 * log10(error * error / 4), 1e-4);
    up_free(t.average);
    up_trainable_free(&t.net);
}

static up_trainable read_network(const char *path)
{
    up_tensor_file *file;
    up_trainable net;
    up_error error = { 0 };
    cr_assert_eq(up_tensor_file_open(&file, path, SIZE_MAX, &error), UP_OK, "%s", error.message);
    cr_assert_eq(up_trainable_load(&net, file, 2, &error), UP_OK, "%s", error.message);
    up_tensor_file_close(&file);
    return net;
}

/* On an input that pictures gave no bounds for. */
static const char *without_bounds(up_trainable *net, const float *parameter,
                                  const up_train_options *options)
{
    const char *path = scratch_path("unbounded.safetensors");
    const up_train_job job = { .output = path, .options = *options };
    const up_train_result result = { .psnr = NAN };
    cr_assert_eq(up_net_save(net, parameter, NULL, &job, &result, NULL), UP_OK);
    return path;
}

enum { WIDTH = 32, HEIGHT = 20, MOST_SCALE = 3 };

typedef struct {
    float low[HEIGHT * WIDTH];
    float high[HEIGHT * WIDTH * MOST_SCALE * MOST_SCALE];
} enlarged;

/* What the program makes of e->low. */
static void enlarge(enlarged *e, const up_options *options, int scale)
{
    up_error error = { 0 };
    const up_format format = { .width = WIDTH,
                               .height = HEIGHT,
                               .channels = 1,
                               .frames = 1,
                               .sample = UP_SAMPLE_F32,
                               .depth = 32 };
    const up_pixels in = { .format = format, .data = e->low };
    up_pixels out = { .format = format, .data = e->high };
    out.format.width *= scale;
    out.format.height *= scale;
    cr_assert_eq(up_upscale_pixels(&in, &out, options, &error), UP_OK, "%s", error.message);
}

static void fill_low(enlarged *e)
{
    uint32_t seed = 3;
    for (int i = 0; i < WIDTH * HEIGHT; i++)
        e->low[i] = random_between(&seed, 0.2f, 0.8f);
}

/* What the network of a file makes in training, of the same, as it lies in the output. */
static void run_in_training(up_trainable *net, const float *parameter, const enlarged *e, float *to)
{
    up_packed_weights packed;
    up_gradient_work work;
    const int scale = net->scale;
    cr_assert_eq(up_packed_weights_make(&packed, net, NULL), UP_OK);
    cr_assert_eq(up_gradient_work_make(&work, net, WIDTH, HEIGHT, false, NULL), UP_OK);
    const up_patch_shape *shape = &work.patch.shape;
    for (int n = 0; n <= net->last; n++)
        up_packed_weights_pack(&packed, net, n, parameter);
    for (int y = 0; y < HEIGHT; y++)
        for (int x = 0; x < WIDTH; x++)
            work.patch.input[(size_t)y * shape->stride + x] = e->low[y * WIDTH + x];
    up_gradient_forward(&work, &packed);
    for (int y = 0; y < HEIGHT * scale; y++)
        for (int x = 0; x < WIDTH * scale; x++)
            to[y * WIDTH * scale + x] =
                up_gradient_result(&work)[(y % scale * scale + x % scale) * shape->size +
                                          (size_t)(y / scale) * shape->stride + x / scale];
    up_gradient_work_free(&work);
    up_packed_weights_free(&packed);
}

/* The network that is written, run by the program, adds to the method `added` what it added in
 * training. */
static void expect_what_was_learned(const char *path, const up_train_options *options,
                                    const char *added)
{
    static enlarged whole, base;
    static float made[HEIGHT * WIDTH * MOST_SCALE * MOST_SCALE];
    const int scale = options->scale;
    up_trainable net = read_network(path);
    float *parameter = calloc(net.parameters, sizeof *parameter);
    up_trainable_read(&net, parameter);
    fill_low(&whole);
    fill_low(&base);
    run_in_training(&net, parameter, &whole, made);
    const up_options run = { .method = "tconv",
                             .limit = { INFINITY, true },
                             .weights = without_bounds(&net, parameter, options) };
    enlarge(&whole, &run, scale);
    const up_options other = { .method = added, .scale = { scale, scale } };
    if (added)
        enlarge(&base, &other, scale);
    double worst = 0, most = 0;
    for (int i = 0; i < HEIGHT * WIDTH * scale * scale; i++) {
        double got = (double)whole.high[i] - (added ? (double)base.high[i] : 0);
        worst = fmax(worst, fabs(got - (double)made[i]));
        most = fmax(most, fabs((double)made[i]));
    }
    cr_expect_gt(most, 0.01);
    cr_expect_lt(worst, 1e-6, "%g", worst);
    free(parameter);
    up_trainable_free(&net);
}

Test(train_net, writes_what_it_has_learned)
{
    up_train_options options = small_net();
    const char *path = scratch_path("weights.safetensors");
    options.scale = 3;
    train_expect(path, &options, UP_OK);
    expect_what_was_learned(path, &options, "bicubic");
}

/* ---------------------------------------------------------------- networks of files */

static const char *write_network(const char *tensors, const char *layers)
{
    const char *path = scratch_path("made.safetensors");
    tensor_file made = network_file(tensors, layers, "");
    file_write(path, made.bytes, made.size);
    tensor_file_free(&made);
    return path;
}

#define COMPACT                                                                                    \
    "body.0.weight:4,1,3,3 body.0.bias:4 body.1.weight:4 body.2.weight:4,4,3,3 body.2.bias:4 "     \
    "body.3.weight:4 body.4.weight:4,4,3,3 body.4.bias:4"

static up_train_options from_file(const char *path)
{
    up_train_options options = small_net();
    options.from = path;
    options.channels = options.layers = options.first_kernel = options.last_kernel = 0;
    return options;
}

Test(train_net, goes_on_from_networks_of_files)
{
    const struct {
        const char *tensors, *layers, *added;
    } made[] = {
        { COMPACT, NULL, "nearest" },
        { "a.weight:4,1,3,3 b.weight:4,4,3,3 s.weight:1",
          "[{'op':'conv2d','name':'a','padding':1,'id':'a'},{'op':'prelu','name':'s'},"
          "{'op':'conv2d','name':'b','padding':1},{'op':'add','from':'a'},"
          "{'op':'pixel_shuffle','factor':2}]",
          NULL },
        { "a.weight:4,1,3,3 t.weight:4,1,6,6 t.bias:1",
          "[{'op':'conv2d','name':'a','padding':1},{'op':'leaky_relu','slope':0.25},"
          "{'op':'conv_transpose2d','name':'t','stride':2,'padding':2},"
          "{'op':'add','from':'input','resize':'bilinear'}]",
          "bilinear" },
    };
    const char *path = scratch_path("weights.safetensors");
    for (size_t i = 0; i < sizeof made / sizeof *made; i++) {
        up_train_options options = from_file(write_network(made[i].tensors, made[i].layers));
        for (int p = UP_PRECISION_FLOAT32; p <= UP_PRECISION_BFLOAT16; p++) {
            options.precision = (up_precision)p;
            train_expect(path, &options, UP_OK);
            expect_what_was_learned(path, &options, made[i].added);
        }
    }
}

Test(train_net, learns_from_networks_of_files_also_for_another_scale)
{
    const char *path = scratch_path("weights.safetensors");
    up_train_options options = from_file(write_network(COMPACT, NULL));
    options.rate = 0.02;
    expect_learning(path, options, 200);
    options.scale = 3;
    options.steps = 200;
    train_expect(path, &options, UP_OK);
    expect_what_was_learned(path, &options, "nearest");
}

/* What is not used is carried along, if it can be. */
Test(train_net, another_scale_is_refused_where_the_rest_does_not_go_with_it)
{
#define TWO "a.weight:1,1,2,2 b.weight:1,1,2,2"
#define ENLARGED(id, name)                                                                         \
    "{'op':'conv_transpose2d','id':'" id "','inputs':['input'],'name':'" name "','stride':2}"
    const char *path = scratch_path("weights.safetensors");
    up_train_options options = from_file(write_network(
        TWO,
        "[" ENLARGED("a", "a") "," ENLARGED(
            "b", "b") ",{'op':'add','inputs':['a','b']},"
                      "{'op':'resize','mode':'nearest','factor':2,'inputs':['input'],'id':'r'},"
                      "{'op':'add','inputs':['a','r']}]"));
    train_expect(path, &options, UP_OK);
    options.scale = 3;
    train_expect(path, &options, UP_ERROR_WEIGHTS);
}

Test(train_net, a_checkpoint_of_another_network_is_refused)
{
    const char *path = scratch_path("weights.safetensors");
    up_train_options options = from_file(write_network(COMPACT, NULL));
    options.checkpoint = scratch_path("state.checkpoint");
    train_expect(path, &options, UP_OK);
    options.resume = true;
    train_expect(path, &options, UP_OK);
    write_network("a.weight:4,1,3,3",
                  "[{'op':'conv2d','name':'a','padding':1},{'op':'pixel_shuffle','factor':2}]");
    train_expect(path, &options, UP_ERROR_WEIGHTS);
}

/* The targets of a network that adds this to its result. */
static void check_target(const up_resize *resize, const char *added, int scale)
{
    static enlarged bicubic, base;
    static int16_t residual[HEIGHT * WIDTH * MOST_SCALE * MOST_SCALE];
    const up_options first = { .method = "bicubic", .scale = { scale, scale } };
    const up_options second = { .method = added, .scale = { scale, scale } };
    up_residual left;
    fill_low(&bicubic);
    fill_low(&base);
    enlarge(&bicubic, &first, scale);
    if (added)
        enlarge(&base, &second, scale);
    const up_train_picture picture = {
        .width = WIDTH, .height = HEIGHT, .low = bicubic.low, .residual = residual
    };
    cr_assert_eq(up_residual_make(&left, resize, scale, NULL), UP_OK);
    for (int i = 0; i < HEIGHT * WIDTH * scale * scale; i++) {
        residual[i] = (int16_t)(i % 100);
        const float wanted = bicubic.high[i] - (added ? base.high[i] : 0) +
                             (float)residual[i] / (255 * UP_RESIDUAL_UNITS);
        cr_assert_float_eq(up_residual_at(&left, &picture, i), wanted, 1e-6, "%s: %d is %g, not %g",
                           added, i, (double)up_residual_at(&left, &picture, i), (double)wanted);
    }
    up_residual_free(&left);
}

Test(train_net, targets_are_what_is_left_of_the_original)
{
    const up_resize nearest = { .mode = UP_RESIZE_NEAREST },
                    bilinear = { .mode = UP_RESIZE_BILINEAR };
    const up_resize bicubic = { .mode = UP_RESIZE_BICUBIC, .cubic_a = -0.5f };
    for (int scale = 2; scale <= MOST_SCALE; scale++) {
        check_target(NULL, NULL, scale);
        check_target(&nearest, "nearest", scale);
        check_target(&bilinear, "bilinear", scale);
        check_target(&bicubic, "bicubic", scale);
    }
}
