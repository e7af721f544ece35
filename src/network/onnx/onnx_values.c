/* SPDX-License-Identifier: MIT */
#include "network/onnx/onnx_values.h"

#include "base/memory.h"
#include "network/build/sizes.h"

#include <math.h>
#include <string.h>

#define MOST_FIXED (1 << 30)

/* ---------------------------------------------------------------- constants */

static bool is_integer(up_dtype dtype)
{
    return !up_dtype_is_real(dtype);
}

up_status up_onnx_tensor_constant(up_onnx *onnx, const up_tensor *tensor, bool in_file,
                                  const up_onnx_constant **constant)
{
    up_onnx_constant *made;
    if (tensor->dims > UP_ONNX_RANK)
        return up_onnx_refuse(onnx, "a constant of more than %d axes", UP_ONNX_RANK);
    UP_TRY(up_onnx_keep(onnx, 1, sizeof *made, &made));
    *made = (up_onnx_constant){ .dims = tensor->dims,
                                .count = tensor->elements,
                                .integer = is_integer(tensor->dtype),
                                .tensor = tensor,
                                .in_file = in_file,
                                .probes = 1 };
    if (tensor->dims)
        memcpy(made->shape, tensor->shape, (size_t)tensor->dims * sizeof *made->shape);
    *constant = made;
    return UP_OK;
}

up_status up_onnx_new_constant(up_onnx *onnx, int dims, const size_t *shape, int probes,
                               up_onnx_constant **constant)
{
    up_onnx_constant *made;
    size_t all;
    if (dims > UP_ONNX_RANK)
        return up_onnx_refuse(onnx, "a constant of more than %d axes", UP_ONNX_RANK);
    UP_TRY(up_onnx_keep(onnx, 1, sizeof *made, &made));
    *made = (up_onnx_constant){ .dims = dims, .count = 1, .probes = probes };
    for (int d = 0; d < dims; d++) {
        made->shape[d] = shape[d];
        if (!up_mul(made->count, shape[d], &made->count))
            return up_onnx_refuse(onnx, "a constant is too large");
    }
    if (!up_mul(made->count, (size_t)probes, &all))
        return up_onnx_refuse(onnx, "a constant is too large");
    UP_TRY(up_onnx_keep(onnx, all, sizeof *made->number, &made->number));
    *constant = made;
    return UP_OK;
}

static uint64_t read_bits(const unsigned char *at, size_t size)
{
    uint64_t bits = 0;
    for (size_t i = size; i-- > 0;)
        bits = bits << 8 | at[i];
    return bits;
}

static double read_real(up_dtype dtype, const unsigned char *at)
{
    double wide;
    float value = 0;
    if (dtype != UP_DTYPE_F64) {
        up_dtype_to_f32(dtype, at, 1, 1, &value);
        return (double)value;
    }
    memcpy(&wide, at, sizeof wide);
    return wide;
}

static double read_number(up_dtype dtype, const unsigned char *at)
{
    const int bits = up_dtype_bits(dtype);
    const bool is_signed = dtype == UP_DTYPE_I8 || dtype == UP_DTYPE_I16 || dtype == UP_DTYPE_I32 ||
                           dtype == UP_DTYPE_I64;
    if (up_dtype_is_real(dtype))
        return read_real(dtype, at);
    const uint64_t value = read_bits(at, (size_t)bits / 8);
    if (is_signed && value >> (bits - 1))
        return -(double)((~value + 1) & (UINT64_MAX >> (64 - bits)));
    return (double)value;
}

up_status up_onnx_numbers(up_onnx *onnx, const up_onnx_constant *constant)
{
    up_onnx_constant *filled = (up_onnx_constant *)constant;
    const up_tensor *tensor = constant->tensor;
    if (constant->number)
        return UP_OK;
    const size_t size = (size_t)up_dtype_bits(tensor->dtype) / 8;
    UP_TRY(up_onnx_keep(onnx, constant->count, sizeof *filled->number, &filled->number));
    for (size_t i = 0; i < constant->count; i++)
        filled->number[i] =
            read_number(tensor->dtype, (const unsigned char *)tensor->data + i * size);
    return UP_OK;
}

up_onnx_size up_onnx_number(const up_onnx_constant *constant, size_t i)
{
    up_onnx_size size;
    for (int p = 0; p < UP_ONNX_PROBES; p++)
        size.at[p] = constant->number[(constant->probes > 1 ? (size_t)p : 0) * constant->count + i];
    return size;
}

up_status up_onnx_sizes(up_onnx *onnx, int input, up_onnx_size *sizes, int *count)
{
    const up_onnx_constant *constant = up_onnx_constant_input(onnx, input);
    *count = -1;
    if (up_onnx_picture(onnx, input))
        return up_onnx_refuse(onnx, "input %d depends on the picture", input);
    if (!constant)
        return UP_OK;
    if (constant->count > UP_ONNX_MOST_SIZES)
        return up_onnx_refuse(onnx, "input %d has more than %d numbers", input, UP_ONNX_MOST_SIZES);
    UP_TRY(up_onnx_numbers(onnx, constant));
    *count = (int)constant->count;
    for (int i = 0; i < *count; i++)
        sizes[i] = up_onnx_number(constant, (size_t)i);
    return UP_OK;
}

up_status up_onnx_sizes_of(up_onnx *onnx, const char *attribute, int input, up_onnx_size *sizes,
                           int *count)
{
    const up_onnx_attribute *found = up_onnx_find(onnx->node, attribute);
    if (!found)
        return up_onnx_sizes(onnx, input, sizes, count);
    if (found->count > UP_ONNX_MOST_SIZES)
        return up_onnx_refuse(onnx, "%s has more than %d numbers", attribute, UP_ONNX_MOST_SIZES);
    *count = (int)found->count;
    for (int i = 0; i < *count; i++)
        sizes[i] =
            up_onnx_size_of(found->wholes ? (double)found->wholes[i] : (double)found->numbers[i]);
    return UP_OK;
}

