/* SPDX-License-Identifier: MIT */
/* The meaning of every kernel in plain C: what the variants are checked against. */

#include "kernels/variants.h"

#include "kernels/reference_maps.h"
#include "kernels/reference_tiles.h"

#include <math.h>
#include <string.h>

static void unpack_u8(float *const *out, const uint8_t *in, int channels, int n)
{
    for (int c = 0; c < channels; c++)
        for (int x = 0; x < n; x++)
            out[c][x] = in[x * channels + c];
}

static void unpack_u16(float *const *out, const uint16_t *in, int channels, int n)
{
    for (int c = 0; c < channels; c++)
        for (int x = 0; x < n; x++)
            out[c][x] = in[x * channels + c];
}

static float round_clamped(float v, float most)
{
    return v > 0 ? fminf(floorf(v + 0.5f), most) : 0; /* NaN fails the comparison */
}

static void pack_u8(uint8_t *out, const float *const *in, int channels, int n)
{
    for (int c = 0; c < channels; c++)
        for (int x = 0; x < n; x++)
            out[x * channels + c] = (uint8_t)round_clamped(in[c][x], 255);
}

static void pack_u16(uint16_t *out, const float *const *in, int channels, int n)
{
    for (int c = 0; c < channels; c++)
        for (int x = 0; x < n; x++)
            out[x * channels + c] = (uint16_t)round_clamped(in[c][x], 65535);
}

static void prelu(float *out, const float *in, float slope, int n)
{
    for (int x = 0; x < n; x++)
        out[x] = in[x] > 0 ? in[x] : slope * in[x];
}

static void add(float *out, const float *a, const float *b, int n)
{
    for (int x = 0; x < n; x++)
        out[x] = a[x] + b[x];
}

static void subtract(float *out, const float *a, const float *b, int n)
{
    for (int x = 0; x < n; x++)
        out[x] = a[x] - b[x];
}

static void multiply(float *out, const float *a, const float *b, int n)
{
    for (int x = 0; x < n; x++)
        out[x] = a[x] * b[x];
}

static void mix_rows(float *out, const float *const *in, const float *weight, int taps, int n)
{
    for (int x = 0; x < n; x++) {
        float sum = weight[0] * in[0][x];
        for (int t = 1; t < taps; t++)
            sum += weight[t] * in[t][x];
        out[x] = sum;
    }
}

static void resample_columns(float *out, const float *in, const up_columns *plan, int x0, int x1)
{
    for (int x = x0; x < x1; x++) {
        const float *weight = plan->weight + (size_t)(x / 16) * plan->taps * 16 + x % 16;
        const float *from = in + plan->first[x];
        float sum = weight[0] * from[0];
        for (int t = 1; t < plan->taps; t++)
            sum += weight[t * 16] * from[t];
        out[x] = sum;
    }
}

static void mix_bytes(int16_t *out, const uint8_t *const *in, const up_byte_rows *plan, int n)
{
    for (int x = 0; x < n; x++) {
        int32_t sum = plan->bias, part = plan->fine_bias;
        for (int t = 0; t < plan->taps; t++) {
            sum += plan->weight[t] * in[t][x];
            part += plan->fine ? plan->weight[plan->taps + t] * in[t][x] : 0;
        }
        out[x] = (int16_t)((plan->fine ? sum + (part >> 8) : sum) >> plan->shift);
    }
}

static uint8_t column_byte(const int16_t *in, const up_byte_columns *plan, int group, int lane)
{
    const int pairs = plan->taps / 2, words = 2 * plan->lanes;
    const int16_t *weight = plan->weight + (size_t)group * (plan->fine ? 2 : 1) * pairs * words;
    const int16_t *index = plan->index + (size_t)group * words;
    const int16_t *from =
        in + plan->start[group * (plan->lanes / plan->window) + lane / plan->window];
    int32_t sum = 0, part = 0;
    for (int p = 0; p < pairs; p++)
        for (int i = 2 * lane; i < 2 * lane + 2; i++) {
            const int v = from[p * 2 * plan->channels + (index[i] & 0xff) / 2];
            sum += weight[p * words + i] * v;
            part += plan->fine ? weight[(pairs + p) * words + i] * v : 0;
        }
    sum = UP_BYTE_MIDDLE + ((sum + (part >> 8)) >> plan->shift);
    return (uint8_t)(sum < 0 ? 0 : sum > 255 ? 255 : sum);
}

