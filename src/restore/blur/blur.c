/* SPDX-License-Identifier: MIT */
#include "restore/blur/blur.h"

#include "base/memory.h"
#include "restore/blur/blur_shapes.h"
#include "restore/blur/kernel_file.h"

#include <math.h>
#include <string.h>

void up_blur_close(up_blur *blur)
{
    up_free(blur->weight);
    up_free(blur->axis[0]);
    up_free(blur->axis[1]);
    *blur = (up_blur){ 0 };
}

static void *copy_of(const void *from, size_t count, size_t size)
{
    void *copy = from ? up_alloc(count, size) : NULL;
    return copy ? memcpy(copy, from, count * size) : NULL;
}

up_status up_blur_copy(up_blur *copy, const up_blur *blur, up_error *error)
{
    const size_t count = (size_t)blur->kernel[0] * blur->kernel[1];
    *copy = *blur;
    copy->weight = copy_of(blur->weight, count, sizeof *blur->weight);
    for (int a = 0; a < 2; a++)
        copy->axis[a] = copy_of(blur->axis[a], blur->kernel[a], sizeof *blur->axis[a]);
    if (copy->weight && !blur->axis[0] == !copy->axis[0] && !blur->axis[1] == !copy->axis[1])
        return UP_OK;
    up_blur_close(copy);
    return up_fail_memory(error, "a kernel", count * sizeof *blur->weight);
}

static up_status check_sum(const up_blur *blur, const char *path, up_error *error)
{
    double sum = up_blur_sum(blur), all = 0;
    for (int i = 0; i < blur->kernel[0] * blur->kernel[1]; i++)
        all += fabs(blur->weight[i]);
    if (fabs(sum) > 1e-3 * all && all < 1e12)
        return UP_OK;
    return up_fail(error, UP_ERROR_WEIGHTS,
                   "%s: its elements sum to %g: a kernel that keeps no brightness, or none that "
                   "floats can hold, cannot be undone",
                   path, sum);
}

/* The element that lies on the first pixel of a cell: the middle, or as options say. */
static up_status place(up_blur *blur, const up_options *options, up_error *error)
{
    const up_pair *center = &options->blur.center;
    const int said[2] = { center->rows, center->columns };
    if (center->set && !options->blur.kernel_file)
        return up_fail(error, UP_ERROR_ARGUMENT,
                       "--kernel-center goes with --kernel-file: named blurs have their middle");
    for (int a = 0; a < 2; a++) {
        const int beyond = blur->kernel[a] - blur->stride[a];
        if (beyond < 0)
            return up_fail(error, UP_ERROR_ARGUMENT,
                           "%s: a kernel of %d %s is smaller than the scale of %d, so that "
                           "pixels were never seen",
                           options->blur.kernel_file, blur->kernel[a], a ? "columns" : "rows",
                           blur->stride[a]);
        if (center->set && (said[a] < 0 || said[a] >= blur->kernel[a]))
            return up_fail(error, UP_ERROR_ARGUMENT,
                           "--kernel-center %d,%d: the kernel's elements are 0,0 to %d,%d", said[0],
                           said[1], blur->kernel[0] - 1, blur->kernel[1] - 1);
        if (!center->set && beyond % 2)
            return up_fail(error, UP_ERROR_ARGUMENT,
                           "%s: a kernel of %d %s has no middle for a stride of %d: say by "
                           "--kernel-center ROW,COLUMN which element, from 0, lies on the pixel",
                           options->blur.kernel_file, blur->kernel[a], a ? "columns" : "rows",
                           blur->stride[a]);
        blur->before[a] = center->set ? said[a] : beyond / 2;
    }
    return UP_OK;
}

/* An outer product is one to the last bit of floats but a few. */
static up_status split(up_blur *blur, up_error *error)
{
    const int rows = blur->kernel[0], columns = blur->kernel[1];
    int top = 0;
    for (int i = 1; i < rows * columns; i++)
        if (fabs(blur->weight[i]) > fabs(blur->weight[top]))
            top = i;
    const double most = blur->weight[top];
    const double *row = blur->weight + top / columns * columns;
    for (int i = 0; i < rows * columns; i++) {
        double product =
            blur->weight[i / columns * columns + top % columns] / most * row[i % columns];
        if (!(fabs(product - blur->weight[i]) <= 1e-7 * fabs(most)))
            return UP_OK;
    }
    blur->axis[0] = up_alloc(rows, sizeof(float));
    blur->axis[1] = up_alloc(columns, sizeof(float));
    if (!blur->axis[0] || !blur->axis[1])
        return up_fail_memory(error, "a kernel", (size_t)rows * columns);
    for (int i = 0; i < rows; i++)
        blur->axis[0][i] = (float)(blur->weight[i * columns + top % columns] / most);
    for (int j = 0; j < columns; j++)
        blur->axis[1][j] = (float)row[j];
    return UP_OK;
}

static up_edge edge_of(const up_blur *blur, up_border border)
{
    switch (border) {
    case UP_BORDER_ZERO:
        return UP_EDGE_ZERO;
    case UP_BORDER_REPLICATE:
        return UP_EDGE_CLAMP;
    case UP_BORDER_REFLECT:
        return UP_EDGE_REFLECT;
    default:
        return blur->reduction ? UP_EDGE_CLAMP : UP_EDGE_REFLECT;
    }
}

static up_status open(up_blur *blur, const up_options *options, const int scale[2], up_error *error)
{
    const char *file = options->blur.kernel_file, *name = options->blur.name;
    for (int a = 0; a < 2; a++)
        blur->stride[a] = scale[a] ? scale[a] : 1;
    if (file && name)
        return up_fail(error, UP_ERROR_ARGUMENT, "give --blur or --kernel-file, not both");
    UP_TRY(file ? up_kernel_file_read(blur, file, error) : up_blur_shape(blur, name, error));
    UP_TRY(file ? check_sum(blur, file, error) : UP_OK);
    for (int a = 0; a < 2; a++)
        if (scale[a] && scale[a] != blur->stride[a])
            return up_fail(error, UP_ERROR_ARGUMENT,
                           "--blur %s reduces to 1/%d; a scale of %d does not undo that", name,
                           blur->stride[a], scale[a]);
    blur->edge = edge_of(blur, options->blur.border);
    UP_TRY(place(blur, options, error));
    return split(blur, error);
}

up_status up_blur_open(up_blur *blur, const up_options *options, const int scale[2],
                       up_error *error)
{
    *blur = (up_blur){ 0 };
    up_status status = open(blur, options, scale, error);
    if (status != UP_OK)
        up_blur_close(blur);
    return status;
}
