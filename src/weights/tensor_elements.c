/* SPDX-License-Identifier: MIT */

#include "weights/tensor_file.h"

#include <stdint.h>

#include "base/memory.h"
#include "weights/label.h"
#include "weights/weight_format.h"

const char *up_tensor_measure(const up_tensor *tensor, size_t *elements, size_t *bytes)
{
    size_t bits;
    *elements = 1;
    for (int i = 0; i < tensor->dims; i++)
        if (!up_mul(*elements, tensor->shape[i], elements))
            return "the shape is too large";
    if (!up_mul(*elements, (size_t)up_dtype_bits(tensor->dtype), &bits))
        return "the shape is too large";
    *bytes = bits / 8;
    return bits % 8 ? "does not fill whole bytes" : NULL;
}

bool up_tensor_span(const up_tensor *tensor, size_t *span)
{
    bool empty = false;
    *span = 1;
    for (int i = 0; i < tensor->dims; i++)
        empty = empty || tensor->shape[i] == 0;
    for (int i = 0; i < tensor->dims && !empty; i++) {
        size_t reach;
        if (!up_mul(tensor->shape[i] - 1, tensor->stride[i], &reach) || !up_add(*span, reach, span))
            return false;
    }
    *span = empty ? 0 : *span;
    return true;
}

/* Row after row of the last axis, in C order; `tensor` has strides and is not empty. */
static void gather(const up_tensor *tensor, float *out)
{
    int last = tensor->dims - 1;
    size_t row = tensor->shape[last], size = (size_t)up_dtype_bits(tensor->dtype) / 8;
    for (size_t done = 0; done < tensor->elements; done += row) {
        size_t offset = 0, rest = done / row;
        for (int axis = last; axis-- > 0; rest /= tensor->shape[axis])
            offset += rest % tensor->shape[axis] * tensor->stride[axis];
        up_dtype_to_f32(tensor->dtype, (const unsigned char *)tensor->data + offset * size, row,
                        tensor->stride[last], out + done);
    }
}

up_status up_tensor_to_f32(const up_tensor_file *file, const up_tensor *tensor, float *out,
                           up_error *error)
{
    char label[UP_LABEL];
    if (!up_dtype_is_real(tensor->dtype))
        return up_fail(error, UP_ERROR_WEIGHTS,
                       "%s: tensor %s has type %s: only F64, F32, F16 and BF16 can be used",
                       up_tensor_file_name(file), up_label(label, tensor->name),
                       up_dtype_name(tensor->dtype));
    if (tensor->elements && tensor->dims && tensor->stride)
        gather(tensor, out);
    else if (tensor->elements)
        up_dtype_to_f32(tensor->dtype, tensor->data, tensor->elements, 1, out);
    return UP_OK;
}
