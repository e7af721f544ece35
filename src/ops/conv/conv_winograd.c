/* SPDX-License-Identifier: MIT */
#include "ops/conv/conv_winograd.h"

#include "base/machine/machine.h"
#include "base/memory.h"
#include "ops/arrange/planes.h"
#include "ops/conv/conv_axis.h"
#include "ops/conv/conv_values.h"
#include "ops/conv/winograd_weights.h"

#include <limits.h>

#define LEAST_TILES 16

/* Measured: upscale_bench conv shows what this rule makes of layers, and what they take. */
#define IN_COST 300 /* products in the time of a transform */
#define OUT_COST 350
#define LEAST_GAIN 0.95

typedef struct {
    up_op op;
    int before[2]; /* padding */
    int ins, outs; /* channels */
    int values;    /* at a point: of a channel each, or of a pair of channels */
    int blocks;    /* of output channels that are made together */
    int block;     /* channels of the largest */
    int tiles;     /* side by side at a time */
    void *weight;  /* [block][point][values][outs of the block], 4 bytes each */
    up_conv_values finish;
    const up_kernels *kernels;
    const up_matrix_kernels *pairs; /* NULL: all is float */
} winograd_op;

bool up_winograd_can(const up_conv *conv)
{
    bool can = !conv->transposed && conv->groups == 1;
    for (int axis = 0; axis < 2; axis++)
        can =
            can && conv->kernel[axis] == 3 && conv->stride[axis] == 1 && conv->dilation[axis] == 1;
    return can;
}

static double rounded_up(int size, int tiles)
{
    const int multiple = tiles * UP_TILE;
    return ((size - 1) / multiple + 1.0) * multiple;
}

/* Whole vectors of tiles are made at the sides, and whole tiles below. */
bool up_winograd_pays(double ins, double outs, const up_shape *in, double sums)
{
    const double tile = UP_TILE_POINTS * ins * outs + IN_COST * ins + OUT_COST * outs;
    const double made = rounded_up(in->width, UP_LANES) * rounded_up(in->height, 1);
    return tile * made / (UP_TILE * UP_TILE) < LEAST_GAIN * sums;
}

bool up_winograd_suits(const up_conv *conv, const up_shape *in)
{
    const double ins = conv->in_channels, outs = conv->out_channels;
    return up_winograd_can(conv) &&
           up_winograd_pays(ins, outs, in, 9 * ins * outs * in->width * in->height);
}

/* ---------------------------------------------------------------- planning */

static int first_of(const winograd_op *op, int block)
{
    return up_winograd_block(op->outs, op->blocks, block);
}

static up_status place_weights(winograd_op *op, const up_conv *conv, up_error *error)
{
    const up_winograd_kernels kernels = {
        .ins = op->ins, .outs = op->outs, .out_step = 9 * (size_t)op->ins, .in_step = 9
    };
    const int most = op->kernels->convolve_outs;
    if (!op->pairs) {
        up_winograd_weights_place(op->weight, conv->weight, &kernels, most);
        return UP_OK;
    }
    const size_t count = (size_t)UP_TILE_POINTS * op->ins * op->outs;
    float *single = up_alloc(count, sizeof *single);
    if (!single)
        return up_fail_memory(error, "weights", count * sizeof *single);
    up_winograd_weights_place(single, conv->weight, &kernels, most);
    up_winograd_weights_pair(op->weight, single, &kernels, most);
    up_free(single);
    return UP_OK;
}

/* From the values of one point to those of the next, in floats: an odd number of cache lines. */
static size_t step_of(const winograd_op *op, int channels)
{
    return ((size_t)channels * op->tiles / UP_LANES | 1) * UP_LANES;
}

/* Values at points ought to stay in the second-level cache from when they are made to when they
 * are used, beside weights and rows on their way. */
