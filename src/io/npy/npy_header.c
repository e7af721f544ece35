/* SPDX-License-Identifier: MIT */
#include "io/npy/npy_header.h"

#include "base/memory.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define MAGIC "\x93NUMPY"
#define MAGIC_SIZE 6
#define TEXT_MAX ((size_t)64 << 10) /* of a header that we read */
#define ALIGNMENT 64

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define NATIVE '<'
#else
#define NATIVE '>'
#endif

static const struct {
    const char *name;
    size_t size;
} types[] = {
    [UP_NPY_U8] = { "u1", 1 },  [UP_NPY_U16] = { "u2", 2 }, [UP_NPY_F32] = { "f4", 4 },
    [UP_NPY_F64] = { "f8", 8 }, [UP_NPY_I64] = { "i8", 8 },
};

typedef struct {
    const char *at, *end;
} cursor;

static void skip_blanks(cursor *c)
{
    while (c->at < c->end && (*c->at == ' ' || *c->at == '\t' || *c->at == '\n' || *c->at == '\r'))
        c->at++;
}

/* Takes `token` after blanks, if it is there. */
static bool take(cursor *c, const char *token)
{
    skip_blanks(c);
    size_t n = strlen(token);
    if ((size_t)(c->end - c->at) < n || memcmp(c->at, token, n) != 0)
        return false;
    c->at += n;
    return true;
}

/* Takes a quoted string of at most `size` - 1 characters without escapes. */
static bool take_string(cursor *c, char *out, size_t size)
{
    skip_blanks(c);
    if (c->at == c->end || (*c->at != '\'' && *c->at != '"'))
        return false;
    char quote = *c->at++;
    size_t n = 0;
    while (c->at < c->end && *c->at != quote && *c->at != '\\' && n + 1 < size)
        out[n++] = *c->at++;
    out[n] = '\0';
    if (c->at == c->end || *c->at != quote)
        return false;
    c->at++;
    return true;
}

static bool take_number(cursor *c, int64_t *value)
{
    skip_blanks(c);
    const char *start = c->at;
    for (*value = 0; c->at < c->end && *c->at >= '0' && *c->at <= '9'; c->at++)
        if (__builtin_mul_overflow(*value, 10, value) ||
            __builtin_add_overflow(*value, *c->at - '0', value))
            return false;
    return c->at > start;
}

/* A tuple: (), (3,), (3, 4), (3, 4,). Counts on beyond the dimensions that it can keep. */
static bool take_shape(cursor *c, up_npy_header *h)
{
    if (!take(c, "("))
        return false;
    h->dims = 0;
    while (!take(c, ")")) {
        int64_t n;
        if (!take_number(c, &n))
            return false;
        if (h->dims < UP_NPY_MAX_DIMS)
            h->shape[h->dims] = n;
        h->dims++;
        bool comma = take(c, ",");
        if (!comma && (h->dims == 1 || !take(c, ")")))
            return false;
        if (!comma)
            break;
    }
    return true;
}

typedef enum { KEY_DESCR = 1, KEY_ORDER = 2, KEY_SHAPE = 4, KEYS = 7 } key;

typedef struct {
    char descr[16];
    bool fortran;
} fields;

/* One value of the dict; 0 if it is not what it should be. */
static key take_item(cursor *c, up_npy_header *h, fields *f)
{
    char name[16];
    if (!take_string(c, name, sizeof name) || !take(c, ":"))
        return 0;
    if (strcmp(name, "descr") == 0)
        return take_string(c, f->descr, sizeof f->descr) ? KEY_DESCR : 0;
    if (strcmp(name, "shape") == 0)
        return take_shape(c, h) ? KEY_SHAPE : 0;
    if (strcmp(name, "fortran_order") == 0) {
        f->fortran = take(c, "True");
        return f->fortran || take(c, "False") ? KEY_ORDER : 0;
    }
    return 0;
}

static bool take_dict(cursor *c, up_npy_header *h, fields *f)
{
    unsigned seen = 0;
    if (!take(c, "{"))
        return false;
    while (!take(c, "}")) {
        key k = take_item(c, h, f);
        if (!k || (seen & k))
            return false;
        seen |= k;
        if (take(c, ","))
            continue;
        if (!take(c, "}"))
            return false;
        break;
    }
    skip_blanks(c);
    return seen == KEYS && c->at == c->end;
}

static bool find_type(up_npy_header *h, const char *descr)
{
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        bool ordered = descr[0] == '<' || descr[0] == '>';
        bool fits = ordered || (descr[0] == '|' && types[i].size == 1);
        if (!fits || strcmp(descr + 1, types[i].name) != 0)
            continue;
        h->type = (up_npy_type)i;
        h->element = types[i].size;
        h->swapped = h->element > 1 && descr[0] != NATIVE;
        return true;
    }
    return false;
}

