/* Matrix kernels for AMX, the matrix unit of Intel's processors: eight tiles of 16 rows of 64
 * bytes. Tiles 0 to 3 are sums, two by two, 4 and 5 their left factors, 6 and 7 their right ones.
 */
#ifdef UPSCALE_AMX
#define UP_LEVEL_AVX512
#include "kernels/template/matrix_rows.h"

#include <immintrin.h>

enum { B = UP_MATRIX_BLOCK, D = UP_MATRIX_DEPTH, TILES = 8, TILE_BYTES = 64 };

/* As the processor's manual has it: palette 1, then bytes per row and rows of every tile. */
static void configure_tiles(void)
{
    struct {
        uint8_t palette, start_row, reserved[14];
        uint16_t row_bytes[16];
        uint8_t rows[16];
    } config = { .palette = 1 };
    for (int i = 0; i < TILES; i++) {
        config.row_bytes[i] = TILE_BYTES;
        config.rows[i] = B;
    }
    _tile_loadconfig(&config);
}

INLINE void load_left(const up_bfloat16 *at, size_t row, size_t second, int lefts)
{
    _tile_loadd(4, at, row * sizeof *at);
    if (lefts == 2)
        _tile_loadd(5, at + second, row * sizeof *at);
}

INLINE void load_right(const up_bfloat16 *at, size_t row, size_t second, int rights)
{
    _tile_loadd(6, at, row * sizeof *at);
    if (rights == 2)
        _tile_loadd(7, at + second, row * sizeof *at);
}

INLINE void multiply(int lefts, int rights)
{
    _tile_dpbf16ps(0, 4, 6);
    if (lefts == 2)
        _tile_dpbf16ps(2, 5, 6);
    if (rights == 2)
        _tile_dpbf16ps(1, 4, 7);
    if (lefts == 2 && rights == 2)
        _tile_dpbf16ps(3, 5, 7);
}

INLINE void load_sums(const float *at, size_t row, size_t left, size_t right, int lefts, int rights)
{
    _tile_loadd(0, at, row * sizeof *at);
    if (rights == 2)
        _tile_loadd(1, at + right, row * sizeof *at);
    if (lefts == 2)
        _tile_loadd(2, at + left, row * sizeof *at);
    if (lefts == 2 && rights == 2)
        _tile_loadd(3, at + left + right, row * sizeof *at);
}

INLINE void store_sums(float *at, size_t row, size_t left, size_t right, int lefts, int rights)
{
    _tile_stored(0, at, row * sizeof *at);
    if (rights == 2)
        _tile_stored(1, at + right, row * sizeof *at);
    if (lefts == 2)
        _tile_stored(2, at + left, row * sizeof *at);
    if (lefts == 2 && rights == 2)
        _tile_stored(3, at + left + right, row * sizeof *at);
}

/* Pixels are the rows of the left factor, outputs the columns of the right one. */
INLINE void convolve_blocks(float *out, const up_bfloat16 *const *high,
                            const up_bfloat16 *const *low, const up_matrix_taps *taps, size_t pixel,
                            int block, int rights)
{
    const size_t step = taps->step, next = B * step;
    const size_t blocks_apart = (size_t)taps->rows * taps->chunks * UP_MATRIX_TILE;
    size_t weight = block * blocks_apart;
    load_sums(taps->bias + block * B, 0, 0, B, 2, rights);
    for (int r = 0; r < taps->rows; r++)
        for (int c = 0; c < taps->chunks; c++, weight += UP_MATRIX_TILE) {
            size_t at = pixel * step + (size_t)c * D;
            load_left(high[r] + at, step, next, 2);
            if (low) {
                load_right(taps->low + weight, D, blocks_apart, rights);
                multiply(2, rights);
            }
            load_right(taps->high + weight, D, blocks_apart, rights);
            multiply(2, rights);
            if (low) {
                load_left(low[r] + at, step, next, 2);
                multiply(2, rights);
            }
        }
    store_sums(out + pixel * taps->outs + block * B, taps->outs, (size_t)B * taps->outs, B, 2,
               rights);
}

static void convolve(float *out, const up_bfloat16 *const *high, const up_bfloat16 *const *low,
                     const up_matrix_taps *taps, int n)
{
    configure_tiles();
    for (int p = 0; p < n; p += 2 * B) {
        int block = 0, blocks = taps->outs / B;
        for (; block + 2 <= blocks; block += 2)
            convolve_blocks(out, high, low, taps, p, block, 2);
        if (block < blocks)
            convolve_blocks(out, high, low, taps, p, block, 1);
    }
    _tile_release();
}

/* Outputs are the rows of the left factor, inputs the columns of the right one. */
INLINE void correlate_blocks(float *sum, const up_bfloat16 *in, int ins, const up_bfloat16 *grad,
                             size_t step, int n, int lefts, int rights)
{
    size_t left = (size_t)ins * B, right = B * B;
    load_sums(sum, B, left, right, lefts, rights);
    for (int p = 0; p < n; p += D) {
        load_left(grad + p, step, B * step, lefts);
        load_right(in + (size_t)p * ins, 2 * (size_t)ins, 2 * B, rights);
        multiply(lefts, rights);
    }
    store_sums(sum, B, left, right, lefts, rights);
}

INLINE void correlate_outs(float *sum, const up_bfloat16 *in, int ins, const up_bfloat16 *grad,
                           size_t step, int n, int lefts)
{
    int i = 0;
    for (; i + 2 * B <= ins; i += 2 * B)
        correlate_blocks(sum + i * B, in + 2 * i, ins, grad, step, n, lefts, 2);
    if (i < ins)
        correlate_blocks(sum + i * B, in + 2 * i, ins, grad, step, n, lefts, 1);
}

static void correlate(float *sum, const up_bfloat16 *in, int ins, const up_bfloat16 *grad,
                      size_t step, int outs, int n)
{
    configure_tiles();
    int o = 0;
    for (; o + 2 * B <= outs; o += 2 * B)
        correlate_outs(sum + (size_t)o * ins, in, ins, grad + o * step, step, n, 2);
    if (o < outs)
        correlate_outs(sum + (size_t)o * ins, in, ins, grad + o * step, step, n, 1);
    _tile_release();
}

const up_matrix_kernels up_matrix_amx = {
    "amx", convolve, correlate, pair, transpose, activate, activate_back,
};

#endif
