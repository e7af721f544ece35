/* SPDX-License-Identifier: MIT */

#include "weights/tensor_file.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/words.h"
#include "io/files/reader.h"
#include "weights/foreign.h"
#include "weights/label.h"
#include "weights/tensor_file_parts.h"

static up_status create(up_tensor_file **file, const char *name, size_t most, up_error *error)
{
    size_t length = strlen(name) + 1;
    *file = up_alloc_zero(1, sizeof **file);
    char *copy = *file ? up_alloc(length, 1) : NULL;
    if (!copy)
        return up_fail_memory(error, name, sizeof **file + length);
    (*file)->name = memcpy(copy, name, length);
    (*file)->most = most;
    return UP_OK;
}

static up_status read_all(up_tensor_file *file, up_reader *reader, size_t prefix, void **bytes,
                          size_t *size, up_error *error)
{
    const char *name = up_reader_name(reader);
    int64_t total = up_reader_size(reader);
    size_t room;
    if (total < 0)
        return up_fail(error, UP_ERROR_WEIGHTS, "%s: weights must be a regular file, not a pipe",
                       name);
    const uint8_t *head;
    size_t seen = prefix ? 0 : up_reader_peek(reader, &head);
    if (seen)
        UP_TRY(up_foreign_check(name, head, seen, error));
    *size = (size_t)total;
    if (!up_add(*size, prefix, &room))
        return up_fail_memory(error, name, *size);
    UP_TRY(up_tensor_file_claim(file, up_alloc_bytes(room), error));
    *bytes = up_alloc(room, 1);
    if (!*bytes)
        return up_fail_memory(error, name, room);
    return up_reader_exact(reader, (unsigned char *)*bytes + prefix, *size, error);
}

/* What a reader calls a bad input is a bad weight file here. */
static up_status as_weights(up_status status, up_error *error)
{
    if (status != UP_ERROR_INPUT)
        return status;
    if (error)
        error->status = UP_ERROR_WEIGHTS;
    return UP_ERROR_WEIGHTS;
}

up_status up_tensor_file_load(up_tensor_file *file, const char *path, size_t prefix, void **bytes,
                              size_t *size, up_error *error)
{
    up_reader *reader = NULL;
    *bytes = NULL;
    up_status status = up_reader_open(&reader, path, error);
    if (status == UP_OK)
        status = read_all(file, reader, prefix, bytes, size, error);
    up_reader_close(&reader);
    return as_weights(status, error);
}

static const up_weight_format *format_of(const unsigned char *bytes, size_t size, const char *name)
{
    for (int i = 0; up_weight_formats[i]; i++)
        if (up_weight_formats[i]->is(bytes, size, name))
            return up_weight_formats[i];
    return NULL;
}

bool up_tensor_file_is(const char *path)
{
    up_reader *reader = NULL;
    const uint8_t *head;
    for (int i = 0; up_weight_formats[i]; i++)
        if (up_word_listed(up_weight_formats[i]->extensions, up_path_extension(path)))
            return true;
    if (up_reader_open(&reader, path, NULL) != UP_OK)
        return false;
    size_t size = up_reader_peek(reader, &head);
    bool known = format_of(head, size, path) != NULL;
    up_reader_close(&reader);
    return known;
}

static int compare_names(const void *a, const void *b)
{
    const up_tensor *const *left = a, *const *right = b;
    return strcmp((*left)->name, (*right)->name);
}

static up_status sort_names(up_tensor_file *file, up_error *error)
{
    char label[UP_LABEL];
    size_t count = (size_t)file->tensors;
    file->by_name = up_tensor_file_keep(file, count, sizeof *file->by_name);
    if (!file->by_name)
        return up_tensor_file_no_room(file, error);
    for (size_t i = 0; i < count; i++)
        file->by_name[i] = &file->tensor[i];
    qsort(file->by_name, count, sizeof *file->by_name, compare_names);
    for (size_t i = 1; i < count; i++)
        if (compare_names(&file->by_name[i - 1], &file->by_name[i]) == 0)
            return up_tensor_file_refuse(file, error, "tensor %s comes twice",
                                         up_label(label, file->by_name[i]->name));
    return UP_OK;
}

