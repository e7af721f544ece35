/* SPDX-License-Identifier: MIT */
#include "ops/conv/winograd_weights.h"

#include <stdint.h>
#include <string.h>

#define NEAR 0.75 /* the points but 0 and infinity, and what each is apart from the others */
#define FAR 1.5
#define FROM_ZERO (NEAR * NEAR * FAR * FAR)
#define FROM_NEAR (2 * NEAR * NEAR * (NEAR * NEAR - FAR * FAR))
#define FROM_FAR (2 * FAR * FAR * (FAR * FAR - NEAR * NEAR))

static const double values[UP_TILE_IN][3] = {
    { 1 / FROM_ZERO, 0, 0 },
    { 1 / FROM_NEAR, NEAR / FROM_NEAR, NEAR *NEAR / FROM_NEAR },
    { 1 / FROM_NEAR, -NEAR / FROM_NEAR, NEAR *NEAR / FROM_NEAR },
    { 1 / FROM_FAR, FAR / FROM_FAR, FAR *FAR / FROM_FAR },
    { 1 / FROM_FAR, -FAR / FROM_FAR, FAR *FAR / FROM_FAR },
    { 0, 0, 1 },
};

/* G g G^T, in double precision until the end. */
static void transform(float to[UP_TILE_POINTS], const float g[9])
{
    for (int i = 0; i < UP_TILE_IN; i++) {
        double row[3];
        for (int x = 0; x < 3; x++)
            row[x] = values[i][0] * (double)g[x] + values[i][1] * (double)g[3 + x] +
                     values[i][2] * (double)g[6 + x];
        for (int j = 0; j < UP_TILE_IN; j++)
            to[i * UP_TILE_IN + j] =
                (float)(row[0] * values[j][0] + row[1] * values[j][1] + row[2] * values[j][2]);
    }
}

int up_winograd_blocks(int outs, int most)
{
    return (outs + most - 1) / most;
}

int up_winograd_block(int outs, int blocks, int block)
{
    return (int)((int64_t)outs * block / blocks);
}

static void place_block(float *to, const float *weight, const up_winograd_kernels *kernels,
                        int first, int size)
{
    const size_t ins = (size_t)kernels->ins;
    to += UP_TILE_POINTS * ins * first;
    for (int o = 0; o < size; o++)
        for (size_t i = 0; i < ins; i++) {
            const float *g = weight + (first + o) * kernels->out_step + i * kernels->in_step;
            float turned[9], point[UP_TILE_POINTS];
            for (int t = 0; t < 9; t++)
                turned[t] = g[8 - t];
            transform(point, kernels->turned ? turned : g);
            for (size_t p = 0; p < UP_TILE_POINTS; p++)
                to[(p * ins + i) * size + o] = point[p];
        }
}

void up_winograd_weights_place(float *to, const float *weight, const up_winograd_kernels *kernels,
                               int most)
{
    const int blocks = up_winograd_blocks(kernels->outs, most);
    for (int b = 0; b < blocks; b++) {
        const int first = up_winograd_block(kernels->outs, blocks, b);
        place_block(to, weight, kernels, first,
                    up_winograd_block(kernels->outs, blocks, b + 1) - first);
    }
}

/* What has no other one is with 0. */
void up_winograd_weights_pair(up_bfloat16_pair *to, const float *from,
                              const up_winograd_kernels *kernels, int most)
{
    const int blocks = up_winograd_blocks(kernels->outs, most);
    for (int b = 0; b < blocks; b++) {
        const int first = up_winograd_block(kernels->outs, blocks, b);
        const int size = up_winograd_block(kernels->outs, blocks, b + 1) - first;
        for (int p = 0; p < UP_TILE_POINTS; p++, from += (size_t)kernels->ins * size)
            for (int i = 0; i < kernels->ins; i += 2)
                for (int o = 0; o < size; o++)
                    *to++ = (up_bfloat16_pair){
                        up_to_bfloat16(from[i * size + o]),
                        up_to_bfloat16(i + 1 < kernels->ins ? from[(i + 1) * size + o] : 0),
                    };
    }
}

/* to[y * to_step + i] = sum over p of values[p][y] * from[p * from_step + i] */
static void combine(float *to, size_t to_step, const float *from, size_t from_step, int n)
{
    for (int y = 0; y < 3; y++, to += to_step) {
        memset(to, 0, (size_t)n * sizeof *to);
        for (int p = 0; p < UP_TILE_IN; p++) {
            const float factor = (float)values[p][y];
            const float *in = from + p * from_step;
#pragma omp simd
            for (int i = 0; i < n; i++)
                to[i] += factor * in[i];
        }
    }
}

void up_winograd_weights_gradient(float *to, const float *from, int n)
{
    float half[3 * UP_TILE_IN * UP_WINOGRAD_MOST];
    combine(half, (size_t)UP_TILE_IN * n, from, (size_t)UP_TILE_IN * n, UP_TILE_IN * n);
    for (int y = 0; y < 3; y++)
        combine(to + (size_t)3 * y * n, (size_t)n, half + (size_t)y * UP_TILE_IN * n, (size_t)n, n);
}
