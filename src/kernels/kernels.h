/* SPDX-License-Identifier: MIT */
/*
 * The inner loops, as a table of functions per instruction set: the C reference first, then the
 * same template compiled for each level. Rows are float, 64-byte aligned at column 0 and padded:
 * a kernel may write on to the next multiple of 16 columns and read 16 beyond what it needs; what
 * it reads there never reaches a column below `n`. "exact" pointers end where they end.
 * Every variant rounds the same way at every position, so that results do not depend on slicing.
 */
#ifndef UP_KERNELS_H
#define UP_KERNELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A resampling of columns: out[x] = sum over t of weight[x][t] * in[first[x] + t], `taps` each. */
typedef struct {
    int width; /* output columns */
    int taps;
    int scale; /* s > 0: exact s-fold enlarging, first[x] = x / s + first[x % s], weights repeat */
    bool narrow;         /* any 16 neighbouring outputs start within 16 inputs (enlarging) */
    const int *first;    /* [width rounded up to 16] non-decreasing; may be negative */
    const float *weight; /* [block of 16 columns][tap][16] */
    const float *phase;  /* scale > 0: [s][taps], the weights of output column x % s */
} up_columns;

/*
 * Resampling of bytes in whole numbers: rows are mixed to words, the words of neighbouring columns
 * to bytes. Words count levels above UP_BYTE_MIDDLE, and half a level more, which rounds, in parts
 * of a level that the plans agree on. A tap has a weight, and where it is `fine` one more, a unit
 * of which is 1/256. No sum overflows 32 bits, whatever the samples are.
 */
#define UP_BYTE_MIDDLE 128
#define UP_BYTE_TAPS 6

/* One output row: (sum of weight[t] * in[t][x] + bias + fine) >> shift, which fits into 16 bits,
 * where fine is (sum of weight[taps + t] * in[t][x] + fine_bias) >> 8, or 0. With shift 0 the sum
 * is right modulo 2^16, and nothing is fine. */
typedef struct {
    int taps; /* even */
    int shift;
    bool fine;
    int32_t bias, fine_bias;
    int16_t weight[2 * UP_BYTE_TAPS];
} up_byte_rows;

/* All columns: sample i of a row, of pixels of `channels` samples, is UP_BYTE_MIDDLE + ((sum +
 * fine)
 * >> shift), clamped to 0..255. Samples are made in groups of `lanes`; each `window` of a group
 * reads among 2 * window words in a row. The sample at i in group g < period finds the word of tap
 * t in its window, the w-th, at in[start[g * lanes / window + w] + t / 2 * 2 * channels + place];
 * of the place index[g][2 * i + t % 2] has the first byte (2 * place) and, eight bits up, the
 * second. Group g + period does so `advance` words further on. Tables go on for 3 groups beyond the
 * period.
 */
typedef struct {
    int taps, shift; /* taps: even */
    bool fine;
    bool together; /* the words of all taps of a sample are in its window as it stands for tap 0 */
    int channels, lanes, window;
    int period, advance;
    const int *start;
    const int16_t *index;  /* [group][2 * lanes] */
    const int16_t *weight; /* [group][taps / 2, and again for what is fine][2 * lanes] */
} up_byte_columns;

/*
 * Convolution as a list of taps. The outs, output rows made together, come in groups of `size`
 * channels; a group is one phase of the output (see ops/conv.h). A tap is an input row, shifted,
 * and adds to all channels of some of the groups; taps that add to the same groups make a run:
 *   sum[group * size + c][x] = bias[c] + sum over the taps t of the group of weight * in[t][x0 + x]
 * in the order of the taps, then times slope[c] unless it is above 0 (PReLU), then clipped to
 * low[c] .. high[c]; NaN stays. Where `paired`, the second half of the outs goes between the
 * columns of the first: out[j][2x] = sum[j][x], out[j][2x + 1] = sum[outs / 2 + j][x].
 */
#define UP_MAX_OUTS 8
#define UP_MAX_GROUPS 4
typedef struct {
    unsigned groups; /* bit g: adds to group g */
    int taps;
} up_tap_run;