static up_status copy_values(up_onnx *onnx, const up_onnx_constant *constant, float *to)
{
    if (constant->tensor && up_dtype_is_real(constant->tensor->dtype))
        UP_TRY(up_tensor_to_f32(onnx->builder->file, constant->tensor, to, onnx->builder->error));
    else
        UP_TRY(up_onnx_numbers(onnx, constant));
    for (size_t i = 0; i < constant->count; i++) {
        if (constant->number)
            to[i] = (float)constant->number[i];
        if (!isfinite(to[i]))
            return up_onnx_refuse(onnx, "its weights hold NaN or infinity");
    }
    return UP_OK;
}

up_status up_onnx_values(up_onnx *onnx, const up_onnx_constant *constant, int dims,
                         const size_t *shape, up_values *values)
{
    size_t count = 1;
    float *to;
    for (int d = 0; d < dims; d++)
        if (!up_mul(count, shape[d], &count))
            return up_onnx_refuse(onnx, "its weights are too many");
    if (count != constant->count || constant->probes > 1)
        return up_onnx_refuse(onnx, "its weights have another number of values than it needs");
    if (!constant->in_file || constant->integer) {
        UP_TRY(up_network_new_values(onnx->builder, dims, shape, values, &to));
        return copy_values(onnx, constant, to);
    }
    UP_TRY(up_network_take(onnx->builder, constant->tensor, values));
    values->dims = dims;
    for (int d = 0; d < dims; d++)
        values->shape[d] = shape[d];
    return UP_OK;
}

up_status up_onnx_single(up_onnx *onnx, const up_onnx_constant *constant, bool *single,
                         double *value)
{
    *single = false;
    if (!constant->count)
        return up_onnx_refuse(onnx, "works with a constant without values");
    UP_TRY(up_onnx_numbers(onnx, constant));
    const size_t all = constant->count * (size_t)constant->probes;
    *value = constant->number[0];
    for (size_t i = 1; i < all; i++)
        if (constant->number[i] != *value)
            return UP_OK;
    *single = true;
    return UP_OK;
}

/* ---------------------------------------------------------------- sizes */

/* Whether a probe is a size that the network can work on, as far as is known. */
static bool counts(const up_onnx *onnx, int probe)
{
    const int *multiple = onnx->builder->network->multiple;
    return onnx->probe[0][probe] % multiple[0] == 0 && onnx->probe[1][probe] % multiple[1] == 0;
}

bool up_onnx_same(const up_onnx *onnx, const up_onnx_size *a, const up_onnx_size *b)
{
    for (int p = 0; p < UP_ONNX_PROBES; p++)
        if (counts(onnx, p) && a->at[p] != b->at[p])
            return false;
    return true;
}

bool up_onnx_is_fixed(const up_onnx *onnx, const up_onnx_size *size, double *value)
{
    *value = size->at[UP_ONNX_PROBES - 1];
    const up_onnx_size same = up_onnx_size_of(*value);
    return up_onnx_same(onnx, size, &same);
}

up_status up_onnx_fixed(const up_onnx *onnx, const up_onnx_size *size, const char *what, int *value)
{
    double number;
    if (!up_onnx_is_fixed(onnx, size, &number))
        return up_onnx_refuse(onnx, "%s depend on the size of the image", what);
    if (!(fabs(number) <= MOST_FIXED) || number != trunc(number))
        return up_onnx_refuse(onnx, "%s are no whole numbers up to %d", what, MOST_FIXED);
    *value = (int)number;
    return UP_OK;
}

up_onnx_size up_onnx_plane_size(const up_onnx *onnx, int node, int axis)
{
    const up_layer_shape shape = up_network_shape(onnx->builder->network, node);
    up_onnx_size size;
    for (int p = 0; p < UP_ONNX_PROBES; p++)
        size.at[p] = (double)up_size_at(shape.size[axis - 1], onnx->probe[axis - 1][p]);
    return size;
}

up_onnx_size up_onnx_factor_size(const up_onnx *onnx, int node, const up_onnx_factor *factor)
{
    if (factor->size)
        return up_onnx_size_of(factor->size);
    up_onnx_size size = up_onnx_plane_size(onnx, node, factor->axis);
    for (int p = 0; p < UP_ONNX_PROBES; p++)
        size.at[p] = floor(size.at[p] / factor->stride);
    return size;
}

up_onnx_size up_onnx_dim_size(const up_onnx *onnx, const up_onnx_view *view, int dim)
{
    up_onnx_size size = up_onnx_size_of(1);
    for (int i = 0; i < view->factors[dim]; i++) {
        const up_onnx_size more = up_onnx_factor_size(onnx, view->node, &view->factor[dim][i]);
        for (int p = 0; p < UP_ONNX_PROBES; p++)
            size.at[p] *= more.at[p];
    }
    return size;
}

bool up_onnx_is_declared(const up_onnx *onnx, int axis)
{
    return axis > 0 && onnx->declared[axis - 1] > 0;
}

bool up_onnx_stands_for(const up_onnx *onnx, const up_onnx_size *wanted, const up_onnx_size *size,
                        int axis)
{
    double number;
    return up_onnx_same(onnx, wanted, size) ||
           (up_onnx_is_declared(onnx, axis) && up_onnx_is_fixed(onnx, wanted, &number) &&
            number == size->at[0]);
}