/* What the dict says, against what we can read and what the file can hold. */
static up_status check(up_npy_header *h, const fields *f, up_reader *reader, up_error *error)
{
    const char *name = up_reader_name(reader);
    if (!find_type(h, f->descr))
        return up_fail(error, UP_ERROR_INPUT,
                       "%s: .npy of type '%s'; convert it to uint8, uint16, float32 or float64",
                       name, f->descr);
    if (f->fortran)
        return up_fail(error, UP_ERROR_INPUT,
                       "%s: .npy in Fortran order; save numpy.ascontiguousarray() of it", name);
    if (h->dims < 1 || h->dims > UP_NPY_MAX_DIMS)
        return up_fail(error, UP_ERROR_INPUT,
                       "%s: .npy with %d dimensions; HW, CHW or NCHW are read", name, h->dims);
    h->count = 1;
    for (int i = 0; i < h->dims; i++)
        if (!up_mul(h->count, (size_t)h->shape[i], &h->count))
            h->count = SIZE_MAX;
    size_t bytes;
    if (h->count == SIZE_MAX || !up_mul(h->count, h->element, &bytes) ||
        bytes > (size_t)(INT64_MAX - h->offset))
        return up_fail(error, UP_ERROR_INPUT, "%s: .npy of an impossible size", name);
    int64_t size = up_reader_size(reader);
    if (size >= 0 && (size < h->offset || (size_t)(size - h->offset) < bytes))
        return up_fail(error, UP_ERROR_INPUT,
                       "%s: truncated: the header promises %zu bytes of data, %" PRId64
                       " are there",
                       name, bytes, size < h->offset ? 0 : size - h->offset);
    return UP_OK;
}

bool up_npy_probe(const uint8_t *head, size_t size)
{
    return size >= MAGIC_SIZE && memcmp(head, MAGIC, MAGIC_SIZE) == 0;
}

up_status up_npy_header_read(up_npy_header *header, up_reader *reader, up_error *error)
{
    *header = (up_npy_header){ 0 };
    uint8_t start[12];
    UP_TRY(up_reader_exact(reader, start, MAGIC_SIZE + 4, error));
    int version = start[6];
    if (!up_npy_probe(start, MAGIC_SIZE) || version < 1 || version > 3 || start[7] != 0)
        return up_fail(error, UP_ERROR_INPUT, "%s: .npy version %d.%d is unknown",
                       up_reader_name(reader), version, start[7]);
    size_t length = start[8] | (size_t)start[9] << 8, before = 10;
    if (version > 1) {
        UP_TRY(up_reader_exact(reader, start + 10, 2, error));
        length |= (size_t)start[10] << 16 | (size_t)start[11] << 24;
        before = 12;
    }
    if (length > TEXT_MAX)
        return up_fail(error, UP_ERROR_INPUT, "%s: .npy header of %zu bytes is too long",
                       up_reader_name(reader), length);
    char *text = up_alloc(length, 1);
    if (!text)
        return up_fail_memory(error, up_reader_name(reader), length);
    header->offset = (int64_t)(before + length);
    fields f = { .descr = "" };
    up_status status = up_reader_exact(reader, text, length, error);
    cursor c = { text, text + length };
    if (status == UP_OK && !take_dict(&c, header, &f))
        status = up_fail(error, UP_ERROR_INPUT,
                         "%s: damaged .npy header (or a structured type, which is not read)",
                         up_reader_name(reader));
    up_free(text);
    return status != UP_OK ? status : check(header, &f, reader, error);
}

size_t up_npy_header_make(uint8_t bytes[static UP_NPY_HEADER_MAX], const up_npy_header *header)
{
    char shape[UP_NPY_MAX_DIMS * 22] = "";
    for (int i = 0, used = 0; i < header->dims; i++)
        used += snprintf(shape + used, sizeof shape - (size_t)used, "%s%" PRId64, i ? ", " : "",
                         header->shape[i]);
    char text[UP_NPY_HEADER_MAX];
    int length =
        snprintf(text, sizeof text, "{'descr': '%c%s', 'fortran_order': False, 'shape': (%s%s), }",
                 types[header->type].size == 1 ? '|' : NATIVE, types[header->type].name, shape,
                 header->dims == 1 ? "," : "");
    size_t total = up_round_up(10 + (size_t)length + 1, ALIGNMENT), padded = total - 10;
    memcpy(bytes, MAGIC "\x01\x00", 8);
    bytes[8] = (uint8_t)padded;
    bytes[9] = (uint8_t)(padded >> 8);
    memset(bytes + 10, ' ', padded);
    memcpy(bytes + 10, text, (size_t)length);
    bytes[total - 1] = '\n';
    return total;
}

static up_status read_i8(up_reader *reader, int64_t **data, up_npy_header *h, up_error *error)
{
    UP_TRY(up_npy_header_read(h, reader, error));
    const char *name = up_reader_name(reader);
    if (h->type != UP_NPY_I64)
        return up_fail(error, UP_ERROR_WEIGHTS, "%s: holds '%s' values; an index file is int64",
                       name, types[h->type].name);
    if (up_reader_size(reader) < 0)
        return up_fail(error, UP_ERROR_WEIGHTS, "%s: an index file cannot come from a pipe", name);
    *data = up_alloc(h->count, sizeof **data);
    if (!*data)
        return up_fail_memory(error, name, h->count * sizeof **data);
    UP_TRY(up_reader_exact(reader, *data, h->count * sizeof **data, error));
    if (h->swapped)
        for (size_t i = 0; i < h->count; i++)
            (*data)[i] = (int64_t)__builtin_bswap64((uint64_t)(*data)[i]);
    return UP_OK;
}

up_status up_npy_read_i8(const char *path, int64_t **data, int64_t shape[static UP_NPY_MAX_DIMS],
                         int *dims, up_error *error)
{
    up_reader *reader;
    up_npy_header h;
    *data = NULL;
    UP_TRY(up_reader_open(&reader, path, error));
    up_status status = read_i8(reader, data, &h, error);
    up_reader_close(&reader);
    if (status != UP_OK) {
        up_free(*data);
        *data = NULL;
        return status;
    }
    memcpy(shape, h.shape, sizeof h.shape);
    *dims = h.dims;
    return UP_OK;
}
