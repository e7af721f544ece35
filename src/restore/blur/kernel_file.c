/* SPDX-License-Identifier: MIT */
#include "restore/blur/kernel_file.h"

#include "base/memory.h"
#include "io/text/given_tensor.h"

#include <math.h>

#define MOST_VALUES ((size_t)1 << 20)

static up_status check_size(int64_t rows, int64_t columns, const char *path, up_error *error)
{
    if (rows >= 1 && columns >= 1 && rows <= UP_MOST_KERNEL && columns <= UP_MOST_KERNEL)
        return UP_OK;
    return up_fail(error, UP_ERROR_WEIGHTS,
                   "%s: a kernel of %lld rows and %lld columns; 1 to %d can be undone", path,
                   (long long)rows, (long long)columns, UP_MOST_KERNEL);
}

static up_status take_plane(up_blur *blur, const up_given_tensor *given, const char *name,
                            up_error *error)
{
    const up_text_tensor *t = &given->tensor;
    if (t->channels != 1 || given->picture)
        return up_fail(error, UP_ERROR_WEIGHTS,
                       "%s: %s of %d channels; a kernel is a tensor of rows and columns only", name,
                       given->picture ? "a picture" : "a tensor", t->channels);
    UP_TRY(check_size(t->height, t->width, name, error));
    const int count = t->height * t->width;
    blur->kernel[0] = t->height;
    blur->kernel[1] = t->width;
    blur->weight = up_alloc_zero((size_t)count, sizeof(double));
    if (!blur->weight)
        return up_fail_memory(error, "a kernel", (size_t)count * sizeof(double));
    for (int i = 0; i < count; i++) {
        blur->weight[i] = t->value[i];
        if (!isfinite(t->value[i]))
            return up_fail(error, UP_ERROR_WEIGHTS, "%s: element %d,%d is %s", name, i / t->width,
                           i % t->width, isnan(t->value[i]) ? "no number" : "infinite");
    }
    return UP_OK;
}

up_status up_kernel_file_read(up_blur *blur, const char *text_or_path, up_error *error)
{
    up_given_tensor given;
    const char *name = up_is_tensor_text(text_or_path) ? "--kernel-file" : text_or_path;
    UP_TRY(up_given_tensor_read(&given, text_or_path, name, MOST_VALUES, error));
    up_status status = take_plane(blur, &given, name, error);
    up_free(given.tensor.value);
    return status;
}
