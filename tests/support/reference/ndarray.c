/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "support/reference/ndarray.h"
#include "support/scratch.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static size_t item_size(const ndarray *a)
{
    return (size_t)(a->type[1] - '0');
}

ndarray ndarray_make(const char *type, int rank, const int *shape)
{
    ndarray a = { .rank = rank, .count = 1 };
    cr_assert_leq(rank, NDARRAY_RANK);
    memcpy(a.type, type, 2);
    for (int i = 0; i < rank; i++) {
        a.shape[i] = shape[i];
        a.count *= (size_t)shape[i];
    }
    a.data = calloc(a.count + 1, item_size(&a));
    cr_assert_not_null(a.data);
    return a;
}

ndarray ndarray_floats(int rank, const int *shape, const double *values)
{
    ndarray a = ndarray_make("f4", rank, shape);
    for (size_t i = 0; i < a.count; i++)
        ndarray_set(&a, i, values[i]);
    return a;
}

void ndarray_free(ndarray *a)
{
    free(a->data);
    *a = (ndarray){ 0 };
}

#define FOR_TYPES(X)                                                                               \
    X("f4", float)                                                                                 \
    X("f8", double) X("u1", uint8_t) X("u2", uint16_t) X("i4", int32_t) X("i8", int64_t)

double ndarray_get(const ndarray *a, size_t i)
{
#define GET(code, ctype)                                                                           \
    if (memcmp(a->type, code, 2) == 0)                                                             \
        return (double)((const ctype *)a->data)[i];
    FOR_TYPES(GET)
#undef GET
    cr_assert_fail("unknown array type %s", a->type);
    return NAN;
}

void ndarray_set(ndarray *a, size_t i, double value)
{
#define SET(code, ctype)                                                                           \
    if (memcmp(a->type, code, 2) == 0)                                                             \
        ((ctype *)a->data)[i] = (ctype)value;
    FOR_TYPES(SET)
#undef SET
}

double ndarray_max_abs(const ndarray *a)
{
    double most = 0;
    for (size_t i = 0; i < a->count; i++)
        most = fmax(most, fabs(ndarray_get(a, i)));
    return most;
}

/* The value of a key of the header's dictionary. */
static const char *header_value(const char *header, const char *key, const char *path)
{
    const char *at = strstr(header, key);
    cr_assert_not_null(at, "%s: no %s in the header", path, key);
    at += strlen(key) + 1;
    return at + strspn(at, " ");
}

ndarray ndarray_load(const char *path)
{
    size_t size;
    unsigned char *file = (unsigned char *)file_read(path, &size);
    cr_assert(size > 12 && memcmp(file, "\x93NUMPY", 6) == 0, "%s is not .npy", path);
    int wide = file[6] > 1;
    size_t start = wide ? 12 : 10, length = file[8] | (size_t)file[9] << 8;
    if (wide)
        length |= (size_t)file[10] << 16 | (size_t)file[11] << 24;
    cr_assert_leq(start + length, size, "%s: truncated", path);

    char *header = strndup((char *)file + start, length);
    const char *type = header_value(header, "'descr':", path) + 2; /* past quote and byte order */
    cr_assert(!strstr(header, "'fortran_order': True"), "%s: Fortran order", path);
    int rank = 0, shape[NDARRAY_RANK] = { 0 };
    char *at = (char *)header_value(header, "'shape':", path) + 1;
    while (*at != ')') {
        cr_assert_lt(rank, NDARRAY_RANK, "%s: rank", path);
        shape[rank++] = (int)strtol(at, &at, 10);
        at += strspn(at, ", ");
    }
    ndarray a = ndarray_make(type, rank, shape);
    free(header);
    cr_assert_eq(start + length + a.count * item_size(&a), size, "%s: size", path);
    memcpy(a.data, file + start + length, a.count * item_size(&a));
    free(file);
    return a;
}

