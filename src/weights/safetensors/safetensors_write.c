/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "io/files/writer.h"
#include "weights/label.h"
#include "weights/safetensors/safetensors.h"
#include "weights/safetensors/safetensors_header.h"

static int compare_keys(const void *a, const void *b)
{
    return strcmp(((const up_metadata_item *)a)->key, ((const up_metadata_item *)b)->key);
}

static int compare_tensors(const void *a, const void *b)
{
    const up_tensor *left = a, *right = b;
    if (left->dtype != right->dtype)
        return left->dtype > right->dtype ? -1 : 1;
    return strcmp(left->name, right->name);
}

static void *sorted(const void *from, int count, size_t size,
                    int (*compare)(const void *, const void *))
{
    void *copy = up_alloc((size_t)count, size);
    if (copy && count) {
        memcpy(copy, from, (size_t)count * size);
        qsort(copy, (size_t)count, size, compare);
    }
    return copy;
}

/* Takes `value` over; false if the key comes twice, is not UTF-8, or there is no memory. */
static bool add(json_t *object, const char *key, json_t *value)
{
    if (!json_object_get(object, key))
        return json_object_set_new(object, key, value) == 0;
    json_decref(value);
    return false;
}

static json_t *size_list(const size_t *sizes, int count)
{
    json_t *list = json_array();
    for (int i = 0; list && i < count; i++)
        if (sizes[i] > INT64_MAX ||
            json_array_append_new(list, json_integer((json_int_t)sizes[i])) != 0) {
            json_decref(list);
            list = NULL;
        }
    return list;
}

static bool add_tensor(json_t *root, const up_tensor *tensor, size_t *end)
{
    size_t elements, bytes, range[2] = { *end };
    if (strcmp(tensor->name, UP_SAFETENSORS_METADATA) == 0 ||
        up_tensor_measure(tensor, &elements, &bytes) || bytes != tensor->bytes ||
        !up_add(*end, bytes, end) || *end > INT64_MAX)
        return false;
    range[1] = *end;
    json_t *entry = json_object();
    if (add(entry, "dtype", json_string(up_dtype_name(tensor->dtype))) &&
        add(entry, "shape", size_list(tensor->shape, tensor->dims)) &&
        add(entry, "data_offsets", size_list(range, 2)))
        return add(root, tensor->name, entry);
    json_decref(entry);
    return false;
}

/* The name or key that cannot be written, or NULL. */
static const char *fill(json_t *root, const up_tensor *tensors, int count,
                        const up_metadata_item *metadata, int items)
{
    json_t *strings = items ? json_object() : NULL;
    if (items && !add(root, UP_SAFETENSORS_METADATA, strings))
        return UP_SAFETENSORS_METADATA;
    for (int i = 0; i < items; i++)
        if (!add(strings, metadata[i].key, json_string(metadata[i].value)))
            return metadata[i].key;
    size_t end = 0;
    for (int i = 0; i < count; i++)
        if (!add_tensor(root, &tensors[i], &end))
            return tensors[i].name;
    return NULL;
}

/* `text` is to be freed with free(). */
static up_status make_header(char **text, const up_tensor *tensors, int count,
                             const up_metadata_item *metadata, int items, const char *path,
                             up_error *error)
{
    char label[UP_LABEL];
    json_t *root = json_object();
    const char *bad = fill(root, tensors, count, metadata, items);
    *text = bad ? NULL : json_dumps(root, JSON_COMPACT);
    json_decref(root);
    if (bad)
        return up_fail(error, UP_ERROR_ARGUMENT, "%s: %s cannot be written to a safetensors file",
                       path, up_label(label, bad));
    if (*text && strlen(*text) > UP_SAFETENSORS_MOST_HEADER - 8) {
        free(*text);
        return up_fail(error, UP_ERROR_ARGUMENT, "%s: too many tensors or too much metadata", path);
    }
    return *text ? UP_OK : up_fail_memory(error, path, 0);
}

static up_status write_header(up_writer *writer, const char *text, up_error *error)
{
    size_t length = strlen(text), padded = up_round_up(length, 8);
    unsigned char prefix[8];
    for (size_t i = 0; i < sizeof prefix; i++)
        prefix[i] = (unsigned char)((uint64_t)padded >> 8 * i);
    UP_TRY(up_writer_write(writer, prefix, sizeof prefix, error));
    UP_TRY(up_writer_write(writer, text, length, error));
    return up_writer_write(writer, "       ", padded - length, error);
}

static up_status write_file(up_writer *writer, const char *header, const up_tensor *tensors,
                            int count, up_error *error)
{
    UP_TRY(write_header(writer, header, error));
    for (int i = 0; i < count; i++)
        if (tensors[i].bytes)
            UP_TRY(up_writer_write(writer, tensors[i].data, tensors[i].bytes, error));
    return up_writer_publish(writer, error);
}

static up_status write_sorted(const char *path, const up_tensor *tensors, int count,
                              const up_metadata_item *metadata, int items, bool overwrite,
                              up_error *error)
{
    up_writer *writer = NULL;
    char *header;
    UP_TRY(make_header(&header, tensors, count, metadata, items, path, error));
    up_status status = up_writer_open(&writer, path, overwrite, error);
    if (status == UP_OK)
        status = write_file(writer, header, tensors, count, error);
    up_writer_close(&writer);
    free(header);
    return status;
}

up_tensor up_tensor_of_f32(const char *name, int dims, const size_t *shape, const float *data)
{
    up_tensor tensor = {
        .name = name, .dtype = UP_DTYPE_F32, .dims = dims, .shape = shape, .data = data
    };
    up_tensor_measure(&tensor, &tensor.elements, &tensor.bytes);
    return tensor;
}

up_status up_safetensors_write(const char *path, const up_tensor *tensors, int count,
                               const up_metadata_item *metadata, int items, bool overwrite,
                               up_error *error)
{
    up_tensor *tensor = sorted(tensors, count, sizeof *tensors, compare_tensors);
    up_metadata_item *item = sorted(metadata, items, sizeof *metadata, compare_keys);
    up_status status = tensor && item
                           ? write_sorted(path, tensor, count, item, items, overwrite, error)
                           : up_fail_memory(error, path, (size_t)count * sizeof *tensor);
    up_free(tensor);
    up_free(item);
    return status;
}
