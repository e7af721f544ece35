/* SPDX-License-Identifier: MIT */
#include "train/passes/conv_tiles.h"

#include "base/machine/machine.h"
#include "base/memory.h"
#include "ops/conv/conv_winograd.h"
#include "ops/conv/winograd_weights.h"

#define OUTS 8 /* whose gradients are made together: the inputs come from the cache for each */

bool up_conv_tiles_suit(const up_conv_shape *conv)
{
    const up_shape whole = { .width = UP_TILE * UP_MOST_TILES, .height = UP_TILE };
    return conv->kernel == 3 &&
           up_winograd_pays(conv->in, conv->out, &whole,
                            9.0 * conv->in * conv->out * whole.width * whole.height);
}

/* ---------------------------------------------------------------- weights */

size_t up_conv_tiles_packed(const up_conv_shape *conv)
{
    return (size_t)UP_TILE_POINTS * conv->in * conv->out;
}

void up_conv_tiles_pack(const up_kernels *kernels, const up_conv_shape *conv, const float *weight,
                        float *packed)
{
    const up_winograd_kernels of = { conv->in, conv->out, 9 * (size_t)conv->in, 9, false };
    up_winograd_weights_place(packed, weight, &of, kernels->convolve_outs);
}

void up_conv_tiles_pack_transposed(const up_kernels *kernels, const up_conv_shape *conv,
                                   const float *weight, float *packed)
{
    const up_winograd_kernels of = { conv->out, conv->in, 9, 9 * (size_t)conv->in, true };
    up_winograd_weights_place(packed, weight, &of, kernels->convolve_outs);
}

/* ---------------------------------------------------------------- tiles */

/* Tiles at a time: whole rows of them, one after the other, or a part of one. */
typedef struct {
    int columns, rows;
    size_t pitch; /* of a channel */
} tile_group;

/* Their values ought to stay in the second-level cache, as in ops/conv/conv_winograd.c. */
static tile_group group_of(const up_conv_shape *conv, const up_patch_shape *patch)
{
    const size_t tile = (size_t)UP_TILE_POINTS * (conv->in + conv->out) * sizeof(float);
    const int most = (int)up_min(up_machine_cache() / 8 * 7 / tile, UP_MOST_TILES);
    tile_group group = { .columns = up_min(patch->width / UP_TILE, UP_MOST_TILES) };
    group.rows = up_max(1, up_min(most / group.columns, (patch->height + UP_TILE - 1) / UP_TILE));
    group.pitch = up_round_up((size_t)group.columns * group.rows, UP_LANES);
    return group;
}

/* From a point to the next: an odd number of cache lines, and the last channel may be overrun. */
static size_t step_of(const tile_group *group, int channels)
{
    return (((size_t)channels * group->pitch / UP_LANES + 1) | 1) * UP_LANES;
}

size_t up_conv_tiles_work(const up_conv_shape *conv, const up_patch_shape *patch)
{
    const tile_group group = group_of(conv, patch);
    return UP_TILE_POINTS * (step_of(&group, conv->in) + step_of(&group, conv->out));
}

/* One group in a patch. */
typedef struct {
    const up_conv_work *work;
    tile_group group;
    int x, y;          /* its first pixel */
    int columns, rows; /* of tiles, in this one */
    float *in, *out;   /* values at points: [point][channel][tile] */
    size_t in_step, out_step;
} tiles;

static tiles begin(const up_conv_work *work, const up_conv_shape *conv)
{
    tiles t = { .work = work, .group = group_of(conv, &work->patch), .in = work->tiles };
    t.in_step = step_of(&t.group, conv->in);
    t.out_step = step_of(&t.group, conv->out);
    t.out = t.in + UP_TILE_POINTS * t.in_step;
    return t;
}

/* The group at x, y; false behind the last. */
static bool place(tiles *t)
{
    const up_patch_shape *patch = &t->work->patch;
    if (t->x >= patch->width) {
        t->x = 0;
        t->y += UP_TILE * t->group.rows;
    }
    t->columns = up_min(t->group.columns, (patch->width - t->x) / UP_TILE);
    t->rows = up_min(t->group.rows, (patch->height - t->y + UP_TILE - 1) / UP_TILE);
    return t->y < patch->height;
}

/* Below a patch are rows of zeros, of which there may be no more than one. */
static ptrdiff_t row_at(const up_patch_shape *patch, int y)
{
    return (ptrdiff_t)up_min(y, patch->height) * patch->stride;
}

/* What correlates goes on to a whole vector. */
static void clear_rest(const tiles *t, float *values, size_t step, int channels)
{
    const size_t made = (size_t)t->columns * t->rows, end = up_round_up(made, UP_LANES);
    for (int p = 0; made < end && p < UP_TILE_POINTS; p++)
        for (int c = 0; c < channels; c++)
            for (size_t i = made; i < end; i++)
                values[p * step + c * t->group.pitch + i] = 0;
}

static void enter(const tiles *t, const float *plane, int channels)
{
    const up_patch_shape *patch = &t->work->patch;
    for (int c = 0; c < channels; c++, plane += patch->size)
        for (int r = 0; r < t->rows; r++) {
            const float *row[UP_TILE_IN];
            for (int i = 0; i < UP_TILE_IN; i++)
                row[i] = plane + row_at(patch, t->y + r * UP_TILE + i - 1) + t->x - 1;
            t->work->kernels->tiles_in(t->in + c * t->group.pitch + (size_t)r * t->columns,
                                       t->in_step, row, t->columns);
        }
}

