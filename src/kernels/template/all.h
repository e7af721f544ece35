/* SPDX-License-Identifier: MIT */
/* Every kernel for the level that the including file names: UP_LEVEL_x, or none for plain C. */
#ifndef UP_KERNELS_TEMPLATE_ALL_H
#define UP_KERNELS_TEMPLATE_ALL_H

#include "kernels/variants.h"

#include "kernels/template/bytes.h"
#include "kernels/template/columns.h"
#include "kernels/template/convolve.h"
#include "kernels/template/correlate.h"
#include "kernels/template/interleave.h"
#include "kernels/template/maps.h"
#include "kernels/template/points.h"
#include "kernels/template/raw.h"
#include "kernels/template/rows.h"
#include "kernels/template/samples.h"
#include "kernels/template/winograd.h"

#define UP_KERNEL_TABLE(level)                                                                     \
    {                                                                                              \
        .name = level, .unpack_u8 = unpack_u8, .unpack_u16 = unpack_u16, .pack_u8 = pack_u8,       \
        .pack_u16 = pack_u16, .prelu = prelu, .add = add, .subtract = subtract,                    \
        .multiply = multiply, .map = UP_MAP_ROWS, .mix_rows = mix_rows,                            \
        .resample_columns = resample_columns, .mix_bytes = mix_bytes,                              \
        .resample_bytes = resample_bytes, .byte_lanes = LANES, .byte_window = BYTE_WINDOW,         \
        .convolve = convolve, .convolve_outs = CONVOLVE_OUTS, .tiles_in = tiles_in,                \
        .tiles_multiply = tiles_multiply, .tiles_out = tiles_out,                                  \
        .tiles_out_gradient = tiles_out_gradient, .tiles_correlate = tiles_correlate,              \
        .correlate = correlate, .prelu_gradient = prelu_gradient, .interleave = interleave,        \
        .every = every, .copy_past = copy_past, .repeat = repeat, .gather = gather,                \
    }

#endif