static void resample_bytes(uint8_t *out, const int16_t *in, const up_byte_columns *plan, bool past,
                           int first, int n)
{
    (void)past;
    for (int i = first; i < first + n; i++) {
        const int group = i / plan->lanes;
        out[i - first] = column_byte(in + (ptrdiff_t)(group / plan->period) * plan->advance, plan,
                                     group % plan->period, i % plan->lanes);
    }
}

static float convolve_at(const float *const *in, const up_taps *taps, int out, int x)
{
    int group = out / taps->size, c = out % taps->size;
    const float *weight = taps->weight;
    float sum = taps->bias[c];
    for (int r = 0; r < taps->runs; r++) {
        unsigned groups = taps->run[r].groups, before = groups & ((1u << group) - 1);
        int mine = __builtin_popcount(before) * taps->size + c;
        for (int t = 0; t < taps->run[r].taps; t++) {
            if (groups >> group & 1)
                sum += weight[mine] * (*in)[x];
            weight += __builtin_popcount(groups) * taps->size;
            in++;
        }
    }
    if (taps->slope && !(sum > 0))
        sum *= taps->slope[c];
    if (taps->low)
        sum = sum < taps->low[c] ? taps->low[c] : sum > taps->high[c] ? taps->high[c] : sum;
    return sum;
}

static void convolve(float *const *out, const float *const *in, const up_taps *taps, int x0, int n)
{
    int outs = taps->groups * taps->size, half = outs / 2;
    for (int j = 0; taps->paired && j < half; j++)
        for (int x = 0; x < n; x++)
            out[j][x] = convolve_at(in, taps, x % 2 ? half + j : j, x0 + x / 2);
    for (int j = 0; !taps->paired && j < outs; j++)
        for (int x = 0; x < n; x++)
            out[j][x] = convolve_at(in, taps, j, x0 + x);
}

static const float from_points[UP_TILE][UP_TILE_IN] = {
    { 1, 1, 1, 1, 1, 0 },
    { 0, 0.75f, -0.75f, 1.5f, -1.5f, 0 },
    { 0, 0.5625f, 0.5625f, 2.25f, 2.25f, 0 },
    { 0, 0.421875f, -0.421875f, 3.375f, -3.375f, 1 },
};

static void tiles_in(float *out, size_t step, const float *const *in, int n)
{
    for (int p = 0; p < UP_TILE_POINTS; p++)
        for (int t = 0; t < n; t++)
            out[p * step + t] = up_tile_to_point(p, in, t);
}

static void tiles_multiply(float *out, const float *in, size_t pitch, const float *weight, int ins,
                           int outs, int n)
{
    for (int o = 0; o < outs; o++)
        for (int t = 0; t < n; t++) {
            float sum = 0;
            for (int i = 0; i < ins; i++)
                sum += weight[i * outs + o] * in[i * pitch + t];
            out[o * pitch + t] = sum;
        }
}

static void tiles_out(float *const *out, int rows, const float *in, size_t step,
                      const up_taps *taps, int n)
{
    const up_tap_run run = { 1, 1 };
    up_taps finish = *taps; /* a tap of 1 */
    finish.runs = 1;
    finish.run = &run;
    finish.weight = (const float[]){ 1 };
    for (int y = 0; y < rows; y++)
        for (int x = 0; x < UP_TILE * n; x++) {
            float sum = 0;
            for (int p = 0; p < UP_TILE_POINTS; p++)
                sum += from_points[y][p / UP_TILE_IN] * from_points[x % UP_TILE][p % UP_TILE_IN] *
                       in[p * step + x / UP_TILE];
            out[y][x] = convolve_at((const float *const[]){ &sum }, &finish, 0, 0);
        }
}