static up_status read_tensors(up_tensor_file *file, up_error *error)
{
    file->format = format_of(file->bytes, file->size, file->name);
    if (!file->format)
        return up_foreign_refuse(file->name, file->bytes, file->size, error);
    UP_TRY(file->format->read(file, error));
    UP_TRY(sort_names(file, error));
    return up_tensor_file_fits(file, 0, error);
}

up_status up_tensor_file_open(up_tensor_file **file, const char *path, size_t most, up_error *error)
{
    bool standard = strcmp(path, "-") == 0;
    *file = NULL;
    up_status status = create(file, standard ? "standard input" : path, most, error);
    if (status == UP_OK) {
        (*file)->named_by_path = !standard;
        status = up_tensor_file_load(*file, path, 0, &(*file)->owned, &(*file)->size, error);
        (*file)->bytes = (*file)->owned;
    }
    if (status == UP_OK)
        status = read_tensors(*file, error);
    if (status != UP_OK)
        up_tensor_file_close(file);
    return status;
}

up_status up_tensor_file_from_memory(up_tensor_file **file, const void *bytes, size_t size,
                                     const char *name, up_error *error)
{
    *file = NULL;
    up_status status = create(file, name, SIZE_MAX, error);
    if (status == UP_OK) {
        (*file)->bytes = bytes;
        (*file)->size = size;
        status = read_tensors(*file, error);
    }
    if (status != UP_OK)
        up_tensor_file_close(file);
    return status;
}

void up_tensor_file_close(up_tensor_file **file)
{
    up_tensor_file *f = *file;
    if (!f)
        return;
    while (f->blocks) {
        up_kept_block *next = f->blocks->next;
        up_free(f->blocks);
        f->blocks = next;
    }
    up_free(f->tensor);
    up_free(f->item);
    up_free(f->owned);
    up_free(f->name);
    up_free(f);
    *file = NULL;
}

size_t up_tensor_file_bytes(const up_tensor_file *file)
{
    return file->taken;
}

size_t up_tensor_file_values_bytes(const up_tensor_file *file)
{
    size_t bytes = 0;
    for (int i = 0; i < file->tensors; i++) {
        size_t more;
        if (!up_dtype_is_real(file->tensor[i].dtype))
            continue;
        if (!up_mul(file->tensor[i].elements, sizeof(float), &more) ||
            !up_add(bytes, up_alloc_bytes(more), &bytes))
            return SIZE_MAX;
    }
    return bytes;
}

up_status up_tensor_file_fits(const up_tensor_file *file, size_t bytes, up_error *error)
{
    up_tensor_file more = *file;
    UP_TRY(up_tensor_file_claim(&more, up_tensor_file_values_bytes(file), error));
    return up_tensor_file_claim(&more, bytes, error);
}

const char *up_tensor_file_name(const up_tensor_file *file)
{
    return file->name;
}

const char *up_tensor_file_format(const up_tensor_file *file)
{
    return file->format->name;
}

const char *up_tensor_file_part(const up_tensor_file *file)
{
    return file->part;
}

int up_tensor_file_count(const up_tensor_file *file)
{
    return file->tensors;
}

const up_tensor *up_tensor_file_at(const up_tensor_file *file, int i)
{
    return i >= 0 && i < file->tensors ? &file->tensor[i] : NULL;
}

const up_tensor *up_tensor_file_find(const up_tensor_file *file, const char *name)
{
    int low = 0, high = file->tensors;
    while (low < high) {
        int middle = low + (high - low) / 2, order = strcmp(name, file->by_name[middle]->name);
        if (order == 0)
            return file->by_name[middle];
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

const up_metadata_item *up_tensor_file_metadata_at(const up_tensor_file *file, int i)
{
    return i >= 0 && i < file->items ? &file->item[i] : NULL;
}

const char *up_tensor_file_metadata(const up_tensor_file *file, const char *key)
{
    for (int i = 0; i < file->items; i++)
        if (strcmp(file->item[i].key, key) == 0)
            return file->item[i].value;
    return NULL;
}