void ndarray_save(const ndarray *a, const char *path)
{
    char shape[128] = "", header[256];
    for (int i = 0; i < a->rank; i++)
        snprintf(shape + strlen(shape), sizeof shape - strlen(shape), "%d,", a->shape[i]);
    int length = snprintf(header, sizeof header,
                          "{'descr': '%s%.2s', 'fortran_order': False, 'shape': (%s), }",
                          item_size(a) == 1 ? "|" : "<", a->type, shape);
    size_t padded = ((size_t)length + 10 + 1 + 63) / 64 * 64 - 10;
    size_t bytes = a->count * item_size(a);
    unsigned char *file = malloc(10 + padded + bytes);
    cr_assert_not_null(file);
    memcpy(file, "\x93NUMPY\x01\x00", 8);
    file[8] = (unsigned char)(padded & 255);
    file[9] = (unsigned char)(padded >> 8);
    memset(file + 10, ' ', padded);
    memcpy(file + 10, header, (size_t)length);
    file[10 + padded - 1] = '\n';
    memcpy(file + 10 + padded, a->data, bytes);
    file_write(path, file, 10 + padded + bytes);
    free(file);
}

void safetensors_save(const char *path, const named_array *tensors, int count, const char *metadata)
{
    char *header = NULL;
    size_t header_size = 0, offset = 0;
    FILE *text = open_memstream(&header, &header_size);
    fputc('{', text);
    if (metadata)
        fprintf(text, "\"__metadata__\":%s%s", metadata, count ? "," : "");
    for (int i = 0; i < count; i++) {
        const ndarray *a = tensors[i].array;
        fprintf(text, "%s\"%s\":{\"dtype\":\"F32\",\"shape\":[", i ? "," : "", tensors[i].name);
        for (int d = 0; d < a->rank; d++)
            fprintf(text, "%s%d", d ? "," : "", a->shape[d]);
        fprintf(text, "],\"data_offsets\":[%zu,%zu]}", offset, offset + a->count * 4);
        offset += a->count * 4;
    }
    fputc('}', text);
    while (ftell(text) % 8)
        fputc(' ', text);
    fclose(text);

    char *file = malloc(8 + header_size + offset);
    cr_assert_not_null(file);
    for (int i = 0; i < 8; i++)
        file[i] = (char)(header_size >> 8 * i & 255);
    memcpy(file + 8, header, header_size);
    offset = 8 + header_size;
    for (int i = 0; i < count; i++) {
        memcpy(file + offset, tensors[i].array->data, tensors[i].array->count * 4);
        offset += tensors[i].array->count * 4;
    }
    file_write(path, file, offset);
    free(file);
    free(header);
}

static void shape_text(const ndarray *a, int skip, char text[128])
{
    *text = 0;
    for (int i = skip; i < a->rank; i++)
        snprintf(text + strlen(text), 128 - strlen(text), "%s%d", i > skip ? "x" : "", a->shape[i]);
}

static int leading_ones(const ndarray *a)
{
    int n = 0;
    while (n < a->rank - 2 && a->shape[n] == 1)
        n++;
    return n;
}

void ndarray_expect(const ndarray *got, const ndarray *reference, double tolerance,
                    const char *what)
{
    char got_shape[128], shape[128];
    shape_text(got, leading_ones(got), got_shape);
    shape_text(reference, leading_ones(reference), shape);
    bool fits = strcmp(got_shape, shape) == 0;
    cr_expect(fits, "%s: shape %s instead of %s", what, got_shape, shape);
    for (size_t i = 0; fits && i < got->count; i++) {
        double a = ndarray_get(got, i), b = ndarray_get(reference, i);
        fits = a == b || (isnan(a) && isnan(b)) || fabs(a - b) <= tolerance;
        cr_expect(fits, "%s: element %zu is %.9g instead of %.9g (tolerance %g)", what, i, a, b,
                  tolerance);
    }
}
