/* SPDX-License-Identifier: MIT */
/* Pools by windows and of the whole image, by definition. */
#include "support/reference/double_planes.h"

#include <criterion/criterion.h>
#include <math.h>

/* ---------------------------------------------------------------- windows */

/* A window on one axis: its pixels first .. end - 1, and how many it has with padding. */
typedef struct {
    int first, end, padded;
} window;

static window window_at(const up_pooling *pool, int axis, int n, int o)
{
    const int start = o * pool->stride[axis] - pool->padding[axis];
    const int end = start + pool->kernel[axis], edge = n + pool->padding[2 + axis];
    return (window){ start < 0 ? 0 : start, end > n ? n : end, (end > edge ? edge : end) - start };
}

/* The last window must begin inside the image or its padding before it. */
static int windows(const up_pooling *pool, int axis, int n)
{
    const int stride = pool->stride[axis], before = pool->padding[axis];
    const int left = n + before + pool->padding[2 + axis] - pool->kernel[axis];
    int count = (left + (pool->ceil_mode ? stride - 1 : 0)) / stride + 1;
    if (pool->ceil_mode && (count - 1) * stride >= n + before)
        count--;
    return left < 0 && !pool->ceil_mode ? 0 : count;
}

typedef double pooled(const planes *in, int c, window rows, window columns, bool count_padding);

static double most_of(const planes *in, int c, window rows, window columns, bool count_padding)
{
    double most = -INFINITY;
    (void)count_padding;
    for (int y = rows.first; y < rows.end; y++)
        for (int x = columns.first; x < columns.end; x++)
            most = fmax(most, *planes_at(in, c, y, x));
    return most;
}

static double mean_of(const planes *in, int c, window rows, window columns, bool count_padding)
{
    double sum = 0;
    for (int y = rows.first; y < rows.end; y++)
        for (int x = columns.first; x < columns.end; x++)
            sum += *planes_at(in, c, y, x);
    if (count_padding)
        return sum / (rows.padded * columns.padded);
    return sum / ((rows.end - rows.first) * (columns.end - columns.first));
}

static planes pool_windows(const up_network_node *node, const planes *in, pooled *of)
{
    const up_pooling *pool = node->fields;
    planes out =
        planes_make(in->channels, windows(pool, 0, in->height), windows(pool, 1, in->width));
    for (int c = 0; c < out.channels; c++)
        for (int y = 0; y < out.height; y++)
            for (int x = 0; x < out.width; x++)
                *planes_at(&out, c, y, x) =
                    of(in, c, window_at(pool, 0, in->height, y), window_at(pool, 1, in->width, x),
                       pool->count_include_pad);
    return out;
}

planes reference_max_pool(const up_network_node *node, const planes *in)
{
    return pool_windows(node, in, most_of);
}

planes reference_average_pool(const up_network_node *node, const planes *in)
{
    return pool_windows(node, in, mean_of);
}

/* ---------------------------------------------------------------- the whole image */

typedef struct {
    double mean, variance, most;
} statistics;

static statistics statistics_of(const planes *in, int c)
{
    const size_t count = (size_t)in->height * (size_t)in->width;
    const double *value = planes_at(in, c, 0, 0);
    statistics all = { 0, 0, value[0] };
    for (size_t i = 0; i < count; i++) {
        all.mean += value[i] / (double)count;
        all.most = fmax(all.most, value[i]);
    }
    for (size_t i = 0; i < count; i++)
        all.variance += (value[i] - all.mean) * (value[i] - all.mean) / (double)count;
    return all;
}

planes reference_global_average_pool(const up_network_node *node, const planes *in)
{
    planes out = planes_make(in->channels, 1, 1);
    (void)node;
    for (int c = 0; c < out.channels; c++)
        out.value[c] = statistics_of(in, c).mean;
    return out;
}

planes reference_global_max_pool(const up_network_node *node, const planes *in)
{
    planes out = planes_make(in->channels, 1, 1);
    (void)node;
    for (int c = 0; c < out.channels; c++)
        out.value[c] = statistics_of(in, c).most;
    return out;
}

planes reference_global_contrast(const up_network_node *node, const planes *in)
{
    planes out = planes_make(in->channels, 1, 1);
    (void)node;
    for (int c = 0; c < out.channels; c++) {
        const statistics all = statistics_of(in, c);
        out.value[c] = all.mean + sqrt(all.variance);
    }
    return out;
}

planes reference_instance_norm(const up_network_node *node, const planes *in)
{
    const double eps = (double)((const up_instance_norm *)node->fields)->eps;
    planes out = planes_make(in->channels, in->height, in->width);
    for (int c = 0; c < out.channels; c++) {
        const statistics all = statistics_of(in, c);
        const double factor = (double)node->weight.value[c] / sqrt(all.variance + eps);
        const double offset = node->bias.value ? (double)node->bias.value[c] : 0;
        for (int y = 0; y < out.height; y++)
            for (int x = 0; x < out.width; x++)
                *planes_at(&out, c, y, x) = (*planes_at(in, c, y, x) - all.mean) * factor + offset;
    }
    return out;
}
