/* SPDX-License-Identifier: MIT */
/* Steps of training, beside what the cores could multiply: forward and backward are counted as
 * three times the multiply-adds of the network. pytorch_train.py times the same
 * steps. Shares are of what float32 could reach, which matrix units go beyond. */
#include "bench_race.h"

#include "base/memory.h"
#include "train/jobs/net_training.h"

#include <stdio.h>
#include <stdlib.h>

enum { SIDE = 256, BATCH = 144, PATCH = 16 };

static const struct {
    const char *name;
    int channels, layers;
} nets[] = {
    { "small (12 channels, 9 layers)", 12, 9 },
    { "large (32 channels, 12 layers)", 32, 12 },
};

static void step(void *training)
{
    double loss;
    up_net_training_step(training, &loss, NULL);
}

static void run_net(int i, int threads, up_precision precision, const up_samples *samples,
                    const bench_limits *limits)
{
    const up_train_options options = { .scale = 2,
                                       .channels = nets[i].channels,
                                       .layers = nets[i].layers,
                                       .first_kernel = 3,
                                       .last_kernel = 3,
                                       .steps = 1000000,
                                       .batch = BATCH,
                                       .patch = PATCH,
                                       .rate = 1e-6,
                                       .precision = precision,
                                       .threads = threads };
    const up_trainable_shape shape = { 2, nets[i].channels, nets[i].layers, 3, 3, 3 };
    up_trainable net;
    up_net_training training;
    if (up_trainable_new(&net, &shape, 0, NULL) != UP_OK ||
        up_net_training_make(&training, &net, &options, samples, NULL) != UP_OK)
        return;
    double seconds = bench_seconds(step, &training), pixels = (double)BATCH * PATCH * PATCH;
    double work = 3 * pixels * training.net.network->multiply_adds;
    printf("%-31s %-8s %9.1f %9.2f %9.1f %7.0f%%\n", nets[i].name,
           precision == UP_PRECISION_BFLOAT16 ? "bfloat16" : "float32", 1e3 * seconds,
           1e-6 * pixels / seconds, 2e-9 * work / seconds,
           100 * work / seconds / limits[threads - 1].multiply_adds);
    up_net_training_free(&training);
}

static void time_nets(int threads, const up_samples *samples, const bench_limits *limits)
{
    printf("\ntraining x2, %d patches of %dx%d a step, %d thread%s\n%-40s %9s %9s %9s %8s\n", BATCH,
           PATCH, PATCH, threads, threads > 1 ? "s" : "", "", "ms/step", "Mpix/s", "GFLOP/s",
           "of peak");
    for (size_t i = 0; i < sizeof nets / sizeof *nets; i++)
        for (int p = UP_PRECISION_FLOAT32; p <= UP_PRECISION_BFLOAT16; p++)
            run_net((int)i, threads, (up_precision)p, samples, limits);
}

void bench_train(const bench_limits *limits)
{
    up_train_picture picture = { .width = SIDE, .height = SIDE };
    picture.low = bench_noise(SIDE * SIDE, 0, 1);
    picture.residual = calloc(4 * SIDE * SIDE, sizeof *picture.residual);
    const up_train_pictures set = { .picture = &picture, .count = 1 };
    up_patches patches;
    const up_samples samples = { .set = &set, .patches = &patches };
    if (picture.low && picture.residual &&
        up_patches_make(&patches, &set, 2, PATCH, 1, NULL) == UP_OK) {
        for (int threads = 1; threads <= BENCH_THREADS; threads++)
            time_nets(threads, &samples, limits);
        up_patches_free(&patches);
    }
    up_free(picture.low);
    free(picture.residual);
}