static void choose_tiles(winograd_op *op)
{
    op->blocks = up_winograd_blocks(op->outs, op->kernels->convolve_outs);
    op->block = (op->outs - 1) / op->blocks + 1;
    const size_t tile = ((size_t)op->values + op->block) * UP_TILE_POINTS * sizeof(float);
    const size_t tiles = up_machine_cache() / 2 / tile / LEAST_TILES * LEAST_TILES;
    op->tiles = tiles > UP_MOST_TILES ? UP_MOST_TILES : up_max((int)tiles, LEAST_TILES);
    op->op.scratch =
        UP_TILE_POINTS * (step_of(op, op->values) + step_of(op, op->block)) * sizeof(float);
}

static up_status plan(winograd_op *op, const up_conv *conv, up_error *error)
{
    size_t count;
    if (!up_mul(op->values, op->outs, &count) || !up_mul(count, UP_TILE_POINTS, &count) ||
        op->ins > INT_MAX / UP_TILE_POINTS / UP_MOST_TILES / 2)
        return up_fail(error, UP_ERROR_LIMIT, "%d channels of %d are too many", op->outs, op->ins);
    op->weight = up_alloc(count, sizeof(float));
    if (!op->weight)
        return up_fail_memory(error, "weights", count * sizeof(float));
    op->op.bytes = count * sizeof(float);
    choose_tiles(op);
    UP_TRY(place_weights(op, conv, error));
    return up_conv_values_copy(&op->finish, conv, error);
}

static void free_winograd(up_op *base)
{
    winograd_op *op = (winograd_op *)base;
    up_conv_values_free(&op->finish);
    up_free(op->weight);
    up_free(op);
}

static void tile_span(int at, int before, int *first, int *end)
{
    *first = at / UP_TILE * UP_TILE - before;
    *end = *first + UP_TILE_IN;
}

static void span(const up_op *base, int input, int y, int *first, int *end)
{
    (void)input;
    tile_span(y, ((const winograd_op *)base)->before[0], first, end);
}

static void repeat(const up_op *base, int input, int *rows, int *advance)
{
    (void)base, (void)input;
    *rows = *advance = UP_TILE;
}

static void span_columns(const up_op *base, int input, int x, int *first, int *end)
{
    (void)input;
    tile_span(x, ((const winograd_op *)base)->before[1], first, end);
}

/* ---------------------------------------------------------------- running */

typedef struct {
    void *in; /* values at points: [point][value][tiles], 4 bytes each */
    float *out;
} points;

static points lay_out(const winograd_op *op, void *scratch)
{
    return (points){ scratch, (float *)scratch + UP_TILE_POINTS * step_of(op, op->values) };
}

/* The rows of a tile of one channel; where there is none any more, of the last, which has no
 * weight. */
static void point_to_rows(const winograd_op *op, const up_window *in, int x, int c,
                          const float *row[UP_TILE_IN])
{
    const void *const *first = in->row + (size_t)up_min(c, op->ins - 1) * in->count;
    for (int i = 0; i < UP_TILE_IN; i++)
        row[i] = (const float *)first[i] + x - op->before[1];
}

static void enter(const winograd_op *op, const points *p, const up_window *in, int x, int tiles)
{
    const size_t step = step_of(op, op->values);
    const float *row[2 * UP_TILE_IN];
    for (int v = 0; v < op->values; v++) {
        const size_t at = (size_t)v * op->tiles;
        if (op->pairs) {
            point_to_rows(op, in, x, 2 * v, row);
            point_to_rows(op, in, x, 2 * v + 1, row + UP_TILE_IN);
            op->pairs->tiles_in((up_bfloat16_pair *)p->in + at, step, row, tiles);
        } else {
            point_to_rows(op, in, x, v, row);
            op->kernels->tiles_in((float *)p->in + at, step, row, tiles);
        }
    }
}

static void multiply_point(const winograd_op *op, const points *p, int point, size_t weight,
                           int outs, int tiles)
{
    const size_t in = point * step_of(op, op->values), pitch = op->tiles;
    float *out = p->out + point * step_of(op, op->block);
    if (op->pairs)
        op->pairs->tiles_multiply(out, (const up_bfloat16_pair *)p->in + in, pitch,
                                  (const up_bfloat16_pair *)op->weight + weight, op->values, outs,
                                  tiles);
    else
        op->kernels->tiles_multiply(out, (const float *)p->in + in, pitch,
                                    (const float *)op->weight + weight, op->values, outs, tiles);
}

