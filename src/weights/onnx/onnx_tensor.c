/* SPDX-License-Identifier: MIT */
#include "weights/onnx/onnx_tensor.h"

#include "base/memory.h"
#include "weights/label.h"

#include <string.h>

enum {
    DIMS = 1,
    DATA_TYPE,
    SEGMENT,
    FLOAT_DATA,
    INT32_DATA,
    STRING_DATA,
    INT64_DATA,
    NAME,
    RAW_DATA,
    DOUBLE_DATA,
    UINT64_DATA,
    EXTERNAL_DATA = 13,
    DATA_LOCATION,
};

#define MOST_DIMS 32

/* By TensorProto.DataType; `field` is where values are that are not raw. */
static const struct {
    bool known;
    up_dtype dtype;
    uint32_t field;
} types[] = {
    [1] = { true, UP_DTYPE_F32, FLOAT_DATA },   [2] = { true, UP_DTYPE_U8, INT32_DATA },
    [3] = { true, UP_DTYPE_I8, INT32_DATA },    [4] = { true, UP_DTYPE_U16, INT32_DATA },
    [5] = { true, UP_DTYPE_I16, INT32_DATA },   [6] = { true, UP_DTYPE_I32, INT32_DATA },
    [7] = { true, UP_DTYPE_I64, INT64_DATA },   [9] = { true, UP_DTYPE_BOOL, INT32_DATA },
    [10] = { true, UP_DTYPE_F16, INT32_DATA },  [11] = { true, UP_DTYPE_F64, DOUBLE_DATA },
    [12] = { true, UP_DTYPE_U32, UINT64_DATA }, [13] = { true, UP_DTYPE_U64, UINT64_DATA },
    [16] = { true, UP_DTYPE_BF16, INT32_DATA },
};

typedef struct {
    up_tensor_file *file;
    up_tensor *tensor;
    up_error *error;
    uint64_t type;
    bool raw, external;
    up_wire data; /* raw */
} reading;

up_status up_onnx_damaged(const up_tensor_file *file, up_error *error)
{
    return up_tensor_file_refuse(file, error, "its bytes are damaged or end too early");
}

const char *up_onnx_text(up_tensor_file *file, up_wire bytes)
{
    return up_tensor_file_keep_text(file, (const char *)bytes.at, bytes.left);
}

static up_status refuse(const reading *r, const char *reason)
{
    char label[UP_LABEL];
    return up_tensor_file_refuse(r->file, r->error, "tensor %s: %s",
                                 up_label(label, r->tensor->name), reason);
}

/* ---------------------------------------------------------------- lists */

/* Values in one field, packed or not; what is not a whole one is none. */
static size_t values_in(const up_wire_field *field, size_t size)
{
    size_t count = 0;
    if (size)
        return field->bytes.left / size;
    for (size_t i = 0; i < field->bytes.left; i++)
        count += field->bytes.at[i] < 128;
    return count;
}

static bool append(const up_wire_field *field, size_t size, unsigned char *list, size_t *count)
{
    up_wire packed = field->bytes;
    if (size) {
        memcpy(list + *count * size, packed.at, packed.left / size * size);
        *count += packed.left / size;
        return packed.left % size == 0;
    }
    while (packed.left) {
        uint64_t value;
        if (!up_wire_varint(&packed, &value))
            return false;
        memcpy(list + (*count)++ * sizeof value, &value, sizeof value);
    }
    return true;
}

up_status up_onnx_read_list(up_tensor_file *file, up_wire message, uint32_t number, size_t size,
                            const void **list, size_t *count, up_error *error)
{
    up_wire_field field, only = { 0 };
    up_wire first = message;
    size_t fields = 0;
    *count = 0;
    while (up_wire_next(&first, &field))
        if (field.number == number) {
            *count += values_in(&field, size);
            only = field;
            fields++;
        }
    if (size && fields == 1 && only.bytes.left % size == 0) {
        *list = only.bytes.at;
        return UP_OK;
    }
    unsigned char *kept = up_tensor_file_keep(file, *count, size ? size : sizeof(uint64_t));
    if (!kept)
        return up_tensor_file_no_room(file, error);
    *list = kept;
    *count = 0;
    while (up_wire_next(&message, &field))
        if (field.number == number && !append(&field, size, kept, count))
            return up_onnx_damaged(file, error);
    return UP_OK;
}

/* ---------------------------------------------------------------- external data */

/* Not a way out of the folder: no root, no "..", no drive. */
static bool stays_below(const char *location)
{
    if (!*location || *location == '/' || strchr(location, '\\') || strchr(location, ':'))
        return false;
    for (const char *part = location; part; part = strchr(part, '/')) {
        part += *part == '/';
        if (strncmp(part, "..", 2) == 0 && (part[2] == '/' || !part[2]))
            return false;
    }
    return true;
}

static bool read_whole(const char *text, size_t *value)
{
    *value = 0;
    for (; *text >= '0' && *text <= '9'; text++)
        if (!up_mul(*value, 10, value) || !up_add(*value, (size_t)(*text - '0'), value))
            return false;
    return !*text;
}

typedef struct {
    const char *location;
    size_t offset, length;
    bool has_length;
} place;

