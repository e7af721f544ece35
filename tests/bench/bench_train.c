/* Steps of training, beside what the cores could multiply: forward and backward are counted as
 * three times the multiply-adds of the network. pytorch_train.py times the same steps. */
#include "bench_race.h"

#include "base/memory.h"
#include "train/net_training.h"

#include <stdio.h>
#include <stdlib.h>

enum { SIDE = 256, BATCH = 16, PATCH = 48 };

static const struct {
    const char *name;
    int channels, layers, last_kernel;
} nets[] = {
    { "16 channels, 4 layers (small)", 16, 4, 5 },
    { "32 channels, 8 layers", 32, 8, 3 },
};

static void step(void *training)
{
    up_net_training_step(training);
}

static void run_net(int i, int threads, const up_patches *patches, const bench_limits *limits)
{
    const up_train_options options = { .scale = 2,
                                       .channels = nets[i].channels,
                                       .layers = nets[i].layers,
                                       .first_kernel = 5,
                                       .last_kernel = nets[i].last_kernel,
                                       .steps = 1000000,
                                       .batch = BATCH,
                                       .patch = PATCH,
                                       .rate = 1e-6,
                                       .threads = threads };
    up_net_training training;
    if (up_net_training_make(&training, &options, patches, NULL) != UP_OK)
        return;
    double seconds = bench_seconds(step, &training), pixels = (double)BATCH * PATCH * PATCH;
    double work = 3 * pixels * up_model_multiply_adds(&training.model);
    printf("%-32s %d %8.1f %8.2f %8.1f %7.0f%%\n", nets[i].name, threads, 1e3 * seconds,
           1e-6 * pixels / seconds, 2e-9 * work / seconds,
           100 * work / seconds / limits[threads - 1].multiply_adds);
    up_net_training_free(&training);
}

void bench_train(const bench_limits *limits)
{
    up_train_picture picture = { .width = SIDE, .height = SIDE };
    picture.low = bench_noise(SIDE * SIDE, 0, 1);
    picture.residual = calloc(4 * SIDE * SIDE, sizeof *picture.residual);
    const up_train_pictures set = { .picture = &picture, .count = 1 };
    up_patches patches;
    printf("\nTraining x2, %d patches of %dx%d a step\n%-32s %s %8s %8s %8s %8s\n", BATCH, PATCH,
           PATCH, "net", "T", "ms/step", "Mpx/s", "GFLOP/s", "of peak");
    if (picture.low && picture.residual &&
        up_patches_make(&patches, &set, 2, PATCH, NULL) == UP_OK) {
        for (size_t i = 0; i < sizeof nets / sizeof *nets; i++)
            for (int threads = 1; threads <= BENCH_THREADS; threads++)
                run_net((int)i, threads, &patches, limits);
        up_patches_free(&patches);
    }
    up_free(picture.low);
    free(picture.residual);
}
