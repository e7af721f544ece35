/* SPDX-License-Identifier: MIT */

#include "weights/safetensors/safetensors.h"

#include <stdlib.h>
#include <string.h>

#include "base/json/json_writer.h"
#include "base/memory.h"
#include "base/words.h"
#include "io/files/writer.h"
#include "weights/label.h"
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

static void put_sizes(up_json_writer *json, const char *key, const size_t *sizes, int count)
{
    up_json_put_key(json, key);
    up_json_open(json, '[');
    for (int i = 0; i < count; i++)
        up_json_put_integer(json, (int64_t)sizes[i]);
    up_json_close(json, ']');
}

static bool put_tensor(up_json_writer *json, const up_tensor *tensor, size_t *end)
{
    size_t elements, bytes, range[2] = { *end };
    if (strcmp(tensor->name, UP_SAFETENSORS_METADATA) == 0 ||
        up_tensor_measure(tensor, &elements, &bytes) || bytes != tensor->bytes ||
        !up_add(*end, bytes, end) || *end > INT64_MAX)
        return false;
    for (int i = 0; i < tensor->dims; i++)
        if (tensor->shape[i] > INT64_MAX)
            return false;
    range[1] = *end;
    up_json_put_key(json, tensor->name);
    up_json_open(json, '{');
    up_json_put_key(json, "dtype");
    up_json_put_text(json, up_dtype_name(tensor->dtype));
    put_sizes(json, "shape", tensor->shape, tensor->dims);
    put_sizes(json, "data_offsets", range, 2);
    up_json_close(json, '}');
    return true;
}

/* The name or key that cannot be written, or NULL. */
static const char *fill(up_json_writer *json, const up_tensor *tensors, int count,
                        const up_metadata_item *metadata, int items)
{
    up_json_open(json, '{');
    if (items) {
        up_json_put_key(json, UP_SAFETENSORS_METADATA);
        up_json_open(json, '{');
        for (int i = 0; i < items; i++) {
            up_json_put_key(json, metadata[i].key);
            up_json_put_text(json, metadata[i].value);
            if (json->no_utf8)
                return metadata[i].key;
        }
        up_json_close(json, '}');
    }
    size_t end = 0;
    for (int i = 0; i < count; i++)
        if (!put_tensor(json, &tensors[i], &end) || json->no_utf8)
            return tensors[i].name;
    up_json_close(json, '}');
    return NULL;
}

/* `*twice` is a name or key that comes twice, or NULL. */
static up_status find_twice(const char **twice, const up_tensor *tensors, int count,
                            const up_metadata_item *metadata, int items, const char *path,
                            up_error *error)
{
    const size_t most = (size_t)up_max(count, items);
    const char **name = up_alloc(most, sizeof *name);
    if (!name)
        return up_fail_memory(error, path, most * sizeof *name);
    for (int i = 0; i < items; i++)
        name[i] = metadata[i].key;
    *twice = up_words_twice(name, (size_t)items);
    for (int i = 0; i < count; i++)
        name[i] = tensors[i].name;
    if (!*twice)
        *twice = up_words_twice(name, (size_t)count);
    up_free(name);
    return UP_OK;
}

/* `text` is to be freed with free(). */
static up_status make_header(char **text, const up_tensor *tensors, int count,
                             const up_metadata_item *metadata, int items, const char *path,
                             up_error *error)
{
    char label[UP_LABEL];
    const char *bad = NULL;
    up_json_writer json = { 0 };
    *text = NULL;
    UP_TRY(find_twice(&bad, tensors, count, metadata, items, path, error));
    if (!bad)
        bad = fill(&json, tensors, count, metadata, items);
    const size_t length = json.size;
    *text = up_json_take(&json);
    if (!bad && !*text)
        return up_fail_memory(error, path, length);
    if (!bad && length <= UP_SAFETENSORS_MOST_HEADER - 8)
        return UP_OK;
    free(*text);
    *text = NULL;
    return bad ? up_fail(error, UP_ERROR_ARGUMENT, "%s: %s cannot be written to a safetensors file",
                         path, up_label(label, bad))
               : up_fail(error, UP_ERROR_ARGUMENT, "%s: too many tensors or too much metadata",
                         path);
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
