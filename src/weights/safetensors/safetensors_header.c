/* SPDX-License-Identifier: MIT */
#include "weights/safetensors/safetensors_header.h"

#include <string.h>

#include "base/json/json_reader.h"
#include "base/memory.h"
#include "base/words.h"
#include "weights/label.h"

enum { MOST_DEPTH = 3 /* header, tensor, shape */, MOST_DIMS = 65535, MOST_DTYPE = 32 };

typedef struct {
    up_tensor_file *file;
    up_json_reader json; /* of text that is good */
    const char *data;    /* behind the header */
    size_t data_size;
    bool metadata_read;
    up_error *error;
} header;

static up_status refuse_tensor(const header *h, const char *tensor, const char *reason)
{
    char label[UP_LABEL];
    return up_tensor_file_refuse(h->file, h->error, "tensor %s: %s", up_label(label, tensor),
                                 reason);
}

/* A string that lives as long as the file. */
static up_status keep(const header *h, const up_json_span *string, const char **text)
{
    char *kept = up_tensor_file_keep(h->file, string->size + 1, 1);
    if (!kept)
        return up_tensor_file_no_room(h->file, h->error);
    up_json_copy(kept, string);
    *text = kept;
    return UP_OK;
}

/* ---------------------------------------------------------------- metadata */

static up_status check_keys(const header *h)
{
    const up_metadata_item *item;
    size_t count = 0;
    char label[UP_LABEL];
    while (up_tensor_file_metadata_at(h->file, (int)count))
        count++;
    const char **keys = up_alloc(count, sizeof *keys);
    if (!keys)
        return up_fail_memory(h->error, up_tensor_file_name(h->file), count * sizeof *keys);
    for (size_t i = 0; (item = up_tensor_file_metadata_at(h->file, (int)i)); i++)
        keys[i] = item->key;
    const char *twice = up_words_twice(keys, count);
    up_free(keys);
    return twice
               ? up_tensor_file_refuse(h->file, h->error, UP_SAFETENSORS_METADATA " holds %s twice",
                                       up_label(label, twice))
               : UP_OK;
}

static up_status read_metadata(header *h, up_json_kind kind)
{
    up_json_token token;
    if (kind != UP_JSON_OBJECT)
        return up_tensor_file_refuse(h->file, h->error,
                                     UP_SAFETENSORS_METADATA " is not an object of strings");
    if (h->metadata_read)
        return up_tensor_file_refuse(h->file, h->error, UP_SAFETENSORS_METADATA " comes twice");
    h->metadata_read = true;
    while (up_json_read(&h->json, &token) != UP_JSON_END) {
        const char *key = NULL, *value = NULL;
        if (token.kind != UP_JSON_STRING)
            return up_tensor_file_refuse(
                h->file, h->error, UP_SAFETENSORS_METADATA " holds a value that is not a string");
        UP_TRY(keep(h, &token.key, &key));
        UP_TRY(keep(h, &token.text, &value));
        UP_TRY(up_tensor_file_add_metadata(h->file, key, value, h->error));
    }
    return check_keys(h);
}

/* ---------------------------------------------------------------- tensors */

enum { DTYPE, SHAPE, OFFSETS, FIELDS };

typedef struct {
    up_json_token token;
    up_json_reader inside; /* an array */
} field;

/* What an entry states, up to its end; false if that is not each of the fields once. */
static bool read_fields(header *h, field fields[FIELDS])
{
    static const char *const names[FIELDS] = { "dtype", "shape", "data_offsets" };
    unsigned found = 0;
    up_json_token token;
    while (up_json_read(&h->json, &token) != UP_JSON_END) {
        int i = 0;
        while (i < FIELDS && !up_json_says(&token.key, names[i]))
            i++;
        if (i == FIELDS || found & 1u << i)
            return false;
        found |= 1u << i;
        fields[i] = (field){ token, h->json };
        if (token.kind == UP_JSON_ARRAY || token.kind == UP_JSON_OBJECT)
            up_json_leave(&h->json);
    }
    return found == (1u << FIELDS) - 1;
}

static bool parse_dtype(const field *from, up_dtype *dtype)
{
    char name[MOST_DTYPE + 1];
    if (from->token.kind != UP_JSON_STRING || from->token.text.size > MOST_DTYPE)
        return false;
    up_json_copy(name, &from->token.text);
    return up_dtype_find(dtype, name);
}

/* An array of `count` sizes. */
static bool parse_sizes(const field *from, size_t count, size_t *sizes)
{
    up_json_reader json = from->inside;
    up_json_token token;
    for (size_t i = 0; i < count; i++) {
        if (up_json_read(&json, &token) != UP_JSON_INTEGER || token.integer < 0 ||
            (uint64_t)token.integer > SIZE_MAX)
            return false;
        sizes[i] = (size_t)token.integer;
    }
    return from->token.kind == UP_JSON_ARRAY && up_json_read(&json, &token) == UP_JSON_END;
}

