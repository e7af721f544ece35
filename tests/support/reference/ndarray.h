/* SPDX-License-Identifier: MIT */
/* Arrays of any rank, .npy and safetensors files of them: an implementation of its own, so that
 * the tests do not believe the library's. Failures fail the test. */
#ifndef SUPPORT_NDARRAY_H
#define SUPPORT_NDARRAY_H

#include <stddef.h>

enum { NDARRAY_RANK = 8 };

typedef struct {
    char type[4]; /* numpy's: "f4", "f8", "u1", "u2", "i4", "i8" */
    int rank;
    int shape[NDARRAY_RANK];
    size_t count;
    void *data;
} ndarray;

ndarray ndarray_make(const char *type, int rank, const int *shape); /* zeros */
/* float32 from the values given. */
ndarray ndarray_floats(int rank, const int *shape, const double *values);
void ndarray_free(ndarray *a);

double ndarray_get(const ndarray *a, size_t i);
void ndarray_set(ndarray *a, size_t i, double value);

ndarray ndarray_load(const char *path);
void ndarray_save(const ndarray *a, const char *path);

typedef struct {
    const char *name;
    const ndarray *array; /* f4 */
} named_array;

/* `metadata` is the JSON object of strings to put under "__metadata__", or NULL. */
void safetensors_save(const char *path, const named_array *tensors, int count,
                      const char *metadata);

/* Shapes agree (leading 1s aside) and every value is within `tolerance` of the reference; 0 asks
 * for equality. Otherwise the test fails, naming `what` and the first difference, and goes on. */
void ndarray_expect(const ndarray *got, const ndarray *reference, double tolerance,
                    const char *what);

/* The largest magnitude. */
double ndarray_max_abs(const ndarray *a);

#endif