/* ---------------------------------------------------------------- forward */

static void multiply(const tiles *t, const up_conv_shape *conv, const float *packed)
{
    const up_kernels *kernels = t->work->kernels;
    const int blocks = up_winograd_blocks(conv->out, kernels->convolve_outs);
    for (int b = 0; b < blocks; b++) {
        const int first = up_winograd_block(conv->out, blocks, b);
        const int outs = up_winograd_block(conv->out, blocks, b + 1) - first;
        for (size_t p = 0; p < UP_TILE_POINTS; p++) {
            kernels->tiles_multiply(t->out + p * t->out_step + first * t->group.pitch,
                                    t->in + p * t->in_step, t->group.pitch, packed, conv->in, outs,
                                    t->columns * t->rows);
            packed += (size_t)conv->in * outs;
        }
    }
}

static void leave(const tiles *t, const float *bias, float *plane, int channels)
{
    const up_patch_shape *patch = &t->work->patch;
    for (int c = 0; c < channels; c++, plane += patch->size)
        for (int r = 0; r < t->rows; r++) {
            const int y = t->y + r * UP_TILE;
            const up_taps taps = { .groups = 1,
                                   .size = 1,
                                   .bias = bias ? bias + c : t->work->zeros };
            float *row[UP_TILE];
            for (int i = 0; i < UP_TILE; i++)
                row[i] = plane + row_at(patch, y + i) + t->x;
            t->work->kernels->tiles_out(row, up_min(UP_TILE, patch->height - y),
                                        t->out + c * t->group.pitch + (size_t)r * t->columns,
                                        t->out_step, &taps, t->columns);
        }
}

void up_conv_tiles_forward(const up_conv_work *work, const up_conv_shape *conv, const float *packed,
                           const float *bias, const float *in, float *out)
{
    for (tiles t = begin(work, conv); place(&t); t.x += UP_TILE * t.columns) {
        enter(&t, in, conv->in);
        multiply(&t, conv, packed);
        leave(&t, bias, out, conv->out);
    }
}

void up_conv_tiles_backward(const up_conv_work *work, const up_conv_shape *conv,
                            const float *packed, const float *out_gradient, float *in_gradient)
{
    const up_conv_shape back = up_conv_transposed(conv);
    up_conv_tiles_forward(work, &back, packed, NULL, out_gradient, in_gradient);
}

/* ---------------------------------------------------------------- gradient of the weights */

static void enter_gradient(const tiles *t, const float *plane, int channels)
{
    const up_patch_shape *patch = &t->work->patch;
    for (int c = 0; c < channels; c++, plane += patch->size)
        for (int r = 0; r < t->rows; r++) {
            const float *row[UP_TILE];
            for (int i = 0; i < UP_TILE; i++)
                row[i] = plane + row_at(patch, t->y + r * UP_TILE + i) + t->x;
            t->work->kernels->tiles_out_gradient(
                t->out + c * t->group.pitch + (size_t)r * t->columns, t->out_step, row, t->columns);
        }
}

/* Inputs and outputs of which the gradient is made. */
typedef struct {
    int in, ins, out, outs;
} channel_block;

static void add_gradient(const tiles *t, const up_conv_shape *conv, const channel_block *of,
                         float *gradient)
{
    const size_t pitch = t->group.pitch, step = (size_t)UP_TILE_POINTS * of->ins;
    const int count = (int)up_round_up((size_t)t->columns * t->rows, UP_LANES);
    float value[OUTS][UP_TILE_POINTS * UP_WINOGRAD_MOST]; /* [output][point][input] */
    for (int p = 0; p < UP_TILE_POINTS; p++)
        t->work->kernels->tiles_correlate(
            value[0] + p * of->ins, step, t->in + p * t->in_step + of->in * pitch,
            t->out + p * t->out_step + of->out * pitch, pitch, of->ins, of->outs, count);
    for (int o = 0; o < of->outs; o++) {
        float taps[9 * UP_WINOGRAD_MOST];
        float *to = gradient + ((size_t)(of->out + o) * conv->in + of->in) * 9;
        up_winograd_weights_gradient(taps, value[0] + o * step, of->ins);
        for (int i = 0; i < of->ins; i++)
            for (int k = 0; k < 9; k++)
                to[i * 9 + k] += taps[k * of->ins + i];
    }
}

void up_conv_tiles_weight_gradient(const up_conv_work *work, const up_conv_shape *conv,
                                   const float *in, const float *out_gradient, float *gradient)
{
    for (tiles t = begin(work, conv); place(&t); t.x += UP_TILE * t.columns) {
        enter(&t, in, conv->in);
        enter_gradient(&t, out_gradient, conv->out);
        clear_rest(&t, t.in, t.in_step, conv->in);
        clear_rest(&t, t.out, t.out_step, conv->out);
        for (int o = 0; o < conv->out; o += OUTS)
            for (int i = 0; i < conv->in; i += UP_WINOGRAD_MOST) {
                const channel_block of = { i, up_min(UP_WINOGRAD_MOST, conv->in - i), o,
                                           up_min(OUTS, conv->out - o) };
                add_gradient(&t, conv, &of, gradient);
            }
    }
    up_conv_bias_gradient(work, conv, out_gradient, gradient + up_conv_packed(conv));
}
