/* SPDX-License-Identifier: MIT */
#include "weights/safetensors/safetensors_header.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "weights/label.h"

#define MOST_DEPTH 3 /* header, tensor, shape */
#define MOST_VALUES (1 << 20)

static up_status refuse_tensor(const up_tensor_file *file, const char *tensor, const char *reason,
                               up_error *error)
{
    char label[UP_LABEL];
    return up_tensor_file_refuse(file, error, "tensor %s: %s", up_label(label, tensor), reason);
}

/* Bounds what the JSON parser will build, many times the size of the text, before it starts.
 * `values` becomes at least the number of values; NULL is fine, else the reason. */
static const char *scan(const char *text, size_t size, size_t *values)
{
    size_t depth = 0;
    bool string = false;
    *values = 0;
    for (size_t i = 0; i < size; i++) {
        bool opens = text[i] == '{' || text[i] == '[', closes = text[i] == '}' || text[i] == ']';
        if (string && text[i] == '\\')
            i++;
        else if (text[i] == '"')
            string = !string;
        if (string)
            continue;
        depth += opens;
        depth -= closes && depth;
        *values += opens || text[i] == ',';
        if (depth > MOST_DEPTH)
            return "the header nests too deep";
        if (*values > MOST_VALUES)
            return "the header holds too many values";
    }
    return NULL;
}

static up_status load(up_tensor_file *file, json_t **json, const char *text, size_t size,
                      up_error *error)
{
    json_error_t problem;
    char label[UP_LABEL];
    *json = json_loadb(text, size, JSON_REJECT_DUPLICATES, &problem);
    if (!*json && json_error_code(&problem) == json_error_out_of_memory)
        return up_fail_memory(error, up_tensor_file_name(file), size);
    if (!*json)
        return up_tensor_file_refuse(file, error, "bad JSON at byte %d of the header: %s",
                                     problem.position, up_label(label, problem.text));
    up_tensor_file_set_content(file, *json);
    if (!json_is_object(*json))
        return up_tensor_file_refuse(file, error, "the header is not a JSON object");
    return UP_OK;
}

static up_status parse_metadata(up_tensor_file *file, json_t *metadata, up_error *error)
{
    if (!json_is_object(metadata))
        return up_tensor_file_refuse(file, error,
                                     UP_SAFETENSORS_METADATA " is not an object of strings");
    const char *key;
    json_t *value;
    json_object_foreach(metadata, key, value)
    {
        if (!json_is_string(value))
            return up_tensor_file_refuse(
                file, error, UP_SAFETENSORS_METADATA " holds a value that is not a string");
        UP_TRY(up_tensor_file_add_metadata(file, key, json_string_value(value), error));
    }
    return UP_OK;
}

static bool parse_sizes(const json_t *array, size_t *sizes)
{
    if (!json_is_array(array))
        return false;
    for (size_t i = 0; i < json_array_size(array); i++) {
        const json_t *item = json_array_get(array, i);
        json_int_t value = json_integer_value(item);
        if (!json_is_integer(item) || value < 0 || (uint64_t)value > SIZE_MAX)
            return false;
        sizes[i] = (size_t)value;
    }
    return true;
}

/* A tensor and where it lies in the byte buffer. */
typedef struct {
    up_tensor tensor;
    size_t offset;
} placed_tensor;