typedef struct {
    int groups, size; /* 1 x 1..8, 2 x 1..4, 3 x 1, 4 x 1 */
    bool paired;      /* only with an even number of groups */
    int runs;
    const up_tap_run *run;
    const float *weight;     /* of every tap in order: [those of the groups][size] */
    const float *bias;       /* [size] */
    const float *slope;      /* [size] what is not above 0 is multiplied by; NULL: stays */
    const float *low, *high; /* [size] bounds of the result; both NULL: none */
} up_taps;

/*
 * Winograd's F(4x4, 3x3): the sums of a 3x3 convolution for a tile of 4x4 outputs. Its 6x6 inputs d
 * and its weights g are polynomials, which are multiplied by their values at 6x6 points: with the
 * matrices of template/winograd.h, tiles_in() makes B^T d B, tiles_multiply() sums of its products
 * with what ops/conv/winograd_weights.c makes of weights, G g G^T, and tiles_out() of sums m A^T m
 * A.
 */
#define UP_TILE 4
#define UP_TILE_IN 6
#define UP_TILE_POINTS 36
#define UP_MOST_TILES 64 /* side by side at a time */

/* Part of some planes that lie alike: element x of row r is plane[start + r * stride + x]. */
typedef struct {
    int start, rows, columns; /* columns: a multiple of 16 */
    int stride;
} up_block;

/* Functions of one number that are made of exponentials: to within a few units in the last place,
 * right for infinities, NaN for NaN; below the least normal float it may be 0. */
typedef enum {
    UP_MAP_TANH,
    UP_MAP_SIGMOID,   /* 1 / (1 + exp(-v)) */
    UP_MAP_SILU,      /* v * sigmoid(v); 0 for -infinity */
    UP_MAP_MISH,      /* v * tanh(softplus(v)); 0 for -infinity */
    UP_MAP_GELU,      /* v / 2 * (1 + erf(v / sqrt 2)); 0 for -infinity */
    UP_MAP_GELU_TANH, /* v / 2 * (1 + tanh(u)), u = sqrt(2 / pi) (v + 0.044715 v^3); 0 for
                         -infinity; units in the last place grow with |u|, as they do where u is
                         rounded */
    UP_MAP_ELU,       /* v > 0 ? v : parameter * (exp(v) - 1) */
    UP_MAP_SOFTPLUS,  /* log(1 + exp(v)) */
    UP_MAP_EXP,
    UP_MAP_LOG, /* natural */
    UP_MAP_ERF,
    UP_MAPS
} up_map;

#define UP_CORRELATE_OUTS 4   /* gradients at a time, at most */
#define UP_CORRELATE_LANES 16 /* parts of each sum */

