/* SPDX-License-Identifier: MIT */

#include "weights/pytorch/pytorch.h"

#include <limits.h>

#include "base/memory.h"
#include "weights/label.h"

#define MOST_DIMS 64 /* as in PyTorch */

/* A tuple of sizes, or the reason why it is none. */
static const char *read_sizes(size_t *sizes, const up_pickle_value *tuple, const char *negative)
{
    for (size_t i = 0; i < tuple->count; i++) {
        const up_pickle_value *item = tuple->item[i];
        if (item->kind != UP_PICKLE_INT)
            return "has a size that is no number";
        if (item->integer < 0)
            return negative;
        sizes[i] = (size_t)item->integer;
    }
    return NULL;
}

static bool is_c_order(const up_tensor *tensor)
{
    size_t next = 1;
    for (int i = tensor->dims; i-- > 0;) {
        if (tensor->shape[i] != 1 && tensor->stride[i] != next)
            return false;
        next *= tensor->shape[i];
    }
    return true;
}

/* The reason why the elements cannot lie in the storage, which has `bytes` of them, or NULL. */
static const char *place(up_tensor *tensor, const up_pickle_tensor *from, const unsigned char *data,
                         size_t bytes)
{
    const up_pickle_storage *storage = from->storage;
    size_t size = (size_t)up_dtype_bits(from->dtype) / 8, span, first, end;
    size_t wide = (size_t)up_dtype_bits(storage->dtype) / 8, whole;
    if (!up_mul(storage->whole, wide, &whole) || whole > bytes)
        return "its storage is shorter than the pickle says (truncated?)";
    /* In units of the tensor, which differ from the storage's where that is of bytes. */
    size_t elements = storage->elements * wide / size;
    const char *reason = up_tensor_measure(tensor, &tensor->elements, &tensor->bytes);
    if (reason)
        return reason;
    if (from->offset < 0)
        return "begins before its storage";
    if (!up_tensor_span(tensor, &span) || !up_add((size_t)from->offset, span, &end))
        return "its strides are too large";
    if (tensor->elements && end > elements)
        return "reaches beyond its storage";
    if (tensor->elements > elements)
        return "repeats elements of its storage, which weights do not";
    first = tensor->elements ? (size_t)from->offset * size : 0;
    tensor->data = data + (tensor->elements ? storage->offset * wide : 0) + first;
    return NULL;
}

static up_status refuse(const up_pytorch *torch, const char *name, const char *reason)
{
    char label[UP_LABEL];
    return up_tensor_file_refuse(torch->file, torch->error, "tensor %s: %s", up_label(label, name),
                                 reason);
}

up_status up_pytorch_add_tensor(up_pytorch *torch, const up_pickle_value *name,
                                const up_pickle_tensor *from)
{
    size_t dims = from->size->count, bytes;
    const unsigned char *data;
    up_tensor tensor = { .dtype = from->dtype, .dims = (int)dims };
    tensor.name = up_tensor_file_keep_text(torch->file, name->text, name->length);
    size_t *sizes = up_tensor_file_keep(torch->file, 2 * dims, sizeof *sizes);
    if (!tensor.name || !sizes)
        return up_tensor_file_no_room(torch->file, torch->error);
    if (dims > MOST_DIMS || from->stride->count != dims)
        return refuse(torch, tensor.name, "its strides are not those of its shape");
    const char *reason = read_sizes(sizes, from->size, "has a negative size");
    if (!reason)
        reason = read_sizes(sizes + dims, from->stride, "has a negative stride");
    if (reason)
        return refuse(torch, tensor.name, reason);
    tensor.shape = sizes;
    tensor.stride = sizes + dims;
    UP_TRY(torch->zipped ? up_pytorch_find_zipped(torch, from->storage, &data, &bytes)
                         : up_pytorch_find_legacy(torch, from->storage, &data, &bytes));
    if (!data && from->storage->whole)
        return refuse(torch, tensor.name, "its storage is not in the file (truncated?)");
    reason = place(&tensor, from, data ? data : (const unsigned char *)"", bytes);
    if (reason)
        return refuse(torch, tensor.name, reason);
    if (is_c_order(&tensor))
        tensor.stride = NULL;
    return up_tensor_file_add(torch->file, &tensor, torch->error);
}
