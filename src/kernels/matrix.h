/* SPDX-License-Identifier: MIT */
/*
 * Convolutions with factors in bfloat16 and sums in float, as the matrix units of processors take
 * them. In training a pixel is a record of its channels, records of a row lie one behind the
 * other, and rows are `margin` records of zeros apart, so that a picture is one long run of records
 * in which every tap of a convolution is a shift. Channels come in blocks of 16; what is beyond the
 * last is 0.
 */
#ifndef UP_KERNELS_MATRIX_H
#define UP_KERNELS_MATRIX_H

#include "base/bfloat16.h"

#include <stdbool.h>

#define UP_MATRIX_BLOCK 16 /* channels, and pixels */
#define UP_MATRIX_DEPTH 32 /* factors that are multiplied and added at once */
#define UP_MATRIX_TILE (UP_MATRIX_BLOCK * UP_MATRIX_DEPTH)

/* A convolution as products of runs: row r of the kernel takes the `chunks` * UP_MATRIX_DEPTH
 * elements from in[r] + pixel * step on. Weights: [outs / 16][rows][chunks][16][16 outs][2], the
 * element of a run first by pairs, then within the pair; where the run is longer than what is
 * convolved, weights are 0. A number is `high` + `low`, the latter what the former leaves out; the
 * product of two lows is left out. */
typedef struct {
    int rows, chunks;
    int step; /* elements from a pixel to the next */
    int outs; /* a multiple of UP_MATRIX_BLOCK */
    const up_bfloat16 *high, *low;
    const float *bias; /* [outs] */
} up_matrix_taps;

/* Records between two convolutions: v = PReLU(sum) + skip. */
typedef struct {
    const float *sum, *slope;                /* slope: [channels] */
    const up_bfloat16 *skip_high, *skip_low; /* NULL: nothing is added */
    up_bfloat16 *before;                     /* the sum */
    up_bfloat16 *high, *low;                 /* v */
} up_matrix_activation;

/* And back: `gradient` of v, of which some may come from further on. */
typedef struct {
    const float *gradient, *slope;
    const up_bfloat16 *before;
    const up_bfloat16 *kept;               /* added to the gradient; NULL: nothing */
    up_bfloat16 *keep;                     /* the gradient of v; NULL: not wanted */
    up_bfloat16 *out;                      /* the gradient of the sum, and what that comes to: */
    float *slope_gradient, *bias_gradient; /* [channels], added to */
} up_matrix_activation_back;

typedef struct {
    up_bfloat16 even, odd; /* of two channels */
} up_bfloat16_pair;

typedef struct {
    const char *name;

    /* Winograd's F(4x4, 3x3) as up_kernels has it, of pairs of channels: 6 rows of the one and 6 of
     * the other come in, and where that has `ins` there are so many pairs here. */
    void (*tiles_in)(up_bfloat16_pair *out, size_t step, const float *const *in, int n);
    void (*tiles_multiply)(float *out, const up_bfloat16_pair *in, size_t pitch,
                           const up_bfloat16_pair *weight, int pairs, int outs, int n);

    /* out[pixel][outs] for 0 <= pixel < n, a multiple of UP_MATRIX_DEPTH. Where `low` is NULL, all
     * numbers are their high parts. */
    void (*convolve)(float *out, const up_bfloat16 *const *high, const up_bfloat16 *const *low,
                     const up_matrix_taps *taps, int n);

    /* sum[outs / 16][ins / 16][16][16] += grad[out][pixel] * in[pixel][in] for 0 <= pixel < n, a
     * multiple of UP_MATRIX_DEPTH. `in` is paired: [n / 2][ins][2]; rows of `grad` are `step`
     * elements apart. */
    void (*correlate)(float *sum, const up_bfloat16 *in, int ins, const up_bfloat16 *grad,
                      size_t step, int outs, int n);

    /* even[p / 2][c][p % 2] = in[p][c] and odd[p / 2][c][p % 2] = in[p + 1][c] for 0 <= p < n, an
     * even number; outs channels, of which the input has the first `ins`. */
    void (*pair)(up_bfloat16 *even, up_bfloat16 *odd, int outs, const up_bfloat16 *in, int ins,
                 int n);
    /* out[c * step + p] = in[p][c] */
    void (*transpose)(up_bfloat16 *out, size_t step, const up_bfloat16 *in, int channels, int n);

    /* Of n pixels. */
    void (*activate)(const up_matrix_activation *row, int channels, int n);
    void (*activate_back)(const up_matrix_activation_back *row, int channels, int n);
} up_matrix_kernels;

/* The best for this machine. UPSCALE_CPU=reference (or any but the best) takes the plain one. */
const up_matrix_kernels *up_matrix_kernels_get(void);

/* Whether those multiply faster than float is multiplied. */
bool up_matrix_kernels_gain(void);

/* Up to `most` that this machine runs, from the plain one to the best; how many there are. */
int up_matrix_kernels_all(const up_matrix_kernels *all[], int most);

extern const up_matrix_kernels up_matrix_kernels_reference;
/* Of builds for x86-64: AVX512-BF16, products of pairs; AMX, Intel's matrix unit. */
extern const up_matrix_kernels up_matrix_avx512_bf16, up_matrix_amx;

#endif