/* StringStringEntryProto: key and value. */
static up_status read_entry(const reading *r, up_wire wire, place *to)
{
    up_wire_field field;
    const char *text[2] = { "", "" };
    while (up_wire_next(&wire, &field))
        if ((field.number == 1 || field.number == 2) && field.type == UP_WIRE_BYTES &&
            !(text[field.number - 1] = up_onnx_text(r->file, field.bytes)))
            return up_tensor_file_no_room(r->file, r->error);
    bool good = true;
    if (strcmp(text[0], "location") == 0)
        to->location = text[1];
    else if (strcmp(text[0], "offset") == 0)
        good = read_whole(text[1], &to->offset);
    else if (strcmp(text[0], "length") == 0)
        good = to->has_length = read_whole(text[1], &to->length);
    return good && !wire.damaged ? UP_OK : refuse(r, "bad external data");
}

static up_status read_external(reading *r, up_wire wire)
{
    up_wire_field field;
    place at = { .location = "" };
    while (up_wire_next(&wire, &field))
        if (field.number == EXTERNAL_DATA && field.type == UP_WIRE_BYTES)
            UP_TRY(read_entry(r, field.bytes, &at));
    if (!up_tensor_file_path(r->file))
        return refuse(r, "lies in another file, and there is no folder to look for it");
    if (!stays_below(at.location))
        return refuse(r, "lies in another file, which is not in the same folder or below it");
    const char *path = up_tensor_file_beside(r->file, at.location);
    const unsigned char *bytes;
    size_t size;
    if (!path)
        return up_tensor_file_no_room(r->file, r->error);
    UP_TRY(up_tensor_file_read_beside(r->file, path, &bytes, &size, r->error));
    if (at.offset > size || (at.has_length && at.length > size - at.offset))
        return refuse(r, "the file of external data ends before it");
    r->data = up_wire_of(bytes + at.offset, at.has_length ? at.length : size - at.offset);
    r->raw = true;
    return UP_OK;
}

/* ---------------------------------------------------------------- values */

/* Integers of one size, out of int64_t. */
static up_status narrow(reading *r, const void *list, size_t count)
{
    const size_t size = (size_t)up_dtype_bits(r->tensor->dtype) / 8;
    unsigned char *kept = up_tensor_file_keep(r->file, count, size);
    if (!kept)
        return up_tensor_file_no_room(r->file, r->error);
    for (size_t i = 0; i < count; i++) /* little-endian, as what is read is */
        memcpy(kept + i * size, (const unsigned char *)list + i * sizeof(uint64_t), size);
    r->tensor->data = kept;
    return UP_OK;
}

static up_status read_typed(reading *r, up_wire wire)
{
    const uint32_t number = types[r->type].field;
    const size_t size = number == FLOAT_DATA ? 4 : number == DOUBLE_DATA ? 8 : 0;
    const void *list;
    size_t count;
    UP_TRY(up_onnx_read_list(r->file, wire, number, size, &list, &count, r->error));
    if (count != r->tensor->elements)
        return refuse(r, "its shape and its data do not go together");
    r->tensor->data = list;
    return size ? UP_OK : narrow(r, list, count);
}

static up_status read_values(reading *r, up_wire wire)
{
    up_tensor *tensor = r->tensor;
    if (r->type >= sizeof types / sizeof *types || !types[r->type].known)
        return refuse(r, "has elements of an unknown type");
    tensor->dtype = types[r->type].dtype;
    const char *reason = up_tensor_measure(tensor, &tensor->elements, &tensor->bytes);
    if (reason)
        return refuse(r, reason);
    if (r->external)
        UP_TRY(read_external(r, wire));
    if (!r->raw)
        return read_typed(r, wire);
    if (r->data.left != tensor->bytes)
        return refuse(r, "its shape and its data do not go together");
    tensor->data = r->data.at;
    return UP_OK;
}

static up_status read_shape(reading *r, up_wire wire)
{
    const void *list;
    size_t count;
    UP_TRY(up_onnx_read_list(r->file, wire, DIMS, 0, &list, &count, r->error));
    if (count > MOST_DIMS)
        return refuse(r, "more than 32 dimensions");
    const int64_t *dims = list;
    size_t *shape = up_tensor_file_keep(r->file, count, sizeof *shape);
    if (!shape)
        return up_tensor_file_no_room(r->file, r->error);
    for (size_t i = 0; i < count; i++) {
        if (dims[i] < 0)
            return refuse(r, "a dimension is negative");
        shape[i] = (size_t)dims[i];
    }
    r->tensor->dims = (int)count;
    r->tensor->shape = shape;
    return UP_OK;
}

up_status up_onnx_read_tensor(up_tensor_file *file, up_wire wire, up_tensor *tensor,
                              up_error *error)
{
    reading r = { .file = file, .tensor = tensor, .error = error };
    up_wire_field field;
    up_wire fields = wire;
    *tensor = (up_tensor){ .name = "" };
    while (up_wire_next(&fields, &field)) {
        if (field.number == NAME && field.type == UP_WIRE_BYTES &&
            !(tensor->name = up_onnx_text(file, field.bytes)))
            return up_tensor_file_no_room(file, error);
        if (field.number == DATA_TYPE)
            r.type = field.value;
        if (field.number == DATA_LOCATION)
            r.external = field.value == 1;
        if (field.number == SEGMENT)
            return refuse(&r, "is only a part of a tensor");
        if (field.number == RAW_DATA && field.type == UP_WIRE_BYTES) {
            r.raw = true;
            r.data = field.bytes;
        }
    }
    if (fields.damaged)
        return up_onnx_damaged(file, error);
    UP_TRY(read_shape(&r, wire));
    return read_values(&r, wire);
}