static void tiles_out_gradient(float *out, size_t step, const float *const *in, int n)
{
    for (int p = 0; p < UP_TILE_POINTS; p++)
        for (int t = 0; t < n; t++) {
            float sum = 0;
            for (int y = 0; y < UP_TILE; y++)
                for (int x = 0; x < UP_TILE; x++)
                    sum += from_points[y][p / UP_TILE_IN] * from_points[x][p % UP_TILE_IN] *
                           in[y][UP_TILE * t + x];
            out[p * step + t] = sum;
        }
}

static void tiles_correlate(float *out, size_t step, const float *in, const float *gradient,
                            size_t pitch, int ins, int outs, int n)
{
    for (int o = 0; o < outs; o++)
        for (int i = 0; i < ins; i++) {
            float sum = 0;
            for (int t = 0; t < n; t++)
                sum += in[i * pitch + t] * gradient[o * pitch + t];
            out[o * step + i] = sum;
        }
}

static void correlate(float *sum, const float *const *in, int ins, const float *const *grad,
                      int outs, const up_block *block)
{
    for (int i = 0; i < ins; i++)
        for (int j = 0; j < outs; j++) {
            float *to = sum + (i * UP_CORRELATE_OUTS + j) * UP_CORRELATE_LANES;
            for (int r = 0; r < block->rows; r++)
                for (int x = 0; x < block->columns; x++) {
                    int at = block->start + r * block->stride + x;
                    to[x % UP_CORRELATE_LANES] += in[i][at] * grad[j][at];
                }
        }
}

static float prelu_gradient(float *grad, const float *in, float slope, int n)
{
    float sum = 0;
    for (int x = 0; x < n; x++) {
        if (in[x] > 0)
            continue;
        sum += grad[x] * in[x];
        grad[x] *= slope;
    }
    return sum;
}

static void interleave(float *out, const float *const *in, int s, int n)
{
    for (int x = 0; x < n; x++)
        out[x] = in[x % s][x / s];
}

static void every(float *out, const float *in, int s, int n)
{
    for (int x = 0; x < n; x++)
        out[x] = in[(ptrdiff_t)x * s];
}

static void copy_past(void *out, const void *in, size_t bytes)
{
    memcpy(out, in, bytes);
}

static void repeat(void *out, const void *in, int bytes, int s, int n)
{
    char *to = out;
    for (int x = 0; x < n; x++)
        for (int p = 0; p < s; p++, to += bytes)
            memcpy(to, (const char *)in + (size_t)x * bytes, bytes);
}

static void gather(void *out, const void *in, int bytes, const int *index, int n)
{
    char *to = out;
    for (int x = 0; x < n; x++, to += bytes)
        memcpy(to, (const char *)in + (size_t)index[x] * bytes, bytes);
}

const up_kernels up_kernels_reference = {
    .name = "reference",
    .unpack_u8 = unpack_u8,
    .unpack_u16 = unpack_u16,
    .pack_u8 = pack_u8,
    .pack_u16 = pack_u16,
    .prelu = prelu,
    .add = add,
    .subtract = subtract,
    .multiply = multiply,
    .map = UP_MAP_ROWS,
    .mix_rows = mix_rows,
    .resample_columns = resample_columns,
    .mix_bytes = mix_bytes,
    .resample_bytes = resample_bytes,
    .byte_lanes = 4,
    .byte_window = 4,
    .convolve = convolve,
    .convolve_outs = UP_MAX_OUTS,
    .tiles_in = tiles_in,
    .tiles_multiply = tiles_multiply,
    .tiles_out = tiles_out,
    .tiles_out_gradient = tiles_out_gradient,
    .tiles_correlate = tiles_correlate,
    .correlate = correlate,
    .prelu_gradient = prelu_gradient,
    .interleave = interleave,
    .every = every,
    .copy_past = copy_past,
    .repeat = repeat,
    .gather = gather,
};