/* The reason why not, or NULL. `shape` has room for all that the header can hold. */
static const char *parse_tensor(placed_tensor *placed, const json_t *entry, size_t *shape)
{
    up_tensor *tensor = &placed->tensor;
    const json_t *dtype = json_object_get(entry, "dtype");
    const json_t *sizes = json_object_get(entry, "shape");
    const json_t *offsets = json_object_get(entry, "data_offsets");
    if (!dtype || !sizes || !offsets || json_object_size(entry) != 3)
        return "must have dtype, shape and data_offsets and nothing else";
    if (!json_is_string(dtype) || !up_dtype_find(&tensor->dtype, json_string_value(dtype)))
        return "unknown dtype";
    if (!parse_sizes(sizes, shape))
        return "shape is not a list of sizes";
    tensor->dims = (int)json_array_size(sizes);
    tensor->shape = shape;

    size_t range[2];
    if (json_array_size(offsets) != 2 || !parse_sizes(offsets, range))
        return "data_offsets is not a pair of positions";
    if (range[1] < range[0])
        return "ends before it begins";
    placed->offset = range[0];
    const char *reason = up_tensor_measure(tensor, &tensor->elements, &tensor->bytes);
    if (!reason && tensor->bytes != range[1] - range[0])
        return "data_offsets do not fit the shape and dtype";
    return reason;
}

static int compare_offsets(const void *a, const void *b)
{
    const placed_tensor *left = a, *right = b;
    if (left->offset != right->offset)
        return left->offset < right->offset ? -1 : 1;
    if (left->tensor.bytes != right->tensor.bytes)
        return left->tensor.bytes < right->tensor.bytes ? -1 : 1;
    return strcmp(left->tensor.name, right->tensor.name);
}

/* Adds the tensors, which must cover `data`. */
static up_status add_tensors(up_tensor_file *file, placed_tensor *placed, int count,
                             const char *data, size_t data_size, up_error *error)
{
    size_t end = 0;
    qsort(placed, (size_t)count, sizeof *placed, compare_offsets);
    for (int i = 0; i < count; i++) {
        up_tensor *tensor = &placed[i].tensor;
        if (placed[i].offset < end)
            return refuse_tensor(file, tensor->name, "overlaps another tensor", error);
        if (placed[i].offset > end)
            return refuse_tensor(file, tensor->name, "unused bytes lie before it", error);
        if (tensor->bytes > data_size - end)
            return refuse_tensor(file, tensor->name, "the file ends before it does (truncated?)",
                                 error);
        tensor->data = data + end;
        end += tensor->bytes;
        UP_TRY(up_tensor_file_add(file, tensor, error));
    }
    return end == data_size ? UP_OK
                            : up_tensor_file_refuse(file, error, "bytes follow the last tensor");
}

static up_status parse_entries(up_tensor_file *file, json_t *json, placed_tensor *placed,
                               int *count, size_t *shape, up_error *error)
{
    const char *key;
    json_t *value;
    json_object_foreach(json, key, value)
    {
        if (strcmp(key, UP_SAFETENSORS_METADATA) == 0) {
            UP_TRY(parse_metadata(file, value, error));
            continue;
        }
        placed[*count].tensor.name = key;
        const char *reason = parse_tensor(&placed[*count], value, shape);
        if (reason)
            return refuse_tensor(file, key, reason, error);
        shape += placed[*count].tensor.dims;
        ++*count;
    }
    return UP_OK;
}

up_status up_safetensors_header_read(up_tensor_file *file, const char *text, size_t size,
                                     size_t data_size, up_error *error)
{
    size_t values;
    int count = 0;
    json_t *json;
    const char *reason = scan(text, size, &values);
    if (reason)
        return up_tensor_file_refuse(file, error, "%s", reason);
    UP_TRY(load(file, &json, text, size, error));
    placed_tensor *placed = up_alloc_zero(json_object_size(json), sizeof *placed);
    size_t *shapes = up_tensor_file_keep(file, values, sizeof *shapes);
    up_status status = shapes ? UP_OK : up_tensor_file_no_room(file, error);
    if (!placed)
        status = up_fail_memory(error, up_tensor_file_name(file), values * sizeof *placed);
    if (status == UP_OK)
        status = parse_entries(file, json, placed, &count, shapes, error);
    if (status == UP_OK)
        status = add_tensors(file, placed, count, text + size, data_size, error);
    up_free(placed);
    return status;
}

void up_safetensors_header_free(void *content)
{
    json_decref(content);
}
