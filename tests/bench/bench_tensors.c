/* SPDX-License-Identifier: MIT */
/* Tensors to work on. */
#include "bench_race.h"

#include "base/memory.h"

float *bench_noise(size_t count, float least, float most)
{
    float *values = bench_must(up_alloc(count, sizeof *values));
    uint32_t state = 1;
    for (size_t i = 0; i < count; i++) {
        state = state * 1664525 + 1013904223;
        values[i] = least + (most - least) * (float)(state >> 8) / (1 << 24);
    }
    return values;
}

up_pixels bench_planes(int channels, int width, int height, const float *data)
{
    return (up_pixels){
        .format = { .width = width,
                    .height = height,
                    .channels = channels,
                    .frames = 1,
                    .sample = UP_SAMPLE_F32,
                    .depth = 32,
                    .planar = true },
        .data = (float *)data,
    };
}
