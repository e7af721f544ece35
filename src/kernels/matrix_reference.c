/* SPDX-License-Identifier: MIT */
/* Matrix kernels in plain C: what the others are checked against, and what runs without them. */
#include "kernels/matrix.h"

#include "kernels/reference_tiles.h"

enum { B = UP_MATRIX_BLOCK, D = UP_MATRIX_DEPTH };

static void tiles_in(up_bfloat16_pair *out, size_t step, const float *const *in, int n)
{
    for (int p = 0; p < UP_TILE_POINTS; p++)
        for (int t = 0; t < n; t++)
            out[p * step + t] = (up_bfloat16_pair){
                up_to_bfloat16(up_tile_to_point(p, in, t)),
                up_to_bfloat16(up_tile_to_point(p, in + UP_TILE_IN, t)),
            };
}

static void tiles_multiply(float *out, const up_bfloat16_pair *in, size_t pitch,
                           const up_bfloat16_pair *weight, int pairs, int outs, int n)
{
    for (int o = 0; o < outs; o++)
        for (int t = 0; t < n; t++) {
            float sum = 0;
            for (int i = 0; i < pairs; i++) {
                const up_bfloat16_pair w = weight[i * outs + o], v = in[i * pitch + t];
                sum += up_from_bfloat16(w.even) * up_from_bfloat16(v.even) +
                       up_from_bfloat16(w.odd) * up_from_bfloat16(v.odd);
            }
            out[o * pitch + t] = sum;
        }
}

/* to[o] += the run at `in`, times one tile of weights per chunk. */
static void add_run(float to[B], const up_bfloat16 *in, const up_bfloat16 *weight, int chunks)
{
    for (int k = 0; k < chunks * D; k++) {
        float v = up_from_bfloat16(in[k]);
        for (int o = 0; o < B; o++)
            to[o] += v * up_from_bfloat16(weight[(k / 2 * B + o) * 2 + k % 2]);
    }
}

static void convolve(float *out, const up_bfloat16 *const *high, const up_bfloat16 *const *low,
                     const up_matrix_taps *taps, int n)
{
    size_t run = (size_t)taps->chunks * UP_MATRIX_TILE;
    for (int p = 0; p < n; p++)
        for (int o = 0; o < taps->outs; o += B) {
            float *to = out + (size_t)p * taps->outs + o;
            for (int i = 0; i < B; i++)
                to[i] = taps->bias[o + i];
            for (int r = 0; r < taps->rows; r++) {
                size_t at = (size_t)p * taps->step, w = (size_t)(o / B * taps->rows + r) * run;
                add_run(to, high[r] + at, taps->high + w, taps->chunks);
                if (!low)
                    continue;
                add_run(to, high[r] + at, taps->low + w, taps->chunks);
                add_run(to, low[r] + at, taps->high + w, taps->chunks);
            }
        }
}

static void correlate(float *sum, const up_bfloat16 *in, int ins, const up_bfloat16 *grad,
                      size_t step, int outs, int n)
{
    for (int o = 0; o < outs; o++)
        for (int i = 0; i < ins; i++) {
            float *to = sum + ((size_t)(o / B) * (ins / B) + i / B) * B * B + o % B * B + i % B;
            for (int p = 0; p < n; p++)
                *to += up_from_bfloat16(grad[o * step + p]) *
                       up_from_bfloat16(in[((size_t)(p / 2) * ins + i) * 2 + p % 2]);
        }
}

static void pair(up_bfloat16 *even, up_bfloat16 *odd, int outs, const up_bfloat16 *in, int ins,
                 int n)
{
    for (int p = 0; p < n; p++)
        for (int c = 0; c < ins; c++) {
            size_t at = ((size_t)(p / 2) * outs + c) * 2 + p % 2;
            even[at] = in[(size_t)p * ins + c];
            odd[at] = in[(size_t)(p + 1) * ins + c];
        }
}

static void transpose(up_bfloat16 *out, size_t step, const up_bfloat16 *in, int channels, int n)
{
    for (int p = 0; p < n; p++)
        for (int c = 0; c < channels; c++)
            out[c * step + p] = in[(size_t)p * channels + c];
}

static void activate(const up_matrix_activation *row, int channels, int n)
{
    for (int i = 0; i < n * channels; i++) {
        float sum = row->sum[i], v = sum > 0 ? sum : row->slope[i % channels] * sum;
        if (row->skip_high)
            v += up_from_bfloat16(row->skip_high[i]) + up_from_bfloat16(row->skip_low[i]);
        row->before[i] = up_to_bfloat16(sum);
        row->high[i] = up_to_bfloat16(v);
        row->low[i] = up_to_bfloat16(v - up_from_bfloat16(row->high[i]));
    }
}

static void activate_back(const up_matrix_activation_back *row, int channels, int n)
{
    for (int i = 0; i < n * channels; i++) {
        float g = row->gradient[i], before = up_from_bfloat16(row->before[i]);
        g += row->kept ? up_from_bfloat16(row->kept[i]) : 0;
        if (row->keep)
            row->keep[i] = up_to_bfloat16(g);
        row->slope_gradient[i % channels] += before < 0 ? g * before : 0;
        g *= before > 0 ? 1 : row->slope[i % channels];
        row->bias_gradient[i % channels] += g;
        row->out[i] = up_to_bfloat16(g);
    }
}

const up_matrix_kernels up_matrix_kernels_reference = {
    "reference", tiles_in,  tiles_multiply, convolve,      correlate,
    pair,        transpose, activate,       activate_back,
};
