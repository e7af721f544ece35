/* SPDX-License-Identifier: MIT */

#include "io/text/text_tensor.h"

#include "base/memory.h"
#include "io/npy/npy_header.h"
#include "io/text/given_tensor.h"

#include <math.h>
#include <string.h>
#include <sys/stat.h>

#define WHOLE 16777216 /* floats tell all whole numbers apart up to here */

/* All that the reader gives, in memory that grows with it. */
static up_status read_all(up_reader *reader, char **text, size_t *size, up_error *error)
{
    size_t capacity = 1 << 12, used = 0, n;
    char *all = up_alloc(capacity, 1);
    while (all && (n = up_reader_read(reader, all + used, capacity - used)) > 0) {
        used += n;
        if (used < capacity || capacity > UP_TEXT_TENSOR_MOST)
            continue;
        char *grown = up_alloc(2 * capacity, 1);
        if (grown)
            memcpy(grown, all, used);
        up_free(all);
        all = grown;
        capacity *= 2;
    }
    *text = all;
    *size = used;
    if (!all)
        return up_fail_memory(error, up_reader_name(reader), capacity);
    if (up_reader_failed(reader)) {
        up_free(all);
        return up_fail(error, UP_ERROR_INPUT, "%s: cannot be read", up_reader_name(reader));
    }
    return UP_OK;
}

up_status up_text_tensor_read(up_text_tensor *tensor, up_reader *reader, up_error *error)
{
    char *text;
    size_t size;
    UP_TRY(read_all(reader, &text, &size, error));
    up_status status = up_text_tensor_parse(tensor, text, size, up_reader_name(reader), error);
    up_free(text);
    return status;
}

static up_status to_positions(int64_t **data, const up_text_tensor *t, const char *name,
                              up_error *error)
{
    const size_t count = (size_t)t->channels * t->height * t->width;
    int64_t *positions = up_alloc(count, sizeof *positions);
    if (!positions)
        return up_fail_memory(error, name, count * sizeof *positions);
    for (size_t i = 0; i < count; i++) {
        if (t->value[i] != floorf(t->value[i]) || fabsf(t->value[i]) > WHOLE) {
            const float value = t->value[i];
            up_free(positions);
            return up_fail(error, UP_ERROR_WEIGHTS,
                           "%s: %g is no position; they are whole numbers, as text up to %d", name,
                           (double)value, WHOLE);
        }
        positions[i] = (int64_t)t->value[i];
    }
    *data = positions;
    return UP_OK;
}

/* Frees the tensor. */
static up_status take_positions(up_text_tensor *t, const char *name, int64_t **data,
                                int64_t shape[static 4], up_error *error)
{
    up_status status = to_positions(data, t, name, error);
    shape[0] = 1;
    shape[1] = t->channels;
    shape[2] = t->height;
    shape[3] = t->width;
    up_free(t->value);
    return status;
}

static up_status read_text(up_reader *reader, int64_t **data, int64_t shape[static 4],
                           up_error *error)
{
    up_text_tensor t;
    UP_TRY(up_text_tensor_read(&t, reader, error));
    return take_positions(&t, up_reader_name(reader), data, shape, error);
}

static up_status parse_positions(const char *text, int64_t **data, int64_t shape[static 4],
                                 up_error *error)
{
    up_text_tensor t;
    UP_TRY(up_text_tensor_parse(&t, text, strlen(text), "--indices", error));
    return take_positions(&t, "--indices", data, shape, error);
}

/* Others can be opened once only, and are no text. */
static bool is_regular(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 && S_ISREG(info.st_mode);
}

up_status up_positions_read(const char *text_or_path, int64_t **data, int64_t shape[static 4],
                            int *dims, up_error *error)
{
    up_reader *reader;
    const uint8_t *head;
    *dims = 4;
    if (up_is_tensor_text(text_or_path))
        return parse_positions(text_or_path, data, shape, error);
    if (!is_regular(text_or_path))
        return up_npy_read_i8(text_or_path, data, shape, dims, error);
    UP_TRY(up_reader_open(&reader, text_or_path, error));
    const size_t size = up_reader_peek(reader, &head);
    const bool text = up_text_tensor_probe(head, size);
    up_status status = text ? read_text(reader, data, shape, error) : UP_OK;
    up_reader_close(&reader);
    return text ? status : up_npy_read_i8(text_or_path, data, shape, dims, error);
}
