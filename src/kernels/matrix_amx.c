/* SPDX-License-Identifier: MIT */
/* Matrix kernels for AMX, the matrix unit of Intel's processors: tiles of 16 rows of 64 bytes. */
#ifdef UPSCALE_AMX
#define UP_LEVEL_AVX512

#include "kernels/matrix.h"

#include "kernels/template/matrix_rows.h"
#include "kernels/template/matrix_tiles.h"

#include <immintrin.h>

enum { B = UP_MATRIX_BLOCK, D = UP_MATRIX_DEPTH, TILE_BYTES = 64 };

/* As the processor's manual has it: palette 1, then bytes per row and rows of every tile. A
 * constant, because compilers think that no more than a pointer of it is read. */
static const struct {
    uint8_t palette, start_row, reserved[14];
    uint16_t row_bytes[16];
    uint8_t rows[16];
} three_tiles = { .palette = 1,
                  .row_bytes = { TILE_BYTES, TILE_BYTES, TILE_BYTES },
                  .rows = { B, B, B } };

/* Sums are tile 0, factors 1 and 2. Few tiles on purpose: measured with all eight in use, loads and
 * products wait for one another, with three they overlap, so that blocks of two by two tiles, which
 * load half as much, take twice as long. */
INLINE void multiply(const up_bfloat16 *right)
{
    _tile_loadd(2, right, TILE_BYTES);
    _tile_dpbf16ps(0, 1, 2);
}

/* Pixels are the rows of the left factor, outputs the columns of the right one. */
INLINE void convolve_block(float *out, const up_bfloat16 *const *high,
                           const up_bfloat16 *const *low, const up_matrix_taps *taps, size_t pixel,
                           int block)
{
    const size_t row = taps->step * sizeof(up_bfloat16);
    size_t weight = (size_t)block * taps->rows * taps->chunks * UP_MATRIX_TILE;
    _tile_loadd(0, taps->bias + block * B, 0);
    for (int r = 0; r < taps->rows; r++)
        for (int c = 0; c < taps->chunks; c++, weight += UP_MATRIX_TILE) {
            size_t at = pixel * taps->step + (size_t)c * D;
            _tile_loadd(1, high[r] + at, row);
            if (low)
                multiply(taps->low + weight);
            multiply(taps->high + weight);
            if (low) {
                _tile_loadd(1, low[r] + at, row);
                _tile_dpbf16ps(0, 1, 2);
            }
        }
    _tile_stored(0, out + pixel * taps->outs + block * B, taps->outs * sizeof *out);
}

static void convolve(float *out, const up_bfloat16 *const *high, const up_bfloat16 *const *low,
                     const up_matrix_taps *taps, int n)
{
    _tile_loadconfig(&three_tiles);
    for (int block = 0; block < taps->outs / B; block++)
        for (int p = 0; p < n; p += B)
            convolve_block(out, high, low, taps, p, block);
    _tile_release();
}

/* Outputs are the rows of the left factor, inputs the columns of the right one. */
static void correlate(float *sum, const up_bfloat16 *in, int ins, const up_bfloat16 *grad,
                      size_t step, int outs, int n)
{
    _tile_loadconfig(&three_tiles);
    for (int o = 0; o < outs; o += B)
        for (int i = 0; i < ins; i += B, sum += B * B) {
            _tile_loadd(0, sum, TILE_BYTES);
            for (int p = 0; p < n; p += D) {
                _tile_loadd(1, grad + o * step + p, step * sizeof *grad);
                _tile_loadd(2, in + (size_t)p * ins + 2 * (size_t)i, 2 * (size_t)ins * sizeof *in);
                _tile_dpbf16ps(0, 1, 2);
            }
            _tile_stored(0, sum, TILE_BYTES);
        }
    _tile_release();
}

const up_matrix_kernels up_matrix_amx = {
    "amx", tiles_in, tiles_multiply, convolve, correlate, pair, transpose, activate, activate_back,
};

#endif
