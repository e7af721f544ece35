/* SPDX-License-Identifier: MIT */
#include "weights/dtype.h"

#include "base/bfloat16.h"

#include <stdint.h>
#include <string.h>

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "weight files are read in place");

static const struct {
    const char *name;
    int bits;
} types[] = {
    [UP_DTYPE_BOOL] = { "BOOL", 8 },
    [UP_DTYPE_F4] = { "F4", 4 },
    [UP_DTYPE_F6_E2M3] = { "F6_E2M3", 6 },
    [UP_DTYPE_F6_E3M2] = { "F6_E3M2", 6 },
    [UP_DTYPE_U8] = { "U8", 8 },
    [UP_DTYPE_I8] = { "I8", 8 },
    [UP_DTYPE_F8_E5M2] = { "F8_E5M2", 8 },
    [UP_DTYPE_F8_E4M3] = { "F8_E4M3", 8 },
    [UP_DTYPE_F8_E8M0] = { "F8_E8M0", 8 },
    [UP_DTYPE_F8_E4M3FNUZ] = { "F8_E4M3FNUZ", 8 },
    [UP_DTYPE_F8_E5M2FNUZ] = { "F8_E5M2FNUZ", 8 },
    [UP_DTYPE_I16] = { "I16", 16 },
    [UP_DTYPE_U16] = { "U16", 16 },
    [UP_DTYPE_F16] = { "F16", 16 },
    [UP_DTYPE_BF16] = { "BF16", 16 },
    [UP_DTYPE_I32] = { "I32", 32 },
    [UP_DTYPE_U32] = { "U32", 32 },
    [UP_DTYPE_F32] = { "F32", 32 },
    [UP_DTYPE_C64] = { "C64", 64 },
    [UP_DTYPE_F64] = { "F64", 64 },
    [UP_DTYPE_I64] = { "I64", 64 },
    [UP_DTYPE_U64] = { "U64", 64 },
    [UP_DTYPE_C128] = { "C128", 128 },
    [UP_DTYPE_QI8] = { "QI8", 8 },
    [UP_DTYPE_QU8] = { "QU8", 8 },
    [UP_DTYPE_QI32] = { "QI32", 32 },
};

const char *up_dtype_name(up_dtype dtype)
{
    return types[dtype].name;
}

int up_dtype_bits(up_dtype dtype)
{
    return types[dtype].bits;
}

bool up_dtype_find(up_dtype *dtype, const char *name)
{
    for (size_t i = 0; i <= UP_DTYPE_U64; i++) {
        if (strcmp(types[i].name, name) == 0) {
            *dtype = (up_dtype)i;
            return true;
        }
    }
    return false;
}

static float from_bits(uint32_t bits)
{
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static float from_f16(uint16_t bits)
{
    uint32_t sign = (uint32_t)(bits & 0x8000) << 16, magnitude = bits & 0x7fff;
    if (magnitude < 0x0400) { /* zero and subnormals: multiples of 2^-24 */
        float value = (float)magnitude * 0x1p-24f;
        return sign ? -value : value;
    }
    uint32_t bias = magnitude < 0x7c00 ? 127 - 15 : 255 - 31;
    return from_bits(sign | ((magnitude << 13) + (bias << 23)));
}

static void widen(const unsigned char *data, size_t count, size_t step, float *out,
                  float (*from)(uint16_t))
{
    for (size_t i = 0; i < count; i++) {
        uint16_t bits;
        memcpy(&bits, data + i * step * sizeof bits, sizeof bits);
        out[i] = from(bits);
    }
}

static void copy(const unsigned char *data, size_t count, size_t step, float *out)
{
    if (step == 1)
        memcpy(out, data, count * sizeof *out);
    for (size_t i = 0; step != 1 && i < count; i++)
        memcpy(&out[i], data + i * step * sizeof *out, sizeof *out);
}

static void narrow(const unsigned char *data, size_t count, size_t step, float *out)
{
    for (size_t i = 0; i < count; i++) {
        double value;
        memcpy(&value, data + i * step * sizeof value, sizeof value);
        out[i] = (float)value;
    }
}

bool up_dtype_is_real(up_dtype dtype)
{
    return dtype == UP_DTYPE_F64 || dtype == UP_DTYPE_F32 || dtype == UP_DTYPE_F16 ||
           dtype == UP_DTYPE_BF16;
}

bool up_dtype_to_f32(up_dtype dtype, const void *data, size_t count, size_t step, float *out)
{
    switch (dtype) {
    case UP_DTYPE_F64:
        narrow(data, count, step, out);
        return true;
    case UP_DTYPE_F32:
        copy(data, count, step, out);
        return true;
    case UP_DTYPE_F16:
        widen(data, count, step, out, from_f16);
        return true;
    case UP_DTYPE_BF16:
        widen(data, count, step, out, up_from_bfloat16);
        return true;
    default:
        return false;
    }
}
