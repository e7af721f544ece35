/* SPDX-License-Identifier: MIT */
/* Element types of weight files. */
#ifndef UP_WEIGHTS_DTYPE_H
#define UP_WEIGHTS_DTYPE_H

#include <stdbool.h>
#include <stddef.h>

/* In the order of the safetensors reference, which sorts by it when writing. */
typedef enum {
    UP_DTYPE_BOOL,
    UP_DTYPE_F4,
    UP_DTYPE_F6_E2M3,
    UP_DTYPE_F6_E3M2,
    UP_DTYPE_U8,
    UP_DTYPE_I8,
    UP_DTYPE_F8_E5M2,
    UP_DTYPE_F8_E4M3,
    UP_DTYPE_F8_E8M0,
    UP_DTYPE_F8_E4M3FNUZ,
    UP_DTYPE_F8_E5M2FNUZ,
    UP_DTYPE_I16,
    UP_DTYPE_U16,
    UP_DTYPE_F16,
    UP_DTYPE_BF16,
    UP_DTYPE_I32,
    UP_DTYPE_U32,
    UP_DTYPE_F32,
    UP_DTYPE_C64,
    UP_DTYPE_F64,
    UP_DTYPE_I64,
    UP_DTYPE_U64,
    /* Not of safetensors: */
    UP_DTYPE_C128,
    UP_DTYPE_QI8,
    UP_DTYPE_QU8,
    UP_DTYPE_QI32,
} up_dtype;

/* As safetensors spells it: "F32", "BF16". */
const char *up_dtype_name(up_dtype dtype);
int up_dtype_bits(up_dtype dtype);
bool up_dtype_find(up_dtype *dtype, const char *name); /* those of safetensors */

/* Whether up_dtype_to_f32() takes it: F64, F32, F16, BF16. */
bool up_dtype_is_real(up_dtype dtype);

/* `count` little-endian elements, which need no alignment, each `step` elements after the one
 * before. Exact but for F64, which is rounded to nearest; false if up_dtype_is_real() says no. */
bool up_dtype_to_f32(up_dtype dtype, const void *data, size_t count, size_t step, float *out);

#endif
