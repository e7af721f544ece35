#include "weights/safetensors_header.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "weights/label.h"

#define MOST_DEPTH 3 /* header, tensor, shape */
#define MOST_VALUES (1 << 20)

static up_status refuse(const char *file, const char *reason, up_error *error)
{
    return up_fail(error, UP_ERROR_WEIGHTS, "%s: not a valid safetensors file: %s", file, reason);
}

static up_status refuse_tensor(const char *file, const char *tensor, const char *reason,
                               up_error *error)
{
    char label[UP_LABEL];
    return up_fail(error, UP_ERROR_WEIGHTS, "%s: not a valid safetensors file: tensor %s: %s", file,
                   up_label(label, tensor), reason);
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

static up_status load(up_safetensors_header *header, const char *text, size_t size,
                      const char *file, up_error *error)
{
    json_error_t problem;
    char label[UP_LABEL];
    header->json = json_loadb(text, size, JSON_REJECT_DUPLICATES, &problem);
    if (!header->json && json_error_code(&problem) == json_error_out_of_memory)
        return up_fail_memory(error, file, size);
    if (!header->json)
        return up_fail(error, UP_ERROR_WEIGHTS,
                       "%s: not a valid safetensors file: bad JSON at byte %d of the header: %s",
                       file, problem.position, up_label(label, problem.text));
    if (!json_is_object(header->json))
        return refuse(file, "the header is not a JSON object", error);
    return UP_OK;
}

static up_status parse_metadata(up_safetensors_header *header, json_t *metadata, const char *file,
                                up_error *error)
{
    if (!json_is_object(metadata))
        return refuse(file, UP_SAFETENSORS_METADATA " is not an object of strings", error);
    size_t count = json_object_size(metadata);
    header->item = up_alloc(count, sizeof *header->item);
    if (!header->item)
        return up_fail_memory(error, UP_SAFETENSORS_METADATA, count * sizeof *header->item);
    const char *key;
    json_t *value;
    json_object_foreach(metadata, key, value)
    {
        if (!json_is_string(value))
            return refuse(file, UP_SAFETENSORS_METADATA " holds a value that is not a string",
                          error);
        header->item[header->items++] = (up_metadata_item){ key, json_string_value(value) };
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

/* The reason why not, or NULL. `shape` has room for all that the header can hold. */
static const char *parse_tensor(up_tensor *tensor, const json_t *entry, size_t *shape)
{
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
    tensor->offset = range[0];
    const char *reason = up_tensor_measure(tensor, &tensor->elements, &tensor->bytes);
    if (!reason && tensor->bytes != range[1] - range[0])
        return "data_offsets do not fit the shape and dtype";
    return reason;
}

static int compare_offsets(const void *a, const void *b)
{
    const up_tensor *left = a, *right = b;
    if (left->offset != right->offset)
        return left->offset < right->offset ? -1 : 1;
    if (left->bytes != right->bytes)
        return left->bytes < right->bytes ? -1 : 1;
    return strcmp(left->name, right->name);
}

static up_status check_cover(const up_safetensors_header *header, size_t data_size,
                             const char *file, up_error *error)
{
    size_t end = 0;
    for (int i = 0; i < header->tensors; i++) {
        const up_tensor *tensor = &header->tensor[i];
        if (tensor->offset < end)
            return refuse_tensor(file, tensor->name, "overlaps another tensor", error);
        if (tensor->offset > end)
            return refuse_tensor(file, tensor->name, "unused bytes lie before it", error);
        if (tensor->bytes > data_size - end)
            return refuse_tensor(file, tensor->name, "the file ends before it does (truncated?)",
                                 error);
        end += tensor->bytes;
    }
    return end == data_size ? UP_OK : refuse(file, "bytes follow the last tensor", error);
}

static up_status parse_entries(up_safetensors_header *header, size_t values, const char *file,
                               up_error *error)
{
    size_t count = json_object_size(header->json);
    header->tensor = up_alloc_zero(count, sizeof *header->tensor);
    header->shapes = up_alloc(values, sizeof *header->shapes);
    if (!header->tensor || !header->shapes)
        return up_fail_memory(error, "the list of tensors", count * sizeof *header->tensor);
    size_t *shape = header->shapes;
    const char *key;
    json_t *value;
    json_object_foreach(header->json, key, value)
    {
        if (strcmp(key, UP_SAFETENSORS_METADATA) == 0) {
            UP_TRY(parse_metadata(header, value, file, error));
            continue;
        }
        up_tensor *tensor = &header->tensor[header->tensors++];
        tensor->name = key;
        const char *reason = parse_tensor(tensor, value, shape);
        if (reason)
            return refuse_tensor(file, key, reason, error);
        shape += tensor->dims;
    }
    return UP_OK;
}

up_status up_safetensors_header_parse(up_safetensors_header *header, const char *text, size_t size,
                                      size_t data_size, const char *file, up_error *error)
{
    size_t values;
    const char *reason = scan(text, size, &values);
    if (reason)
        return refuse(file, reason, error);
    UP_TRY(load(header, text, size, file, error));
    UP_TRY(parse_entries(header, values, file, error));
    qsort(header->tensor, (size_t)header->tensors, sizeof *header->tensor, compare_offsets);
    return check_cover(header, data_size, file, error);
}

void up_safetensors_header_free(up_safetensors_header *header)
{
    json_decref(header->json);
    up_free(header->tensor);
    up_free(header->shapes);
    up_free(header->item);
}