typedef struct up_kernels {
    const char *name;

    /* Interleaved samples to planes and back. `bytes` rows are exact. Packing rounds to nearest
     * (floor(v + 0.5)) and clamps; NaN becomes 0. channels >= 1. */
    void (*unpack_u8)(float *const *out, const uint8_t *in, int channels, int n);
    void (*unpack_u16)(float *const *out, const uint16_t *in, int channels, int n);
    void (*pack_u8)(uint8_t *out, const float *const *in, int channels, int n);
    void (*pack_u16)(uint16_t *out, const float *const *in, int channels, int n);

    /* out[x] = in[x] > 0 ? in[x] : slope * in[x]. */
    void (*prelu)(float *out, const float *in, float slope, int n);
    /* out[x] = a[x] + b[x], a[x] - b[x], a[x] * b[x]. */
    void (*add)(float *out, const float *a, const float *b, int n);
    void (*subtract)(float *out, const float *a, const float *b, int n);
    void (*multiply)(float *out, const float *a, const float *b, int n);
    /* out[x] = f(in[x]); only some have a parameter. */
    void (*map[UP_MAPS])(float *out, const float *in, float parameter, int n);

    /* out[x] = sum over t of weight[t] * in[t][x]. `in` rows need only 4-byte alignment. */
    void (*mix_rows)(float *out, const float *const *in, const float *weight, int taps, int n);

    /* Columns x0 <= x < x1 of a resampling; x0 is a multiple of 16. */
    void (*resample_columns)(float *out, const float *in, const up_columns *plan, int x0, int x1);

    /* Columns 0 <= x < n of words made of rows of bytes, which are exact; `out` may be written on
     * to the next multiple of 32. */
    void (*mix_bytes)(int16_t *out, const uint8_t *const *in, const up_byte_rows *plan, int n);

    /* Samples first <= i < first + n, exact, to `out`; `first` is a multiple of 16. `in` may be
     * read for 128 samples more, and 64 words beyond those. plan->lanes and window are byte_lanes
     * and byte_window; the reference takes any. With `past`, `out` is aligned to 64 bytes, and
     * written past the caches. */
    void (*resample_bytes)(uint8_t *out, const int16_t *in, const up_byte_columns *plan, bool past,
                           int first, int n);
    int byte_lanes, byte_window;

    /* Columns 0 <= x < n of every row of `out`; see up_taps. `in` holds a row per tap, of any
     * alignment, and `in[t] + x0` is what column 0 (paired: 0 and 1) reads. */
    void (*convolve)(float *const *out, const float *const *in, const up_taps *taps, int x0, int n);
    int convolve_outs; /* as many at a time are fastest, at most UP_MAX_OUTS */

    /* For n tiles of 4x4 outputs, side by side: tile t is made from columns 4t .. 4t + 5 of 6 rows
     * of any alignment, and has its values at out[point * step + t]. Written, and read by
     * tiles_out, is on to the next multiple of 16 tiles. */
    void (*tiles_in)(float *out, size_t step, const float *const *in, int n);
    /* The sums for up to convolve_outs channels and n tiles at one point, tile t of channel c at
     * c * pitch + t; weight[ins][outs]. Written is on to the next multiple of 16 tiles. */
    void (*tiles_multiply)(float *out, const float *in, size_t pitch, const float *weight, int ins,
                           int outs, int n);
    /* Back to columns 0 <= x < 4n of the first `rows` of a tile's rows; then the bias, the slope
     * and the bounds of `taps`, whose size is 1, as in convolve(). */
    void (*tiles_out)(float *const *out, int rows, const float *in, size_t step,
                      const up_taps *taps, int n);
    /* The gradients by those sums, A g A^T, from the gradients g by columns 0 <= x < 4n of 4 rows
     * of any alignment. Written as by tiles_in(). */
    void (*tiles_out_gradient)(float *out, size_t step, const float *const *in, int n);
    /* The gradients of weights at one point: out[o * step + i] is the sum of the products of n
     * values, a multiple of 16, of in + i * pitch and of gradient + o * pitch. */
    void (*tiles_correlate)(float *out, size_t step, const float *in, const float *gradient,
                            size_t pitch, int ins, int outs, int n);

    /* For the gradients of weights: over a block, the products of in[i] and grad[j] are added to
     * sum[i * UP_CORRELATE_OUTS + j], which is what its UP_CORRELATE_LANES parts come to. */
    void (*correlate)(float *sum, const float *const *in, int ins, const float *const *grad,
                      int outs, const up_block *block);
    /* Of a PReLU: grad[x] *= in[x] > 0 ? 1 : slope; n is a multiple of 16. Returns the gradient of
     * the slope: the sum of what grad[x] * in[x] was where in[x] is below 0. */
    float (*prelu_gradient)(float *grad, const float *in, float slope, int n);

    /* out[x] = in[x % s][x / s] for 0 <= x < n: the phases of a transposed convolution. `in` rows
     * need only 4-byte alignment. */
    void (*interleave)(float *out, const float *const *in, int s, int n);

    /* out[x] = in[x * s] for 0 <= x < n: one of the phases of a row. `in` needs only 4-byte
     * alignment. */
    void (*every)(float *out, const float *in, int s, int n);

    /* Copies exactly `bytes` bytes to where they will not be read soon: past the caches. */
    void (*copy_past)(void *out, const void *in, size_t bytes);

    /* Raw elements of `bytes` bytes, exact: out[x * s .. x * s + s - 1] = in[x], 0 <= x < n. */
    void (*repeat)(void *out, const void *in, int bytes, int s, int n);

    /* Raw elements of `bytes` bytes, exact: out[x] = in[index[x]]. */
    void (*gather)(void *out, const void *in, int bytes, const int *index, int n);
} up_kernels;

/* The best table for this machine, or the one UPSCALE_CPU names if the machine has it. */
const up_kernels *up_kernels_get(void);

/* Every table this machine can run, worst first; [0] is the C reference. For tests and benchmarks.
 */
int up_kernels_all(const up_kernels *all[], int most);

#endif