/* The rows that leave() writes are fetched meanwhile: SRVGGNet takes 6 % longer if it has to wait
 * for them. */
static void multiply(const winograd_op *op, const points *p, const up_target *to, int block, int x,
                     int tiles)
{
    const int first = first_of(op, block), outs = first_of(op, block + 1) - first;
    size_t weight = (size_t)UP_TILE_POINTS * op->values * first;
    for (int point = 0; point < UP_TILE_POINTS; point++, weight += (size_t)op->values * outs) {
        for (int i = point; i < outs * to->rows; i += UP_TILE_POINTS)
            for (int column = 0; column < tiles * UP_TILE; column += UP_LANES)
                __builtin_prefetch((float *)to->row[first * to->rows + i] + x + column, 1);
        multiply_point(op, p, point, weight, outs, tiles);
    }
}

static void leave(const winograd_op *op, const points *p, const up_target *to, int block, int x,
                  int tiles)
{
    const float *values = p->out;
    for (int c = first_of(op, block); c < first_of(op, block + 1); c++, values += op->tiles) {
        up_taps taps = { .groups = 1, .size = 1 };
        float *out[UP_TILE];
        up_conv_values_of(&op->finish, c, &taps);
        for (int i = 0; i < to->rows; i++)
            out[i] = (float *)to->row[c * to->rows + i] + x;
        op->kernels->tiles_out(out, to->rows, values, step_of(op, op->block), &taps, tiles);
    }
}

static void run(const up_op *base, const up_window *in, const up_target *to)
{
    const winograd_op *op = (const winograd_op *)base;
    const points p = lay_out(op, to->scratch);
    for (int x = to->x0; x < to->x1; x += op->tiles * UP_TILE) {
        const int tiles = up_min(op->tiles, (to->x1 - x + UP_TILE - 1) / UP_TILE);
        enter(op, &p, in, x, tiles);
        for (int block = 0; block < op->blocks; block++) {
            multiply(op, &p, to, block, x, tiles);
            leave(op, &p, to, block, x, tiles);
        }
    }
}

/* ---------------------------------------------------------------- the op */

static up_op describe(const up_conv *conv, const up_shape *in, int width, int height)
{
    return (up_op){
        .name = "conv2d by tiles",
        .in = { *in },
        .out = up_float_shape(width, height, conv->out_channels),
        .inputs = 1,
        .edge = { conv->edge },
        .step = UP_TILE,
        .multiply_adds = 9.0 * conv->in_channels * conv->out_channels * width,
        .span = span,
        .repeat = repeat,
        .columns = span_columns,
        .run = run,
        .free = free_winograd,
    };
}

up_status up_winograd_plan(up_op **result, const up_shape *in, const up_conv *conv, up_error *error)
{
    up_conv_axis axis[2] = { { 0 } };
    up_status status = up_conv_axis_plan(&axis[0], conv, 0, in->height, error);
    if (status == UP_OK)
        status = up_conv_axis_plan(&axis[1], conv, 1, in->width, error);
    up_conv_axis_free(&axis[0]);
    up_conv_axis_free(&axis[1]);
    UP_TRY(status);
    winograd_op *op = up_alloc_zero(1, sizeof *op);
    if (!op)
        return up_fail_memory(error, "an op", sizeof *op);
    *op = (winograd_op){
        .op = describe(conv, in, axis[1].out, axis[0].out),
        .before = { axis[0].before, axis[1].before },
        .ins = conv->in_channels,
        .outs = conv->out_channels,
        .values = conv->bfloat16 ? (conv->in_channels + 1) / 2 : conv->in_channels,
        .kernels = up_kernels_get(),
        .pairs = conv->bfloat16 ? up_matrix_kernels_get() : NULL,
    };
    status = plan(op, conv, error);
    if (status != UP_OK) {
        free_winograd(&op->op);
        return status;
    }
    *result = &op->op;
    return UP_OK;
}