/* Where the tensor lies; the reason why it cannot, or NULL. */
static const char *place(const header *h, const field *offsets, up_tensor *tensor)
{
    size_t range[2];
    if (offsets->token.kind != UP_JSON_ARRAY || !parse_sizes(offsets, 2, range))
        return "data_offsets is not a pair of positions";
    if (range[1] < range[0])
        return "ends before it begins";
    const char *reason = up_tensor_measure(tensor, &tensor->elements, &tensor->bytes);
    if (!reason && tensor->bytes != range[1] - range[0])
        reason = "data_offsets do not fit the shape and dtype";
    if (!reason && range[1] > h->data_size)
        reason = "the file ends before it does (truncated?)";
    tensor->data = reason ? NULL : h->data + range[0];
    return reason;
}

static up_status read_tensor(header *h, const up_json_token *entry)
{
    field fields[FIELDS];
    up_tensor tensor = { 0 };
    UP_TRY(keep(h, &entry->key, &tensor.name));
    if (entry->kind != UP_JSON_OBJECT || !read_fields(h, fields))
        return refuse_tensor(h, tensor.name,
                             "must have dtype, shape and data_offsets and nothing else");
    if (!parse_dtype(&fields[DTYPE], &tensor.dtype))
        return refuse_tensor(h, tensor.name, "unknown dtype");
    const size_t dims =
        fields[SHAPE].token.kind == UP_JSON_ARRAY ? up_json_left(&fields[SHAPE].inside) : 0;
    if (dims > MOST_DIMS)
        return refuse_tensor(h, tensor.name, "has more than 65535 dimensions");
    size_t *shape = up_tensor_file_keep(h->file, dims, sizeof *shape);
    if (!shape)
        return up_tensor_file_no_room(h->file, h->error);
    tensor.shape = shape;
    tensor.dims = (int)dims;
    const char *reason = parse_sizes(&fields[SHAPE], dims, shape)
                             ? place(h, &fields[OFFSETS], &tensor)
                             : "shape is not a list of sizes";
    return reason ? refuse_tensor(h, tensor.name, reason)
                  : up_tensor_file_add(h->file, &tensor, h->error);
}

/* ---------------------------------------------------------------- the header */

static int compare_places(const void *a, const void *b)
{
    const up_tensor *left = a, *right = b;
    if (left->data != right->data)
        return (const char *)left->data < (const char *)right->data ? -1 : 1;
    if (left->bytes != right->bytes)
        return left->bytes < right->bytes ? -1 : 1;
    return strcmp(left->name, right->name);
}

/* The tensors must cover the data. */
static up_status check_cover(const header *h)
{
    const up_tensor *tensor;
    const char *end = h->data;
    up_tensor_file_sort(h->file, compare_places);
    for (int i = 0; (tensor = up_tensor_file_at(h->file, i)); i++) {
        const char *from = tensor->data;
        if (from < end)
            return refuse_tensor(h, tensor->name, "overlaps another tensor");
        if (from > end)
            return refuse_tensor(h, tensor->name, "unused bytes lie before it");
        end = from + tensor->bytes;
    }
    return end == h->data + h->data_size
               ? UP_OK
               : up_tensor_file_refuse(h->file, h->error, "bytes follow the last tensor");
}

/* All of it before any of it is looked at. */
static up_status check_text(const header *h)
{
    up_json_reader json = h->json;
    if (up_json_leave(&json))
        return UP_OK;
    return up_tensor_file_refuse(h->file, h->error, "bad JSON at byte %zu of the header: %s",
                                 json.problem.at, json.problem.reason);
}

up_status up_safetensors_header_read(up_tensor_file *file, const char *text, size_t size,
                                     size_t data_size, up_error *error)
{
    header h = { .file = file,
                 .json = up_json_reader_of(text, size, MOST_DEPTH),
                 .data = text + size,
                 .data_size = data_size,
                 .error = error };
    up_json_token token;
    UP_TRY(check_text(&h));
    if (up_json_read(&h.json, &token) != UP_JSON_OBJECT)
        return up_tensor_file_refuse(file, error, "the header is not a JSON object");
    while (up_json_read(&h.json, &token) != UP_JSON_END)
        UP_TRY(up_json_says(&token.key, UP_SAFETENSORS_METADATA) ? read_metadata(&h, token.kind)
                                                                 : read_tensor(&h, &token));
    return check_cover(&h);
}
